import { Check, Column, Entity, PrimaryColumn } from 'typeorm';

/** What an operator did to a run, if no other table keeps it. */
@Entity('operator_actions')
@Check('operator_actions_action_check', `action IN ('cancelled')`)
export class OperatorActionEntity {
  /** Our id of the run, which no worker may have recorded yet. */
  @PrimaryColumn('uuid', { name: 'run_id', primaryKeyConstraintName: 'operator_actions_pkey' })
  runId!: string;

  @PrimaryColumn({
    type: 'timestamptz',
    precision: 3,
    primaryKeyConstraintName: 'operator_actions_pkey',
    default: () => 'clock_timestamp()',
  })
  at!: Date;

  @PrimaryColumn('text', { primaryKeyConstraintName: 'operator_actions_pkey' })
  action!: 'cancelled';

  /** Null if it is not known. */
  @Column('text', { name: 'done_by', nullable: true })
  by!: string | null;

  @Column('text', { nullable: true })
  reason!: string | null;
}
