import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import type { Endpoint, PartnerCall } from '../../../contract/call';
import { SyncRunEntity } from './sync-run';

/** One call to the partner. */
@Entity('partner_calls')
@Index('partner_calls_repeats', ['runId'], { where: '(((attempt - 1) % 3) > 0)' })
export class PartnerCallEntity {
  @PrimaryColumn('uuid', { name: 'run_id', primaryKeyConstraintName: 'partner_calls_pkey' })
  runId!: string;

  @ManyToOne(() => SyncRunEntity)
  @JoinColumn({ name: 'run_id', foreignKeyConstraintName: 'partner_calls_run_fkey' })
  run?: SyncRunEntity;

  @PrimaryColumn('text', { primaryKeyConstraintName: 'partner_calls_pkey' })
  endpoint!: Endpoint;

  /** Counts the calls to the endpoint within the run: page 1 has the numbers 1 to 3, page 2 has 4 to 6, and so on. */
  @PrimaryColumn('integer', { primaryKeyConstraintName: 'partner_calls_pkey' })
  attempt!: number;

  /** The page that was to be fetched. Calls to authenticate belong to the page that needs the token. */
  @Column('integer', { default: 1 })
  page!: number;

  /** When Temporal made the attempt available to a worker; null if the call was lost, or is of version 0.1.0. */
  @Column({ type: 'timestamptz', name: 'scheduled_at', precision: 3, nullable: true })
  scheduledAt!: Date | null;

  @Column({ type: 'timestamptz', name: 'started_at', precision: 3 })
  startedAt!: Date;

  /** Milliseconds. */
  @Column('integer', { name: 'took_ms', nullable: true })
  tookMs!: number | null;

  @Column('integer', { name: 'http_status', nullable: true })
  httpStatus!: number | null;

  @Column('integer', { nullable: true })
  bytes!: number | null;

  @Column('text')
  outcome!: PartnerCall['outcome'];

  @Column('text', { nullable: true })
  detail!: string | null;
}
