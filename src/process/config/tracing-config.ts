import { z } from 'zod';

/** Whether traces are recorded, and where people find them. */
export interface TracingConfig {
  readonly isOn: boolean;
  /** The address of a trace, with `{traceId}` in it; null if runs do not link to their traces. */
  readonly urlTemplate: string | null;
}

const ID = '{traceId}';
const endpoint = z
  .url({ protocol: /^https?$/, error: 'is not an address like http://127.0.0.1:4318' })
  .optional();

/** The variables of traces. OpenTelemetry reads its other standard variables itself. */
export const tracingShape = {
  OTEL_EXPORTER_OTLP_ENDPOINT: endpoint.describe(
    'Where [traces](monitoring.md#traces) are sent: the address of an OTLP receiver for HTTP, without `/v1/traces`. Without it, no traces are recorded.',
  ),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: endpoint.describe('The same with the whole path; it has precedence.'),
  OTEL_EXPORTER_OTLP_HEADERS: z
    .string()
    .optional()
    .describe('Headers for the receiver, such as its token: `name=value`, comma-separated.'),
  OTEL_SDK_DISABLED: z.string().optional().describe('`true` turns traces off.'),
  TRACE_URL_TEMPLATE: z
    .string()
    .refine(
      (text) => text.includes(ID) && /^https?:$/.test(URL.parse(text.replace(ID, '0'))?.protocol ?? ''),
      `is not an address like https://jaeger.example.com/trace/${ID}`,
    )
    .optional()
    .describe(
      `The address of a trace, such as \`https://jaeger.example.com/trace/${ID}\`. Runs link to their traces.`,
    ),
} as const;

/** The configuration in the terms of the code. */
export function toTracing(read: z.output<z.ZodObject<typeof tracingShape>> | undefined): TracingConfig {
  const address = read?.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT ?? read?.OTEL_EXPORTER_OTLP_ENDPOINT;
  return {
    isOn: address !== undefined && read?.OTEL_SDK_DISABLED?.toLowerCase() !== 'true',
    urlTemplate: read?.TRACE_URL_TEMPLATE ?? null,
  };
}

/** The address of a run's trace; null if the run has none, or if no template is configured. */
export function traceUrl({ urlTemplate }: TracingConfig, traceId: string | null): string | null {
  return traceId === null || urlTemplate === null ? null : urlTemplate.replaceAll(ID, traceId);
}
