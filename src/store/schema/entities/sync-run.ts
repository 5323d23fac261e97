import { Check, Column, Entity, Index, JoinColumn, ManyToOne, PrimaryGeneratedColumn } from 'typeorm';
import type { Feed } from '../../../contract/answer';
import type { Verdict } from '../../../contract/approval';
import type { FailureType } from '../../../contract/failures';
import type { Trigger } from '../../../contract/names';
import type { Remark } from '../../../contract/remarks';
import type { RunStatus } from '../../../contract/run';

/** A run of the workflow, from its start to how it ended. */
@Entity('sync_runs')
@Check(
  'sync_runs_status_check',
  `status IN ('running', 'succeeded', 'failed', 'skipped', 'cancelled', 'abandoned')`,
)
@Check('sync_runs_finished_check', `(status = 'running') = (finished_at IS NULL)`)
@Check('sync_runs_verdict_check', `approval_verdict IN ('approved', 'rejected', 'expired')`)
@Index('sync_runs_temporal_run_key', ['temporalRunId'], { unique: true })
@Index('sync_runs_one_running', ['partner'], { unique: true, where: `(status = 'running'::text)` })
@Index('sync_runs_last_good', ['partner', 'finishedAt'], { where: `(status = 'succeeded'::text)` })
@Index('sync_runs_kept_answers', ['answerKeptUntil'], { where: `(answer_kept_until IS NOT NULL)` })
@Index('sync_runs_replays', ['replayOf', 'startedAt'], { where: `(replay_of IS NOT NULL)` })
@Index('sync_runs_with_calls', ['finishedAt'], { where: '(calls_removed_at IS NULL)' })
@Index('sync_runs_by_holder', ['holderId'], { where: '(holder_id IS NOT NULL)' })
@Index('sync_runs_by_partner', ['partner', 'startedAt', 'id'])
@Index('sync_runs_by_start', ['startedAt', 'id'])
@Index('sync_runs_by_status', ['status', 'startedAt', 'id'])
@Index('sync_runs_by_duration', { synchronize: false })
@Index('sync_runs_by_workflow', ['workflowId', 'startedAt'])
export class SyncRunEntity {
  @PrimaryGeneratedColumn('uuid', { primaryKeyConstraintName: 'sync_runs_pkey' })
  id!: string;

  @Column('text')
  partner!: string;

  @Column('text')
  trigger!: Trigger;

  @Column('text')
  status!: RunStatus;

  @Column('text', { name: 'workflow_id' })
  workflowId!: string;

  @Column('text', { name: 'run_id' })
  temporalRunId!: string;

  /** When Temporal received the start. The times of the steps are null for runs of version 0.1.0. */
  @Column({ type: 'timestamptz', name: 'requested_at', precision: 3, nullable: true })
  requestedAt!: Date | null;

  /** Who started the run, as far as it is known. */
  @Column('text', { name: 'started_by', nullable: true })
  startedBy!: string | null;

  /** When the workflow first scheduled `openRun`. */
  @Column({ type: 'timestamptz', name: 'claim_scheduled_at', precision: 3, nullable: true })
  claimScheduledAt!: Date | null;

  /** The version of the worker that opened the run; null for runs of version 0.1.0. */
  @Column('text', { name: 'worker_version', nullable: true })
  workerVersion!: string | null;

  /** Identifies how the partner's answer was to be read when the run was opened; null as above. */
  @Column('bytea', { name: 'mapping_hash', nullable: true })
  mappingHash!: Buffer | null;

  /** The trace of the run, in hex; null if it was not recorded. */
  @Column('text', { name: 'trace_id', nullable: true })
  traceId!: string | null;

  @Column('integer', { name: 'claim_attempts', nullable: true })
  claimAttempts!: number | null;

  /** When the workflow first scheduled `persistProviders`; after an approval, the second one. */
  @Column({ type: 'timestamptz', name: 'storing_scheduled_at', precision: 3, nullable: true })
  storingScheduledAt!: Date | null;

  @Column('integer', { name: 'storing_attempts', nullable: true })
  storingAttempts!: number | null;

