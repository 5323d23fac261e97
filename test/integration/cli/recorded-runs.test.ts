import { openRun } from '../../../src/store/runs/open-run';
import { saveSync } from '../../../src/store/save/save-sync';
import { runHere } from '../../support/command-here';
import { callsForPages, runWith } from '../../support/long-run';
import { answer, openedRun, opening, provider, useStore } from '../../support/store-fixtures';

const store = useStore();

const run = (...args: string[]) => runHere(args, { DATABASE_URL: store.url });

const jose = provider('jose', { givenName: 'José', familyName: 'Lee', title: 'NP', clinic: 'South Clinic' });

describe('runs list', () => {
  it('reports no matches, and an empty list only if there are no runs', async () => {
    const said = async (...args: string[]) => (await run('runs', 'list', ...args)).stdout;
    const NONE = 'No runs yet. Start one with: npx provider-sync sync\n';
    expect([await said(), await said('--status', 'failed')]).toEqual([NONE, NONE]);
    await openedRun(store.dataSource);
    for (const filter of [
      ['--status', 'failed'],
      ['--partner', 'other'],
    ]) {
      expect(await said(...filter)).toBe('No runs match these filters.\n');
    }
  });
});

describe('runs show', () => {
  it('lists the rejected records, and their raw form only on request', async () => {
    const runId = await openedRun(store.dataSource);
    const rejected = [{ position: 4, reason: 'NullField', field: 'title', raw: '{"secret":1}' } as const];
    await saveSync(store.dataSource, {
      runId,
      partner: 'noteworth',
      feed: 'sample',
      answer: answer([jose], { rejected }),
      calls: [],
    });
    const [text, raw, json] = await Promise.all([
      run('runs', 'show', runId),
      run('runs', 'show', runId, '--raw'),
      run('runs', 'show', runId, '--json'),
    ]);
    expect(text.stdout).toMatch(
      /RECORD +FIELD +REASON +EXPLANATION\n +5 +title +NullField +is empty \(null\)\n$/,
    );
    expect(text.stdout + json.stdout).not.toContain('secret');
    expect(raw.stdout).toMatch(/EXPLANATION +AS RECEIVED\n.* \{"secret":1\}\n$/);
    expect(JSON.parse(json.stdout).rejectedRecords).toMatchObject([{ record: 5, field: 'title' }]);
  });

  it('prints some of many calls, and the command that lists all', async () => {
    const calls = callsForPages(100, 20);
    const runId = await runWith(store.dataSource, calls);
    const [text, json, listed] = await Promise.all([
      run('runs', 'show', runId),
      run('runs', 'show', runId, '--json'),
      run('runs', 'calls', runId, '--limit', '500', '--json'),
    ]);
    expect(text.stdout).toContain(
      `… and 82 more of 106 calls (providers: 100 ok, 5 PartnerError; auth: 1 ok): npx provider-sync runs calls ${runId}\n`,
    );
    expect(JSON.parse(json.stdout)).toMatchObject({ callCounts: { total: 106 } });
    expect(JSON.parse(listed.stdout)).toEqual({ items: calls, nextCursor: null });
    const first = await run('runs', 'calls', runId, '--limit', '2');
    expect(first.stdout).toMatch(/^CALL +PAGE +.*\nauth .*\nproviders .*\nMore with: --cursor \S+\n$/);
  });

  it('names the command that lists the other rejected records', async () => {
    const runId = await openedRun(store.dataSource);
    const rejected = Array.from({ length: 52 }, (_, position) => ({
      ...({ position, reason: 'NullField', field: 'title', raw: '{}' } as const),
    }));
    await saveSync(store.dataSource, {
      runId,
      partner: 'noteworth',
      feed: 'sample',
      answer: answer([jose], { rejected }),
      calls: [],
    });
    const { stdout } = await run('runs', 'show', runId);
    expect(stdout).toMatch(
      new RegExp(`\n… and 2 more: npx provider-sync rejected list --run-id ${runId}\n$`),
    );
  });

  it('names the workflow that held the partner', async () => {
    const first = opening({ workflowId: 'the-first' });
    await openRun(store.dataSource, first, async () => true);
    const { id } = await openRun(store.dataSource, opening(), async () => true);
    expect((await run('runs', 'show', id)).stdout).toContain(`the-first (run ${first.temporalRunId})`);
  });
});

describe('rejected list', () => {
  const CLINIC = { position: 0, reason: 'MissingField', field: 'clinic', raw: '{"name":"Ann"}' } as const;
  const TITLE = { position: 3, reason: 'NullField', field: 'title', raw: '{"name":"Bob"}' } as const;

  /** A run with one provider and this rejected record. */
  async function reject(record: typeof CLINIC | typeof TITLE, partner = 'noteworth'): Promise<string> {
    const runId = await openedRun(store.dataSource, { partner });
    const brought = answer([jose], { rejected: [record] });
    await saveSync(store.dataSource, { runId, partner, feed: 'sample', answer: brought, calls: [] });
    return runId;
  }

  it('lists the latest record first, and filters by partner, run and reason', async () => {
    const first = await reject(CLINIC);
    const second = await reject(TITLE, 'westside');
    const runs = async (...args: string[]) => {
      const { stdout } = await run('rejected', 'list', '--json', ...args);
      return JSON.parse(stdout).items.map(({ runId }: { runId: string }) => runId);
    };
    expect(await runs()).toEqual([second, first]);
    expect(await runs('--partner', 'westside')).toEqual([second]);
    expect(await runs('--run-id', first)).toEqual([first]);
    expect(await runs('--reason', 'NullField')).toEqual([second]);
    expect(await runs('--limit', '1')).toEqual([second]);
  });

  it('prints the records as received only if asked to', async () => {
    const runId = await reject(TITLE);
    const [text, json, raw] = await Promise.all([
      run('rejected', 'list'),
      run('rejected', 'list', '--json'),
      run('rejected', 'list', '--raw'),
    ]);
    expect(text.stdout).toMatch(new RegExp(`noteworth +4 +title +NullField +open +${runId}\n$`));
    expect(text.stdout + json.stdout).not.toContain('Bob');
    expect(raw.stdout).toContain('{"name":"Bob"}');
  });

  it('reports no matches, and an empty list only if no record is open', async () => {
    const said = async (...args: string[]) => (await run('rejected', 'list', ...args)).stdout;
    expect(await said('--partner', 'other')).toMatch(/^No rejected records are open\./);
    await reject(CLINIC);
    expect(await said('--partner', 'other')).toBe('No rejected records match these filters.\n');
    expect((await run('rejected', 'list', '--reason', 'Ugly')).code).toBe(2);
    expect((await run('rejected', 'list', '--run-id', 'none')).code).toBe(2);
  });
});
