import type { FastifyInstance } from 'fastify';
import { refusal } from './access';

/**
 * Refuses compressed bodies: a few hundred bytes could unpack to a body that takes the process minutes. The body
 * is not read.
 */
export function refuseCompressedBodies(app: FastifyInstance): void {
  app.addHook('onRequest', async (request, reply) => {
    const encoding = request.headers['content-encoding']?.trim().toLowerCase() || 'identity';
    if (encoding === 'identity') return;
    reply.header('Accept-Encoding', 'identity');
    throw refusal(request, 415, 'Send the body without Content-Encoding; compressed bodies are not read.');
  });
}
