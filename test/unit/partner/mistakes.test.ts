import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Ajv from 'ajv/dist/2020';
import { parse } from 'yaml';
import { partnersJsonSchema } from '../../../src/partner/config/json-schema';
import { parsePartners } from '../../../src/partner/config/partners-file';
import { PACKAGE_ROOT } from '../../../src/process/package-root';

/** The lines of the message with which a file is refused, without their indent. */
function mistakesIn(text: string, env: NodeJS.ProcessEnv = {}): string[] {
  try {
    parsePartners(text, env);
  } catch (error) {
    return (error as Error).message
      .split('\n')
      .slice(1)
      .map((line) => line.trim());
  }
  return [];
}

/** An entry with these lines for `acme`, each indented by four spaces. Without others, the file has no mistakes. */
function file(lines: string, others: string[] = []): string {
  const own = lines.split('\n').map((line) => `    ${line.trimEnd()}`);
  const keys = own.map((line) => line.trim().split(':')[0]);
  const usual = [
    'baseUrl: https://acme.example',
    'providers: { path: /list }',
    'fields: { givenName: first, familyName: last }',
    'identity: [id]',
    'feed: snapshot',
    ...others,
  ].filter((line) => !keys.includes(line.split(':')[0]));
  return ['partners:', '  acme:', ...own, ...usual.map((line) => `    ${line}`)].join('\n');
}

