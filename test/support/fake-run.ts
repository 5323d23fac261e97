import { generateKeySync, randomUUID } from 'node:crypto';
import { Context } from '@temporalio/activity';
import { WorkflowFailedError, type WorkflowHandle } from '@temporalio/client';
import { ApplicationFailure, noopMetricMeter } from '@temporalio/common';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import { type CallDependencies, callPartner } from '../../activities/call-partner';
import type {
  Activities,
  CloseRunInput,
  FetchProvidersInput,
  OpenRunInput,
  PartnerLimits,
  PersistProvidersInput,
  StagedPages,
} from '../../src/contract/activities';
import type { CheckedAnswer } from '../../src/contract/answer';
import { callPlace, type Endpoint, type PartnerCall } from '../../src/contract/call';
import type { SyncCounts, SyncResult } from '../../src/contract/run';
import { PartnerFailure, type PartnerFailureType } from '../../src/partner/call/partner-failure';
import { createLogger } from '../../src/process/logger';
import { createWorkerMetrics } from '../../src/temporal/metrics/worker-metrics';
import { createDataConverter } from '../../src/temporal/payloads/data-converter';
import { installTemporalRuntime } from '../../src/worker/worker';
import { WORKFLOW_BUNDLE_PATH } from '../../src/worker/workflow-bundle';
import { type OwnTemporal, startOwnTemporal } from './own-temporal';
import { partnerWith } from './partners';

/** The outcome of a call to the fake partner: a good answer, no answer until it is cancelled, or a failure. */
type Outcome = 'ok' | 'hang' | PartnerFailureType;

export const CALLING: CallDependencies = {
  log: createLogger('silent'),
  recordCall: () => undefined,
  metrics: createWorkerMetrics(noopMetricMeter, [], []),
  temporal: { isAwaited: async () => true },
};

export const ANSWER: CheckedAnswer = {
  received: 10,
  providers: [],
  rejected: [],
  duplicates: 0,
  unknownFields: [],
  vanishedFields: [],
};
export const PAGE_SIZE = 10;
export const COUNTS: SyncCounts = {
  received: 10,
  inserted: 7,
  updated: 2,
  unchanged: 1,
  duplicates: 0,
  rejected: 0,
  departed: 0,
};

const dataConverter = createDataConverter([{ id: 'test', secret: generateKeySync('aes', { length: 256 }) }]);
let environment: TestWorkflowEnvironment;

/**
 * The Temporal for the tests of one file: a server that skips idle time, or the real one.
 *
 * @param settings of Temporal's dynamic configuration, for a real server of these tests alone
 */
export function useTestEnvironment({
  skipTime,
  settings = [],
}: {
  skipTime: boolean;
  settings?: readonly string[];
}): void {
  let own: OwnTemporal | undefined;
  beforeAll(async () => {
    installTemporalRuntime(createLogger('error'));
    if (settings.length > 0) own = await startOwnTemporal(...settings);
    const { TEMPORAL_TEST_SERVER_PATH: path = '', TEST_TEMPORAL_ADDRESS = '' } = process.env;
    const address = own?.address ?? TEST_TEMPORAL_ADDRESS;
    environment = skipTime
      ? await TestWorkflowEnvironment.createTimeSkipping({
          client: { dataConverter },
          server: { executable: { type: 'existing-path', path } },
        })
      : await TestWorkflowEnvironment.createFromExistingServer({ address, client: { dataConverter } });
  });
  afterAll(async () => {
    await environment.teardown();
    await own?.end();
  });
}

/** Activities that make no request, and record their inputs. */
export class FakeActivities {
  readonly calls: { endpoint: Endpoint; page?: number; token?: string | null }[] = [];
  readonly opened: OpenRunInput[] = [];
  readonly fetched: FetchProvidersInput[] = [];
  readonly persisted: PersistProvidersInput[] = [];
  readonly closed: CloseRunInput[] = [];
  private tokens = 0;

  constructor(
    private readonly outcomes: Record<Endpoint, Outcome[]>,
    private readonly options: FakeOptions = {},
  ) {}

