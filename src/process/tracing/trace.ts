/** Facts of a span: fixed words, names of partners, and numbers. Never text of a person, a partner or an operator. */
export type SpanFacts = Readonly<Record<string, string | number>>;

/** The server of a request, its client, or neither. */
export type SpanKind = 'server' | 'client' | 'internal';

/** A piece of work in a trace that has begun. */
export interface OpenSpan {
  set(facts: SpanFacts): void;
  /** Does something within the span: spans that begin there are below it. */
  within<T>(act: () => T): T;
  /** @param failure the type of the failure; none for a success */
  end(failure?: string): void;
}

/** The ids of a trace and of the current span in it, in hex. */
export interface TraceIds {
  readonly traceId: string;
  readonly spanId: string;
}

/** Begins spans. {@link useTracer} provides it while traces are on. */
export interface Tracer {
  /** @param traceparent the W3C header of a caller, whose trace continues */
  begin(name: string, kind: SpanKind, facts: SpanFacts, traceparent?: string): OpenSpan;
  current(): TraceIds | null;
  /** Links the current span to one of another trace. */
  link(to: TraceIds): void;
}

let tracer: Tracer | null = null;

/** Turns traces on in this process, or off. */
export function useTracer(next: Tracer | null): void {
  tracer = next;
}

/** Whether this process records traces. */
export function isTracing(): boolean {
  return tracer !== null;
}

/** The recorded trace to which the current work belongs; null if there is none. */
export function currentTrace(): TraceIds | null {
  return tracer?.current() ?? null;
}

/** Links the current span, if there is one, to a span of another trace. */
export function linkSpan(to: TraceIds): void {
  tracer?.link(to);
}

/** Begins a span, below the current one if there is one. Null while traces are off. */
export function beginSpan(
  name: string,
  kind: SpanKind,
  facts: SpanFacts = {},
  traceparent?: string,
): OpenSpan | null {
  return tracer?.begin(name, kind, facts, traceparent) ?? null;
}

/** Like {@link beginSpan}, but only as a part of a recorded trace. */
export function beginPart(name: string, kind: SpanKind, facts: SpanFacts): OpenSpan | null {
  return tracer?.current() ? tracer.begin(name, kind, facts) : null;
}

/**
 * Does something in a span.
 *
 * @param failureType names an error without any text of it
 */
export async function inSpan<T>(
  span: OpenSpan | null,
  act: () => Promise<T>,
  failureType: (error: unknown) => string = nameOf,
): Promise<T> {
  if (!span) return act();
  try {
    const value = await span.within(act);
    span.end();
    return value;
  } catch (error) {
    span.end(failureType(error));
    throw error;
  }
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : 'Error';
}
