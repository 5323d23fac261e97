import fc from 'fast-check';
import { parsePartners } from '../../../src/partner/config/partners-file';
import { ExpectedError } from '../../../src/process/expected-error';
import { partnersFileWith, partnerWith } from '../../support/partners';

/** The message with which a file is refused. */
function refusal(text: string, env: NodeJS.ProcessEnv = {}): string {
  try {
    parsePartners(text, env);
  } catch (error) {
    expect(error).toBeInstanceOf(ExpectedError);
    return (error as Error).message;
  }
  throw new Error('the file was accepted');
}

describe('a variable in the partners file', () => {
  const withBaseUrl = (text: string) => partnersFileWith({ baseUrl: text });

  it.each([
    'PAYLOAD_KEYS',
    'PAYLOAD_KEYS_FILE',
    'DATABASE_URL',
    'DATABASE_URL_FILE',
    'DATABASE_URL_READER',
    'READER_DATABASE_URL',
    'API_TOKENS',
    'TEMPORAL_API_KEY',
    'TEMPORAL_TLS_CLIENT_KEY_DATA',
    'TEMPORAL_GRPC_META_AUTHORIZATION',
    'POSTGRES_PASSWORD',
    'POSTGRES_PASSWORD_FILE',
    'POSTGRES_READER_PASSWORD',
    'TEMPORAL_POSTGRES_PASSWORD',
    'PGPASSWORD',
    'OTEL_EXPORTER_OTLP_HEADERS',
    'OTEL_EXPORTER_OTLP_TRACES_HEADERS',
    'OTEL_EXPORTER_OTLP_CLIENT_KEY',
  ])('is refused if it is a secret of ours, set or not, with a default or not: %s', (name) => {
    for (const env of [{}, { [name]: 'http://secret.example' }]) {
      for (const text of [`\${${name}}`, `\${${name}:-http://a.example}`, `http://a.example/\${${name}}`]) {
        const message = refusal(withBaseUrl(text), env);
        expect(message).toContain(
          `partners.noteworth.baseUrl: reads ${name}, a secret that must not reach a partner; use another variable`,
        );
        expect(message).not.toContain('secret.example');
      }
    }
  });

  it('is refused if its default contains the name of a secret', () => {
    const text = withBaseUrl(`http://a.example/\${HOST:-\${PAYLOAD_KEYS}}`);
    const message = refusal(text, { PAYLOAD_KEYS: 'k1:secret' });
    expect(message).toContain('reads PAYLOAD_KEYS, a secret');
    expect(message).not.toContain('k1:secret');
  });

  it.each(['NOTEWORTH_API_TOKEN', 'PARTNER_PASSWORD', 'PAYLOAD_KEYSTONE_URL'])(
    'may be a secret of the partner: %s',
    (name) => {
      const text = withBaseUrl(`\${${name}}`);
      expect(parsePartners(text, { [name]: 'http://a.example' }).get('noteworth')?.baseUrl).toBe(
        'http://a.example',
      );
    },
  );

  it('has its default if it is unset or empty', () => {
    const text = withBaseUrl(`\${HOST:-http://default.example}`);
    for (const env of [{}, { HOST: '' }]) {
      expect(parsePartners(text, env).get('noteworth')?.baseUrl).toBe('http://default.example');
    }
    expect(parsePartners(text, { HOST: 'http://h' }).get('noteworth')?.baseUrl).toBe('http://h');
  });

  it('can be used several times in a text', () => {
    const text = withBaseUrl(`http://\${HOST}:\${PORT:-80}/x`);
    expect(parsePartners(text, { HOST: 'h', PORT: '8080' }).get('noteworth')?.baseUrl).toBe(
      'http://h:8080/x',
    );
  });

  it('is named with its place if it is not set and has no default', () => {
    const text = partnersFileWith({ baseUrl: `\${HOST}`, deadline: `\${WAIT}` });
    expect(refusal(text).split('\n').slice(1)).toEqual([
      `  partners.noteworth.baseUrl: reads HOST, which is not set; set it, or give a default as \${NAME:-default} (line 3, column 14)`,
      `  partners.noteworth.deadline: reads WAIT, which is not set; set it, or give a default as \${NAME:-default} (line 4, column 15)`,
    ]);
  });

  it('may contain a number for a key that is a number', () => {
    const text = partnersFileWith({
      maxBytes: `\${MOST}`,
      providers: { minimumCount: `\${LEAST}` },
    });
    const partner = parsePartners(text, { MOST: '2048', LEAST: '3' }).get('noteworth');
    expect([partner?.maxBytes, partner?.providers.minimumCount]).toEqual([2048, 3]);
    for (const LEAST of ['many', '1.5', '0', '-1', '1e99', 'NaN']) {
      expect(refusal(text, { MOST: '2048', LEAST })).toContain('partners.noteworth.providers.minimumCount: ');
    }
  });

  it('may contain a share, as a percentage or as a fraction', () => {
    const text = partnersFileWith({ providers: { maximumRejected: `\${SHARE}` } });
    const read = (SHARE: string) =>
      parsePartners(text, { SHARE }).get('noteworth')?.providers.maximumRejected;
    expect(['20%', '20 %', '0.2', '0', '100%', '1', '12.5%'].map(read)).toEqual([
      0.2, 0.2, 0.2, 0, 1, 1, 0.125,
    ]);
    for (const SHARE of ['20', '1.1', '101%', '-1%', '1e-1', 'NaN', 'few', '%', '0.2 0.3']) {
      expect(refusal(text, { SHARE })).toContain('maximumRejected: is not a share; write it like 20% or 0.2');
    }
    expect(partnerWith({ providers: { maximumRejected: undefined } }).providers.maximumRejected).toBe(0.2);
  });

  it('is replaced by its exact value: no YAML and no other variable in it, and no other place', () => {
    const text = partnersFileWith({ providers: { noTokenText: `\${SAID}` } });
    const { providers: usual, ...rest } = partnerWith();
    const awkward = fc.constantFrom(
      'a: b\n- c',
      '[1, 2]',
      '{x: y}',
      '"',
      "'",
      '# no comment',
      '*alias',
      '!!js/function x',
      `\${HOME}`,
      '$&',
      '$1',
      'null',
    );
    fc.assert(
      fc.property(fc.oneof(awkward, fc.string({ unit: 'binary', minLength: 1 })), (SAID) => {
        const { providers, ...others } = parsePartners(text, { SAID, HOME: '/home' }).get('noteworth') ?? {};
        expect(providers).toEqual({ ...usual, noTokenText: SAID });
        expect(others).toEqual(rest);
      }),
    );
  });

  it('is not quoted if its value is wrong', () => {
    const text = withBaseUrl(`\${SECRET}`);
    expect(refusal(text, { SECRET: 'ftp://user:password@h' })).not.toContain('password');
  });
});
