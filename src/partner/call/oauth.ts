import { createPrivateKey, type KeyObject, webcrypto } from 'node:crypto';
import * as oauth from 'oauth4webapi';
import type { Auth } from '../config/auth-schema';
import type { Partner } from '../config/partner';
import { isHeaderValue } from '../config/texts';
import { parseJson } from '../page/parse-json';
import { explainOAuthError } from './oauth-error';
import { PartnerFailure } from './partner-failure';
import { type CallProgress, readWhole, requestPartner } from './request';

type OAuthRules = NonNullable<Auth['oauth']>;

/** Gets a token, with exactly one call. @throws PartnerFailure */
export type GetToken = (progress: CallProgress, signal: AbortSignal) => Promise<string>;

/**
 * Creates the function that gets a token with the client credentials grant (RFC 6749, 4.4). The request goes the same way
 * as every other one, with its deadline, its limit of bytes, and without redirects.
 */
export function createOAuth(partner: Partner, rules: OAuthRules): GetToken {
  const tokenUrl = `${partner.baseUrl}${rules.tokenPath}`;
  const server: oauth.AuthorizationServer = { issuer: partner.baseUrl, token_endpoint: tokenUrl };
  const client: oauth.Client = { client_id: rules.clientId };
  const parameters = { ...rules.parameters, ...(rules.scope !== undefined && { scope: rules.scope }) };

  return async (progress, signal) => {
    const response = await oauth.clientCredentialsGrantRequest(
      server,
      client,
      await createClientAuth(rules, tokenUrl),
      parameters,
      {
        // partners.yaml decides whether the address has TLS, and `doctor` warns if it has none.
        [oauth.allowInsecureRequests]: true,
        [oauth.customFetch]: (url, { headers, body }) =>
          send(partner, { url: new URL(url), headers, body: body.toString() }, progress, signal),
      },
    );
    return readToken(server, client, response);
  };
}

async function send(
  partner: Partner,
  request: { url: URL; headers: Record<string, string>; body: string },
  progress: CallProgress,
  signal: AbortSignal,
): Promise<Response> {
  const sent = { ...request, method: 'POST', rejectedStatus: [], explainRefusal } as const;
  return requestPartner(partner, sent, progress, signal, async ({ body }) => {
    const answer = parseObject(await readWhole(body));
    // Some partners send errors under a 200.
    if (answer === null || explainOAuthError(answer) !== null) throw noToken(explainOAuthError(answer));
    // Some partners send JSON under another type, or leave out the type of the token.
    return Response.json({ token_type: 'Bearer', ...answer });
  });
}

/** `error_description` is not shown: it may have any text. */
async function explainRefusal(body: AsyncIterable<Buffer>): Promise<string | null> {
  return explainOAuthError(parseObject(await readWhole(body)));
}

/** The body as a JSON object; null if it is something different. */
function parseObject(body: Buffer): object | null {
  try {
    const value = parseJson(new TextDecoder('utf-8', { fatal: true }).decode(body));
    return typeof value === 'object' ? value : null;
  } catch {
    return null;
  }
}

const ANSWER_FAULTS = [
  oauth.OperationProcessingError,
  oauth.ResponseBodyError,
  oauth.UnsupportedOperationError,
];

async function readToken(
  server: oauth.AuthorizationServer,
  client: oauth.Client,
  response: Response,
): Promise<string> {
  try {
    const answer = await oauth.processClientCredentialsResponse(server, client, response);
    const { access_token: token, token_type: type } = answer;
    if (type === 'bearer' && token !== '' && isHeaderValue(token)) return token;
  } catch (error) {
    // The library's errors hold the answer, so they are dropped.
    if (!ANSWER_FAULTS.some((fault) => error instanceof fault)) throw error;
  }
  throw noToken();
}

function noToken(reason: string | null = null): PartnerFailure {
  return new PartnerFailure(
    'IncompleteResponse',
    `the answer of the token endpoint was ${reason ?? 'no OAuth token'}`,
  );
}

async function createClientAuth(rules: OAuthRules, audience: string): Promise<oauth.ClientAuth> {
  const { clientSecret = '', privateKey, keyId } = rules;
  if (privateKey === undefined) {
    return rules.method === 'post'
      ? oauth.ClientSecretPost(clientSecret)
      : oauth.ClientSecretBasic(clientSecret);
  }
  const key = await importKey(createPrivateKey(privateKey));
  return oauth.PrivateKeyJwt(
    { key, ...(keyId !== undefined && { kid: keyId }) },
    {
      // RFC 7523, 3: the address of the token endpoint identifies the server, whose issuer we do not know.
      [oauth.modifyAssertion]: (_header, payload) => {
        payload.aud = audience;
      },
    },
  );
}

/** The key as WebCrypto needs it. The type of the key decides how it signs: RS256, ES256, ES384 or EdDSA. */
function importKey(key: KeyObject): Promise<webcrypto.CryptoKey> {
  const content = key.export({ type: 'pkcs8', format: 'der' });
  return webcrypto.subtle.importKey('pkcs8', content, algorithmOf(key), false, ['sign']);
}

function algorithmOf({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject) {
  if (asymmetricKeyType === 'rsa') return { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };
  if (asymmetricKeyType === 'ed25519') return { name: 'Ed25519' };
  return { name: 'ECDSA', namedCurve: asymmetricKeyDetails?.namedCurve === 'secp384r1' ? 'P-384' : 'P-256' };
}
