import { context, type ProxyTracerProvider, trace } from '@opentelemetry/api';
import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { createLogger } from '../../../src/process/logger';
import { Cleanup } from '../../../src/process/shutdown';
import { createTracer } from '../../../src/process/tracing/create-tracer';
import { useTracer } from '../../../src/process/tracing/trace';
import { startSync } from '../../../src/temporal/runs/start-sync';
import { startTracing } from '../../../src/temporal/tracing/tracing';
import { type Engine, type EngineOptions, startEngine } from '../../support/engine';

/*
 * A process with two workers, one of them with traces. It makes syncs when its parent requests them, and reports the CPU
 * time of this process.
 */

/** What the parent sends first. */
export interface SyncingOptions extends Omit<EngineOptions, 'log' | 'taskQueue'> {
  readonly partner: string;
  readonly taskQueues: Readonly<Record<Kind, string>>;
}

/** With traces, or without. */
export type Kind = 'traced' | 'bare';

/** A request for syncs, one at a time. No runs end the process. */
export interface Block {
  readonly kind: Kind;
  readonly runs: number;
}

/** What the process sends: that it is ready, and then the CPU time of each block in milliseconds a run. */
export type SyncingReport = 'ready' | number;

const report = (what: SyncingReport) => process.send?.(what);

process.once('message', async ({ partner, taskQueues, ...options }: SyncingOptions) => {
  const log = createLogger('error');
  const cleanup = new Cleanup(log);
  const start = async (kind: Kind) => {
    const engine = await startEngine({ ...options, taskQueue: taskQueues[kind], log });
    cleanup.add('a worker', engine.stop);
    return engine;
  };
  const bare = await start('bare');
  startTracing('worker', { tracing: { isOn: true, urlTemplate: null } }, log, cleanup);
  const engines = { bare, traced: await start('traced') };
  const tracer = createTracer(trace.getTracer('provider-sync'));

  process.on('message', async ({ kind, runs }: Block) => {
    if (runs === 0) {
      await cleanup.run();
      process.exit(0);
    }
    useTracer(kind === 'traced' ? tracer : null);
    useContexts(kind === 'traced');
    const before = process.cpuUsage();
    for (let run = 0; run < runs; run += 1) await sync(engines[kind], partner);
    await sendSpans();
    const { user, system } = process.cpuUsage(before);
    report((user + system) / 1000 / runs);
  });
  report('ready');
});

async function sync({ starter, config }: Engine, partner: string): Promise<void> {
  const handle = await startSync(starter, config.taskQueue, { partner, trigger: 'cli' });
  const { status } = await handle.result();
  if (status !== 'succeeded') throw new Error(`A run was ${status}`);
}

/** The contexts of spans make every asynchronous step a little longer, so that blocks without traces must not have them. */
function useContexts(isOn: boolean): void {
  context.disable();
  // A provider installs them when it is registered. The global provider of spans stays the first one.
  if (isOn) new NodeTracerProvider({ spanProcessors: [] }).register();
}

/** Sends the spans that wait, so that a block pays for all its spans. */
async function sendSpans(): Promise<void> {
  const provider = (trace.getTracerProvider() as ProxyTracerProvider).getDelegate();
  await (provider as { forceFlush?: () => Promise<void> }).forceFlush?.();
}
