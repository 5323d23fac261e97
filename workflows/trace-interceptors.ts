import { defaultPayloadConverter, type Headers, type Payload, TemporalFailure } from '@temporalio/common';
import {
  ContinueAsNew,
  proxySinks,
  type Sinks,
  type WorkflowInterceptorsFactory,
  workflowInfo,
} from '@temporalio/workflow';
import { spanIdOf } from '../src/contract/names';

/** The header in which Temporal's interceptors for OpenTelemetry send the trace. */
const TRACE_HEADER = '_tracer-data';
/** W3C trace context: version, trace, parent and flags. */
const TRACEPARENT = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;
const ID = /^[0-9a-f]{32}$/;
/** Of a span whose trace is recorded. */
const SAMPLED = 1;
/** OpenTelemetry's numbers. */
const INTERNAL = 0;
const STATUS = { ok: 1, error: 2 } as const;

type Time = [seconds: number, nanoseconds: number];

/** A span as the sink of Temporal's interceptors takes it. */
interface WorkflowSpan {
  readonly name: string;
  readonly kind: number;
  readonly spanContext: { readonly traceId: string; readonly spanId: string; readonly traceFlags: number };
  readonly parentSpanId?: string;
  readonly startTime: Time;
  readonly endTime: Time;
  readonly duration: Time;
  readonly status: { readonly code: number };
  readonly attributes: Record<string, string>;
  readonly links: readonly never[];
  readonly ended: true;
  readonly instrumentationLibrary: { readonly name: string };
}

interface TraceSinks extends Sinks {
  readonly exporter: { export(spans: readonly WorkflowSpan[]): void };
}

/** The place of this Temporal run in a trace. */
interface Place {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly flags: number;
}

/**
 * Continues the trace of the start, and passes it on to the steps and to the Temporal run that continues this one. A run
 * of a schedule or of Temporal's tools begins a trace, whose id is its first run ID. All ids come from run IDs: a replay
 * on another worker has the same ones, and the workflow runs as without traces. The SDK of OpenTelemetry is not loaded
 * here: each run would load it again.
 */
export const interceptors: WorkflowInterceptorsFactory = () => {
  let header: Payload | undefined;
  const traced = <I extends { headers: Headers }>(input: I): I =>
    header === undefined ? input : { ...input, headers: { ...input.headers, [TRACE_HEADER]: header } };
  return {
    inbound: [
      {
        execute(input, next) {
          const place = placeOf(input.headers);
          if (place === null) return next(input);
          header = defaultPayloadConverter.toPayload({ traceparent: traceparent(place) });
          return recorded(place, next(input));
        },
      },
    ],
    outbound: [
      {
        scheduleActivity: (input, next) => next(traced(input)),
        scheduleLocalActivity: (input, next) => next(traced(input)),
        continueAsNew: (input, next) => next(traced(input)),
      },
    ],
  };
};

/** Null for a run whose ids are no UUIDs. */
function placeOf(headers: Headers): Place | null {
  const { runId, firstExecutionRunId } = workflowInfo();
  const [own, first] = [runId, firstExecutionRunId].map((id) => id.replaceAll('-', '').toLowerCase());
  if (own === undefined || first === undefined || !ID.test(own) || !ID.test(first)) return null;
  const spanId = spanIdOf(runId);
  const [, traceId, parentSpanId, flags = ''] = TRACEPARENT.exec(readCaller(headers[TRACE_HEADER])) ?? [];
  if (traceId === undefined || parentSpanId === undefined) return { traceId: first, spanId, flags: SAMPLED };
  return { traceId, spanId, parentSpanId, flags: Number.parseInt(flags, 16) };
}

/** Empty if there is no caller, or if the header cannot be read: it does not pass the codec, and any program can send it. */
function readCaller(header: Payload | undefined): string {
  if (!header) return '';
  try {
    const { traceparent: text } = Object(defaultPayloadConverter.fromPayload(header));
    return typeof text === 'string' ? text : '';
  } catch {
    // An error here would repeat the first workflow task for ever.
    return '';
  }
}

function traceparent({ traceId, spanId, flags }: Place): string {
  return `00-${traceId}-${spanId}-${flags.toString(16).padStart(2, '0')}`;
}

/**
 * Reports the span of this Temporal run when it ends. A replay reports nothing. The run is not awaited here: the SDK notes
 * the stack of each promise, which takes longer with each caller that awaits.
 */
function recorded<T>(place: Place, run: Promise<T>): Promise<T> {
  const startedAt = Date.now();
  run.then(
    () => report(place, startedAt, STATUS.ok),
    (error: unknown) => {
      if (error instanceof ContinueAsNew) report(place, startedAt, STATUS.ok);
      // Another error is a defect: the run waits until it is fixed.
      else if (error instanceof TemporalFailure) report(place, startedAt, STATUS.error);
    },
  );
  return run;
}

function report({ flags, traceId, spanId, parentSpanId }: Place, startedAt: number, code: number): void {
  if ((flags & SAMPLED) === 0) return;
  const { workflowType, workflowId, runId } = workflowInfo();
  const endedAt = Date.now();
  proxySinks<TraceSinks>().exporter.export([
    {
      name: `RunWorkflow:${workflowType}`,
      kind: INTERNAL,
      spanContext: { traceId, spanId, traceFlags: flags },
      ...(parentSpanId !== undefined && { parentSpanId }),
      startTime: toTime(startedAt),
      endTime: toTime(endedAt),
      duration: toTime(endedAt - startedAt),
      status: { code },
      attributes: { temporalWorkflowId: workflowId, run_id: runId },
      links: [],
      ended: true,
      instrumentationLibrary: { name: 'provider-sync' },
    },
  ]);
}

function toTime(milliseconds: number): Time {
  return [Math.trunc(milliseconds / 1000), (milliseconds % 1000) * 1_000_000];
}
