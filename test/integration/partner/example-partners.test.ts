import type { Partner } from '../../../src/partner/config/partner';
import { FAMILY, type FamilyName } from '../../../src/simulator/family/family';
import type { PageStep } from '../../../src/simulator/family/page-steps';
import { type Simulator, startSimulator } from '../../../src/simulator/simulator';
import { examplePartners } from '../../support/example-partners';
import { expectedFields } from '../../support/expected-fields';
import { readPages } from '../../support/read-pages';

const RECORDS = 450;

let simulator: Simulator;

beforeAll(async () => {
  simulator = await startSimulator({ records: RECORDS, rates: { auth: {}, providers: {} } });
});

afterAll(() => simulator.close());

beforeEach(() => {
  for (const name of Object.keys(FAMILY) as FamilyName[]) {
    simulator.family[name].reset();
    simulator.family[name].configure({ records: RECORDS, compression: 'none', links: 'absolute' });
  }
});

/** A partner of the example as the file has it, at the simulator of this test. */
function example(name: string): Partner {
  const partner = examplePartners(simulator.url).get(name);
  if (partner === undefined) throw new Error(`The example has no partner ${name}.`);
  return partner;
}

describe('by the example file alone, all pages are read of', () => {
  it.each<[FamilyName, pages: number[]]>([
    ['noclist', [450]],
    ['acme', [100, 100, 100, 100, 50]],
    ['county', [450]],
    ['signed', [450]],
    ['hospital', [100, 100, 100, 100, 50]],
    ['nppes', [200, 200, 50, 0]],
    ['graph', [100, 100, 100, 100, 50]],
    ['export', [450]],
  ])('%s', async (name, pages) => {
    const { received, rejected, providers } = await readPages(example(name));
    expect(received).toEqual(pages);
    expect(rejected).toEqual([]);
    const fields = providers.map((one) => [one.givenName, one.familyName, one.title, one.clinic]);
    expect(fields).toEqual(expectedFields(name, RECORDS));
    expect(new Set(providers.map(({ identityKey }) => identityKey)).size).toBe(RECORDS);
    expect(simulator.family[name].calls.every(({ status }) => status === 200)).toBe(true);
  });

  it('noteworth', async () => {
    const { received, rejected } = await readPages(example('noteworth'));
    expect([received, rejected]).toEqual([[10], []]);
  });
});

describe('all pages are read, whatever the form of', () => {
  it.each(['absolute', 'relative', 'query'] as const)('the links: %s', async (links) => {
    for (const name of ['acme', 'hospital'] as const) {
      simulator.family[name].configure({ links });
      expect((await readPages(example(name))).received).toEqual([100, 100, 100, 100, 50]);
    }
  });

  it.each(['encoding', 'file'] as const)('the compression: %s', async (compression) => {
    for (const name of [
      'noclist',
      'acme',
      'county',
      'signed',
      'hospital',
      'nppes',
      'graph',
      'export',
    ] as const) {
      simulator.family[name].configure({ compression });
      expect((await readPages(example(name))).providers).toHaveLength(RECORDS);
    }
  });
});

describe('a fault ends the call of its page as', () => {
  it.each<[FamilyName, page: number, PageStep, type: string]>([
    ['acme', 3, 'cut', 'IncompleteResponse'],
    ['acme', 3, 'cutConnection', 'IncompleteResponse'],
    ['acme', 3, 'expireToken', 'TokenRejected'],
    ['acme', 5, { fault: 'status', status: 429, retryAfter: '7' }, 'PartnerBusy'],
    ['acme', 2, 'error500', 'PartnerError'],
    ['acme', 2, { fault: 'hang', hangMs: 10 }, 'PartnerTimeout'],
    ['acme', 2, 'repeatLink', 'IncompleteResponse'],
    ['acme', 1, 'emptyPage', 'IncompleteResponse'],
    ['acme', 2, 'empty', 'IncompleteResponse'],
    ['acme', 2, 'html', 'IncompleteResponse'],
    ['hospital', 1, 'emptyPage', 'IncompleteResponse'],
    ['hospital', 2, 'repeatLink', 'IncompleteResponse'],
    ['hospital', 2, 'cut', 'IncompleteResponse'],
    ['nppes', 1, 'emptyPage', 'IncompleteResponse'],
    ['nppes', 2, 'cut', 'IncompleteResponse'],
    ['graph', 1, 'emptyPage', 'IncompleteResponse'],
    ['graph', 3, 'cut', 'IncompleteResponse'],
    ['graph', 3, 'repeatLink', 'IncompleteResponse'],
    ['noclist', 1, 'empty', 'IncompleteResponse'],
    ['noclist', 1, 'rejectToken', 'TokenRejected'],
    ['county', 1, 'cutConnection', 'IncompleteResponse'],
    ['county', 1, 'unauthorized', 'RequestRejected'],
    ['signed', 1, 'cut', 'IncompleteResponse'],
    ['export', 1, 'cut', 'IncompleteResponse'],
    ['export', 1, 'reset', 'PartnerUnreachable'],
    ['export', 1, 'html', 'IncompleteResponse'],
  ])('%s, page %i, %j: %s', async (name, page, step, type) => {
    simulator.family[name].script({ endpoint: 'providers', page, steps: [step] });
    await expect(readPages(example(name))).rejects.toMatchObject({ name: 'PartnerFailure', type });
    expect(simulator.family[name].calls.at(-1)?.page).toBe(page);
  });

  it.each<[FamilyName, PageStep, type: string]>([
    ['acme', 'error500', 'PartnerError'],
    ['acme', 'noToken', 'IncompleteResponse'],
    ['acme', 'cut', 'IncompleteResponse'],
    ['acme', 'html', 'IncompleteResponse'],
    ['acme', 'unauthorized', 'RequestRejected'],
    ['acme', { fault: 'status', status: 503, retryAfter: '3' }, 'PartnerBusy'],
    ['noclist', 'noToken', 'IncompleteResponse'],
    ['noclist', 'error500', 'PartnerError'],
  ])('%s, its token, %j: %s', async (name, step, type) => {
    simulator.family[name].script({ endpoint: 'auth', steps: [step] });
    await expect(readPages(example(name))).rejects.toMatchObject({ name: 'PartnerFailure', type });
    expect(simulator.family[name].calls.map(({ endpoint }) => endpoint)).toEqual(['auth']);
  });

  it.each(['cut', 'cutConnection'] as const)('an incomplete one if a compressed body is %s', async (step) => {
    for (const compression of ['encoding', 'file'] as const) {
      simulator.family.export.configure({ compression });
      simulator.family.export.script({ endpoint: 'providers', steps: [step] });
      await expect(readPages(example('export'))).rejects.toMatchObject({ type: 'IncompleteResponse' });
    }
  });

  it('nothing if a page in the middle is short', async () => {
    for (const name of ['acme', 'hospital'] as const) {
      simulator.family[name].script({
        endpoint: 'providers',
        page: 2,
        steps: [{ fault: 'shortPage', count: 7 }],
      });
      expect((await readPages(example(name))).received).toEqual([100, 7, 100, 100, 50]);
    }
  });
});
