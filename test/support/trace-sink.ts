import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { createLogger } from '../../src/process/logger';
import { Cleanup } from '../../src/process/shutdown';
import { startTracing } from '../../src/temporal/tracing/tracing';
import { useOpened } from './use-opened';

type Value = { readonly stringValue?: string; readonly intValue?: number };

interface Resource {
  readonly attributes: readonly { readonly key: string; readonly value: Value }[];
}

interface SentSpan extends Resource {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly status: { readonly code: number };
  readonly links?: readonly { readonly traceId: string; readonly spanId: string }[];
}

/** A span that an OTLP receiver got. */
export interface ReceivedSpan {
  readonly traceId: string;
  readonly id: string;
  readonly parent: string | null;
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  readonly endedAt: number;
  readonly failed: boolean;
  /** The spans of other traces to which it is linked. */
  readonly links: readonly { readonly traceId: string; readonly id: string }[];
  readonly facts: Readonly<Record<string, string | number | undefined>>;
  /** Of the process that sent it. */
  readonly process: Readonly<Record<string, string | number | undefined>>;
}

/** A receiver of traces: OTLP as JSON over HTTP. */
export interface TraceSink {
  readonly url: string;
  readonly spans: readonly ReceivedSpan[];
  /** The number of requests that arrived, also the ones that were not answered. */
  readonly requests: number;
  /** Everything that was sent, as it arrived. */
  raw(): string;
  /** Answers with 200 again, refuses with 500, or stays silent. */
  behave(how: 'well' | 'refusing' | 'silent'): void;
  close(): Promise<void>;
}

export async function startTraceSink(): Promise<TraceSink> {
  const bodies: string[] = [];
  const spans: ReceivedSpan[] = [];
  let requests = 0;
  let mode: 'well' | 'refusing' | 'silent' = 'well';
  const server = createServer(async (request, response) => {
    requests += 1;
    const body = await text(request);
    if (mode === 'silent') return;
    if (mode === 'well') {
      bodies.push(JSON.stringify(request.headers), body);
      spans.push(...spansIn(body));
    }
    response.writeHead(mode === 'well' ? 200 : 400).end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    get requests() {
      return requests;
    },
    raw: () => bodies.join('\n'),
    behave(how) {
      mode = how;
    },
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Turns traces on in this process for the tests of a file, and receives them. */
export function useTraces(): TraceSink {
  return useOpened(
    async () => {
      const sink = await startTraceSink();
      const log = createLogger('silent');
      const cleanup = new Cleanup(log);
      const before = { ...process.env };
      // OpenTelemetry reads its variables when it is loaded or started.
      process.env.OTEL_EXPORTER_OTLP_ENDPOINT = sink.url;
      process.env.OTEL_BSP_SCHEDULE_DELAY = '50';
      startTracing('dev', { tracing: { isOn: true, urlTemplate: null } }, log, cleanup);
      process.env = before;
      return Object.assign(sink, { stopTracing: () => cleanup.run() });
    },
    async (sink) => {
      await sink.stopTracing();
      await sink.close();
    },
  );
}

function spansIn(body: string): ReceivedSpan[] {
  const { resourceSpans } = JSON.parse(body) as {
    resourceSpans: { resource: Resource; scopeSpans: { spans: SentSpan[] }[] }[];
  };
  return resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap(({ spans }) => spans.map((span) => toSpan(span, resource))),
  );
}

function toSpan(span: SentSpan, resource: Resource): ReceivedSpan {
  return {
    traceId: span.traceId,
    id: span.spanId,
    parent: span.parentSpanId ?? null,
    name: span.name,
    startedAt: Number(BigInt(span.startTimeUnixNano) / 1000n) / 1000,
    endedAt: Number(BigInt(span.endTimeUnixNano) / 1000n) / 1000,
    failed: span.status.code === 2,
    links: (span.links ?? []).map(({ traceId, spanId }) => ({ traceId, id: spanId })),
    facts: factsOf(span),
    process: factsOf(resource),
  };
}

function factsOf({ attributes }: Resource): ReceivedSpan['facts'] {
  return Object.fromEntries(
    attributes.map(({ key, value }) => [
      key,
      value.stringValue ?? (value.intValue && Number(value.intValue)),
    ]),
  );
}
