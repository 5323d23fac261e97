import type { FastifyInstance } from 'fastify';
import { z } from 'zod';

/**
 * Turns away parameters that a route of the API does not know: a filter that is misspelt would otherwise
 * filter nothing, and bring the whole list for a part of it.
 */
export function refuseUnknownParameters(app: FastifyInstance): void {
  app.addHook('onRoute', (route) => {
    if (!route.url.startsWith('/api/') || !route.schema) return;
    const { querystring = z.object({}) } = route.schema;
    if (querystring instanceof z.ZodObject) {
      route.schema = { ...route.schema, querystring: querystring.strict() };
    }
  });
}