describe('a mistake in partners.yaml', () => {
  it.each([
    [
      'feed: snapshoot',
      'feed: is none of sample, snapshot, changes; did you mean snapshot? (line 3, column 11)',
    ],
    ['feed:', 'feed: is none of sample, snapshot, changes (line 3, column 5)'],
    ['identiy: [id]', 'identiy: is not a known key; did you mean identity? (line 3, column 5)'],
    [
      'providers: { path: /list, recrods: data }',
      'providers.recrods: is not a known key; did you mean records? (line 3, column 31)',
    ],
    ['baseUrl: [a]', 'baseUrl: is a list where a text is expected (line 3, column 5)'],
    [
      'fields: { givenName: 5, familyName: x }',
      'fields.givenName: is a number where a text is expected (line 3, column 26)',
    ],
    ['fields: { givenName: x }', 'fields.familyName: is missing (line 3, column 5)'],
    [
      'fields: { familyName: x }',
      'fields: needs givenName, unless constants or optional have it (line 3, column 5)',
    ],
    [
      'fields: { givenName: a, familyName: "=join(a" }',
      'fields.familyName: is not a JMESPath expression: it ends too early (line 3, column 41)',
    ],
    [
      'fields: { givenName: a, familyName: "=lowr(b)" }',
      'fields.familyName: calls lowr(), which is no function; did you mean lower? (line 3, column 41)',
    ],
    ['ignore: [meta.at, "=meta"]', 'ignore.1: must be a path, not an expression (line 3, column 23)'],
    ['ignore: [id]', 'ignore.0: covers id, which fields or identity read (line 3, column 14)'],
    ['constants: { givenName: x }', 'constants.givenName: is in fields too (line 3, column 29)'],
    ['constants: { title: " " }', 'constants.title: is empty (line 3, column 25)'],
    ['auth: {}', 'auth: needs one of path, oauth and basic (line 3, column 5)'],
    ['auth: { path: /a }', 'auth: needs one of tokenHeader and token (line 3, column 5)'],
    [
      'auth: { path: /a, tokenHeader: X, token: y }',
      'auth: needs one of tokenHeader and token (line 3, column 5)',
    ],
    [
      'auth: { path: /a, token: y, method: GET, body: { a: b } }',
      'auth: has a body, which GET cannot send (line 3, column 5)',
    ],
    [
      'auth: { basic: { username: a, password: b }, token: x }',
      'auth: has token, which applies to path only (line 3, column 5)',
    ],
    [
      'auth: { basic: { username: "a:b", password: b } }',
      'auth.basic.username: must not contain a colon (line 3, column 32)',
    ],
    [
      'auth: { basic: { username: a, password: b }, rejectedStatus: [401] }',
      'auth: has rejectedStatus, but basic has no token (line 3, column 5)',
    ],
    [
      'auth: { oauth: { tokenPath: /t, clientId: a } }',
      'auth.oauth: needs one of clientSecret and privateKey (line 3, column 13)',
    ],
    [
      'auth: { oauth: { tokenPath: /t, clientId: a, clientSecret: b, method: private_key_jwt } }',
      'auth.oauth: cannot use private_key_jwt with clientSecret (line 3, column 13)',
    ],
    [
      'auth: { oauth: { tokenPath: /t, clientId: a, privateKey: b } }',
      'auth.oauth.privateKey: is not a private key in PEM: RSA, EC (P-256 or P-384) or Ed25519 (line 3, column 62)',
    ],
    [
      'providers: { path: /list, checksumHeader: X }',
      'providers.checksumHeader: needs a token from auth (line 3, column 47)',
    ],
    [
      'providers: { path: /list, method: GET, body: { a: b } }',
      'providers: has a body, which GET cannot send (line 3, column 5)',
    ],
    [
      'providers: { path: /list, format: xml }',
      'providers.format: is none of json, ndjson, csv, lines (line 3, column 39)',
    ],
    [
      'providers: { path: /list, format: csv, records: a }',
      'providers.records: is a place in JSON, which the format csv does not have (line 3, column 53)',
    ],
    [
      'providers: { path: /list, separator: tab }',
      'providers.separator: separates cells of csv, which the format json does not have (line 3, column 42)',
    ],
    [
      'providers: { path: /list, format: lines, next: { cursor: { query: a, from: b } } }',
      'providers.next.cursor: is a place in JSON, which the format lines does not have (line 3, column 54)',
    ],
    [
      'providers: { path: /list, next: {} }',
      'providers.next: needs one of link, header, cursor, page and offset (line 3, column 31)',
    ],
    [
      'providers: { path: /list, next: { page: p, offset: o } }',
      'providers.next: needs one of link, header, cursor, page and offset (line 3, column 31)',
    ],
    [
      'providers: { path: /list, next: { cursor: { from: a } } }',
      'providers.next.cursor: needs query or body (line 3, column 39)',
    ],
    [
      'providers: { path: /list, body: {}, next: { cursor: { from: a, query: b, body: c } } }',
      'providers.next.cursor: needs query or body (line 3, column 49)',
    ],
    [
      'providers: { path: /list, next: { page: { body: p } } }',
      'providers.next.page.body: is a place in the body, which the request does not have; add body (line 3, column 53)',
    ],
    [
      'providers: { path: /list, body: { a: b }, next: { offset: { body: a.from } } }',
      'providers.next.offset.body: leads through a, which is no object in body (line 3, column 71)',
    ],
    [
      'providers: { path: /list, body: { a: "=since" }, next: { page: { body: a } } }',
      'providers.next.page.body: is no whole number in body, so that the first page is not known (line 3, column 76)',
    ],
    [
      'providers: { path: /list, body: {}, headers: { Content-Type: application/x-www-form-urlencoded }, next: { page: { body: a.b } } }',
      'providers.next.page.body: is within an object, which a form cannot hold (line 3, column 125)',
    ],
    [
      'providers: { path: /list, body: {}, next: { page: 5 } }',
      'providers.next.page: is neither a parameter nor { body: place } (line 3, column 55)',
    ],
    [
      'providers: { path: /list, headers: { Host: x } }',
      'providers.headers.Host: is a header that the HTTP client sets itself (line 3, column 42)',
    ],
    [
      'providers: { path: /list, headers: { content-length: 5 } }',
      'providers.headers.content-length: is a header that the HTTP client sets itself (line 3, column 42)',
    ],
    [
      'providers: { path: /list, headers: { X-A: a, x-a: b } }',
      'providers.headers: name the header x-a twice (line 3, column 31)',
    ],
    [
      'providers: { path: /list, headers: { X: "a\\r\\nY: b" } }',
      'providers.headers.X: has a character that no header can hold (line 3, column 45)',
    ],
    [
      'providers: { path: /list, headers: { X: 1.5 } }',
      'providers.headers.X: is not text; write a number with a fraction in quotes (line 3, column 45)',
    ],
    [
      'providers: { path: /list, headers: { X: "=token" } }',
      'providers.headers.X: reads token, which is none of the names of this request: method, path, query, now, nonce, secrets, since (line 3, column 45)',
    ],
    [
      'providers: { path: /list, query: { x: "=query" } }',
      'providers.query.x: reads query, which is none of the names of this request: method, path, now, nonce, secrets, since (line 3, column 43)',
    ],
    [
      'providers: { path: /list, body: { x: ["=secrets.kye"] } }',
      'providers.body.x.0: reads kye, which is none of the secrets: key; did you mean key? (line 3, column 43)',
    ],
    [
      'providers: { path: /list, headers: { content-type: application/x-www-form-urlencoded }, body: { x: [1] } }',
      'providers.body.x: is an object or a list, which a form cannot hold (line 3, column 101)',
    ],
    [
      'secrets: { "my key": x }',
      'secrets.my key: is not a name: use letters, digits and _ (line 3, column 16)',
    ],
    ['secrets: { key: "" }', 'secrets.key: is empty (line 3, column 21)'],
  ])('is reported with its place and what was expected: %s', (lines, mistake) => {
    expect(mistakesIn(file(lines, ['secrets: { key: S }']))).toEqual([`partners.acme.${mistake}`]);
  });

  it('is reported together with all others, in the order of the file', () => {
    const text = file(
      [
        'deadline: soon',
        'auth: { path: auth, tokenHeader: "X Y" }',
        'providers:',
        '  path: /list',
        '  headers:',
        '    X: "=tokn"',
        '  minimumCount: many',
        'colour: blue',
      ].join('\n'),
    );
    expect(
      mistakesIn(text).map((line) => line.replace(/^partners\.acme\.([\w.]+): .*\((.*)\)$/, '$1 $2')),
    ).toEqual([
      'deadline line 3, column 15',
      'auth.path line 4, column 19',
      'auth.tokenHeader line 4, column 38',
      'providers.headers.X line 8, column 12',
      'providers.minimumCount line 9, column 21',
      'colour line 10, column 5',
    ]);
  });
});

