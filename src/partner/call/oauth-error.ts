/**
 * The error codes of token endpoints (RFC 6749, 5.2, and IANA's registry of OAuth extensions). Only these are shown: another
 * text may be anything, also what we sent.
 */
const CODES = [
  'invalid_request',
  'invalid_client',
  'invalid_grant',
  'unauthorized_client',
  'unsupported_grant_type',
  'invalid_scope',
  'access_denied',
  'invalid_target',
  'invalid_dpop_proof',
  'use_dpop_nonce',
  'slow_down',
  'server_error',
  'temporarily_unavailable',
] as const;

/** The error of a token endpoint, for a message; null if the answer has none that is registered. */
export function explainOAuthError(answer: object | null): string | null {
  const { error } = (answer ?? {}) as { error?: unknown };
  const code = CODES.find((known) => known === error);
  return code === undefined ? null : `the OAuth error ${code}`;
}
