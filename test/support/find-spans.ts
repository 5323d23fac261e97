import { randomBytes } from 'node:crypto';
import { SPAN_ATTRIBUTES } from '../../src/process/tracing/clean-span';
import { SecretSearch } from './secret-search';
import type { ReceivedSpan, TraceSink } from './trace-sink';

/** The spans with this name. */
export function named(spans: readonly ReceivedSpan[], name: string): ReceivedSpan[] {
  return spans.filter((span) => span.name === name);
}

/** The names of a span and of those above it, from the top. */
export function pathOf(span: ReceivedSpan, spans: readonly ReceivedSpan[]): string[] {
  const above = spans.find(({ id }) => id === span.parent);
  return [...(above ? pathOf(above, spans) : []), span.name];
}

/** The trace of a program that sends requests. */
export function newCaller(): { traceId: string; id: string; traceparent: string } {
  const traceId = randomBytes(16).toString('hex');
  const id = randomBytes(8).toString('hex');
  return { traceId, id, traceparent: `00-${traceId}-${id}-01` };
}

/** Fails if anything that was sent has one of the secrets, an event, or an attribute that is not on the list. */
export function expectNoSecrets(sink: TraceSink, secrets: readonly string[]): void {
  const search = new SecretSearch([...secrets, '"events":[{', 'exception.']);
  expect(search.findIn(sink.raw())).toEqual([]);
  const allowed = new Set<string>(Object.keys(SPAN_ATTRIBUTES));
  const facts = sink.spans.flatMap((span) => Object.keys(span.facts));
  expect(facts.filter((name) => !allowed.has(name))).toEqual([]);
}