  get activities(): Activities {
    return {
      openRun: async (input) => {
        this.opened.push(input);
        const partner = { name: input.partner ?? 'noteworth', deadlineMs: 1000, ...this.options.limits };
        if (input.continues) {
          return { ...input.continues, temporalRunId: input.runId, searchable: false };
        }
        const opened = { status: 'opened', id: 'the-run', temporalRunId: input.runId, partner } as const;
        return { ...opened, searchable: false, stepsNameRun: true };
      },
      replayProviders: () => Promise.reject(new Error('not used')),
      authenticate: async (input) => {
        const { value, report } = await this.call('auth', input, () => {
          this.tokens += 1;
          return `token-${this.tokens}`;
        });
        return { token: value, ...report };
      },
      fetchProviders: async (input) => {
        this.fetched.push(input);
        const { report } = await this.call('providers', input, () => undefined, input.token);
        return this.options.pages === undefined
          ? { answer: ANSWER, ...report }
          : { staged: this.stage(input), ...report };
      },
      persistProviders: async (input) => {
        this.persisted.push(input);
        return { runId: input.runId, ...COUNTS };
      },
      closeRun: async (input) => {
        this.closed.push(input);
      },
      ...this.options.changes,
    };
  }

  count(endpoint: Endpoint): number {
    return this.calls.filter((call) => call.endpoint === endpoint).length;
  }

  private stage({ page = 1 }: FetchProvidersInput): StagedPages {
    const { pages = 1 } = this.options;
    const next = page === pages ? null : `after ${page}`;
    return { pages: page, received: page * PAGE_SIZE, total: pages * PAGE_SIZE, next, mappingHash: 'hash' };
  }

  private call<T>(
    endpoint: Endpoint,
    input: Parameters<Activities['authenticate']>[0],
    good: () => T,
    token?: string | null,
  ) {
    return callPartner(CALLING, endpoint, input, partnerWith(), async (_progress, signal) => {
      const place = callPlace(endpoint, input.page);
      this.calls.push(token === undefined ? place : { ...place, token });
      const outcome = this.outcomes[endpoint].shift() ?? 'ok';
      if (outcome === 'ok') return good();
      if (outcome !== 'hang') throw new PartnerFailure(outcome, 'as the test has it');
      return new Promise<T>((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason));
      });
    });
  }
}

/** How a run ended. */
export interface Ended {
  readonly fake: FakeActivities;
  readonly result?: SyncResult;
  readonly failure?: Error;
}

interface FakeOptions {
  readonly changes?: Partial<Activities>;
  /** The number of pages, of {@link PAGE_SIZE} records each, that are staged. Without it, the answer is one whole. */
  readonly pages?: number | undefined;
  readonly limits?: Partial<PartnerLimits> | undefined;
}

interface RunOptions extends FakeOptions {
  readonly args?: unknown[];
  readonly memo?: Record<string, unknown>;
  readonly act?: Act;
}

/** Runs the workflow to its end on fake activities. `act` is called after the start. */
export async function run(
  outcomes: Partial<Record<Endpoint, Outcome[]>>,
  { args = [], memo = {}, changes = {}, pages, limits, act }: RunOptions = {},
): Promise<Ended> {
  const fake = new FakeActivities({ auth: [], providers: [], ...outcomes }, { changes, pages, limits });
  const taskQueue = randomUUID();
  const worker = await Worker.create({
    connection: environment.nativeConnection,
    taskQueue,
    workflowBundle: { codePath: WORKFLOW_BUNDLE_PATH },
    activities: fake.activities,
    dataConverter,
    maxHeartbeatThrottleInterval: 100,
  });
  return worker.runUntil(async () => {
    const handle = await environment.client.workflow.start('syncProviders', {
      taskQueue,
      workflowId: taskQueue,
      args,
      memo,
    });
    await act?.(fake, () => handle.cancel(), handle);
    try {
      return { fake, result: (await handle.result()) as SyncResult };
    } catch (error) {
      if (error instanceof WorkflowFailedError) return { fake, failure: error.cause as Error };
      throw error;
    }
  });
}

type Act = (fake: FakeActivities, cancel: () => Promise<unknown>, handle: WorkflowHandle) => Promise<unknown>;

/** Sends no heartbeat and no result, like a killed process. Ends with the test's worker. */
export function silence(): Promise<never> {
  return Context.current().cancelled;
}

/** The name of the failure that a run ended with. */
export function typeOf({ failure }: Ended): string | null | undefined {
  return failure instanceof ApplicationFailure ? failure.type : failure?.name;
}

/** Calls in short form. */
export function ledger(calls: readonly PartnerCall[] | undefined): unknown[] {
  return (calls ?? []).map(({ endpoint, page, attempt, outcome }) =>
    page === undefined ? [endpoint, attempt, outcome] : [endpoint, page, attempt, outcome],
  );
}
