import type { DataSource } from 'typeorm';
import { ENDPOINTS, type Endpoint } from '../../../src/contract/call';
import { RUN_STATUSES, type RunStatus } from '../../../src/contract/run';
import type { AttributedCall, BegunCall } from './begun-calls';
import { atLeastOnce, fact, type Line, never } from './table';

/** A run in the table. */
export interface RunRow {
  readonly id: string;
  readonly partner: string;
  readonly workflowId: string;
  readonly status: RunStatus;
  readonly finishedAt: Date | null;
  readonly failureType: string | null;
  readonly failureMessage: string | null;
  readonly received: number;
  readonly inserted: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly departed: number;
}

export interface LedgerRow {
  readonly run: string;
  readonly endpoint: Endpoint;
  readonly page: number;
  readonly outcome: string;
}

export async function readRuns(dataSource: DataSource): Promise<RunRow[]> {
  return dataSource.query(
    `SELECT id, partner, workflow_id AS "workflowId", status, finished_at AS "finishedAt",
       failure_type AS "failureType", failure_message AS "failureMessage", received, inserted, updated, unchanged, departed
     FROM sync_runs ORDER BY finished_at`,
  );
}

export async function readLedger(dataSource: DataSource): Promise<LedgerRow[]> {
  return dataSource.query(`SELECT run_id AS run, endpoint, page, outcome FROM partner_calls`);
}

/** The end of a run in Temporal. */
export type TemporalStatus = string;

/** The ends in the table that match an end in Temporal. A run may have ended before it was terminated. */
const ENDS: Readonly<Record<TemporalStatus, readonly RunStatus[]>> = {
  COMPLETED: ['succeeded', 'skipped'],
  FAILED: ['failed'],
  CANCELLED: ['cancelled'],
  TERMINATED: ['abandoned', 'succeeded', 'skipped', 'failed', 'cancelled'],
};

/** Compares the ends of the runs in Temporal and in the table. */
export function checkEnds(statuses: ReadonlyMap<string, TemporalStatus>, runs: readonly RunRow[]): Line[] {
  const rows = new Map(runs.map((run) => [run.workflowId, run]));
  const unopened = [...statuses].filter(([workflowId]) => !rows.has(workflowId));
  const endedByOperator = unopened.filter(([, status]) => ['CANCELLED', 'TERMINATED'].includes(status));
  const disagreeing = runs.filter(({ workflowId, status }) => {
    return !ENDS[statuses.get(workflowId) ?? '']?.includes(status);
  });
  // Recorded as skipped by a worker that was killed before it could report that, and then cancelled by an operator.
  const skippedUnreported = disagreeing.filter(
    ({ workflowId, status }) => status === 'skipped' && statuses.get(workflowId) === 'CANCELLED',
  );
  return [
    fact('runs started', statuses.size),
    ...RUN_STATUSES.filter((status) => status !== 'running').flatMap((status) => {
      const ended = runs.filter((run) => run.status === status);
      return [fact(`  ${status}`, ended.length), ...(status === 'failed' ? reasonsOf(ended) : [])];
    }),
    fact('  ended by an operator before they began', endedByOperator.length),
    never('  still running', runs.filter(({ status }) => status === 'running').map(nameOf)),
    never(
      '  without a trace',
      unopened.filter((one) => !endedByOperator.includes(one)).map((one) => one.join(': ')),
    ),
    fact('  skipped, and cancelled before Temporal knew of it', skippedUnreported.length),
    never(
      'runs that end otherwise in Temporal than in the table',
      disagreeing
        .filter((run) => !skippedUnreported.includes(run))
        .map((run) => `${nameOf(run)} is ${run.status}, in Temporal ${statuses.get(run.workflowId)}`),
    ),
    never(
      'runs that failed without a reason',
      runs.filter(({ status, failureMessage }) => status === 'failed' && !failureMessage).map(nameOf),
    ),
    never(
      'runs that failed as InternalError',
      runs
        .filter(({ failureType }) => failureType === 'InternalError')
        .map((run) => `${nameOf(run)}: ${run.failureMessage}`),
    ),
  ];
}

