import { createHash, randomBytes } from 'node:crypto';
import { z } from 'zod';

/** The rights of a token: read only, or also start, cancel, approve or reject, pause schedules, and use the codec. */
export const ROLES = ['viewer', 'operator'] as const;
export type Role = (typeof ROLES)[number];

/** A configured access token: only its hash, so that the configuration grants no access to its readers. */
export interface ApiToken {
  readonly role: Role;
  /** SHA-256 of the token, in hex. */
  readonly hash: string;
}

const MAKE_ONE = 'make one with: npx provider-sync tokens create';
const TOKEN = /^(?<role>viewer|operator):(?<hash>[0-9a-f]{64})$/;

/** `role:sha256hex`, comma-separated. Refuses a hash that is listed twice, and the hash of an empty text. */
export const apiTokensSchema = z.string().transform((text, context): ApiToken[] => {
  const places = new Map<string, number>();
  return text.split(',').flatMap((part, index) => {
    const { role, hash = '' } = TOKEN.exec(part.trim())?.groups ?? {};
    const mistake = hash === '' ? `is not role:sha256hex; ${MAKE_ONE}` : mistakeIn(hash, places);
    if (mistake === null) {
      places.set(hash, index + 1);
      return [{ role: role as Role, hash }];
    }
    context.addIssue({ code: 'custom', message: `token ${index + 1} ${mistake}` });
    return [];
  });
});

/** @param places of the hashes before this one, counted from one */
function mistakeIn(hash: string, places: ReadonlyMap<string, number>): string | null {
  const same = places.get(hash);
  if (same !== undefined) return `has the same hash as token ${same}; keep one of them`;
  return hash === hashToken('') ? `is the hash of an empty text; ${MAKE_ONE}` : null;
}

/** A new token, to be shown once, and its entry in API_TOKENS. */
export function createApiToken(role: Role): { readonly token: string; readonly configured: string } {
  const token = `ps_${randomBytes(32).toString('base64url')}`;
  return { token, configured: `${role}:${hashToken(token)}` };
}

/** SHA-256 in hex. Tokens are random and long, so that a slow hash would add nothing. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
