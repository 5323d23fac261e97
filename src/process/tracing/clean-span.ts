import { type Attributes, type Link, type SpanStatus, SpanStatusCode } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';

/** The attributes that may leave this process. Each holds a fixed word, a number, an id, or the name of a partner. */
export const SPAN_ATTRIBUTES = {
  'http.request.method': 'The method of a request',
  'http.route': 'The route of a request to the API, without its values',
  'http.response.status_code': 'The status of a response',
  'http.response.body.size': "Bytes of a partner's answer, after decompression",
  'server.address': "The host of a partner's API",
  'db.system.name': 'Always `postgresql`',
  'db.operation.name': 'The first word of a statement',
  'db.collection.name': 'The first table of a statement',
  'error.type':
    'The [failure](failures.md), the SQLSTATE, the HTTP status, `NoAnswer`, `Interrupted` or the class of the error',
  'provider_sync.partner': 'The name of the partner',
  'provider_sync.receiver': 'The name of the receiver of a webhook',
  'provider_sync.event': 'The event that a webhook reports',
  'temporal.attempt': 'The attempt of a step, from 1',
  'temporal.waited_ms': 'How long an attempt waited for a worker',
  run_id: "Temporal's run ID",
  temporalWorkflowId: 'The workflow ID',
  temporalActivityId: "Temporal's ID of a step",
} as const;

const NAMES = Object.keys(SPAN_ATTRIBUTES);

/**
 * A span with nothing but what may leave this process. The libraries add the messages and stacks of errors, the reasons
 * of operators and all of Temporal's data of a run: events, messages and every other attribute are left out, and of a link
 * all but the ids.
 */
export function cleanSpan(span: ReadableSpan): ReadableSpan {
  const context = span.spanContext();
  const { traceId, spanId, traceFlags } = context;
  return {
    name: span.name,
    kind: span.kind,
    spanContext: () => ({ traceId, spanId, traceFlags }),
    ...(span.parentSpanId !== undefined && { parentSpanId: span.parentSpanId }),
    startTime: span.startTime,
    endTime: span.endTime,
    duration: span.duration,
    ended: span.ended,
    status: statusOf(span),
    attributes: cleanAttributes(span.attributes),
    events: [],
    links: span.links.map(cleanLink),
    resource: span.resource,
    instrumentationLibrary: span.instrumentationLibrary,
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  };
}

/** A failure that Temporal counts as expected failed all the same. */
function statusOf({ status: { code }, attributes }: ReadableSpan): SpanStatus {
  return { code: attributes['error.type'] === undefined ? code : SpanStatusCode.ERROR };
}

function cleanLink({ context: { traceId, spanId, traceFlags } }: Link): Link {
  return { context: { traceId, spanId, traceFlags } };
}

function cleanAttributes(given: Attributes): Attributes {
  const clean: Attributes = {};
  for (const name of NAMES) {
    const value = given[name];
    if (value !== undefined) clean[name] = value;
  }
  return clean;
}