  /** When the workflow first scheduled `closeRun`. */
  @Column({ type: 'timestamptz', name: 'closing_scheduled_at', precision: 3, nullable: true })
  closingScheduledAt!: Date | null;

  @Column('integer', { name: 'closing_attempts', nullable: true })
  closingAttempts!: number | null;

  @Column({ type: 'timestamptz', name: 'started_at', precision: 3, default: () => 'now()' })
  startedAt!: Date;

  @Column({ type: 'timestamptz', name: 'finished_at', precision: 3, nullable: true })
  finishedAt!: Date | null;

  /** The partner's feed when the run succeeded; null for a run that stored nothing. */
  @Column('text', { nullable: true })
  feed!: Feed | null;

  @Column('integer', { default: 0 })
  received!: number;

  @Column('integer', { default: 0 })
  inserted!: number;

  @Column('integer', { default: 0 })
  updated!: number;

  @Column('integer', { default: 0 })
  unchanged!: number;

  @Column('integer', { default: 0 })
  duplicates!: number;

  @Column('integer', { default: 0 })
  rejected!: number;

  @Column('integer', { default: 0 })
  departed!: number;

  @Column('text', { name: 'unknown_fields', array: true, default: () => `'{}'` })
  unknownFields!: string[];

  @Column('text', { name: 'vanished_fields', array: true, default: () => `'{}'` })
  vanishedFields!: string[];

  /** The partner's names of the fields of the answer; null if the run stored nothing, or is of version 0.1.0. */
  @Column('text', { array: true, nullable: true })
  fields!: string[] | null;

  @Column('jsonb', { default: () => `'[]'` })
  remarks!: Remark[];

  @Column('text', { name: 'failure_type', nullable: true })
  failureType!: FailureType | null;

  @Column('text', { name: 'failure_message', nullable: true })
  failureMessage!: string | null;

  /** People that the run's snapshot would mark as left; null if it needed no approval. */
  @Column('integer', { name: 'approval_departing', nullable: true })
  approvalDeparting!: number | null;

  /** People in the partner's list before the snapshot. */
  @Column('integer', { name: 'approval_listed', nullable: true })
  approvalListed!: number | null;

  @Column({ type: 'timestamptz', name: 'approval_requested_at', precision: 3, nullable: true })
  approvalRequestedAt!: Date | null;

  @Column({ type: 'timestamptz', name: 'approval_deadline', precision: 3, nullable: true })
  approvalDeadline!: Date | null;

  /** Null while the run waits, and if it ended before a decision. */
  @Column('text', { name: 'approval_verdict', nullable: true })
  approvalVerdict!: Verdict | null;

  @Column('text', { name: 'approval_by', nullable: true })
  approvalBy!: string | null;

  @Column('text', { name: 'approval_reason', nullable: true })
  approvalReason!: string | null;

  @Column({ type: 'timestamptz', name: 'approval_decided_at', precision: 3, nullable: true })
  approvalDecidedAt!: Date | null;

  /** The run whose answer this run replays; null for a run that calls the partner. That run may be deleted. */
  @Column('uuid', { name: 'replay_of', nullable: true })
  replayOf!: string | null;

  /** SHA-256 of the answer as the partner sent it; of the hashes of its pages, if it has several. Null if it was not kept. */
  @Column('bytea', { name: 'answer_sha256', nullable: true })
  answerSha256!: Buffer | null;

  /** When the copy of the answer is removed; null if there is none. */
  @Column({ type: 'timestamptz', name: 'answer_kept_until', precision: 3, nullable: true })
  answerKeptUntil!: Date | null;

  /** When the calls of the run were removed because of their age; null if they are in the ledger. */
  @Column({ type: 'timestamptz', name: 'calls_removed_at', precision: 3, nullable: true })
  callsRemovedAt!: Date | null;

  /** For a skipped run: the run that held the partner. */
  @Column('uuid', { name: 'holder_id', nullable: true })
  holderId!: string | null;

  @ManyToOne(() => SyncRunEntity)
  @JoinColumn({ name: 'holder_id', foreignKeyConstraintName: 'sync_runs_holder_fkey' })
  holder?: SyncRunEntity | null;
}
