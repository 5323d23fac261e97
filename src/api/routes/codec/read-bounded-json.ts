import type { FastifyInstance } from 'fastify';
import { ProblemError } from '../../http/problem';

/**
 * Temporal sends at most 4 MiB over gRPC, so no page of a history is larger. Base64 and JSON make it larger, but
 * not larger than this.
 */
export const MAX_BODY_BYTES = 6 * 2 ** 20;
/** A page of a history has at most 256 events with one or two payloads each. A whole run has about 26 payloads. */
export const MAX_PAYLOADS = 1_000;
/** One of our payloads has 13 of the characters below. Base64 has none of them. */
const MAX_STRUCTURE = 24 * MAX_PAYLOADS;
const STRUCTURE = new Set(Buffer.from('{[,:'));

/**
 * Reads the JSON bodies of the routes of this plug-in. A body can hold millions of tiny values. Parsing and checking
 * them would block the process for seconds, so they are counted first.
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
