import { type Answer, answer } from '../answer';
import type { Auth } from './description';
import type { Guard, Presented } from './guard';
import { Tokens } from './tokens';

const FORM = /^application\/x-www-form-urlencoded\s*(;|$)/i;

type Client = Pick<Extract<Auth, { kind: 'oauth' }>, 'clientId' | 'clientSecret'>;

/** OAuth 2.0 client credentials (RFC 6749, 4.4) and bearer tokens (RFC 6750). */
export function oauthGuard(
  { path, ...client }: Extract<Auth, { kind: 'oauth' }>,
  onToken?: (token: string) => void,
): Guard {
  const tokens = new Tokens(onToken);
  return {
    check({ headers }) {
      const token = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1];
      if (token === undefined) return refuseBearer('Bearer realm="acme"');
      return tokens.isGood(token) ? undefined : refuseBearer('Bearer realm="acme", error="invalid_token"');
    },
    tokens: {
      path,
      method: 'POST',
      grant(request, body, lifetimeMs) {
        return (
          refuseClient(request, body, client) ??
          json(200, {
            access_token: tokens.create(lifetimeMs),
            token_type: 'Bearer',
            expires_in: Math.ceil(lifetimeMs / 1000),
          })
        );
      },
      expire: () => tokens.expire(),
    },
  };
}

/** The refusal of a request for a token; undefined if it is good. */
function refuseClient({ headers }: Presented, body: string, client: Client): Answer | undefined {
  if (!FORM.test(headers['content-type'] ?? '')) return refuse(400, 'invalid_request');
  const form = new URLSearchParams(body);
  const basic = readBasic(headers.authorization);
  // RFC 6749, 2.3: a client must not use more than one way in a request.
  if (basic !== undefined && form.has('client_secret')) return refuse(400, 'invalid_request');
  const [id, secret] = basic ?? [form.get('client_id'), form.get('client_secret')];
  if (id !== client.clientId || secret !== client.clientSecret) return refuse(401, 'invalid_client');
  if (!form.has('grant_type')) return refuse(400, 'invalid_request');
  return form.get('grant_type') === 'client_credentials' ? undefined : refuse(400, 'unsupported_grant_type');
}

/** Name and secret, which RFC 6749 (2.3.1) has form-encoded before they are joined; undefined without the header. */
function readBasic(header: string | undefined): readonly [string, string] | undefined {
  const encoded = /^Basic +(\S+)$/i.exec(header ?? '')?.[1];
  if (encoded === undefined) return undefined;
  const [id = '', secret = ''] = Buffer.from(encoded, 'base64').toString().split(':');
  return [decodeForm(id), decodeForm(secret)];
}

function decodeForm(text: string): string {
  return new URLSearchParams(`text=${text}`).get('text') ?? '';
}

function refuseBearer(challenge: string): Answer {
  return answer(401, undefined, { 'WWW-Authenticate': challenge });
}

function refuse(status: number, error: string): Answer {
  return json(status, { error }, status === 401 ? { 'WWW-Authenticate': 'Basic realm="acme"' } : {});
}

function json(status: number, body: object, headers: Answer['headers'] = {}): Answer {
  return answer(status, JSON.stringify(body), {
    'Content-Type': 'application/json',
    'Cache-Control': 'no-store',
    ...headers,
  });
}
