import swagger from '@fastify/swagger';
import type { FastifyInstance, FastifySchema } from 'fastify';
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod';
import type { OpenAPIV3_1 } from 'openapi-types';
import { version } from '../../process/package-root';
import type { ApiContext } from '../context';
import { docsPage } from './docs-page';
import { RealExamples } from './real-examples';

const DESCRIPTION = `The directory of providers, and the syncs that keep it up to date.

Lists have pages: send \`nextCursor\` as \`cursor\` to get the next page. With \`Accept: text/csv\` or
\`application/x-ndjson\` (or \`?format=\`) the whole list is streamed. Errors are problem details (RFC 9457).
If tokens are configured, send one as \`Authorization: Bearer …\`. A viewer's token may read. An operator's token
may also start, cancel, approve or reject, pause schedules, and use the codec.`;

/** Serves `/openapi.json`, made from the routes that are registered later, and `/docs`, which shows it. */
export async function describeApi(
  app: FastifyInstance,
  { http, dataSource, partners }: Pick<ApiContext, 'http' | 'dataSource' | 'partners'>,
  icon: Buffer,
): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Provider Sync', version, description: DESCRIPTION, license: { name: 'Apache-2.0' } },
      tags: [
        { name: 'Providers', description: 'The people in the directory' },
        { name: 'Erasures', description: 'People who were erased on request, by their receipts' },
        { name: 'Syncs', description: 'Start, cancel and inspect syncs' },
        { name: 'Partners', description: 'The partners that send the data' },
        { name: 'FHIR', description: 'The directory as FHIR R4, read-only' },
        { name: 'Service', description: 'Health, metrics, and the codec for Temporal' },
      ],
      components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
      ...(http.tokens.length > 0 && { security: [{ token: [] }] }),
    },
    hideUntagged: true,
    transform: (route) => withMore(jsonSchemaTransform(route), route.schema, route.route.method),
    transformObject: (document) => tidy(jsonSchemaTransformObject(document) as Document),
  });
  await docsPage(app, { icon, examples: new RealExamples({ dataSource, partners }) });
  app.get('/openapi.json', async () => app.swagger());
}

interface Described {
  readonly headers?: object;
  readonly content?: Record<string, { readonly example?: unknown }>;
}

/** Adds what the plug-in leaves out of a route's responses: headers, examples, and the 304 of reads. */
function withMore(
  transformed: ReturnType<typeof jsonSchemaTransform>,
  given: FastifySchema | undefined,
  method: string | string[],
): ReturnType<typeof jsonSchemaTransform> {
  const { response = {}, querystring } = (transformed.schema ?? {}) as {
    response?: Record<string, Described>;
    querystring?: Queried;
  };
  const described = (given?.response ?? {}) as Record<string, Described>;
  for (const [status, { headers, content = {} }] of Object.entries(described)) {
    if (headers) Object.assign(response[status] ?? {}, { headers });
    for (const [type, { example }] of Object.entries(content)) {
      if (example !== undefined) Object.assign(response[status]?.content?.[type] ?? {}, { example });
    }
  }
  describeExamples(querystring);
  if ([method].flat().includes('GET')) {
    Object.assign(response, {
      304: { type: 'null', description: 'Not changed: the ETag is one of `If-None-Match`' },
    });
  }
  return transformed;
}

interface Queried {
  readonly properties?: Record<string, { examples?: unknown[]; description?: string }>;
}

/** Moves the example of a filter into its description: `/docs` would fill it in, and the list would be empty. */
function describeExamples({ properties = {} }: Queried = {}): void {
  for (const property of Object.values(properties)) {
    const { examples: [example] = [], description } = property;
    if (example === undefined) continue;
    property.description = [description, `for example \`${example}\``].filter(Boolean).join('; ');
    delete property.examples;
  }
}

type Document = Partial<OpenAPIV3_1.Document>;

/** Removes schemas that nothing refers to, and marks a body as optional if it may be left out. */
function tidy(document: Document): Document {
  const { schemas = {} } = document.components ?? {};
  const used = new Set<string>();
  const visit = (node: unknown): void => {
    for (const [, name = ''] of JSON.stringify(node).matchAll(/"#\/components\/schemas\/([^"]+)"/g)) {
      if (used.has(name)) continue;
      used.add(name);
      visit(schemas[name] ?? {});
    }
  };
  visit(document.paths ?? {});
  const kept = Object.entries(schemas).filter(([name]) => used.has(name));
  return {
    ...document,
    paths: JSON.parse(JSON.stringify(document.paths ?? {}), optionalBody),
    components: { ...document.components, schemas: Object.fromEntries(kept) },
  };
}

function optionalBody(key: string, value: unknown): unknown {
  if (key !== 'requestBody') return value;
  const isOptional = JSON.stringify(value).includes('{"type":"null"}');
  return isOptional ? { ...(value as object), required: false } : value;
}
