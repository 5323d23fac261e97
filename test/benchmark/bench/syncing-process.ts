import type { ProxyTracerProvider } from '@opentelemetry/api';
import { trace } from '@opentelemetry/api';
import { createLogger } from '../../../src/process/logger';
import { Cleanup } from '../../../src/process/shutdown';
import { startSync } from '../../../src/temporal/runs/start-sync';
import { startTracing } from '../../../src/temporal/tracing/tracing';
import { type EngineOptions, startEngine } from '../../support/engine';

/* A process with a worker that makes syncs when its parent requests them, and reports the CPU time of this process. */

/** What the parent sends first. */
export interface SyncingOptions extends Omit<EngineOptions, 'log'> {
  readonly partner: string;
  /** Whether traces are recorded. The environment names their receiver. */
  readonly isTraced: boolean;
}

/** What the process sends: that it is ready, and then the CPU time of each block in milliseconds a run. */
export type SyncingReport = 'ready' | number;

const report = (what: SyncingReport) => process.send?.(what);

process.once('message', async ({ partner, isTraced, ...options }: SyncingOptions) => {
  const log = createLogger('error');
  const cleanup = new Cleanup(log);
  startTracing('worker', { tracing: { isOn: isTraced, urlTemplate: null } }, log, cleanup);
  const { starter, config, stop } = await startEngine({ ...options, log });
  cleanup.add('the worker', stop);
  const sync = async () => {
    const handle = await startSync(starter, config.taskQueue, { partner, trigger: 'cli' });
    const { status } = await handle.result();
    if (status !== 'succeeded') throw new Error(`A run was ${status}`);
  };
  process.on('message', async (runs: number) => {
    if (runs === 0) {
      await cleanup.run();
      process.exit(0);
    }
    const before = process.cpuUsage();
    for (let run = 0; run < runs; run += 1) await sync();
    await sendSpans();
    const { user, system } = process.cpuUsage(before);
    report((user + system) / 1000 / runs);
  });
  report('ready');
});

/** Sends the spans that wait, so that a block pays for all its spans. */
async function sendSpans(): Promise<void> {
  const provider = (trace.getTracerProvider() as ProxyTracerProvider).getDelegate();
  await (provider as { forceFlush?: () => Promise<void> }).forceFlush?.();
}
