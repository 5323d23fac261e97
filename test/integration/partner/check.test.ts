import { checkPartner, type PartnerCheck } from '../../../src/operations/partner-check/check-partner';
import { DifferenceCounter } from '../../../src/operations/partner-check/count-differences';
import { createSecretHider } from '../../../src/operations/partner-check/hide-secrets';
import { readPages } from '../../../src/operations/partner-check/read-pages';
import type { Partner } from '../../../src/partner/config/partner';
import { type Simulator, startSimulator } from '../../../src/simulator/simulator';
import { compareWithStored, readStoredPartner } from '../../../src/store/directory/compare-with-stored';
import { saveSync } from '../../../src/store/save/save-sync';
import { dumpTables } from '../../support/dump-tables';
import { EXAMPLE_SECRETS, examplePartners } from '../../support/example-partners';
import { answer, openedRun, provider, sync, useStore } from '../../support/store-fixtures';
import { useOpened } from '../../support/use-opened';

const simulator: Simulator = useOpened(
  () => startSimulator({ seed: 1, records: 250, rates: { auth: {}, providers: {} } }),
  (started) => started.close(),
);
const store = useStore();
beforeEach(() => {
  simulator.reset();
  for (const member of Object.values(simulator.family)) member.reset();
});

/** Checks a partner of the example file, with changes to its entry. */
async function check(
  name: string,
  change: (partner: Partner) => Partial<Partner> = () => ({}),
  { pages = 1 } = {},
): Promise<PartnerCheck> {
  const { dataSource } = store;
  const partner = examplePartners(simulator.url).get(name) as Partner;
  const stored = await readStoredPartner(dataSource, name);
  return checkPartner(
    { ...partner, ...change(partner) },
    { pages, variables: [], store: { dataSource, stored } },
  );
}

describe('checking a partner', () => {
  it.each([
    ['noclist', 250, 2],
    ['acme', 100, 2],
    ['county', 250, 1],
    ['signed', 250, 1],
    ['hospital', 100, 1],
    ['nppes', 200, 1],
    ['graph', 100, 1],
    ['export', 250, 1],
    ['noteworth', 10, 2],
  ])('reads %s with one call for each step', async (name, received, calls) => {
    const checked = await check(name);
    expect(checked).toMatchObject({ failure: null, unusable: null, received, usable: received, advice: [] });
    expect(checked.calls.map(({ httpStatus }) => httpStatus)).toEqual(Array(calls).fill(200));
    expect(checked.samples).toHaveLength(3);
    const made = name === 'noteworth' ? simulator.calls : simulator.family[name as 'acme'].calls;
    expect(made).toHaveLength(calls);
  });

  it('shows no secret of any partner', async () => {
    for (const name of ['acme', 'county', 'signed']) {
      const shown = JSON.stringify(await check(name));
      for (const secret of Object.values(EXAMPLE_SECRETS)) expect(shown).not.toContain(secret);
    }
  });

  it('maps the first records to our fields, with the values of the identity', async () => {
    const { samples } = await check('hospital');
    expect(samples[0]).toMatchObject({
      givenName: expect.stringMatching(/./),
      familyName: expect.stringMatching(/./),
      identity: {
        "=identifier[?system=='http://hl7.org/fhir/sid/us-npi'].value | [0]":
          expect.stringMatching(/^\d{10}$/),
      },
    });
  });

  it('reads as many pages as it was asked for, and names the next one', async () => {
    expect(await check('hospital', undefined, { pages: 2 })).toMatchObject({
      pages: 2,
      received: 200,
      total: 250,
      isWhole: false,
      next: expect.stringContaining('_getpages='),
    });
    expect(await check('hospital', undefined, { pages: 9 })).toMatchObject({
      pages: 3,
      received: 250,
      isWhole: true,
      next: null,
    });
  });

  it('makes a failed call once, and says what failed', async () => {
    simulator.script('providers', ['error500']);
    const checked = await check('noteworth');
    expect(checked).toMatchObject({ failure: { type: 'PartnerError' }, pages: 0, directory: null });
    expect(checked.advice).not.toEqual([]);
    expect(simulator.calls.map(({ endpoint }) => endpoint)).toEqual(['auth', 'providers']);
  });

  it.each(['cut', 'repeatLink', 'shrinkTotal'] as const)(
    'counts only the pages before one with the fault %s',
    async (fault) => {
      simulator.family.hospital.script({ endpoint: 'providers', page: 3, steps: [fault] });
      const checked = await check('hospital', undefined, { pages: 9 });
      expect(checked).toMatchObject({ pages: 2, received: 200, usable: 200, directory: { inserted: 200 } });
      expect(checked.failure?.type).toBe('IncompleteResponse');
      expect(checked.calls).toHaveLength(3);
    },
  );
});

