import type { WorkflowClientInterceptor } from '@temporalio/client';
import type { OpenTelemetrySinks } from '@temporalio/interceptors-opentelemetry/lib/workflow';
import type { ActivityInterceptorsFactory, InjectedSinks } from '@temporalio/worker';
import type { BaseConfig } from '../../process/config';
import type { Logger } from '../../process/logger';
import type { Cleanup } from '../../process/shutdown';
import type * as ExportTraces from '../../process/tracing/export-traces';
import type * as Interceptors from './interceptors';

/** What Temporal's clients and workers need to record spans. */
export interface TemporalTracing {
  readonly client: WorkflowClientInterceptor;
  readonly activity: ActivityInterceptorsFactory;
  readonly sinks: InjectedSinks<OpenTelemetrySinks>;
}

let current: TemporalTracing | null = null;

/** What clients and workers of this process need to record spans; null while traces are off. */
export function temporalTracing(): TemporalTracing | null {
  return current;
}

/**
 * Turns traces on, if the configuration asks for them. Without them no module of OpenTelemetry is loaded. Call it before
 * the first connection.
 *
 * @param role of this process, such as `worker`
 */
export function startTracing(
  role: 'worker' | 'api' | 'dev' | 'cli',
  { tracing }: Pick<BaseConfig, 'tracing'>,
  log: Logger,
  cleanup: Pick<Cleanup, 'add'>,
): void {
  if (!tracing.isOn) return;
  const { exportTraces }: typeof ExportTraces = require('../../process/tracing/export-traces');
  const { createInterceptors }: typeof Interceptors = require('./interceptors');
  const traces = exportTraces(role, log);
  current = createInterceptors(traces);
  cleanup.add('the traces', () => {
    current = null;
    return traces.stop();
  });
}
