import type { FastifyReply, FastifyRequest } from 'fastify';
import { isSecure, type PublicUrl } from '../api/http/public-url';

const NAME = 'provider_sync_changes';
/** The longest time that browsers keep a cookie. */
const LIFETIME_S = 400 * 24 * 60 * 60;
/** After this time without a look, the next look is another visit. */
const PAUSE_MS = 30 * 60 * 1000;

/** What a browser remembers of its visits; times in milliseconds since 1970. */
interface Remembered {
  /** Up to when the visit before this one saw the changes; null on the first visit. */
  readonly before: number | null;
  /** Up to when this visit has seen them. */
  readonly seen: number;
  /** When this visit looked last. */
  readonly at: number;
}

/**
 * Remembers a look at the changes in a cookie of the browser. The server keeps nothing, and scripts are not needed.
 *
 * @param seen all changes before this time are visible now; a running sync may still add later ones
 * @returns up to when the visit before this one saw the changes, in ISO 8601; null on the first visit
 */
export function rememberVisit(
  request: FastifyRequest,
  reply: FastifyReply,
  seen: string,
  publicUrl: PublicUrl,
): string | null {
  const visit = nextVisit(parse(request.cookies[NAME]), Date.parse(seen), Date.now());
  reply.setCookie(NAME, [visit.before ?? '', visit.seen, visit.at].join('.'), {
    path: '/changes',
    httpOnly: true,
    sameSite: 'lax',
    secure: isSecure(request, publicUrl),
    maxAge: LIFETIME_S,
  });
  return toTime(visit.before);
}

/** Up to when the last visit saw the changes, in ISO 8601, without remembering this look; null if it is not known. */
export function lastVisit(request: FastifyRequest): string | null {
  const last = parse(request.cookies[NAME]);
  return last && toTime(nextVisit(last, last.seen, Date.now()).before);
}

function toTime(milliseconds: number | null): string | null {
  return milliseconds === null ? null : new Date(milliseconds).toISOString();
}

/** The visit after a look, which continues the last visit or begins another. */
export function nextVisit(last: Remembered | null, seen: number, now: number): Remembered {
  if (last === null) return { before: null, seen, at: now };
  const isSame = now - last.at < PAUSE_MS;
  return { before: isSame ? last.before : last.seen, seen, at: now };
}

/** Anyone can write a cookie, so a value that is not ours counts as none. */
function parse(cookie = ''): Remembered | null {
  const [, before = '', seen, at] = /^(\d{1,14})?\.(\d{1,14})\.(\d{1,14})$/.exec(cookie) ?? [];
  if (seen === undefined) return null;
  return { before: before === '' ? null : Number(before), seen: Number(seen), at: Number(at) };
}
