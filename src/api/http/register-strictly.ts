import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { ProblemError } from './problem';

/** CORS preflights, answered by @fastify/cors. */
const PREFLIGHT = ['OPTIONS'];

/**
 * Registers routes that refuse what they do not describe: other methods with 405 and, below the prefix, unknown
 * query parameters with 400.
 *
 * @param register registers the routes
 */
export async function registerStrictly(
  app: FastifyInstance,
  prefix: string,
  register: () => Promise<void>,
): Promise<void> {
  refuseUnknownParameters(app, prefix);
  const allowed = watchMethods(app);
  await register();
  for (const [url, methods] of [...allowed]) refuseOtherMethods(app, url, methods);
}

/** Without this, a misspelt filter would filter nothing, and the caller would take the whole list for a part. */
function refuseUnknownParameters(app: FastifyInstance, prefix: string): void {
  app.addHook('onRoute', (route) => {
    if (!route.url.startsWith(`${prefix}/`) || !route.schema) return;
    const { querystring = z.object({}) } = route.schema;
    if (querystring instanceof z.ZodObject) {
      route.schema = { ...route.schema, querystring: querystring.strict() };
    }
  });
}

/** @returns the methods of each path that is registered from now on */
function watchMethods(app: FastifyInstance): ReadonlyMap<string, ReadonlySet<string>> {
  const allowed = new Map<string, Set<string>>();
  app.addHook('onRoute', ({ url, method, schema, config }) => {
    // A plug-in's route for preflights answers every path below its prefix; it is not in the API's description.
    if (!schema?.tags) return;
    const methods = allowed.get(url) ?? new Set<string>(config?.crossOrigin ? PREFLIGHT : []);
    for (const one of [method].flat()) methods.add(one);
    allowed.set(url, methods);
  });
  return allowed;
}

function refuseOtherMethods(app: FastifyInstance, url: string, methods: ReadonlySet<string>): void {
  const allow = [...methods].join(', ');
  app.route({
    method: app.supportedMethods.filter((method) => !methods.has(method)),
    url,
    // A hook, so that the body is not read first.
    onRequest: async (_request, reply) => {
      reply.header('Allow', allow);
      throw new ProblemError(405, `Allowed methods: ${allow}`);
    },
    handler: async () => undefined,
  });
}
