import { ErasureEntity } from './erasure';
import { KeptAnswerEntity } from './kept-answer';
import { OperatorActionEntity } from './operator-action';
import { PartnerCallEntity } from './partner-call';
import { PendingDepartureEntity } from './pending-departure';
import { ProviderEntity } from './provider';
import { ProviderChangeEntity } from './provider-change';
import { ProviderCountEntity } from './provider-count';
import { RejectedRecordEntity } from './rejected-record';
import { StagedPageEntity } from './staged-page';
import { SuppressedPersonEntity, SuppressionKeyEntity } from './suppressed-person';
import { SyncRunEntity } from './sync-run';
import { WebhookMessageEntity, WebhookReceiverEntity } from './webhook';

/**
 * The tables as entities. Queries are raw SQL and use only their types; a test compares them with the tables that the
 * migrations create.
 */
export const ENTITIES = [
  SyncRunEntity,
  ProviderEntity,
  ProviderChangeEntity,
  ProviderCountEntity,
  PartnerCallEntity,
  RejectedRecordEntity,
  PendingDepartureEntity,
  StagedPageEntity,
  KeptAnswerEntity,
  OperatorActionEntity,
  ErasureEntity,
  SuppressedPersonEntity,
  SuppressionKeyEntity,
  WebhookMessageEntity,
  WebhookReceiverEntity,
];
