import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import type { Rejection } from '../../../contract/answer';
import { SyncRunEntity } from './sync-run';

/** A record of an answer that could not be used, as the partner sent it. */
@Entity('rejected_records')
@Index('rejected_records_by_time', ['createdAt', 'runId', 'position'])
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

  /** JSON text. */
  @Column('text')
  raw!: string;

  @Column({ type: 'timestamptz', name: 'created_at', precision: 3, default: () => 'now()' })
  createdAt!: Date;
}
