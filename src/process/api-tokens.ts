import { createHash, randomBytes } from 'node:crypto';
import { z } from 'zod';

/** What the bearer of a token may do: look, or also start, cancel and pause. */
export const ROLES = ['viewer', 'operator'] as const;
export type Role = (typeof ROLES)[number];

/** An access token as it is configured: only its hash, so that a read configuration opens nothing. */
export interface ApiToken {
  readonly role: Role;
  /** SHA-256 of the token, in hex. */
  readonly hash: string;
}

const TOKEN = /^(?<role>viewer|operator):(?<hash>[0-9a-f]{64})$/;

/** `role:sha256hex`, comma-separated. */
export const apiTokensSchema = z.string().transform((text, context): ApiToken[] =>
  text.split(',').flatMap((part, index) => {
    const { role, hash } = TOKEN.exec(part.trim())?.groups ?? {};
    if (role !== undefined && hash !== undefined) return { role: role as Role, hash };
    context.addIssue({
      code: 'custom',
      message: `token ${index + 1} is not role:sha256hex; make one with: npx provider-sync tokens create`,
    });
    return [];
  }),
);

/** A new token, to be shown once, and what is configured of it. */
export function createApiToken(role: Role): { readonly token: string; readonly configured: string } {
  const token = `ps_${randomBytes(32).toString('base64url')}`;
  return { token, configured: `${role}:${hashToken(token)}` };
}

/** SHA-256 in hex. Tokens are random and long, so that a slow hash would add nothing. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
