import { listRejectedRecords } from '../../../src/store/directory/read-rejected-records';
import { startReplayedSystem } from '../../support/replayed-system';
import { useOpened } from '../../support/use-opened';

const ANN = { n: 'Ann', f: 'Lee', t: 'NP', role: 'Chief' };
const BO = { n: 'Bo', f: 'Ray', t: 'PA', role: 'Nurse' };
const BAD = { n: 'Cy', f: 'Fox', t: 7, role: 'Nurse' };
const GOOD = { ...BAD, t: 'NP' };
const PAGED = { providers: { path: '/list', records: 'list', next: { link: 'next' } } };

describe('a rejected record of a real run', () => {
  const system = useOpened(startReplayedSystem, ({ stop }) => stop());
  beforeEach(async () => {
    await system.engine.dataSource.query(
      'TRUNCATE sync_runs, providers, provider_changes, partner_calls, rejected_records, kept_answers, staged_pages CASCADE',
    );
  });

  /** The person and state of each rejected record, the latest first. */
  async function rejected(): Promise<string[]> {
    const { items } = await listRejectedRecords(system.engine.dataSource, { limit: 100 });
    return items.map(({ givenName, familyName, state }) => `${givenName} ${familyName} ${state}`);
  }

  it.each([
    ['as a whole', {}, [[ANN, BO, BAD]], [[ANN, GOOD]]],
    ['in pages', PAGED, [[ANN, BO], [BAD]], [[ANN], [GOOD]]],
  ] as const)(
    'has its person, and goes when a later run brings it: %s',
    async (_how, entry, first, second) => {
      await system.restart(entry);
      await system.sync(...first.map((page) => [...page]));
      expect(await rejected()).toEqual(['Cy Fox open']);
      await system.sync(...second.map((page) => [...page]));
      expect(await rejected()).toEqual(['Cy Fox gone']);
    },
  );

  it('has its person if the whole answer was refused', async () => {
    await system.restart({});
    const { run } = await system.sync([ANN, BAD, { ...BAD, n: 'Di' }]);
    expect(run.failure?.type).toBe('UnusableAnswer');
    expect(await rejected()).toEqual(['Di Fox open', 'Cy Fox open']);
    await system.sync([ANN, GOOD]);
    expect(await rejected()).toEqual(['Di Fox open', 'Cy Fox gone']);
  });

  it.each([
    ['as a whole', {}, [[ANN, BO, BAD]]],
    ['in pages', PAGED, [[ANN, BO], [BAD]]],
  ] as const)('is resolved by a replay that can use it: %s', async (_how, entry, pages) => {
    await system.restart(entry);
    const { run } = await system.sync(...pages.map((page) => [...page]));
    await system.restart({ ...entry, fields: { givenName: 'n', familyName: 'f', title: 'role' } });
    expect((await system.replay(run.id)).outcome).toMatchObject({ status: 'succeeded', rejected: 0 });
    expect(await rejected()).toEqual(['Cy Fox resolved']);
  });
});
