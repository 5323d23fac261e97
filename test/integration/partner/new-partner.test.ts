import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { parse } from 'yaml';
import { checkPartner } from '../../../src/operations/partner-check/check-partner';
import { draftPartner } from '../../../src/operations/partner-new/draft-partner';
import { createPartnerClient } from '../../../src/partner/call/partner-client';
import type { Partner } from '../../../src/partner/config/partner';
import { parsePartners } from '../../../src/partner/config/partners-file';
import { type Simulator, startSimulator } from '../../../src/simulator/simulator';
import { EXAMPLE_SECRETS, examplePartners } from '../../support/example-partners';
import { BODIES, fetchPage, PageServer } from '../../support/page-server';
import { newToken } from '../../support/read-pages';
import { useOpened } from '../../support/use-opened';

const simulator: Simulator = useOpened(
  () => startSimulator({ seed: 1, records: 250, rates: { auth: {}, providers: {} } }),
  (started) => started.close(),
);
const server = new PageServer();
beforeAll(() => server.start());
afterAll(() => server.close());

/** The only entry of a drafted file. */
const entryOf = (draft: string) => parse(draft).partners.some;

/** Drafts an entry from a body. */
async function draftFrom(body: string | Buffer, path = '/people', headers: Record<string, string> = {}) {
  server.answer = (response) => response.writeHead(200, headers).end(body);
  return draftPartner({ name: 'some', baseUrl: server.url, path, headers: {} }, { env: {} });
}

