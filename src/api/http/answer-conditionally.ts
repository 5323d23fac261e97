import etag from '@fastify/etag';
import type { FastifyInstance } from 'fastify';

/**
 * Gives each answer an ETag, and answers 304 to a sender that already has it. The tags are weak: an answer keeps
 * its tag whether it is compressed or not.
 */
export async function answerConditionally(app: FastifyInstance): Promise<void> {
  // The plug-in would answer 304 to writes and to errors too, and it does not read a list of tags.
  await app.register(etag, { weak: true, replyWith304: false });
  app.addHook('onSend', async (request, reply, payload) => {
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    if (!isRead || reply.statusCode !== 200) {
      reply.removeHeader('etag');
      return payload;
    }
    if (!hasTag(request.headers['if-none-match'], reply.getHeader('etag'))) return payload;
    reply.code(304);
    return '';
  });
}

/** Weak comparison of RFC 9110, section 13.1.2. */
function hasTag(known: string | undefined, tag: unknown): boolean {
  if (known === undefined || typeof tag !== 'string') return false;
  return known.trim() === '*' || known.split(',').some((one) => opaque(one.trim()) === opaque(tag));
}

function opaque(tag: string): string {
  return tag.replace(/^W\//, '');
}
