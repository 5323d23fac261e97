import {
  context,
  type Tracer as OpenTelemetryTracer,
  propagation,
  ROOT_CONTEXT,
  SpanStatusCode,
  SpanKind as StandardKind,
  TraceFlags,
  trace,
} from '@opentelemetry/api';
import type { OpenSpan, SpanKind, Tracer } from './trace';

const KINDS: Readonly<Record<SpanKind, StandardKind>> = {
  server: StandardKind.SERVER,
  client: StandardKind.CLIENT,
  internal: StandardKind.INTERNAL,
};

/** Begins spans with OpenTelemetry. */
export function createTracer(standard: OpenTelemetryTracer): Tracer {
  return {
    begin(name, kind, facts, traceparent): OpenSpan {
      // Nothing else of the caller is taken over, such as `tracestate` or `baggage`.
      const parent =
        traceparent === undefined ? context.active() : propagation.extract(ROOT_CONTEXT, { traceparent });
      const span = standard.startSpan(name, { kind: KINDS[kind], attributes: facts }, parent);
      return {
        set: (more) => void span.setAttributes(more),
        within: (act) => context.with(trace.setSpan(parent, span), act),
        end(failure) {
          if (failure !== undefined) {
            span.setAttribute('error.type', failure).setStatus({ code: SpanStatusCode.ERROR });
          }
          span.end();
        },
      };
    },
    current() {
      const found = trace.getSpanContext(context.active());
      if (!found || (found.traceFlags & TraceFlags.SAMPLED) === 0) return null;
      return { traceId: found.traceId, spanId: found.spanId };
    },
    link: (to) => void trace.getActiveSpan()?.addLink({ context: { ...to, traceFlags: TraceFlags.SAMPLED } }),
  };
}
