import { createPrivateKey } from 'node:crypto';
import { z } from 'zod';
import { body, fixedText, headerName, headers, method, path, query, valueText } from './texts';
import { count } from './values';

const oauthSchema = z
  .strictObject({
    tokenPath: path.describe('The path of the token endpoint.'),
    clientId: fixedText.describe('The id of this client.'),
    clientSecret: fixedText.optional().describe('The secret of this client. Give this or `privateKey`.'),
    privateKey: fixedText
      .refine(isSigningKey, 'is not a private key in PEM: RSA, EC (P-256 or P-384) or Ed25519')
      .optional()
      .describe(
        'The private key of this client, in PEM, for `private_key_jwt`. RSA signs as RS256, EC as ES256 or ES384, Ed25519 as EdDSA.',
      ),
    keyId: fixedText.optional().describe('The `kid` of `privateKey`, if the partner needs it.'),
    method: z
      .enum(['basic', 'post', 'private_key_jwt'])
      .optional()
      .describe(
        'How the client authenticates. `basic` with a `clientSecret`, `private_key_jwt` with a `privateKey`, if it is not given.',
      ),
    scope: fixedText.optional().describe('The scopes to ask for, with spaces between them.'),
    parameters: z
      .record(z.string().min(1), z.string())
      .meta({ form: 'texts by parameter' })
      .optional()
      .describe('More parameters of the token request, such as `audience`.'),
  })
  .superRefine((oauth, context) => {
    const usesKey = oauth.method === 'private_key_jwt' || oauth.privateKey !== undefined;
    const fault =
      (oauth.clientSecret === undefined) === (oauth.privateKey === undefined)
        ? 'needs one of clientSecret and privateKey'
        : usesKey !== (oauth.privateKey !== undefined && oauth.method !== 'basic' && oauth.method !== 'post')
          ? `cannot use ${oauth.method} with ${oauth.privateKey === undefined ? 'clientSecret' : 'privateKey'}`
          : undefined;
    if (fault !== undefined) context.addIssue({ code: 'custom', message: fault });
  });

const basicSchema = z.strictObject({
  username: fixedText
    .refine((name) => !name.includes(':'), 'must not contain a colon')
    .describe('The name that is sent with every request (HTTP Basic).'),
  password: z.string().describe('The password that is sent with every request.'),
});

/** Whether the text is a private key that can sign an assertion. */
function isSigningKey(pem: string): boolean {
  try {
    const { asymmetricKeyType: type, asymmetricKeyDetails } = createPrivateKey(pem);
    const curve = asymmetricKeyDetails?.namedCurve ?? '';
    return (
      type === 'rsa' || type === 'ed25519' || (type === 'ec' && ['prime256v1', 'secp384r1'].includes(curve))
    );
  } catch {
    return false;
  }
}

/** How requests are authenticated: exactly one of `path`, `oauth` and `basic`. The first two give a token. */
export const authSchema = z
  .strictObject({
    path: path.optional().describe('The path that creates a token. Give this, `oauth` or `basic`.'),
    method: method
      .optional()
      .describe('The method of this request. `POST` if it has a `body`, otherwise `GET`.'),
    headers: headers.optional().describe('Headers of this request.'),
    query: query.optional().describe('Parameters of the query of this request.'),
    body: body
      .optional()
      .describe(
        'The body of this request, sent as JSON, or as a form if the header `Content-Type` says `application/x-www-form-urlencoded`.',
      ),
    tokenHeader: headerName
      .optional()
      .describe('The response header that holds the token. Give this or `token`.'),
    token: valueText.optional().describe('The place of the token in a JSON answer.'),
    oauth: oauthSchema
      .optional()
      .describe(
        'OAuth 2.0 client credentials. Requests for the list send `Authorization: Bearer` with the token.',
      ),
    basic: basicSchema.optional().describe('HTTP Basic authentication, without a token.'),
    rejectedStatus: z
      .array(count(400, 499))
      .min(1)
      .meta({ form: 'list of whole number from 400 to 499' })
      .optional()
      .describe(
        'The statuses of the list that mean that the token was rejected. `403` with `tokenHeader`, otherwise `401, 403`.',
      ),
  })
  .superRefine((auth, context) => {
    for (const message of findFaults(auth)) context.addIssue({ code: 'custom', message });
  });

/** `auth` of a partner, as configured. */
export type Auth = z.output<typeof authSchema>;

function* findFaults(auth: Auth): Generator<string> {
  const kinds = (['path', 'oauth', 'basic'] as const).filter((kind) => auth[kind] !== undefined);
  if (kinds.length !== 1) yield 'needs one of path, oauth and basic';
  if (auth.path === undefined) {
    for (const key of ['method', 'headers', 'query', 'body', 'tokenHeader', 'token'] as const) {
      if (auth[key] !== undefined) yield `has ${key}, which applies to path only`;
    }
  } else if ((auth.tokenHeader === undefined) === (auth.token === undefined)) {
    yield 'needs one of tokenHeader and token';
  }
  if (auth.method === 'GET' && auth.body !== undefined) yield 'has a body, which GET cannot send';
  if (auth.basic !== undefined && auth.rejectedStatus !== undefined) {
    yield 'has rejectedStatus, but basic has no token';
  }
}
