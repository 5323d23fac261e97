import type { FastifyInstance, HTTPMethods } from 'fastify';
import { ProblemError } from './problem';

const METHODS: readonly HTTPMethods[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE'];

/**
 * Watches which routes of the API are registered from here on.
 *
 * @returns to be called after the last one: answers every other method of their paths with 405
 */
export function refuseOtherMethods(app: FastifyInstance): () => void {
  const allowed = new Map<string, Set<HTTPMethods>>();
  app.addHook('onRoute', ({ url, method }) => {
    const methods = allowed.get(url) ?? new Set();
    for (const one of [method].flat()) methods.add(one as HTTPMethods);
    allowed.set(url, methods);
  });
  return () => {
    for (const [url, methods] of [...allowed]) {
      if (!url.startsWith('/api/')) continue;
      const allow = [...methods].join(', ');
      const others = METHODS.filter((method) => !methods.has(method));
      app.route({
        method: [...others],
        url,
        handler: async (_request, reply) => {
          reply.header('Allow', allow);
          throw new ProblemError(405, `Only ${allow} can be sent here.`);
        },
      });
    }
  };
}
