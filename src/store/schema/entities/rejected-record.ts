import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import type { Rejection } from '../../../contract/answer';
import type { RejectedState } from '../../../contract/rejected';
import { SyncRunEntity } from './sync-run';

/** A record of an answer that could not be used, as the partner sent it. */
@Entity('rejected_records')
@Index('rejected_records_by_time', ['createdAt', 'runId', 'position'])
@Index('rejected_records_by_state', ['state', 'createdAt', 'runId', 'position'])
@Index('rejected_records_by_group', ['groupKey', 'createdAt', 'runId', 'position'])
@Index('rejected_records_with_raw', ['createdAt'], { where: '(raw_removed_at IS NULL)' })
@Index('rejected_records_missing', ['partner', 'identityKey'], {
  where: '((gone_by_run IS NULL) AND (identity_key IS NOT NULL))',
})
@Index('rejected_records_missing_name', ['partner', 'nameKey'], {
  where: '((gone_by_run IS NULL) AND (identity_key IS NULL))',
})
export class RejectedRecordEntity {
  @PrimaryColumn('uuid', { name: 'run_id', primaryKeyConstraintName: 'rejected_records_pkey' })
  runId!: string;

  @ManyToOne(() => SyncRunEntity)
  @JoinColumn({ name: 'run_id', foreignKeyConstraintName: 'rejected_records_run_fkey' })
  run?: SyncRunEntity;

  /** Its position in the answer, from 0. */
  @PrimaryColumn('integer', { primaryKeyConstraintName: 'rejected_records_pkey' })
  position!: number;

  @Column('text')
  partner!: string;

  @Column('text')
  reason!: Rejection;

  @Column('text', { nullable: true })
  field!: string | null;

  /** JSON text; `null` if it was removed. */
  @Column('text')
  raw!: string;

  /** When the raw text was removed because of its age; null if it is there. */
  @Column({ type: 'timestamptz', name: 'raw_removed_at', precision: 3, nullable: true })
  rawRemovedAt!: Date | null;

  @Column({ type: 'timestamptz', name: 'created_at', precision: 3, default: () => 'now()' })
  createdAt!: Date;

  /** The key that a usable record of the same person has; null if it is not known. */
  @Column('bytea', { name: 'identity_key', nullable: true })
  identityKey!: Buffer | null;

  /** Null if the record has none that can be used. */
  @Column('text', { name: 'given_name', nullable: true })
  givenName!: string | null;

  @Column('text', { name: 'family_name', nullable: true })
  familyName!: string | null;

  /** As in `providers`. Postgres computes it. */
  @Column({ type: 'text', name: 'name_key', collation: 'C', nullable: true, insert: false, update: false })
  nameKey!: string | null;

  /** The later run that brought the person. */
  @Column('uuid', { name: 'gone_by_run', nullable: true })
  goneByRun!: string | null;

  /** The run that used the record after all. */
  @Column('uuid', { name: 'resolved_by_run', nullable: true })
  resolvedByRun!: string | null;

  @Column({ type: 'timestamptz', name: 'dismissed_at', precision: 3, nullable: true })
  dismissedAt!: Date | null;

  @Column('text', { name: 'dismissed_by', nullable: true })
  dismissedBy!: string | null;

  @Column('text', { name: 'dismissed_reason', nullable: true })
  dismissedReason!: string | null;

  /** Postgres computes it from the columns above. */
  @Column({ type: 'text', insert: false, update: false })
  state!: RejectedState;

  /** The same for all records of one person with the same fault. Postgres computes it. */
  @Column({ type: 'bytea', name: 'group_key', insert: false, update: false })
  groupKey!: Buffer;
}