describe('a mistake that only an answer shows', () => {
  it('in the place of the list is reported, with the places of lists', async () => {
    const { failure, advice } = await check('acme', ({ providers }) => ({
      providers: { ...providers, records: 'dta' },
    }));
    expect(failure).toEqual({
      type: 'IncompleteResponse',
      message: 'there was no list at "dta"',
      lists: ['data'],
    });
    expect(advice).toEqual([
      'providers.records is dta in partners.yaml, but the answer has no list there. Its lists are at: data.',
    ]);
  });

  it('in identity is reported, with the name that was probably meant', async () => {
    const checked = await check('export', () => ({ identity: ['nip'] }));
    expect(checked.unusable).toContain('nip is missing (250)');
    expect(checked.rejected.groups).toEqual([{ reason: 'MissingField', field: 'nip', count: 250 }]);
    expect(checked.rejected.first[0]).toMatchObject({ record: 1, field: 'nip' });
    expect(checked.advice).toContain(
      'identity is nip in partners.yaml, but no record has a value there; did you mean npi?',
    );
  });

  it('in a field or in ignore is reported, with a place that has the same last key', async () => {
    const { advice } = await check('acme', ({ fields }) => ({
      fields: { ...fields, givenName: 'first', title: 'rank' },
      optional: ['givenName', 'title'],
      ignore: ['updatedAt'],
    }));
    expect(advice).toEqual([
      'fields.givenName is first in partners.yaml, but no record has a value there; did you mean name.first?',
      expect.stringMatching(
        /^fields\.title is rank in partners\.yaml, .*\. The records have: id, name\.first, name\.last, /,
      ),
      'ignore is updatedAt in partners.yaml, but no record has a value there; did you mean updated_at?',
    ]);
  });

  it.each(['updatedAt', "=updatedAt == 'x'"])(
    'in departed is reported unless a record has it: %s',
    async (departed) => {
      const { advice } = await check('acme', () => ({ departed }));
      expect(advice).toEqual([
        expect.stringMatching(
          /^departed is .*updatedAt.* in partners\.yaml, but no record has a value there.* It is right if the partner sends it only for people who left\.$/,
        ),
      ]);
      expect((await check('acme', () => ({ departed: "=updated_at == 'x'" }))).advice).toEqual([]);
    },
  );

  it('such as an identity that several people share is reported', async () => {
    const { advice, rejected } = await check('export', () => ({ identity: ['clinic'] }));
    expect(rejected.groups[0]).toMatchObject({ reason: 'ConflictingDuplicate' });
    expect(advice).toContainEqual(expect.stringContaining('Add a place to identity'));
  });
});

