import { WorkflowFailedError, type WorkflowHandle } from '@temporalio/client';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { WORKFLOW_TYPE } from '../../src/contract/names';
import type { SyncResult } from '../../src/contract/run';
import { killCommands } from '../support/command';
import { type Scenario, startScenario } from '../support/scenario';
import startServers from '../support/start-servers';
import stopServers from '../support/stop-servers';
import { currentVersion, type History, removeHistories, writeHistories } from './histories';
import { PATHS, type Path } from './paths';
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
        histories.set(name, await record(name, path));
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

async function record(name: string, path: Path): Promise<History> {
  const scenario = await startScenario({
    ...(path.auth && { auth: path.auth }),
    ...(path.providers && { providers: path.providers }),
    payloadKeys: PUBLISHED_KEYS,
    // A stack names the folders of this machine.
    workerEnv: { NODE_OPTIONS: '--stack-trace-limit=0' },
  });
  try {
    const run = await (path.drive ?? simply)(scenario, () =>
      scenario.client.workflow.start(WORKFLOW_TYPE, {
        taskQueue: scenario.taskQueue,
        workflowId: name,
        args: [...(path.input ?? [])],
      }),
    );
    const went = { ends: await endOf(run), calls: [scenario.calls('auth'), scenario.calls('providers')] };
    const wanted = { ends: path.ends, calls: path.calls };
    if (JSON.stringify(went) !== JSON.stringify(wanted)) {
      throw new Error(`${name} went ${JSON.stringify(went)}, not ${JSON.stringify(wanted)}`);
    }
    return await run.fetchHistory();
  } finally {
    await scenario.end();
  }
}

async function simply(scenario: Scenario, start: () => Promise<WorkflowHandle>): Promise<WorkflowHandle> {
  await scenario.startWorker();
  return start();
}

async function endOf(run: WorkflowHandle): Promise<string> {
  try {
    const { status }: SyncResult = await run.result();
    return status;
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error;
    if (error.cause instanceof CancelledFailure) return 'cancelled';
    return error.cause instanceof ApplicationFailure ? (error.cause.type ?? 'untyped') : error.message;
  }
}

void main(process.argv.slice(2));
