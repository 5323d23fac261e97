import type { Context } from '@temporalio/activity';
import { ApplicationFailure, defaultPayloadConverter, type Payload } from '@temporalio/common';
import { OpenTelemetryWorkflowClientInterceptor } from '@temporalio/interceptors-opentelemetry/lib/client';
import { TRACE_HEADER } from '@temporalio/interceptors-opentelemetry/lib/instrumentation';
import { makeWorkflowExporter } from '@temporalio/interceptors-opentelemetry/lib/worker';
import type { ActivityInterceptors } from '@temporalio/worker';
import type { TraceExport } from '../../process/tracing/export-traces';
import { beginSpan, inSpan } from '../../process/tracing/trace';
import type { TemporalTracing } from './tracing';

/** The interceptors of Temporal's clients and workers that record spans. */
export function createInterceptors({ processor, resource }: TraceExport): TemporalTracing {
  const spans = new OpenTelemetryWorkflowClientInterceptor();
  return {
    // Requests that only read have no span: there are many, and most belong to no trace.
    client: {
      start: (input, next) => spans.start(input, next),
      startWithDetails: (input, next) => spans.startWithDetails(input, next),
      startUpdate: (input, next) => spans.startUpdate(input, next),
      signal: (input, next) => spans.signal(input, next),
      cancel: (input, next) => spans.cancel(input, next),
      terminate: (input, next) => spans.terminate(input, next),
    },
    activity: traceAttempts,
    sinks: { exporter: makeWorkflowExporter(processor, resource) },
  };
}

/**
 * A span for each attempt of a step. The interceptor of the library costs more: it makes more contexts, and records
 * messages and stacks of errors, which never leave this process.
 */
function traceAttempts({ info }: Context): ActivityInterceptors {
  return {
    inbound: {
      execute(input, next) {
        const { attempt, currentAttemptScheduledTimestampMs: scheduled, workflowExecution: run } = info;
        const facts = {
          temporalActivityId: info.activityId,
          ...(run && { temporalWorkflowId: run.workflowId, run_id: run.runId }),
          'temporal.attempt': attempt,
          'temporal.waited_ms': Math.max(0, Date.now() - scheduled),
        };
        const caller = readCaller(input.headers[TRACE_HEADER]);
        const span = beginSpan(`RunActivity:${info.activityType}`, 'internal', facts, caller);
        return inSpan(span, () => next(input), failureType);
      },
    },
  };
}

/** The `traceparent` that the workflow sent; none if its worker records no traces. */
function readCaller(header: Payload | undefined): string | undefined {
  return header && defaultPayloadConverter.fromPayload<{ traceparent?: string }>(header).traceparent;
}

function failureType(error: unknown): string {
  const failure = error instanceof ApplicationFailure ? error.type : undefined;
  return failure ?? (error instanceof Error ? error.name : 'Error');
}