describe('the directory', () => {
  it('is compared as a sync would change it, and not written', async () => {
    const { dataSource } = store;
    await sync(dataSource, 'snapshot', [provider('leaves'), provider('leaves too')], 'export');
    const before = await dumpTables(dataSource);
    const first = await check('export');
    expect(first.directory).toMatchObject({
      inserted: 250,
      updated: 0,
      unchanged: 0,
      departed: 2,
      needsApproval: false,
    });
    expect(await dumpTables(dataSource)).toEqual(before);
  });

  it.each(['sample', 'snapshot'] as const)('is compared with the rules of a %s', async (feed) => {
    const { dataSource } = store;
    const [same, renamed, returns, extended] = [provider('1'), provider('2'), provider('3'), provider('4')];
    const people = [same, renamed, returns, extended];
    await sync(dataSource, 'snapshot', [...people, provider('absent')]);
    await sync(dataSource, 'snapshot', [same, renamed, extended, provider('absent')]);
    const sent = [
      same,
      { ...renamed, familyName: 'Changed', title: null },
      returns,
      { ...extended, attributes: { phone: '1' } },
      provider('new'),
    ];
    const compared = await compareWithStored(dataSource, 'noteworth', sent);
    expect(compared.map(({ kind, fields }) => [kind, fields])).toEqual([
      ['unchanged', []],
      ['changed', ['familyName', 'title']],
      ['changed', ['listed']],
      ['changed', ['attributes.phone']],
      ['new', []],
    ]);
    const counts = await saveSync(dataSource, {
      runId: await openedRun(dataSource),
      partner: 'noteworth',
      feed,
      answer: answer(sent),
      calls: [],
    });
    expect(counts).toMatchObject({ inserted: 1, updated: 3, unchanged: 1 });
  });

  it('is compared without records whose later twin differs', async () => {
    const [same, changed, unknown] = [provider('same'), provider('changed'), provider('unknown')];
    await sync(store.dataSource, 'snapshot', [same, { ...changed, title: 'earlier' }, provider('stays')]);
    const counter = new DifferenceCounter(store.dataSource, 'noteworth');
    await counter.add({ added: [same, changed, unknown, provider('stays')], withdrawn: [] });
    expect(counter.differences).toMatchObject({ inserted: 1, updated: 1, unchanged: 2, listed: 3 });
    const withdrawn = [same, changed, unknown].map((one) => ({ ...one, clinic: 'elsewhere' }));
    await counter.add({ added: [], withdrawn });
    expect(counter.differences).toEqual({
      inserted: 0,
      updated: 0,
      unchanged: 1,
      departed: 0,
      listed: 1,
      changedFields: [],
    });
  });

  it('is compared with the records that say that a person left', async () => {
    const { dataSource } = store;
    const left = (key: string) => provider(key, { familyName: '', departed: true });
    await sync(dataSource, 'changes', [provider('a'), provider('b'), provider('c'), provider('d')]);
    const counter = new DifferenceCounter(dataSource, 'noteworth');
    await counter.add({ added: [left('a'), left('b'), left('unknown'), provider('c')], withdrawn: [] });
    expect(counter.differences).toMatchObject({ inserted: 0, unchanged: 2, departed: 2, listed: 1 });
    await counter.add({ added: [], withdrawn: [provider('b'), provider('unknown'), left('c')] });
    expect(counter.differences).toMatchObject({ inserted: 0, unchanged: 0, departed: 1, listed: 0 });
  });

  it('says how many people the records mark as left, and shows none of them as an example', async () => {
    const departed = '=to_number(npi) < `1300000000`';
    const marks = await check('export', () => ({ departed, feed: 'changes' }));
    expect(marks.marks).toBeGreaterThan(0);
    expect(marks.directory).toMatchObject({
      departed: 0,
      inserted: 250 - marks.marks,
      unchanged: marks.marks,
    });
    const listed = marks.samples.map(({ identity }) => Number(identity.npi));
    expect(listed.filter((npi) => npi < 1_300_000_000)).toEqual([]);
  });

  it('does not say how many leave while not all pages are read, or while records are rejected', async () => {
    await sync(store.dataSource, 'snapshot', [provider('leaves')], 'acme');
    expect((await check('acme')).directory).toMatchObject({
      departed: null,
      departedNote: expect.stringContaining('Not all pages were read'),
    });
    await sync(store.dataSource, 'snapshot', [provider('leaves')], 'export');
    const some = await check('export', () => ({ identity: ['clinic'] }));
    expect(some.directory).toMatchObject({
      departed: null,
      departedNote: expect.stringContaining('except a person that a rejected record may be about'),
      needsApproval: false,
    });
  });

  it('advises to ignore a field that changes in most providers', async () => {
    const { dataSource } = store;
    const partner = examplePartners(simulator.url).get('acme') as Partner;
    const { usable } = await readPages(partner, {
      pages: 1,
      since: null,
      hider: createSecretHider(partner, []),
      dataSource: null,
    });
    const earlier = usable.map(({ provider: one }) => ({
      ...one,
      attributes: { ...one.attributes, updated_at: 'yesterday' },
    }));
    await sync(dataSource, 'snapshot', earlier, 'acme');
    const { directory, advice } = await check('acme');
    expect(directory).toMatchObject({
      updated: 100,
      changedFields: [{ field: 'attributes.updated_at', count: 100 }],
    });
    expect(advice).toEqual([
      'updated_at differs in 100 of 100 stored providers. If it says nothing about a person, add it to ignore.',
    ]);
  });
});
