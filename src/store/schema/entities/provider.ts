import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';
import type { Json } from '../../../contract/answer';

/** A clinician in the directory, as the partner last sent it. */
@Entity('providers')
@Index('providers_identity_key', ['partner', 'identityKey'], { unique: true })
@Index('providers_search', { synchronize: false })
@Index('providers_by_clinic_key', { synchronize: false })
@Index('providers_by_clinic_position', { synchronize: false })
@Index('providers_by_name', ['nameKey', 'id', 'partner'])
@Index('providers_by_last_change', ['lastChangedAt', 'id', 'partner'])
@Index('providers_by_first_sight', ['firstSeenAt', 'id', 'partner'])
@Index('providers_by_first_run', ['firstRunId'])
@Index('providers_unlisted', ['nameKey', 'id', 'partner'], { where: '(NOT listed)' })
@Index('providers_with_old_identity', ['partner'], { where: '(identity_version = 1)' })
@Index('providers_by_title', ['title', 'partner'], { where: '(octet_length(title) <= 1000)' })
export class ProviderEntity {
  @PrimaryGeneratedColumn('uuid', { primaryKeyConstraintName: 'providers_pkey' })
  id!: string;

  @Column('text')
  partner!: string;

  /** SHA-256 of the normalised identity. */
  @Column('bytea', { name: 'identity_key' })
  identityKey!: Buffer;

  /** 1 if a version that did not drop invisible characters may have computed the key; otherwise 2. */
  @Column('smallint', { name: 'identity_version', default: 1 })
  identityVersion!: number;

  @Column('text', { name: 'given_name' })
  givenName!: string;

  @Column('text', { name: 'family_name' })
  familyName!: string;

  /** The name in the form for order and comparison. Postgres computes it from the two names. */
  @Column({ type: 'text', name: 'name_key', collation: 'C', insert: false, update: false })
  nameKey!: string;

  /** The words of name, title and clinic for the search, in several spellings. Postgres computes it. */
  @Column({ type: 'text', name: 'search_key', collation: 'C', insert: false, update: false })
  searchKey!: string;

  @Column('text', { nullable: true })
  title!: string | null;

  @Column('text', { nullable: true })
  clinic!: string | null;

  @Column('jsonb', { default: {} })
  attributes!: { [key: string]: Json };

  /** False if the partner's last snapshot did not have the provider. */
  @Column('boolean', { default: true })
  listed!: boolean;

  /** The run that first brought the provider; null if the provider is older than this column. */
  @Column('uuid', { name: 'first_run_id', nullable: true })
  firstRunId!: string | null;

  @Column({ type: 'timestamptz', name: 'first_seen_at', precision: 3 })
  firstSeenAt!: Date;

  /** Null if the provider is in the partner's whole list, and so was last seen by the last successful run. */
  @Column({ type: 'timestamptz', name: 'last_seen_at', precision: 3, nullable: true })
  lastSeenAt!: Date | null;

  @Column({ type: 'timestamptz', name: 'last_changed_at', precision: 3 })
  lastChangedAt!: Date;
}
