import { Entity, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import { SyncRunEntity } from './sync-run';

/** A provider that a run marks as left if its snapshot is approved. */
@Entity('pending_departures')
export class PendingDepartureEntity {
  @PrimaryColumn('uuid', { name: 'run_id', primaryKeyConstraintName: 'pending_departures_pkey' })
  runId!: string;

  @ManyToOne(() => SyncRunEntity)
  @JoinColumn({ name: 'run_id', foreignKeyConstraintName: 'pending_departures_run_fkey' })
  run?: SyncRunEntity;

  @PrimaryColumn('uuid', { name: 'provider_id', primaryKeyConstraintName: 'pending_departures_pkey' })
  providerId!: string;
}