export interface Calls {
  readonly begun: readonly BegunCall[];
  readonly arrived: readonly AttributedCall[];
  readonly ledger: readonly LedgerRow[];
}

/**
 * Checks that the partner saw at most three calls for each endpoint and page of a run, and that the ledger has every
 * call.
 */
export function checkCalls({ begun, arrived, ledger }: Calls, runs: readonly RunRow[]): Line[] {
  const rows = new Map(runs.map((run) => [run.id, run]));
  const made = countByPlace(arrived.flatMap(({ by }) => by ?? []));
  const recorded = countByPlace(ledger);
  const good = countByPlace(arrived.flatMap(({ call, by }) => (by && isGood(call) ? by : [])));
  const most = (endpoint: Endpoint) =>
    Math.max(0, ...[...made.values()].filter((each) => each.endpoint === endpoint).map(({ count }) => count));
  const lateCalls = arrived.filter(({ call, by }) => {
    const finishedAt = by && rows.get(by.run)?.finishedAt;
    return finishedAt && call.at > finishedAt.getTime();
  });
  const missing = [...made].filter(([place, { count }]) => count > (recorded.get(place)?.count ?? 0));
  const isStopped = ({ run }: Place) => ['abandoned', 'cancelled'].includes(rows.get(run)?.status ?? '');
  return [
    fact('calls at the partners', arrived.length),
    ...ENDPOINTS.map((endpoint) => fact(`  most to /${endpoint} for a page of a run`, most(endpoint))),
    never(
      '  more than 3 to an endpoint for a page of a run',
      [...made.values(), ...countByPlace(begun).values()].filter(({ count }) => count > 3).map(describePlace),
    ),
    fact('  begun, but the worker was ended before they arrived', begun.length - arrived.length),
    fact('  arriving after the end of their run', lateCalls.length),
    never(
      '  that no worker said it would make',
      arrived
        .filter(({ by }) => by === null)
        .map(({ call }) => `${call.path} at ${new Date(call.at).toISOString()}`),
    ),
    never(
      '  missing in the ledger',
      missing.filter(([, place]) => !isStopped(place)).map(([, place]) => describePlace(place)),
    ),
    fact(
      '  missing in the ledger of runs that an operator ended',
      missing.filter(([, place]) => isStopped(place)).length,
    ),
    never(
      'good in the ledger, but not at the partner',
      ledger.filter((call) => call.outcome === 'ok' && !good.has(keyOf(call))).map(describePlace),
    ),
    fact('pages after the first that were fetched', [...good.values()].filter(isLaterPage).length),
    atLeastOnce('pages with a third call', [...made.values()].filter(({ count }) => count === 3).length),
  ];
}

function isGood({ fault, status }: AttributedCall['call']): boolean {
  return fault === 'none' && status === 200;
}

/** Where the calls of a run are counted. */
interface Place {
  readonly run: string;
  readonly endpoint: Endpoint;
  /** From 1. */
  readonly page: number;
}

function isLaterPage({ endpoint, page }: Place): boolean {
  return endpoint === 'providers' && page > 1;
}

function countByPlace(calls: readonly Place[]): Map<string, Place & { readonly count: number }> {
  const counts = new Map<string, Place & { readonly count: number }>();
  for (const call of calls) {
    const { run, endpoint, page } = call;
    counts.set(keyOf(call), { run, endpoint, page, count: (counts.get(keyOf(call))?.count ?? 0) + 1 });
  }
  return counts;
}

function keyOf({ run, endpoint, page }: Place): string {
  return `${run} ${endpoint} ${page}`;
}

function describePlace({ run, endpoint, page }: Place): string {
  return `run ${run}: ${endpoint}, page ${page}`;
}

/** The reasons of failed runs, the most frequent first. */
function reasonsOf(failed: readonly RunRow[]): Line[] {
  const counts = new Map<string, number>();
  for (const { failureType } of failed) {
    const reason = failureType ?? 'unknown';
    counts.set(reason, (counts.get(reason) ?? 0) + 1);
  }
  return [...counts].sort(([, a], [, b]) => b - a).map(([reason, count]) => fact(`    ${reason}`, count));
}

function nameOf({ id, workflowId }: RunRow): string {
  return `${workflowId} (run ${id})`;
}
