import type { WorkflowHandle } from '@temporalio/client';
import { temporal } from '@temporalio/proto';
import { WORKFLOW_TYPE } from '../../src/contract/names';
import { CUT_LIST, LIST, SNAPSHOTS } from '../support/held-run';
import { partnersFile, partnersFileWith } from '../support/partners';
import { serving, TEN } from '../support/people';
import { type Scenario, until } from '../support/scenario';
import { startWorkerWithPartners } from '../support/worker-with-partners';
import { HISTORY_PATHS } from './history-paths';
import { PAGED_PATHS } from './paged-paths';
import type { Path } from './path';
import { resetToLastActivity } from './reset-run';
import { WEBHOOK_PATHS } from './webhook-paths';

const good = serving(...TEN);
/** The answer of a partner that renamed a field: no record can be used. */
const renamed = serving(...TEN.map(({ name_given: given, ...others }) => ({ ...others, given })));
/** A whole list, and then one without most of its people. */
const cutSnapshot = [serving(...LIST), serving(...CUT_LIST)];

/** Syncs, and then replays the answer of that sync. */
async function replayAfterSync({ client, taskQueue, ...scenario }: Scenario): Promise<WorkflowHandle> {
  await scenario.startWorker();
  const sync = await client.workflow.start(WORKFLOW_TYPE, { taskQueue, workflowId: 'sync' });
  await sync.result();
  const replay = sync.firstExecutionRunId;
  return client.workflow.start(WORKFLOW_TYPE, { taskQueue, workflowId: 'replayed', args: [{ replay }] });
}

