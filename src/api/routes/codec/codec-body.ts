import type { FastifyInstance } from 'fastify';
import { ProblemError } from '../../http/problem';

/**
 * Temporal answers with at most 4 MiB over gRPC, so a page of a history is no larger; in base64 and JSON that is
 * less than this.
 */
export const MAX_BODY_BYTES = 6 * 2 ** 20;
/** A page of a history has at most 256 events with one or two payloads each; a whole run of ours has about 26. */
export const MAX_PAYLOADS = 1_000;
/** A payload of ours has 13 of these characters. Base64 has none. */
const MAX_STRUCTURE = 24 * MAX_PAYLOADS;
const STRUCTURE = new Set(Buffer.from('{[,:'));

/**
 * Reads JSON bodies of the routes of this plug-in. Millions of tiny values fit into a body; parsing and checking
 * those would block the process for seconds, so they are counted first.
 */
export function readBoundedJson(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error');
  app.addContentTypeParser<Buffer>(
    'application/json',
    { parseAs: 'buffer', bodyLimit: MAX_BODY_BYTES },
    (request, body, done) => {
      if (hasMoreStructure(body)) {
        done(new ProblemError(413, `The body has too many parts: send at most ${MAX_PAYLOADS} payloads.`));
        return;
      }
      parse(request, body.toString(), done);
    },
  );
}

function hasMoreStructure(body: Buffer): boolean {
  let count = 0;
  for (const byte of body) {
    if (STRUCTURE.has(byte)) count += 1;
    if (count > MAX_STRUCTURE) return true;
  }
  return false;
}