describe('a variable', () => {
  const folder = mkdtempSync(join(tmpdir(), 'partners-'));
  const write = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const withKey = file('secrets: { key: "$' + '{ACME_KEY}" }');
  const keyOf = (env: NodeJS.ProcessEnv) => parsePartners(withKey, env).get('acme')?.secrets?.key;

  it('is read from the file that NAME_FILE names', () => {
    const path = write('key', '-----BEGIN-----\nabc\n');
    expect(keyOf({ ACME_KEY_FILE: path })).toBe('-----BEGIN-----\nabc');
    expect(keyOf({ ACME_KEY_FILE: path, ACME_KEY: '' })).toBe('-----BEGIN-----\nabc');
    expect(keyOf({ ACME_KEY_FILE: '', ACME_KEY: 'x' })).toBe('x');
  });

  it.each([
    [
      'both forms',
      { ACME_KEY: 'x', ACME_KEY_FILE: write('both', 'y') },
      'which is set, and ACME_KEY_FILE too; keep one of them',
    ],
    [
      'no file',
      { ACME_KEY_FILE: join(folder, 'none') },
      'but the file of ACME_KEY_FILE cannot be read (ENOENT)',
    ],
    [
      'a long file',
      { ACME_KEY_FILE: write('long', 'x'.repeat(70_000)) },
      'but the file of ACME_KEY_FILE is longer than 65536 characters',
    ],
    [
      'an empty file',
      { ACME_KEY_FILE: write('empty', '\n') },
      'which is not set; set it, or give a default as $' + '{NAME:-default}',
    ],
  ])('is refused with %s', (_what, env, fault) => {
    expect(mistakesIn(withKey, env)).toEqual([
      `partners.acme.secrets.key: reads ACME_KEY, ${fault} (line 3, column 21)`,
    ]);
  });

  it('can become neither an expression nor a part of one', () => {
    const header = (text: string, env: NodeJS.ProcessEnv) =>
      parsePartners(file(`providers: { path: /list, headers: { X: "${text}" } }`), env).get('acme')?.providers
        .headers;
    expect(header('$' + '{K}', { K: '=now' })).toEqual({ X: '==now' });
    expect(
      mistakesIn(file('providers: { path: /list, headers: { X: "=sha256(\'$' + '{K}\')" } }'), { K: "'" }),
    ).toEqual([
      'partners.acme.providers.headers.X: reads K in an expression; give it a name under secrets and read secrets.name (line 3, column 45)',
    ]);
    expect(mistakesIn(file('identity: ["$' + '{K}"]'), { K: '=id' })).toEqual([
      'partners.acme.identity.0: reads a variable whose value begins with =; write expressions into the file (line 3, column 16)',
    ]);
  });
});

describe('the JSON Schema of partners.yaml', () => {
  const validate = new Ajv({ strict: false }).compile(partnersJsonSchema());
  const accepts = (text: string) => validate(parse(text));

  it.each(['partners.yaml', 'docs/examples/partners.yaml'])(
    'accepts %s, which names it in its first line',
    (path) => {
      const text = readFileSync(join(PACKAGE_ROOT, path), 'utf8');
      expect(accepts(text) || validate.errors).toBe(true);
      expect(text).toMatch(/^# yaml-language-server: \$schema=\S*partners\.schema\.json\n/);
    },
  );

  it('accepts a variable wherever a text may be', () => {
    const lines = [
      'deadline: $' + '{A}',
      'maxBytes: $' + '{B}',
      'feed: $' + '{C}',
      'providers: { path: "$' + '{D}" }',
    ];
    expect(accepts(file(lines.join('\n'))) || validate.errors).toBe(true);
  });

  it.each([
    'feed: stream',
    'colour: blue',
    'fields: {}',
    'maxBytes: [1]',
    'auth: { path: x, tokenHeader: Y }',
  ])('refuses %s', (lines) => {
    expect(accepts(file(lines))).toBe(false);
  });
});
