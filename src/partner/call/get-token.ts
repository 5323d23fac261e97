import type { Json } from '../../contract/answer';
import type { Auth } from '../config/auth-schema';
import type { Partner } from '../config/partner';
import { isHeaderValue } from '../config/texts';
import { compileValue } from '../language/value';
import { parseJson } from '../page/parse-json';
import { valuesOf } from './answer-headers';
import { createRequestBuilder } from './build-request';
import { createOAuth, type GetToken } from './oauth';
import { PartnerFailure } from './partner-failure';
import { type PartnerResponse, readWhole, requestPartner } from './request';

/** Answers with a token are small, whatever `maxBytes` is for the list. */
const MAX_BYTES = 2 ** 20;

/** Creates the function that gets a token, from `auth` in partners.yaml; null if the partner needs none. */
export function createGetToken(given: Partner): GetToken | null {
  const partner = { ...given, maxBytes: Math.min(given.maxBytes, MAX_BYTES) };
  const { auth } = partner;
  if (auth?.oauth !== undefined) return createOAuth(partner, auth.oauth);
  if (auth?.path === undefined) return null;
  const build = createRequestBuilder(partner, 'auth', { ...auth, path: auth.path });
  const readToken = createTokenReader(auth);
  return (progress, signal) => {
    const request = { ...build({ token: null, since: null }), rejectedStatus: [] };
    return requestPartner(partner, request, progress, signal, readToken);
  };
}

function createTokenReader({ token, tokenHeader }: Auth): (response: PartnerResponse) => Promise<string> {
  if (tokenHeader !== undefined) {
    return async ({ headers, body }) => {
      await readWhole(body);
      return headerToken(valuesOf(headers, tokenHeader), tokenHeader);
    };
  }
  const value = compileValue(token ?? '');
  return async ({ body }) => {
    const found = value.read(parse(await readWhole(body)));
    if (typeof found === 'string' && found !== '' && isHeaderValue(found)) return found;
    throw incomplete(`no token at "${token}"`);
  };
}

function headerToken(values: readonly string[], name: string): string {
  const [token, ...others] = new Set(values);
  if (!token) throw incomplete(`no token in the header ${name}`);
  if (others.length > 0) throw incomplete(`two different tokens in the header ${name}`);
  return token;
}

/** The parser's message is dropped: it quotes the body. */
function parse(body: Buffer): Json {
  try {
    return parseJson(new TextDecoder('utf-8', { fatal: true }).decode(body)) as Json;
  } catch {
    throw incomplete('the answer with the token was not JSON');
  }
}

function incomplete(message: string): PartnerFailure {
  return new PartnerFailure('IncompleteResponse', message);
}
