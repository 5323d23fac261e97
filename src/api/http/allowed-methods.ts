import type { FastifyInstance } from 'fastify';
import { ProblemError } from './problem';

/** Answered by whoever lets pages of other origins in. */
const PREFLIGHT = ['OPTIONS'];

/**
 * Watches which routes of the API are registered from here on.
 *
 * @returns to be called after the last one: answers every other method of their paths with 405
 */
export function refuseOtherMethods(app: FastifyInstance): () => void {
  const allowed = new Map<string, Set<string>>();
  app.addHook('onRoute', ({ url, method, schema, config }) => {
    // FHIR answers in its own words.
    if (!schema?.tags || schema.tags.includes('FHIR')) return;
    const methods = allowed.get(url) ?? new Set<string>(config?.crossOrigin ? PREFLIGHT : []);
    for (const one of [method].flat()) methods.add(one);
    allowed.set(url, methods);
  });
  return () => {
    for (const [url, methods] of [...allowed]) {
      const allow = [...methods].join(', ');
      app.route({
        method: app.supportedMethods.filter((method) => !methods.has(method)),
        url,
        // Before a body is looked at.
        onRequest: async (_request, reply) => {
          reply.header('Allow', allow);
          throw new ProblemError(405, `Only ${allow} can be sent here.`);
        },
        handler: async () => undefined,
      });
    }
  };
}
