import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parsePartners, readPartnersFile } from '../../../src/partner/config/partners-file';
import { ExpectedError } from '../../../src/process/expected-error';
import { PACKAGE_ROOT } from '../../../src/process/package-root';
import { partnersFile, partnersFileWith, partnerWith } from '../../support/partners';

const SHIPPED = readFileSync(join(PACKAGE_ROOT, 'partners.yaml'), 'utf8');

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

const changed = (changes: Record<string, unknown>) => refusal(partnersFileWith(changes));

describe('the partners file that is shipped', () => {
  it('can be read without any variable', () => {
    const partners = readPartnersFile(join(PACKAGE_ROOT, 'partners.yaml'), {});
    expect([...partners.keys()]).toEqual(['noteworth']);
    expect(partners.get('noteworth')).toMatchObject({
      name: 'noteworth',
      baseUrl: 'http://127.0.0.1:4010',
      deadline: 10_000,
      retryDelay: 1_000,
      feed: 'sample',
      identity: ['name_given', 'name_family', 'clinic'],
      providers: { minimumCount: 10 },
    });
  });

  it('reads address, deadline and delay from the environment', () => {
    const env = {
      NOTEWORTH_BASE_URL: 'https://api.example.com/v1/',
      NOTEWORTH_DEADLINE: '1m',
      NOTEWORTH_RETRY_DELAY: '250ms',
    };
    expect(parsePartners(SHIPPED, env).get('noteworth')).toMatchObject({
      baseUrl: 'https://api.example.com/v1',
      deadline: 60_000,
      retryDelay: 250,
    });
  });
});

describe('a snapshot that would mark too many people as left', () => {
  it('waits for an approval beyond 20 %, for at most 7 days, by default', () => {
    expect(partnerWith()).toMatchObject({ maximumDeparted: 0.2, approveWithin: 7 * 86_400_000 });
  });

  it('can have another share and another time', () => {
    expect(partnerWith({ maximumDeparted: '5%', approveWithin: '1h' })).toMatchObject({
      maximumDeparted: 0.05,
      approveWithin: 3_600_000,
    });
  });
});