/** The paths that a change of the workflow must not break. */
export const PATHS: { readonly [name: string]: Path } = {
  ...PAGED_PATHS,
  ...HISTORY_PATHS,
  ...WEBHOOK_PATHS,
  succeeded: { ends: 'succeeded', calls: [1, 1] },
  'auth-repeated-after-500': { auth: ['error500', 'error500'], ends: 'succeeded', calls: [3, 1] },
  'auth-failed': { auth: ['error500', 'error500', 'error500'], ends: 'PartnerError', calls: [3, 0] },
  'providers-repeated-after-cut': { providers: ['cut', 'cut', good], ends: 'succeeded', calls: [1, 3] },
  'providers-repeated-after-timeout': {
    providers: [{ fault: 'hang', hangMs: 50 }, good],
    ends: 'succeeded',
    calls: [1, 2],
  },
  'providers-failed': { providers: ['cut', 'error500', 'reset'], ends: 'PartnerUnreachable', calls: [1, 3] },
  'reauthenticated-after-403': { providers: ['rejectToken', good], ends: 'succeeded', calls: [2, 2] },
  'reauthenticated-without-token': {
    providers: [{ fault: 'raw', body: 'Error: No token created' }, good],
    ends: 'succeeded',
    calls: [2, 2],
  },
  'reauthentication-failed': {
    auth: ['ok', 'error500', 'error500'],
    providers: ['rejectToken'],
    ends: 'PartnerError',
    calls: [3, 1],
  },
  'tokens-rejected': {
    providers: ['rejectToken', 'rejectToken', 'rejectToken'],
    ends: 'TokenRejected',
    calls: [3, 3],
  },
  'request-rejected': { providers: ['unauthorized'], ends: 'RequestRejected', calls: [1, 1] },
  'invalid-input': { input: ['noteworth'], ends: 'InvalidInput', calls: [0, 0] },
  'unknown-partner': { input: [{ partner: 'nobody' }], ends: 'UnknownPartner', calls: [0, 0] },
  replayed: { drive: replayAfterSync, ends: 'succeeded', calls: [1, 1] },
  'replay-unavailable': {
    input: [{ partner: 'noteworth', replay: '00000000-0000-4000-8000-000000000000' }],
    ends: 'AnswerUnavailable',
    calls: [0, 0],
  },
  'waited-for-partner': {
    input: [{ partner: 'newcomer' }],
    async drive(scenario, start) {
      const former = await startWorkerWithPartners(scenario, partnersFile([['noteworth', {}]]));
      const run = await start();
      await until(() => hasTimer(run));
      await startWorkerWithPartners(scenario, partnersFile([['newcomer', {}]]));
      await former.end('SIGTERM');
      return run;
    },
    ends: 'succeeded',
    calls: [1, 1],
  },
  'unusable-answer': { providers: [renamed], ends: 'UnusableAnswer', calls: [1, 1] },
  'snapshot-approved': {
    providers: cutSnapshot,
    drive: (scenario, start) => holding(scenario, start, (run) => run.executeUpdate('approve')),
    ends: 'succeeded',
    calls: [2, 2],
  },
  'snapshot-rejected': {
    providers: cutSnapshot,
    drive: (scenario, start) => holding(scenario, start, (run) => run.executeUpdate('reject')),
    ends: 'SnapshotRejected',
    calls: [2, 2],
  },
  'snapshot-expired': {
    providers: cutSnapshot,
    drive: (scenario, start) => holding(scenario, start, async () => undefined, { approveWithin: '1s' }),
    ends: 'SnapshotRejected',
    calls: [2, 2],
  },
  'cancelled-while-snapshot-waits': {
    providers: cutSnapshot,
    drive: (scenario, start) => holding(scenario, start, (run) => run.cancel()),
    ends: 'cancelled',
    calls: [2, 2],
  },
  skipped: {
    auth: ['hangForever'],
    async drive(scenario, start) {
      await scenario.startWorker();
      await scenario.startRun();
      await until(() => scenario.calls('auth') === 1);
      return start();
    },
    ends: 'skipped',
    calls: [1, 0],
  },
  'reset-in-fetch': {
    providers: ['hangForever', good],
    async drive(scenario, start) {
      await scenario.startWorker();
      const { workflowId } = await start();
      await until(() => scenario.calls('providers') === 1);
      return resetToLastActivity(scenario, workflowId);
    },
    ends: 'succeeded',
    calls: [2, 2],
  },
  'cancelled-in-auth': {
    auth: ['hangForever'],
    async drive(scenario, start) {
      await scenario.startWorker();
      const run = await start();
      await until(() => scenario.calls('auth') === 1);
      await run.cancel();
      return run;
    },
    ends: 'cancelled',
    calls: [1, 0],
  },
  'cancelled-in-fetch': {
    providers: ['hangForever'],
    async drive(scenario, start) {
      await scenario.startWorker();
      const run = await start();
      await until(() => scenario.calls('providers') === 1);
      await run.cancel();
      return run;
    },
    ends: 'cancelled',
    calls: [1, 1],
  },
  'cancelled-between-calls': {
    auth: [{ fault: 'status', status: 503, retryAfter: '60' }],
    async drive(scenario, start) {
      await scenario.startWorker();
      const run = await start();
      await until(() => isBetweenAttempts(run));
      await run.cancel();
      return run;
    },
    ends: 'cancelled',
    calls: [1, 0],
  },
  'cancelled-while-store-away-in-open': {
    async drive(scenario, start) {
      await takeAway(scenario, 'sync_runs');
      await scenario.startWorker();
      const run = await start();
      await until(() => hasTimer(run));
      await run.cancel();
      return run;
    },
    ends: 'cancelled',
    calls: [0, 0],
  },
  'cancelled-while-store-away-in-persist': {
    async drive(scenario, start) {
      await takeAway(scenario, 'providers');
      await scenario.startWorker();
      const run = await start();
      await until(() => isBetweenAttempts(run));
      await run.cancel();
      return run;
    },
    ends: 'cancelled',
    calls: [1, 1],
  },
  'cancelled-too-late': {
    async drive(scenario, start) {
      const lock = await scenario.lock('providers');
      await scenario.startWorker();
      const run = await start();
      await until(() => scenario.isWaiting('identity_version'));
      await run.cancel();
      await lock.release();
      return run;
    },
    ends: 'succeeded',
    calls: [1, 1],
  },
  'store-away-in-open': {
    async drive(scenario, start) {
      const bringBack = await takeAway(scenario, 'sync_runs');
      await scenario.startWorker();
      const run = await start();
      await until(() => hasTimer(run));
      await bringBack();
      return run;
    },
    ends: 'succeeded',
    calls: [1, 1],
  },
  'store-away-in-persist': {
    async drive(scenario, start) {
      const bringBack = await takeAway(scenario, 'providers');
      await scenario.startWorker();
      const run = await start();
      await until(() => isBetweenAttempts(run));
      await bringBack();
      return run;
    },
    ends: 'succeeded',
    calls: [1, 1],
  },
  'store-away-in-close': {
    auth: [{ fault: 'slow', delayMs: 1000 }],
    providers: ['unauthorized'],
    async drive(scenario, start) {
      await scenario.startWorker();
      const run = await start();
      await until(() => scenario.calls('auth') === 1);
      const bringBack = await takeAway(scenario, 'sync_runs');
      await until(() => hasTimer(run));
      await bringBack();
      return run;
    },
    ends: 'RequestRejected',
    calls: [1, 1],
  },
  'worker-lost': {
    providers: ['hangForever', good],
    drive: (scenario, start) => losingWorkers(1, scenario, start),
    ends: 'succeeded',
    calls: [1, 2],
  },
  'workers-lost': {
    providers: ['hangForever', 'hangForever', 'hangForever'],
    drive: (scenario, start) => losingWorkers(3, scenario, start),
    ends: 'WorkerLost',
    calls: [1, 3],
  },
};

