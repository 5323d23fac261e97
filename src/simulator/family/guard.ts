import type { IncomingHttpHeaders } from 'node:http';
import type { Answer } from '../answer';
import { apiKeyGuard } from './api-key-guard';
import type { Auth } from './description';
import { oauthGuard } from './oauth-guard';
import { signatureGuard } from './signature-guard';
import { tokenHeaderGuard } from './token-header-guard';

/** The parts of a request that show who sent it. */
export interface Presented {
  readonly method: string;
  /** With the partner's base path, without a query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
}

/** Lets in the callers that a partner knows. */
export interface Guard {
  /** The refusal of a request; undefined if it is good. */
  check(request: Presented): Answer | undefined;
  /** The endpoint that gives tokens, if the partner has one. */
  readonly tokens?: TokenEndpoint;
}

export interface TokenEndpoint {
  /** Below the partner's base path. */
  readonly path: string;
  readonly method: 'GET' | 'POST';
  /** Gives a token that is good for `lifetimeMs`, or refuses. */
  grant(request: Presented, body: string, lifetimeMs: number): Answer;
  /** All tokens that were given are no longer good. */
  expire(): void;
}

/**
 * The guard of a partner, without tokens.
 *
 * @param onToken called with each new token
 */
export function createGuard(auth: Auth, onToken?: (token: string) => void): Guard {
  switch (auth.kind) {
    case 'none':
      return { check: () => undefined };
    case 'apiKey':
      return apiKeyGuard(auth);
    case 'tokenHeader':
      return tokenHeaderGuard(auth, onToken);
    case 'oauth':
      return oauthGuard(auth, onToken);
    case 'signature':
      return signatureGuard(auth);
  }
}
