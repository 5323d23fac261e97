import formbody from '@fastify/formbody';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { FhirResource } from 'fhir/r4';
import { z } from 'zod';
import type { ApiContext } from '../context';
import { CursorSeal } from '../http/cursor-seal';
import { type Problem, sendProblem } from '../http/problem';
import { originForLinks } from '../http/public-url';
import { toBundle } from './bundle';
import { toCapabilityStatement } from './capability-statement';
import { FHIR_EXAMPLES } from './examples';
import { chooseMediaType, FHIR_JSON, FHIR_PATH } from './media-type';
import { outcomeOf, toOutcome } from './operation-outcome';
import { ORGANIZATIONS } from './organizations';
import { PRACTITIONER_ROLES } from './practitioner-roles';
import { PRACTITIONERS } from './practitioners';
import { type Pair, readSearch } from './read-search';
import { fhirResponses, searchForm, searchQuery } from './schemas';
import { linkTo, openSearch } from './sealed-search';
import type { ServedResource } from './served-resource';

const RESOURCES = [PRACTITIONERS, PRACTITIONER_ROLES, ORGANIZATIONS] as const;
const TAGS = ['FHIR'];
/** Where the examples are said to be. */
const EXAMPLE_BASE = `https://directory.example${FHIR_PATH}`;

/** `/fhir/R4`: the directory as FHIR R4, to be read; whatever goes wrong is answered with an OperationOutcome. */
export async function fhirRoutes(root: FastifyInstance, context: ApiContext): Promise<void> {
  await root.register((app) => serve(app, context), { prefix: FHIR_PATH });
}

async function serve(app: FastifyInstance, context: ApiContext): Promise<void> {
  const since = new Date();
  const isOpen = context.http.tokens.length === 0;
  const capabilitiesAt = (base: string) =>
    toCapabilityStatement({ base, isOpen, since, resources: RESOURCES });
  await app.register(formbody);
  app.addHook('onRequest', async (request, reply) => {
    reply.header('Vary', 'Accept');
    if (request.is404 && !['GET', 'HEAD'].includes(request.method)) {
      reply.header('Allow', 'GET, HEAD');
      return sendProblem(reply, 405, 'The directory can only be read here.');
    }
    const type = chooseMediaType(request);
    if (type === null) return sendProblem(reply, 406, `This is to be had as ${FHIR_JSON}.`);
    reply.type(`${type}; charset=utf-8`);
  });
  app.addHook('preSerialization', async (request, reply, payload) => {
    if (!String(reply.getHeader('Content-Type')).startsWith('application/problem+json')) return payload;
    const { status, detail } = payload as Problem;
    reply.type(`${chooseMediaType(request) ?? FHIR_JSON}; charset=utf-8`);
    return outcomeOf(status, detail);
  });
  app.setNotFoundHandler((request, reply) => {
    const [path = ''] = request.url.slice(FHIR_PATH.length + 1).split('?');
    return sendProblem(reply, 404, `There is no ${path || 'resource'} here; see ${FHIR_PATH}/metadata.`);
  });

  app.get(
    '/metadata',
    {
      config: { access: 'public' },
      schema: {
        tags: TAGS,
        summary: 'What of FHIR is served',
        operationId: 'getFhirCapabilities',
        security: [],
        response: fhirResponses(capabilitiesAt(EXAMPLE_BASE)),
      },
    },
    async (request, reply) => send(reply, capabilitiesAt(baseOf(request, context))),
  );
  serveResource(app, context, PRACTITIONERS);
  serveResource(app, context, PRACTITIONER_ROLES);
  serveResource(app, context, ORGANIZATIONS);
}

function serveResource<Filter extends object>(
  app: FastifyInstance,
  context: ApiContext,
  resource: ServedResource<Filter>,
): void {
  const { type } = resource;
  const example = FHIR_EXAMPLES[type];
  const bundle = toBundle(
    { matches: [example], included: [] },
    { base: EXAMPLE_BASE, self: `${EXAMPLE_BASE}/${type}`, next: null },
  );
  const seal = new CursorSeal(context.temporal.payloadKeys);
  const search = async (request: FastifyRequest, reply: FastifyReply) => {
    const base = baseOf(request, context);
    const { pairs, isForm } = openSearch(seal, pairsOf(request.query), pairsOf(request.body));
    const { used, issues, ...wanted } = readSearch(resource, pairs, { base, lenient: isLenient(request) });
    if (issues.length > 0) return send(reply.code(400), toOutcome(issues));
    const found = await resource.search(context, wanted);
    const pageAt = (cursor: string | undefined) => linkTo(seal, `${base}/${type}`, { used, isForm, cursor });
    const next = found.nextCursor === null ? null : pageAt(found.nextCursor);
    return send(reply, toBundle(found, { base, self: pageAt(wanted.cursor), next }));
  };

  app.get(
    `/${type}/:id`,
    {
      schema: {
        tags: TAGS,
        summary: `One ${type}`,
        operationId: `read${type}`,
        params: z.object({ id: z.string().meta({ description: `The id of the ${type}` }) }),
        response: fhirResponses(example, 404),
      },
    },
    async (request, reply) => {
      const { id } = request.params as { id: string };
      const found = await resource.read(context, id);
      // FHIR tells upper from lower case in ids, other than Postgres in a UUID.
      if (found?.id !== id) return sendProblem(reply, 404, `There is no ${type} with this id.`);
      if (found.meta?.lastUpdated) {
        reply.header('Last-Modified', new Date(found.meta.lastUpdated).toUTCString());
      }
      return send(reply, found);
    },
  );
  app.get(
    `/${type}`,
    {
      schema: {
        tags: TAGS,
        summary: `Find ${type} resources`,
        description: resource.documentation,
        operationId: `search${type}`,
        querystring: searchQuery(resource),
        response: fhirResponses(bundle),
      },
    },
    search,
  );
  app.post(
    `/${type}/_search`,
    {
      schema: {
        tags: TAGS,
        summary: `Find ${type} resources, with the parameters as a form`,
        description:
          'Keeps names out of addresses, which proxies log: in the links of the answer the parameters stand encrypted.',
        operationId: `search${type}ByForm`,
        consumes: ['application/x-www-form-urlencoded'],
        querystring: searchQuery(resource),
        body: searchForm(resource),
        response: fhirResponses(bundle, 413, 415),
      },
    },
    search,
  );
}

function send(reply: FastifyReply, resource: FhirResource): FastifyReply {
  return reply.serializer(JSON.stringify).send(resource);
}

function baseOf(request: FastifyRequest, { http }: ApiContext): string {
  return `${originForLinks(request, http.publicUrl)}${FHIR_PATH}`;
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
