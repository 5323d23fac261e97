import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import type { Remark } from '../../../contract/remarks';
import { SyncRunEntity } from './sync-run';

/**
 * A page of a run's answer that waits to be merged. Its records are in `staged_records`, which has no entity, since it
 * has no key.
 */
@Entity('staged_pages')
@Index('staged_pages_by_address', ['runId', 'addressHash'])
@Index('staged_pages_by_content', ['runId', 'contentHash'], { where: '(received > 1)' })
export class StagedPageEntity {
  @PrimaryColumn('uuid', { name: 'run_id', primaryKeyConstraintName: 'staged_pages_pkey' })
  runId!: string;

  @ManyToOne(() => SyncRunEntity)
  @JoinColumn({ name: 'run_id', foreignKeyConstraintName: 'staged_pages_run_fkey' })
  run?: SyncRunEntity;

  /** From 1. */
  @PrimaryColumn('integer', { primaryKeyConstraintName: 'staged_pages_pkey' })
  page!: number;

  /** SHA-256 of the cursor that led to the page. The cursor itself may hold a secret of the partner. */
  @Column('bytea', { name: 'address_hash' })
  addressHash!: Buffer;

  /** SHA-256 of who is in the page. A partner that ignores the place of a page sends the same people again. */
  @Column('bytea', { name: 'content_hash' })
  contentHash!: Buffer;

  @Column('integer')
  received!: number;

  /** SHA-256 of the body; null if no copy is kept. */
  @Column('bytea', { name: 'answer_sha256', nullable: true })
  answerSha256!: Buffer | null;

  /** Conflicting duplicates are not counted: they are found when all pages are merged. */
  @Column('integer')
  rejected!: number;

  /** The number of records in all pages, as this page states it; null if it states none. */
  @Column('integer', { nullable: true })
  total!: number | null;

  /** The number of records in this page and all pages before it; null if a worker of an earlier version staged it. */
  @Column('integer', { name: 'records_so_far', nullable: true })
  recordsSoFar!: number | null;

  /** Of this page and all pages before it: what the last one that states a total states, and the largest one. */
  @Column('integer', { name: 'latest_total', nullable: true })
  latestTotal!: number | null;

  @Column('integer', { name: 'largest_total', nullable: true })
  largestTotal!: number | null;

  @Column('text', { name: 'unknown_fields', array: true })
  unknownFields!: string[];

  @Column('text', { name: 'sent_fields', array: true })
  sentFields!: string[];

  @Column('jsonb')
  remarks!: Remark[];

  @Column({ type: 'timestamptz', name: 'staged_at', precision: 3, default: () => 'now()' })
  stagedAt!: Date;
}
