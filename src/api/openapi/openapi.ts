import swagger from '@fastify/swagger';
import type { FastifyInstance, FastifySchema } from 'fastify';
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod';
import type { OpenAPIV3_1 } from 'openapi-types';
import { version } from '../../process/package-root';
import { docsPage } from './docs-page';

const DESCRIPTION = `The directory of providers that Provider Sync keeps, and the syncs that make it.

Lists come as pages: send \`nextCursor\` back as \`cursor\` to get the next one. With \`Accept: text/csv\` or
\`application/x-ndjson\` (or \`?format=\`) the whole list is streamed. Errors are problem details (RFC 9457).
Where tokens are configured, send one as \`Authorization: Bearer …\`: a viewer's reads, an operator's also
starts and cancels.`;

/** Makes `/openapi.json` from the routes that are registered after it, and `/docs` that shows it. */
export async function describeApi(app: FastifyInstance, isOpen: boolean): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Provider Sync', version, description: DESCRIPTION, license: { name: 'Apache-2.0' } },
      tags: [
        { name: 'Providers', description: 'Who is in the directory' },
        { name: 'Syncs', description: 'Runs: what they did, and how to start one' },
        { name: 'Partners', description: 'Where the data comes from' },
        { name: 'FHIR', description: 'The directory as FHIR R4' },
        { name: 'Service', description: 'Health, metrics, and what Temporal needs' },
      ],
      components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
      ...(!isOpen && { security: [{ token: [] }] }),
    },
    hideUntagged: true,
    transform: (route) => withMore(jsonSchemaTransform(route), route.schema, route.route.method),
    transformObject: (document) => tidy(jsonSchemaTransformObject(document) as Document),
  });
  await docsPage(app);
  app.get('/openapi.json', async () => app.swagger());
}

interface Described {
  readonly headers?: object;
  readonly content?: Record<string, { readonly example?: unknown }>;
}

/** Adds what the schemas of a route's responses do not say: headers, an example of each, and that reads have ETags. */
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
  tellExamples(querystring);
  if ([method].flat().includes('GET')) {
    Object.assign(response, { 304: { type: 'null', description: 'The same as what `If-None-Match` names' } });
  }
  return transformed;
}

interface Queried {
  readonly properties?: Record<string, { examples?: unknown[]; description?: string }>;
}

/** Tells an example of a filter in words: `/docs` would fill it in, and then find nobody. */
function tellExamples({ properties = {} }: Queried = {}): void {
  for (const property of Object.values(properties)) {
    const { examples: [example] = [], description } = property;
    if (example === undefined) continue;
    property.description = [description, `for example \`${example}\``].filter(Boolean).join('; ');
    delete property.examples;
  }
}

type Document = Partial<OpenAPIV3_1.Document>;

/** Leaves out what nothing refers to, and says of a body that may be left out that it may. */
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