describe('the draft of a partner', () => {
  it.each([
    [
      'acme',
      '/v1/clinicians',
      { Authorization: `\${ACME_TOKEN}` },
      { records: 'data', next: { link: 'next' } },
    ],
    ['county', '/clinicians.csv', { 'X-Api-Key': `\${COUNTY_KEY}` }, { format: 'csv' }],
    ['hospital', '/fhir/Practitioner?_count=100', {}, { records: '=entry[].resource', total: 'total' }],
    ['nppes', '/api/?version=2.1&limit=200', {}, { records: 'results' }],
    ['export', '/export.ndjson', {}, { format: 'ndjson' }],
  ])('of the example %s can be read as it is', async (name, path, headers, expected) => {
    const acme = examplePartners(simulator.url).get('acme') as Partner;
    const token = name === 'acme' ? await newToken(acme) : null;
    const env = { ...EXAMPLE_SECRETS, SOME_URL: `${simulator.url}/${name}`, ACME_TOKEN: `Bearer ${token}` };
    const draft = await draftPartner({ name: 'some', baseUrl: `\${SOME_URL}`, path, headers }, { env });
    expect(entryOf(draft)).toMatchObject({ baseUrl: `\${SOME_URL}`, providers: expected });
    for (const secret of [env.COUNTY_KEY, env.ACME_TOKEN]) expect(draft).not.toContain(secret);

    const drafted = parsePartners(draft, env).get('some') as Partner;
    const { identity, fields } = examplePartners(simulator.url).get(name) as Partner;
    expect(drafted.fields.familyName).toBe(fields.familyName);
    if (name !== 'hospital') expect(drafted).toMatchObject({ identity, fields });
    const checked = await checkPartner(drafted, { pages: 1, variables: [], store: null });
    expect(checked).toMatchObject({ failure: null, unusable: null, advice: [] });
    expect(checked.usable).toBe(checked.received);
  });

  it('of CSV with semicolons names the separator', async () => {
    const draft = await draftFrom('\ufeffNr;first name;last name\r\n1;Ann;"Lee, ""A"""\r\n');
    expect(entryOf(draft)).toMatchObject({
      providers: { format: 'csv', separator: 'semicolon' },
      fields: { givenName: 'first name', familyName: 'last name' },
    });
  });

  it('is read in the encoding of the answer', async () => {
    const csv = 'Nr,first name,last name,Zürich clinic\n1,Ann,Lee,Süd\n';
    const type = 'text/csv; charset=ISO-8859-1';
    for (const draft of [
      await draftFrom(Buffer.from(csv, 'latin1'), '/people', { 'Content-Type': type }),
      await draftFrom(Buffer.from(`\ufeff${csv}`, 'utf16le')),
    ]) {
      expect(entryOf(draft)).toMatchObject({
        providers: { format: 'csv' },
        fields: { familyName: 'last name', clinic: 'Zürich clinic' },
      });
    }
    const unknown = await draftFrom(Buffer.from(csv, 'latin1'));
    expect(entryOf(unknown)).toMatchObject({ fields: { familyName: 'last name' } });
  });

  it('names other places that may be the right one, and what it did not find', async () => {
    const people = [
      { id: 1, npi: 'a', first_name: 'Ann', last: { name: 'Lee' }, old: { last: { name: 'Ray' } } },
      { id: 2, npi: 'b', last: { name: 'Roe' }, updatedAt: '2026-01-01' },
    ];
    const draft = await draftFrom(
      JSON.stringify({ people, meta: { total: 7, nextCursor: 'x' }, errors: [{}] }),
    );
    expect(entryOf(draft)).toMatchObject({
      providers: {
        records: 'people',
        total: 'meta.total',
        next: { cursor: { query: 'cursor', from: 'meta.nextCursor' } },
      },
      fields: { givenName: 'first_name', familyName: 'last.name' },
      optional: ['givenName'],
      identity: ['id'],
      ignore: ['updatedAt'],
      feed: 'sample',
    });
    for (const words of [
      'records: people # or: errors',
      'familyName: last.name # or: old.last.name',
      'identity: [id] # or: npi',
      'no place found for title, clinic; the records have: id, npi, first_name',
      'the name of the query parameter is a guess',
    ]) {
      expect(draft).toContain(words);
    }
    expect(draft).not.toMatch(/Ann|Lee|Roe|Ray/);
    expect(parsePartners(draft, {}).size).toBe(1);
  });

  it('has names as the identity if there is no id, and a mark in place of a family name', async () => {
    const draft = await draftFrom('[{"givenName":"Ann","site":"North"},{"givenName":"Bo","site":"North"}]');
    expect(entryOf(draft)).toMatchObject({
      fields: { givenName: 'givenName', familyName: 'FILL-IN', clinic: 'site' },
      identity: ['givenName', 'site'],
    });
    expect(draft).toContain('no id found; an id is better than names');
    expect(parsePartners(draft, {}).size).toBe(1);
  });

  it.each([
    ['the Link header', '/people', { Link: '</people?page=2>; rel="next"' }, { header: 'next' }],
    ['the page in the address', '/people?page=1', {}, { page: 'page' }],
    ['the offset in the address', '/people?skip=0&take=2', {}, { offset: 'skip' }],
  ])('finds the next page by %s', async (_, path, headers, next) => {
    expect(entryOf(await draftFrom(BODIES.json, path, headers)).providers.next).toEqual(next);
  });

  it('says that there may be more pages if an answer is as long as it was asked for', async () => {
    const draft = await draftFrom(
      '{"result_count":1,"results":[{"npi":"1","surname":"Lee"}]}',
      '/api?limit=1',
    );
    expect(draft).toContain('# next: the answer has as many records as the address asks for');
    expect(entryOf(draft).providers.total).toBeUndefined();
  });

  it('reads the start of a long file only, and allows for its size', async () => {
    const line = `${JSON.stringify({ npi: '1', family: 'x'.repeat(1_000) })}\n`;
    const body = line.repeat(10_000);
    const draft = await draftFrom(body);
    expect(draft).toMatch(/^# Drafted from one answer with 4\d{3} records\./);
    expect(entryOf(draft).maxBytes).toBe(64 * 2 ** 20);
    const announced = async (bytes: string | Buffer) =>
      entryOf(await draftFrom(bytes, '/people', { 'Content-Length': String(bytes.length) })).maxBytes;
    const large = line.repeat(40_000);
    expect(await announced(large)).toBe(Math.ceil((2 * large.length) / 2 ** 20) * 2 ** 20);
    // A file that is compressed, but does not say so, unpacks to much more than is announced.
    const noise = randomBytes(3 * 2 ** 20).toString('hex');
    expect(await announced(gzipSync(noise.replaceAll(/.{1000}/g, '{"npi":"$&","family":"Lee"}\n')))).toBe(
      64 * 2 ** 20,
    );
    expect(await announced(line.repeat(2))).toBeUndefined();
  });

  it('takes the name for official or usual use, and none of earlier times', async () => {
    const name = (use: string | undefined, family: string) => ({
      use,
      family,
      given: [`${family} G`],
      prefix: ['Dr'],
    });
    const entry = [
      [name('old', 'Old'), name('usual', 'Usual'), name('official', 'Lee')],
      [name('maiden', 'Maiden'), name('usual', 'Roe')],
      [name('old', 'Older'), name(undefined, 'Ray')],
    ].map((names, id) => ({
      resource: { id: String(id), name: names, address: [{ use: 'old', city: 'Ulm' }] },
    }));
    const draft = await draftFrom(JSON.stringify({ resourceType: 'Bundle', entry }));
    const drafted = parsePartners(draft, {}).get('some') as Partner;
    const { end, names } = await fetchPage(createPartnerClient(drafted));
    expect(names).toEqual(['Lee G Lee', 'Roe G Roe', 'Ray G Ray']);
    expect(end.received).toBe(3);
  });

  it.each([401, 403])('says how to give a key after a %d', async (status) => {
    server.answer = (response) => response.writeHead(status).end();
    const asked = { name: 'some', baseUrl: server.url, path: '/people', headers: {} };
    await expect(draftPartner(asked, { env: {} })).rejects.toMatchObject({
      type: 'RequestRejected',
      message: expect.stringMatching(new RegExp(`^HTTP ${status}; .*give it with --header`)),
    });
  });

  it.each([
    ['HTML', '<html>', 'the body was HTML'],
    ['nothing', '', 'the body was empty'],
    ['half an answer', '{"people":[{"id":1}', 'the answer was no JSON'],
    ['an error', '{"error":"no key"}', 'the answer had no list of records'],
    ['a long list in JSON', `[${'{"id":"1"},'.repeat(500_000)}{}]`, 'ask for fewer records'],
  ])('is refused for %s', async (_, body, message) => {
    await expect(draftFrom(body)).rejects.toThrow(message);
  });
});
