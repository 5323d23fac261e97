import { trace } from '@opentelemetry/api';
import { ApplicationFailure } from '@temporalio/common';
import { OpenTelemetryWorkflowClientInterceptor } from '@temporalio/interceptors-opentelemetry/lib/client';
import {
  makeWorkflowExporter,
  OpenTelemetryActivityInboundInterceptor,
} from '@temporalio/interceptors-opentelemetry/lib/worker';
import type { TraceExport } from '../../process/tracing/export-traces';
import type { TemporalTracing } from './tracing';

type ActivityInterceptor = OpenTelemetryActivityInboundInterceptor;
type Execute = Parameters<ActivityInterceptor['execute']>;

/** A span for each attempt of a step. */
class AttemptInterceptor extends OpenTelemetryActivityInboundInterceptor {
  override execute(input: Execute[0], next: Execute[1]): Promise<unknown> {
    const { attempt, currentAttemptScheduledTimestampMs: scheduled } = this.ctx.info;
    const waited = Math.max(0, Date.now() - scheduled);
    return super.execute(input, async (given) => {
      const span = trace.getActiveSpan();
      span?.setAttributes({ 'temporal.attempt': attempt, 'temporal.waited_ms': waited });
      try {
        return await next(given);
      } catch (error) {
        const failure = error instanceof ApplicationFailure ? error.type : undefined;
        span?.setAttribute('error.type', failure ?? (error instanceof Error ? error.name : 'Error'));
        throw error;
      }
    });
  }
}

/** The interceptors of Temporal's clients and workers that record spans. */
export function createInterceptors({ processor, resource }: TraceExport): TemporalTracing {
  const spans = new OpenTelemetryWorkflowClientInterceptor();
  return {
    // Requests that only read have no span: there are many, and most belong to no trace.
    client: {
      start: (input, next) => spans.start(input, next),
      startWithDetails: (input, next) => spans.startWithDetails(input, next),
      signal: (input, next) => spans.signal(input, next),
      cancel: (input, next) => spans.cancel(input, next),
      terminate: (input, next) => spans.terminate(input, next),
    },
    activity: (ctx) => ({ inbound: new AttemptInterceptor(ctx) }),
    sinks: { exporter: makeWorkflowExporter(processor, resource) },
  };
}
