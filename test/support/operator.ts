import type { RunStatus } from '../../src/contract/run';
import { serving, TEN } from './people';
import { type Scenario, type StartedRun, until } from './scenario';
import { temporal } from './temporal-cli';

/*
 * What tests of an operator's work on running workflows share. The partner answers when the test allows it, and its
 * count of calls is compared with the ledger.
 */

interface Row {
  readonly id: string;
  readonly status: RunStatus;
  readonly holder: string | null;
  readonly failure: string | null;
  /** Its calls in the ledger in short form: `auth 1 ok`. */
  readonly calls: readonly string[];
}

/** The runs in the order in which they began. */
export function runRows({ dataSource }: Scenario): Promise<Row[]> {
  return dataSource.query(
    `SELECT id, status, holder_id AS holder, failure_type AS failure,
       ARRAY(SELECT concat_ws(' ', endpoint, attempt, outcome) FROM partner_calls
         WHERE run_id = run.id ORDER BY started_at, endpoint, attempt) AS calls
     FROM sync_runs run ORDER BY started_at`,
  );
}

/** The calls that the partner counted, to each endpoint. */
export const callCounts = (scenario: Scenario) => [scenario.calls('auth'), scenario.calls('providers')];

/** Operates on a workflow with Temporal's CLI. */
export const operate = (scenario: Scenario, { handle }: StartedRun, verb: string, ...args: string[]) =>
  temporal(scenario, 'workflow', verb, '--workflow-id', handle.workflowId, ...args);

/** A second start by another client under another workflow ID. */
export async function startAnother(scenario: Scenario) {
  const another = await scenario.startRun(`another-${scenario.taskQueue}`);
  return another.result;
}

/** A run that hangs in the call to the endpoint, until its deadline. */
export async function hangingIn(
  endpoint: 'auth' | 'providers',
  scenario: Scenario,
  deadline = '1m',
): Promise<StartedRun> {
  await scenario.startWorkerHere({ NOTEWORTH_DEADLINE: deadline });
  const run = await scenario.startRun();
  await until(() => scenario.calls(endpoint) === 1);
  return run;
}

/** A run that waits for a lock in the transaction that stores its answer. */
export async function waitingForPostgres(scenario: Scenario) {
  await scenario.startWorkerHere();
  const lock = await scenario.lock('providers');
  const run = await scenario.startRun();
  await until(() => scenario.isWaiting('identity_version'));
  return { run, lock };
}

/** The first call to /providers hangs, and the second one is answered. */
export const HANGS_IN_PROVIDERS = { providers: ['hangForever', serving(...TEN)] } as const;
