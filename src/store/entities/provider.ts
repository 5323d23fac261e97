import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';
import type { Json } from '../../contract/sync';

/** A clinician in the directory, as the partner last sent it. */
@Entity('providers')
@Index('providers_identity_key', ['partner', 'identityKey'], { unique: true })
@Index('providers_by_name', { synchronize: false })
@Index('providers_search', { synchronize: false })
export class ProviderEntity {
  @PrimaryGeneratedColumn('uuid', { primaryKeyConstraintName: 'providers_pkey' })
  id!: string;

  @Column('text')
  partner!: string;

  /** SHA-256 of the normalised identity. */
  @Column('bytea', { name: 'identity_key' })
  identityKey!: Buffer;

  @Column('text', { name: 'given_name' })
  givenName!: string;

  @Column('text', { name: 'family_name' })
  familyName!: string;

  @Column('text', { nullable: true })
  title!: string | null;

  @Column('text', { nullable: true })
  clinic!: string | null;

  @Column('jsonb', { default: {} })
  attributes!: { [key: string]: Json };

  /** False once a snapshot came without the provider. */
  @Column('boolean', { default: true })
  listed!: boolean;

  @Column({ type: 'timestamptz', name: 'first_seen_at', precision: 3 })
  firstSeenAt!: Date;

  /** Null: still in the partner's whole list, and so last seen by its last good run. */
  @Column({ type: 'timestamptz', name: 'last_seen_at', precision: 3, nullable: true })
  lastSeenAt!: Date | null;

  @Column({ type: 'timestamptz', name: 'last_changed_at', precision: 3 })
  lastChangedAt!: Date;
}