describe('a mistake in the partners file', () => {
  it('is reported together with all others, each with its place', () => {
    const message = changed({
      baseUrl: 'nowhere',
      deadline: 'soon',
      auth: { path: 'auth' },
      feed: 'stream',
      identity: [],
      colour: 'blue',
    });
    expect(message).toMatch(/^partners\.yaml has mistakes:\n/);
    const lines = message.split('\n').slice(1);
    for (const place of [
      '.baseUrl: ',
      '.deadline: ',
      '.auth.path: ',
      '.feed: ',
      '.identity: ',
      '.colour: ',
    ]) {
      expect(lines.filter((line) => line.startsWith(`  partners.noteworth${place}`))).toHaveLength(1);
    }
  });

  it.each([
    ['an open list', 'partners: [1'],
    ['a key twice', 'partners: {}\npartners: {}'],
    ['a tab as indent', 'partners:\n\tx: 1'],
    [
      'aliases that grow without end',
      'a: &a [1,1,1,1,1,1,1,1,1,1]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]',
    ],
  ])('is reported in one line if the file is not YAML: %s', (_what, text) => {
    expect(refusal(text)).toMatch(/^partners\.yaml is not YAML: .+$/);
  });

  it.each([
    ['nothing', ''],
    ['a text', 'partners'],
    ['a list', '- noteworth'],
    ['no partner', 'partners: {}'],
    ['a list of partners', 'partners: [noteworth]'],
    ['a partner without content', 'partners: { noteworth: }'],
    ['something beside the partners', `${SHIPPED}\nversion: 1`],
  ])('is reported if the file contains %s', (_what, text) => {
    expect(refusal(text)).toMatch(/^partners\.yaml has mistakes:\n {2}/);
  });

  it('is an empty file', () => {
    expect(refusal('')).toBe('partners.yaml has mistakes:\n  the file is empty');
  });

  it('is a name that cannot be part of a workflow ID', () => {
    for (const name of ['North Clinic', 'Ä', '-a', 'a/b', '']) {
      expect(refusal(partnersFile([[name, {}]]))).toContain('is not a name: use a-z, 0-9 and -');
    }
  });

  it('is an unknown key anywhere', () => {
    for (const [place, changes] of [
      ['', { extra: 1 }],
      ['.auth', { auth: { extra: 1 } }],
      ['.providers', { providers: { extra: 1 } }],
      ['.fields', { fields: { extra: 'x' } }],
    ] as const) {
      expect(changed(changes)).toContain(`partners.noteworth${place}.extra: is not a known key (line `);
    }
  });

  it.each([
    ['ftp://h', 'needs http:// or https:// in front'],
    ['file:///etc/passwd', 'needs http:// or https:// in front'],
    ['127.0.0.1:4010', 'needs http:// or https:// in front'],
    ['h:80', 'needs http:// or https:// in front'],
    ['//h', 'needs http:// or https:// in front'],
    ['/path', 'needs http:// or https:// in front'],
    ['http://', 'is not an address; write it like https://api.example.com'],
    ['http://user@h', 'must not contain credentials'],
    ['http://user:secret@h', 'must not contain credentials'],
    ['http://h/?key=1', 'must not contain a query'],
    ['http://h/#top', 'must not contain a fragment'],
  ])('is the base URL %s', (baseUrl, fault) => {
    const said = changed({ baseUrl });
    expect(said).toContain(`partners.noteworth.baseUrl: ${fault}`);
    expect(said).not.toContain('secret');
  });

  it.each(['//evil.example/auth', '\\\\evil.example', '/\\evil.example', 'auth', '', '/a b', '/a#b', '/a\n'])(
    'is the path %j',
    (path) => {
      expect(changed({ auth: { path } })).toContain('partners.noteworth.auth.path: is not a path');
      expect(changed({ providers: { path } })).toContain('partners.noteworth.providers.path: is not a path');
    },
  );

  it.each(['10', '99ms', '6m', '1y', '-5s', 'soon', '5 parsecs'])('is the deadline %j', (deadline) => {
    expect(changed({ deadline })).toContain(
      'partners.noteworth.deadline: is not a duration from 100ms to 5m',
    );
  });

  it('is a maximumDeparted that is not a share', () => {
    expect(changed({ maximumDeparted: '101%' })).toContain(
      'partners.noteworth.maximumDeparted: is not a share',
    );
  });

  it('is a deadline without a unit', () => {
    expect(changed({ deadline: 10 })).toContain('partners.noteworth.deadline: ');
  });

  it.each(['', 'Two Words', 'Colon:', 'Line\nBreak'])('is the header name %j', (tokenHeader) => {
    expect(changed({ auth: { tokenHeader } })).toContain('partners.noteworth.auth.tokenHeader: ');
  });

  it('is an optional field that is not mapped, or one field of theirs for two of ours', () => {
    expect(changed({ fields: { title: undefined }, optional: ['title'] })).toContain(
      'partners.noteworth.optional: names title, which is missing in fields',
    );
    expect(changed({ fields: { title: 'clinic' } })).toContain(
      'partners.noteworth.fields: name one field of the partner twice',
    );
  });

  it('is a file that cannot be read', () => {
    expect(() => readPartnersFile('/nonexistent/partners.yaml', {})).toThrow(
      'The partners file /nonexistent/partners.yaml cannot be read (ENOENT); set PARTNERS_FILE to its path.',
    );
  });
});

describe('another partner', () => {
  const onlyPartner = (changes: Record<string, unknown>) =>
    parsePartners(partnersFile([['north-clinics', changes]]), {}).get('north-clinics');

  it('may send ids, nest its list in the answer and leave out fields', () => {
    const partner = onlyPartner({
      identity: ['id'],
      fields: { title: undefined, clinic: 'site' },
      optional: ['clinic'],
      providers: { records: 'data.page.items', noTokenText: undefined, minimumCount: undefined },
      feed: 'snapshot',
    });
    expect(partner).toMatchObject({
      name: 'north-clinics',
      identity: ['id'],
      optional: ['clinic'],
      feed: 'snapshot',
      providers: { records: 'data.page.items', minimumCount: 1 },
    });
  });

  it('may send the list itself', () => {
    expect(onlyPartner({ providers: { records: undefined } })?.providers.records).toBeUndefined();
  });

  it('is configured beside the first one', () => {
    const both = parsePartners(
      partnersFile([
        ['noteworth', {}],
        ['south', { baseUrl: 'https://south.example' }],
      ]),
      {},
    );
    expect([...both.values()].map(({ name }) => name)).toEqual(['noteworth', 'south']);
    expect(both.get('south')?.baseUrl).toBe('https://south.example');
  });
});
