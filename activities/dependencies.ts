import type { DataSource } from 'typeorm';
import type { PartnerCall } from '../src/contract/call';
import { NamedFailure } from '../src/contract/named-failure';
import { createPartnerClient, type PartnerClient } from '../src/partner/call/partner-client';
import { UnknownPartnerError } from '../src/partner/config/choose-partner';
import { mappingHash } from '../src/partner/config/mapping-hash';
import type { Partner, Partners } from '../src/partner/config/partner';
import type { Webhooks } from '../src/partner/config/webhook';
import { createPageReader, type PageReader } from '../src/partner/page/read-page';
import type { RetentionConfig } from '../src/process/config/retention-config';
import type { Logger } from '../src/process/logger';
import type { PayloadKeys } from '../src/process/payload-keys';
import { classifyStoreError } from '../src/store/postgres/store-failure';
import { recordCall } from '../src/store/runs/ledger';
import { type Subscriptions, subscriptionsOf } from '../src/store/webhooks/subscriptions';
import type { WorkerMetrics } from '../src/temporal/metrics/worker-metrics';
import type { TemporalPort } from '../src/temporal/temporal-port';

/** The resources of a worker that its activities use. */
export interface WorkerResources {
  readonly partners: Partners;
  readonly webhooks: Webhooks;
  readonly dataSource: DataSource;
  readonly temporal: TemporalPort;
  readonly log: Logger;
  /** They encrypt the kept copies of answers too. */
  readonly payloadKeys: PayloadKeys;
  readonly metrics: WorkerMetrics;
  readonly retention: RetentionConfig;
}

/** The dependencies of every activity. */
export interface Dependencies extends WorkerResources {
  readonly findPartner: FindPartner;
  /** Which receiver of webhooks gets which event. */
  readonly subscriptions: Subscriptions;
  /** Stores a call that has ended. Nothing waits for it: the end of the run stores the calls again. */
  readonly recordCall: (runId: string, call: PartnerCall) => void;
}

/** Finds a partner. Throws UnknownPartnerError for any other name. */
export type FindPartner = (name: string) => FoundPartner;

interface FoundPartner {
  readonly partner: Partner;
  readonly client: PartnerClient;
  readonly readPage: PageReader;
  /** Identifies how its answers are read. */
  readonly mappingHash: string;
}

/**
 * Finds a partner whose earlier pages were read with this hash; undefined if there are none.
 *
 * @throws UnknownPartnerError
 * @throws NamedFailure `PartnerChanged`
 */
export function findUnchanged(
  findPartner: FindPartner,
  name: string,
  hash: string | undefined,
): FoundPartner {
  const found = findPartner(name);
  if (hash === undefined || found.mappingHash === hash) return found;
  throw new NamedFailure('PartnerChanged', `the entry of ${name} is not the one of the pages before`);
}

export function createDependencies(resources: WorkerResources): Dependencies {
  const { partners, webhooks, dataSource, log } = resources;
  return {
    ...resources,
    findPartner: createFindPartner(partners),
    subscriptions: subscriptionsOf(webhooks),
    // So that a reader of the run sees each call while the run is still running.
    recordCall: (run, call) => {
      recordCall(dataSource, run, call).catch((error) =>
        log.warn({ run, failure: classifyStoreError(error) }, 'A call is not in the ledger yet'),
      );
    },
  };
}

function createFindPartner(partners: Partners): FindPartner {
  const entries = new Map(
    [...partners].map(([name, partner]) => {
      const readPage = createPageReader(partner);
      const client = createPartnerClient(partner, readPage);
      return [name, { partner, client, readPage, mappingHash: mappingHash(partner) }];
    }),
  );
  return (name) => {
    const entry = entries.get(name);
    if (!entry) throw new UnknownPartnerError(name, [...entries.keys()]);
    return entry;
  };
}
