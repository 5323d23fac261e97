import formbody from '@fastify/formbody';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ApiContext } from '../context';
import type { Face } from '../http/face';
import { type Problem, ProblemError } from '../http/problem';
import { toCapabilityStatement } from './capability-statement';
import { fhirResponses } from './fhir-schemas';
import { chooseMediaType, FHIR_JSON, FHIR_PATH } from './media-type';
import { outcomeOf } from './operation-outcome';
import { ORGANIZATION } from './organization';
import { PRACTITIONER } from './practitioner';
import { PRACTITIONER_ROLE } from './practitioner-role';
import { baseOf, EXAMPLE_BASE, sendResource, serveResource, TAGS } from './serve-resource';

const RESOURCES = [PRACTITIONER, PRACTITIONER_ROLE, ORGANIZATION] as const;

/** `/fhir/R4`: the directory as FHIR R4, read-only. Every error is an OperationOutcome. */
export const FHIR: Face = {
  prefix: FHIR_PATH,
  async register(app: FastifyInstance, context: ApiContext): Promise<void> {
    await app.register((scope) => serve(scope, context), { prefix: FHIR_PATH });
  },
  sendProblem,
};

function sendProblem(
  reply: FastifyReply,
  { status, detail }: Problem,
  request: FastifyRequest | null,
): FastifyReply {
  const type = (request && chooseMediaType(request)) ?? FHIR_JSON;
  return sendResource(reply.code(status).type(`${type}; charset=utf-8`), outcomeOf(status, detail));
}

async function serve(app: FastifyInstance, context: ApiContext): Promise<void> {
  await app.register(formbody);
  app.addHook('onRequest', async (request, reply) => {
    reply.header('Vary', 'Accept');
    if (request.is404 && !['GET', 'HEAD'].includes(request.method)) {
      reply.header('Allow', 'GET, HEAD');
      throw new ProblemError(405, 'The FHIR API is read-only. Allowed methods: GET, HEAD');
    }
    const type = chooseMediaType(request);
    if (type === null) throw new ProblemError(406, `Available formats: ${FHIR_JSON}`);
    reply.type(`${type}; charset=utf-8`);
  });
  app.setNotFoundHandler(({ url }) => {
    const [path = ''] = url.slice(FHIR_PATH.length + 1).split('?');
    throw new ProblemError(404, `There is no ${path || 'resource'} here; see ${FHIR_PATH}/metadata.`);
  });
  serveCapabilities(app, context);
  serveResource(app, context, PRACTITIONER);
  serveResource(app, context, PRACTITIONER_ROLE);
  serveResource(app, context, ORGANIZATION);
}

function serveCapabilities(app: FastifyInstance, context: ApiContext): void {
  const since = new Date();
  const isOpen = context.http.tokens.length === 0;
  const capabilitiesAt = (base: string) =>
    toCapabilityStatement({ base, isOpen, since, resources: RESOURCES });
  app.get(
    '/metadata',
    {
      config: { access: 'public' },
      schema: {
        tags: TAGS,
        summary: 'Get the FHIR resources and search parameters that are available',
        operationId: 'getFhirCapabilities',
        security: [],
        response: fhirResponses(capabilitiesAt(EXAMPLE_BASE)),
      },
    },
    async (request, reply) => sendResource(reply, capabilitiesAt(baseOf(request, context))),
  );
}
