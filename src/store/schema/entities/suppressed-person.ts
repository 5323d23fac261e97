import { Check, Column, Entity, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import { ErasureEntity } from './erasure';

/** What recognises an erased person: a keyed hash of the identity, or of the name. */
@Entity('suppressed_people')
export class SuppressedPersonEntity {
  @PrimaryColumn('text', { primaryKeyConstraintName: 'suppressed_people_pkey' })
  partner!: string;

  /** HMAC-SHA256 with the key in `suppression_keys`. */
  @PrimaryColumn('bytea', { primaryKeyConstraintName: 'suppressed_people_pkey' })
  hash!: Buffer;

  @PrimaryColumn('uuid', { name: 'erasure_id', primaryKeyConstraintName: 'suppressed_people_pkey' })
  erasureId!: string;

  @ManyToOne(() => ErasureEntity)
  @JoinColumn({ name: 'erasure_id', foreignKeyConstraintName: 'suppressed_people_erasure_fkey' })
  erasure?: ErasureEntity;
}

/** The key of the hashes. There is one. */
@Entity('suppression_keys')
@Check('suppression_keys_one_check', '(id = 1)')
export class SuppressionKeyEntity {
  @PrimaryColumn('integer', { primaryKeyConstraintName: 'suppression_keys_pkey' })
  id!: number;

  /** Encrypted with a payload key, whose id stands before it. */
  @Column('bytea')
  sealed!: Buffer;
}
