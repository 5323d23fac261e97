import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { FhirResource } from 'fhir/r4';
import { z } from 'zod';
import type { ApiContext } from '../context';
import { ProblemError } from '../http/problem';
import { originForLinks } from '../http/public-url';
import { toBundle } from './bundle';
import { fhirResponses, searchForm, searchQuery } from './fhir-schemas';
import { FHIR_PATH } from './media-type';
import { toOutcome } from './operation-outcome';
import { type Pair, readSearch } from './read-search';
import { linkTo, openSearch } from './sealed-search';
import type { ResourceDescription, ServedResource } from './served-resource';

export const TAGS = ['FHIR'];
/** The address of the API in the OpenAPI document's examples. */
export const EXAMPLE_BASE = `https://directory.example${FHIR_PATH}`;

/** Serves a type of resource: reading one by its id, and searching by query or by form. */
export function serveResource<Filter extends object>(
  app: FastifyInstance,
  context: ApiContext,
  resource: ServedResource<Filter>,
): void {
  serveReading(app, context, resource);
  serveSearching(app, resource, searchHandler(context, resource));
}

/** Answers with a resource, whose type a hook has set. */
export function sendResource(reply: FastifyReply, resource: FhirResource): FastifyReply {
  return reply.serializer(JSON.stringify).send(resource);
}

/** The address of the FHIR API as the caller reaches it, without a slash at the end. */
export function baseOf(request: FastifyRequest, { http }: ApiContext): string {
  return `${originForLinks(request, http.publicUrl)}${FHIR_PATH}`;
}

function serveReading<Filter>(
  app: FastifyInstance,
  context: ApiContext,
  { type, example, read }: ServedResource<Filter>,
): void {
  app.get(
    `/${type}/:id`,
    {
      schema: {
        tags: TAGS,
        summary: `Read one ${type}`,
        operationId: `read${type}`,
        params: z.object({ id: z.string().meta({ description: `The id of the ${type}` }) }),
        response: fhirResponses(example, 404),
      },
    },
    async (request, reply) => {
      const { id } = request.params as { id: string };
      const found = await read(context, id);
      // FHIR compares ids by case. Postgres does not, in a UUID.
      if (found?.id !== id) throw new ProblemError(404, `There is no ${type} with this id.`);
      if (found.meta?.lastUpdated) {
        reply.header('Last-Modified', new Date(found.meta.lastUpdated).toUTCString());
      }
      return sendResource(reply, found);
    },
  );
}

type Handler = (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>;

function serveSearching(app: FastifyInstance, resource: ResourceDescription, handler: Handler): void {
  const { type, example } = resource;
  const bundle = toBundle(
    { matches: [example], included: [] },
    { base: EXAMPLE_BASE, self: `${EXAMPLE_BASE}/${type}`, next: null },
  );
  app.get(
    `/${type}`,
    {
      schema: {
        tags: TAGS,
        summary: `Search for ${type} resources`,
        description: resource.documentation,
        operationId: `search${type}`,
        querystring: searchQuery(resource),
        response: fhirResponses(bundle),
      },
    },
    handler,
  );
  app.post(
    `/${type}/_search`,
    {
      schema: {
        tags: TAGS,
        summary: `Search for ${type} resources with the parameters in a form`,
        description:
          'Keeps names out of addresses, which proxies log. The links of the answer hold the parameters encrypted.',
        operationId: `search${type}ByForm`,
        consumes: ['application/x-www-form-urlencoded'],
        querystring: searchQuery(resource),
        body: searchForm(resource),
        response: fhirResponses(bundle, 413, 415),
      },
    },
    handler,
  );
}

function searchHandler<Filter extends object>(
  context: ApiContext,
  resource: ServedResource<Filter>,
): Handler {
  const seal = context.cursors;
  return async (request, reply) => {
    const base = baseOf(request, context);
    const { pairs, isForm } = openSearch(seal, pairsOf(request.query), pairsOf(request.body));
    const { used, issues, ...wanted } = readSearch(resource, pairs, { base, lenient: isLenient(request) });
    if (issues.length > 0) return sendResource(reply.code(400), toOutcome(issues));
    const found = await resource.search(context, wanted);
    const pageAt = (cursor: string | undefined) =>
      linkTo(seal, `${base}/${resource.type}`, { used, isForm, cursor });
    const next = found.nextCursor === null ? null : pageAt(found.nextCursor);
    return sendResource(reply, toBundle(found, { base, self: pageAt(wanted.cursor), next }));
  };
}

/** https://hl7.org/fhir/R4/search.html#errors */
function isLenient({ headers }: FastifyRequest): boolean {
  return /\bhandling\s*=\s*"?lenient\b/i.test(String(headers.prefer ?? ''));
}

function pairsOf(values: unknown): Pair[] {
  return Object.entries((values ?? {}) as Record<string, string | string[]>).flatMap(([name, value]) =>
    [value].flat().map((one): Pair => [name, one]),
  );
}
