import { Column, Entity, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import { SyncRunEntity } from './sync-run';

/** A part of an answer as the partner sent it, so that the run can be replayed. */
@Entity('kept_answers')
export class KeptAnswerEntity {
  @PrimaryColumn('uuid', { name: 'run_id', primaryKeyConstraintName: 'kept_answers_pkey' })
  runId!: string;

  @ManyToOne(() => SyncRunEntity)
  @JoinColumn({ name: 'run_id', foreignKeyConstraintName: 'kept_answers_run_fkey' })
  run?: SyncRunEntity;

  /** From 1. */
  @PrimaryColumn('integer', { primaryKeyConstraintName: 'kept_answers_pkey' })
  page!: number;

  /** From 0. The first part describes the page; the others are its body. */
  @PrimaryColumn('integer', { primaryKeyConstraintName: 'kept_answers_pkey' })
  part!: number;

  /** Compressed, and encrypted with a payload key. */
  @Column('bytea')
  sealed!: Buffer;
}
