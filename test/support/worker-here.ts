import { loadConfig } from '../../src/process/config';
import { createLogger } from '../../src/process/logger';
import { Cleanup } from '../../src/process/shutdown';
import { runWorker } from '../../src/worker/run-worker';
import { installRuntimeOnce } from './install-runtime-once';

/** A worker in the process of the test. */
export interface WorkerHere {
  /** Every line of its log. */
  log(): string;
  /** Stops it as a signal does, and waits for its end. A second stop does nothing. */
  stop(): Promise<void>;
}

/**
 * Starts a worker with these variables in the process of the test. A worker in its own process takes 1.5 s of CPU time:
 * only tests that kill, stop or freeze it, or that are about the command, need that.
 */
export async function startWorkerHere(env: NodeJS.ProcessEnv): Promise<WorkerHere> {
  const lines: string[] = [];
  const config = loadConfig(['databaseUrl', 'temporal', 'worker'], { env, devKeys: false });
  const log = createLogger(config.logLevel, { write: (line) => lines.push(line) });
  installRuntimeOnce(log);
  const cleanup = new Cleanup(log);
  try {
    await runWorker(config, log, cleanup, new Promise(() => undefined));
  } catch (error) {
    await cleanup.run();
    throw error;
  }
  return { log: () => lines.join(''), stop: () => cleanup.run() };
}
