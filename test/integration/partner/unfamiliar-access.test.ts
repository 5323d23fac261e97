import { createHmac } from 'node:crypto';

import { connect, endApis, FIELDS, NAMES, namesOf, PEOPLE } from '../../support/unfamiliar-api';

endApis();

describe('an API that is called as its entry says', () => {
  it('takes a search as JSON, with a key in its body', async () => {
    const partner = await connect(
      `secrets: { key: k-1 }
providers:
  path: /search
  method: POST
  body: { filter: { active: true, kinds: [MD, NP] }, key: "=secrets.key", size: 50 }
  records: hits
${FIELDS}`,
      ({ method, headers, body }) => {
        if (method !== 'POST') return { status: 405 };
        if (!headers['content-type']?.startsWith('application/json')) return { status: 415 };
        const expected = { filter: { active: true, kinds: ['MD', 'NP'] }, key: 'k-1', size: 50 };
        expect(JSON.parse(body)).toEqual(expected);
        return { body: { hits: PEOPLE } };
      },
    );
    expect(await namesOf(partner)).toEqual(NAMES);
  });

  it('gives a token in JSON for a name and a password, and takes it in a form of its own', async () => {
    const partner = await connect(
      `secrets: { password: "p w" }
auth:
  path: /session
  body: { user: me, password: "=secrets.password" }
  token: data.session.token
providers: { path: /people, headers: { Authorization: "=join(' ', ['Token', token])" } }
${FIELDS}`,
      ({ method, path, headers, body }) => {
        if (path === '/session') {
          if (method !== 'POST') return { status: 405 };
          expect(JSON.parse(body)).toEqual({ user: 'me', password: 'p w' });
          return { body: { data: { session: { token: 't-1' } } } };
        }
        return headers.authorization === 'Token t-1' ? { body: PEOPLE } : { status: 401 };
      },
    );
    expect(await namesOf(partner)).toEqual(NAMES);
  });

  it('takes HTTP Basic with a colon in the password', async () => {
    const partner = await connect(
      `auth: { basic: { username: me, password: "a:b" } }\nproviders: { path: /people }\n${FIELDS}`,
      ({ headers }) =>
        headers.authorization === `Basic ${btoa('me:a:b')}` ? { body: PEOPLE } : { status: 401 },
    );
    expect(await namesOf(partner)).toEqual(NAMES);
  });

  it.each(['basic', 'post'] as const)(
    'takes OAuth by %s with a scope, and a token type in small letters',
    async (way) => {
      const partner = await connect(
        `auth: { oauth: { tokenPath: /connect/token, clientId: "a b", clientSecret: "s%:/+", method: ${way}, scope: "read:all" } }
providers: { path: /people }
${FIELDS}`,
        ({ path, headers, body }) => {
          if (path !== '/connect/token') {
            return headers.authorization === 'Bearer t.1' ? { body: PEOPLE } : { status: 401 };
          }
          const form = new URLSearchParams(body);
          const basic = Buffer.from((headers.authorization ?? '').replace('Basic ', ''), 'base64').toString();
          const [id, secret] =
            way === 'post'
              ? [form.get('client_id'), form.get('client_secret')]
              : basic.split(':').map((part) => decodeURIComponent(part.replaceAll('+', ' ')));
          const good = id === 'a b' && secret === 's%:/+' && form.get('scope') === 'read:all';
          const json = { 'Content-Type': 'application/json;charset=UTF-8' };
          if (!good) return { status: 401, headers: json, body: { error: 'invalid_client' } };
          return {
            headers: json,
            body: { access_token: 't.1', token_type: 'bearer', expires_in: 60, scope: 'read:all' },
          };
        },
      );
      expect(await namesOf(partner)).toEqual(NAMES);
    },
  );

  it('gives an OAuth token under the type of a page, and says no more than the token', async () => {
    const partner = await connect(
      `auth: { oauth: { tokenPath: /token, clientId: me, clientSecret: s } }\nproviders: { path: /people }\n${FIELDS}`,
      ({ path, headers }) => {
        if (path === '/token') {
          return { headers: { 'Content-Type': 'text/html' }, body: { access_token: 't-2' } };
        }
        return headers.authorization === 'Bearer t-2' ? { body: PEOPLE } : { status: 401 };
      },
    );
    expect(await namesOf(partner)).toEqual(NAMES);
  });

  it('checks a signature over the query as it is sent, with a nonce that it takes once', async () => {
    const nonces = new Set<string>();
    const partner = await connect(
      `secrets: { key: "K=" }
providers:
  path: /people
  query: { active: "yes & no", since: "2020-01-01T00:00:00Z" }
  headers:
    X-Nonce: "=nonce"
    X-Time: "=to_string(now)"
    Authorization: "=join('', ['HMAC ', hmac_sha256(secrets.key, join('|', [method, path, query, to_string(now), nonce]))])"
  next: { offset: skip }
${FIELDS}`,
      ({ method, path, search, query, headers }) => {
        const nonce = String(headers['x-nonce']);
        const signed = [method, path, search, headers['x-time'], nonce].join('|');
        const expected = `HMAC ${createHmac('sha256', 'K=').update(signed).digest('hex')}`;
        if (headers.authorization !== expected || nonces.has(nonce)) return { status: 403 };
        nonces.add(nonce);
        if (query.get('active') !== 'yes & no') return { status: 400 };
        const skip = Number(query.get('skip') ?? 0);
        return { body: PEOPLE.slice(skip, skip + 2) };
      },
    );
    expect(await namesOf(partner)).toEqual(NAMES);
    expect(nonces.size).toBe(4);
  });
});
