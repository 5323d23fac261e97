import { PartnerCallEntity } from './partner-call';
import { PendingDepartureEntity } from './pending-departure';
import { ProviderEntity } from './provider';
import { ProviderChangeEntity } from './provider-change';
import { RejectedRecordEntity } from './rejected-record';
import { SyncRunEntity } from './sync-run';

export const ENTITIES = [
  SyncRunEntity,
  ProviderEntity,
  ProviderChangeEntity,
  PartnerCallEntity,
  RejectedRecordEntity,
  PendingDepartureEntity,
];
