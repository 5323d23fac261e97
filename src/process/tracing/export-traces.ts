import { setTimeout as sleep } from 'node:timers/promises';
import { context, propagation, trace } from '@opentelemetry/api';
import { ExportResultCode, setGlobalErrorHandler, W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { detectResourcesSync, envDetectorSync, type IResource, Resource } from '@opentelemetry/resources';
import { BatchSpanProcessor, type SpanExporter, type SpanProcessor } from '@opentelemetry/sdk-trace-base';
import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { TIMEOUTS } from '../../contract/timeouts';
import type { Logger } from '../logger';
import { version } from '../package-root';
import { cleanSpan } from './clean-span';
import { createTracer } from './create-tracer';
import { useTracer } from './trace';

/** The part of OpenTelemetry that sends spans. */
export interface TraceExport {
  /** Takes spans that end elsewhere: in the thread of the workflows. */
  readonly processor: SpanProcessor;
  /** What each span says about this process. */
  readonly resource: Resource;
  /** Sends what is left, within a bound, and turns traces off. */
  stop(): Promise<void>;
}

/**
 * Records traces in this process and sends them to the endpoint of the standard variables of OpenTelemetry. The queue is
 * bounded. While the endpoint cannot be reached, spans are dropped and nothing waits.
 *
 * @param role of this process, such as `worker`
 */
export function exportTraces(role: string, log: Logger): TraceExport {
  const resource = describeProcess(role);
  const processor = cleaning(new BatchSpanProcessor(reporting(new OTLPTraceExporter(), log)));
  const provider = new NodeTracerProvider({ resource, spanProcessors: [processor] });
  // The exporter's own reports are enough.
  setGlobalErrorHandler(() => undefined);
  provider.register({ propagator: new W3CTraceContextPropagator() });
  useTracer(createTracer(provider.getTracer('provider-sync', version)));
  return {
    processor,
    resource,
    async stop() {
      useTracer(null);
      for (const global of [trace, context, propagation]) global.disable();
      const flushed = provider.shutdown().catch(() => undefined);
      await Promise.race([flushed, sleep(TIMEOUTS.flushTraces, undefined, { ref: false })]);
    },
  };
}

/** `OTEL_SERVICE_NAME` and `OTEL_RESOURCE_ATTRIBUTES` override these names. */
function describeProcess(role: string): Resource {
  const own = new Resource({
    'service.name': `provider-sync-${role}`,
    'service.version': version,
    'process.pid': process.pid,
  });
  const named: IResource = detectResourcesSync({ detectors: [envDetectorSync] });
  return Resource.default()
    .merge(own)
    .merge(named as Resource) as Resource;
}

/** Cleans each span before it is kept. */
function cleaning(processor: SpanProcessor): SpanProcessor {
  return {
    onStart: (span, parent) => processor.onStart(span, parent),
    onEnd: (span) => processor.onEnd(cleanSpan(span)),
    forceFlush: () => processor.forceFlush(),
    shutdown: () => processor.shutdown(),
  };
}

const FAILING = 'Traces cannot be sent; runs continue without them';

/** Logs once that spans cannot be sent, and once that they are sent again. */
function reporting(exporter: SpanExporter, log: Logger): SpanExporter {
  let isFailing = false;
  return {
    export(spans, done) {
      exporter.export(spans, (result) => {
        const fails = result.code === ExportResultCode.FAILED;
        if (fails && !isFailing) log.warn({ reason: reasonOf(result.error) }, FAILING);
        if (isFailing && !fails) log.info('Traces are sent again');
        isFailing = fails;
        done(result);
      });
    },
    forceFlush: async () => exporter.forceFlush?.(),
    shutdown: () => exporter.shutdown(),
  };
}

function reasonOf(error: unknown): string {
  const { code, message } = (error ?? {}) as { code?: unknown; message?: string };
  return code === undefined ? (message ?? 'unknown') : String(code);
}
