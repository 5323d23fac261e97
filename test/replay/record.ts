import { WorkflowFailedError, type WorkflowHandle } from '@temporalio/client';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { stringify } from 'yaml';
import { WORKFLOW_TYPE } from '../../src/contract/names';
import type { SyncResult } from '../../src/contract/run';
import { killCommands } from '../support/command';
import { startOwnTemporal } from '../support/own-temporal';
import { type PagedPartner, pagedEntry, startPagedPartner } from '../support/paged-partner';
import { readChain } from '../support/run-chain';
import { type Scenario, startScenario } from '../support/scenario';
import startServers from '../support/start-servers';
import stopServers from '../support/stop-servers';
import { startWorkerWithPartners } from '../support/worker-with-partners';
import { currentVersion, type History, removeHistories, writeHistories } from './histories';
import { filesOf, type PagedPath, type Path } from './path';
import { PATHS } from './paths';
import { PUBLISHED_KEYS } from './published-keys';

/*
 * Runs the workflow on each path and records the histories of this version. It uses the compiled worker, a real
 * Temporal, a real Postgres and the simulated partner. It writes all histories or none. With names of paths as
 * arguments it adds only those.
 */

const AT_ONCE = 4;

async function main(names: readonly string[]): Promise<void> {
  const unknown = names.filter((name) => !Object.hasOwn(PATHS, name));
  if (unknown.length > 0) throw new Error(`there is no path ${unknown.join(', ')}`);
  const paths = Object.entries(PATHS).filter(([name]) => names.length === 0 || names.includes(name));
  await startServers();
  try {
    const histories = new Map<string, History>();
    const queue = paths.values();
    const work = async () => {
      for (const [name, path] of queue) {
        for (const [file, history] of await record(name, path)) histories.set(file, history);
        process.stdout.write(`${name}\n`);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    if (names.length === 0) removeHistories();
    writeHistories(histories);
    process.stdout.write(`${histories.size} histories of version ${currentVersion()}\n`);
  } finally {
    killCommands();
    await stopServers();
  }
}

/** @returns the histories of the path by file */
async function record(name: string, path: Path): Promise<[file: string, history: History][]> {
  const { continuesAfter } = path.paged ?? {};
  if (continuesAfter === undefined) return recordAt(process.env.TEST_TEMPORAL_ADDRESS ?? '', name, path);
  const temporal = await startOwnTemporal(`limit.historyCount.suggestContinueAsNew=${continuesAfter}`);
  try {
    return await recordAt(temporal.address, name, path);
  } finally {
    await temporal.end();
  }
}

async function recordAt(
  temporalAddress: string,
  name: string,
  path: Path,
): Promise<[file: string, history: History][]> {
  const scenario = await startScenario({
    ...(path.auth && { auth: path.auth }),
    ...(path.providers && { providers: path.providers }),
    payloadKeys: PUBLISHED_KEYS,
    temporalAddress,
    // A stack names the folders of this machine.
    workerEnv: { NODE_OPTIONS: '--stack-trace-limit=0' },
  });
  const partner = await startPagedPartner(path.paged?.records ?? 0);
  try {
    const run = await lead(name, path, scenario, partner);
    const files = filesOf(name, path);
    const histories =
      files.length === 1 ? [await run.fetchHistory()] : await readChain(scenario.client, name);
    const went = { ends: await endOf(run), calls: callsAt(path, scenario, partner), files: histories.length };
    const wanted = { ends: path.ends, calls: path.calls, files: files.length };
    if (JSON.stringify(went) !== JSON.stringify(wanted)) {
      throw new Error(`${name} went ${JSON.stringify(went)}, not ${JSON.stringify(wanted)}`);
    }
    return files.map((file, index) => [file, histories[index] ?? {}]);
  } finally {
    await partner.close();
    await scenario.end();
  }
}

/** Leads a run on the path to its end. */
async function lead(
  name: string,
  path: Path,
  scenario: Scenario,
  partner: PagedPartner,
): Promise<WorkflowHandle> {
  const { drive = simply, paged, input = [] } = path;
  const { taskQueue, client } = scenario;
  const start = () => client.workflow.start(WORKFLOW_TYPE, { taskQueue, workflowId: name, args: [...input] });
  const run = paged ? await throughPages(paged, partner, scenario, start) : await drive(scenario, start);
  await endOf(run);
  return run;
}

async function throughPages(
  { onPage, lead }: PagedPath,
  partner: PagedPartner,
  scenario: Scenario,
  start: () => Promise<WorkflowHandle>,
): Promise<WorkflowHandle> {
  if (onPage) partner.onPage = onPage;
  await startWorkerWithPartners(scenario, stringify({ partners: { noteworth: pagedEntry(partner.url) } }));
  const run = await start();
  return lead ? lead(scenario, run, partner) : run;
}

/** The calls to /auth and to /providers. */
function callsAt({ paged }: Path, scenario: Scenario, partner: PagedPartner): [number, number] {
  if (!paged) return [scenario.calls('auth'), scenario.calls('providers')];
  const auth = partner.count(null);
  return [auth, partner.calls.length - auth];
}

async function simply(scenario: Scenario, start: () => Promise<WorkflowHandle>): Promise<WorkflowHandle> {
  await scenario.startWorker();
  return start();
}

async function endOf(run: WorkflowHandle): Promise<string> {
  try {
    const result: Partial<SyncResult> | null = await run.result();
    return result?.status ?? 'done';
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error;
    if (error.cause instanceof CancelledFailure) return 'cancelled';
    return error.cause instanceof ApplicationFailure ? (error.cause.type ?? 'untyped') : error.message;
  }
}

void main(process.argv.slice(2));
