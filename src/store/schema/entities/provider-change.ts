import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryGeneratedColumn } from 'typeorm';
import type { Json } from '../../../contract/answer';
import { ProviderEntity } from './provider';
import { SyncRunEntity } from './sync-run';

/** One field of a provider that a run changed. */
@Entity('provider_changes')
@Index('provider_changes_by_provider', ['providerId', 'id'])
@Index('provider_changes_left', { synchronize: false })
@Index('provider_changes_returned', { synchronize: false })
@Index('provider_changes_title', { synchronize: false })
@Index('provider_changes_clinic', { synchronize: false })
@Index('provider_changes_name', { synchronize: false })
@Index('provider_changes_other', { synchronize: false })
@Index('provider_changes_by_run', ['runId', 'id'])
export class ProviderChangeEntity {
  @PrimaryGeneratedColumn('identity', {
    type: 'bigint',
    generatedIdentity: 'ALWAYS',
    primaryKeyConstraintName: 'provider_changes_pkey',
  })
  id!: string;

  @Column('uuid', { name: 'provider_id' })
  providerId!: string;

  @ManyToOne(() => ProviderEntity)
  @JoinColumn({ name: 'provider_id', foreignKeyConstraintName: 'provider_changes_provider_fkey' })
  provider?: ProviderEntity;

  @Column('uuid', { name: 'run_id' })
  runId!: string;

  @ManyToOne(() => SyncRunEntity)
  @JoinColumn({ name: 'run_id', foreignKeyConstraintName: 'provider_changes_run_fkey' })
  run?: SyncRunEntity;

  /** Our name of the field; `attributes.<name>` for a field that partners.yaml does not name. */
  @Column('text')
  field!: string;

  /** Null if there was no value. */
  @Column('jsonb', { nullable: true })
  before!: Json;

  /** Null if there is no value any more. */
  @Column('jsonb', { nullable: true })
  after!: Json;

  @Column({ type: 'timestamptz', name: 'changed_at', precision: 3 })
  changedAt!: Date;
}
