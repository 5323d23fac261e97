import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { ErasedCounts } from '../../../contract/erasure';

/** The receipt of an erased person. It holds no name. */
@Entity('erasures')
@Index('erasures_by_provider', ['providerId'])
@Index('erasures_by_time', ['erasedAt', 'id'])
export class ErasureEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'erasures_pkey' })
  id!: string;

  /** The id that the person had in the directory. */
  @Column('uuid', { name: 'provider_id' })
  providerId!: string;

  @Column('text')
  partner!: string;

  @Column({ type: 'timestamptz', name: 'erased_at', precision: 3, default: () => 'now()' })
  erasedAt!: Date;

  /** Null if it is not known. */
  @Column('text', { name: 'erased_by', nullable: true })
  erasedBy!: string | null;

  /** Why; null if no reason was given. */
  @Column('text', { nullable: true })
  reason!: string | null;

  /** How many rows of each kind were removed. */
  @Column('jsonb')
  removed!: ErasedCounts;

  /** When the person was allowed to come back; null as long as the person is suppressed. */
  @Column({ type: 'timestamptz', name: 'lifted_at', precision: 3, nullable: true })
  liftedAt!: Date | null;

  @Column('text', { name: 'lifted_by', nullable: true })
  liftedBy!: string | null;
}