/** Kills a number of workers, each in its call to /providers, and starts one more. */
async function losingWorkers(
  count: number,
  scenario: Scenario,
  start: () => Promise<WorkflowHandle>,
): Promise<WorkflowHandle> {
  const run = await start();
  for (let call = 1; call <= count; call++) {
    const worker = await scenario.startWorker();
    await until(() => scenario.calls('providers') === call);
    await worker.end('SIGKILL');
  }
  await scenario.startWorker();
  return run;
}

/** Fills the directory, waits until the run waits for an approval, and decides. */
async function holding(
  scenario: Scenario,
  start: () => Promise<WorkflowHandle>,
  decide: (run: WorkflowHandle) => Promise<unknown>,
  changes: object = {},
): Promise<WorkflowHandle> {
  await startWorkerWithPartners(scenario, partnersFileWith({ ...SNAPSHOTS, ...changes }));
  await (await scenario.startRun()).result;
  const run = await start();
  await until(async () => (await run.describe()).memo?.awaitingApproval != null);
  await decide(run);
  return run;
}

/** Renames a table, so that the database is not ready. @returns renames it back */
async function takeAway({ dataSource }: Scenario, table: string): Promise<() => Promise<void>> {
  await dataSource.query(`ALTER TABLE ${table} RENAME TO hidden`);
  return async () => {
    await dataSource.query(`ALTER TABLE hidden RENAME TO ${table}`);
  };
}

/** Whether an attempt of an activity has failed and the next one has not begun. */
async function isBetweenAttempts(run: WorkflowHandle): Promise<boolean> {
  const { raw } = await run.describe();
  const { PENDING_ACTIVITY_STATE_SCHEDULED: scheduled } = temporal.api.enums.v1.PendingActivityState;
  return (raw.pendingActivities ?? []).some(({ state, lastFailure }) => state === scheduled && lastFailure);
}

/** Whether a local activity that is repeated waits with a timer. */
async function hasTimer(run: WorkflowHandle): Promise<boolean> {
  const { events } = await run.fetchHistory();
  return events?.some(({ timerStartedEventAttributes }) => timerStartedEventAttributes) ?? false;
}
