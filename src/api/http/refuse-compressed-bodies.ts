import type { FastifyInstance } from 'fastify';
import { refusal } from './refusal';

/**
 * Refuses compressed bodies without reading them. A few hundred bytes could unpack to a body that keeps the process
 * busy for minutes.
 */
export function refuseCompressedBodies(app: FastifyInstance): void {
  app.addHook('onRequest', async (request, reply) => {
    const encoding = request.headers['content-encoding']?.trim().toLowerCase() || 'identity';
    if (encoding === 'identity') return;
    reply.header('Accept-Encoding', 'identity');
    throw refusal(request, 415, 'Send the body without Content-Encoding; compressed bodies are refused.');
  });
}
