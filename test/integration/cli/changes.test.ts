import { runHere } from '../../support/command-here';
import { provider, sync, useStore } from '../../support/store-fixtures';

const store = useStore();

const run = (...args: string[]) => runHere(['changes', ...args], { DATABASE_URL: store.url });

describe('changes', () => {
  it('prints who is new, who left and who changed, with counts', async () => {
    const [ann, ben] = [provider('ann', { title: 'PA' }), provider('ben')];
    expect((await run()).stdout).toBe('The directory is empty. Start a run with: npx provider-sync sync\n');
    await sync(store.dataSource, 'snapshot', [ann, ben]);
    const { runId } = await sync(store.dataSource, 'snapshot', [{ ...ann, title: 'NP' }]);
    const { code, stdout } = await run('--run', runId);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^WHEN +NAME +WHAT +CLINIC/);
    expect(stdout).toMatch(/Family ann, Given ann +title: PA → NP +North Clinic +noteworth/);
    expect(stdout).toMatch(/Family ben, Given ben +left the partner’s list/);
    expect(stdout).toMatch(/\nIn all: 1 left, 1 changed\n$/);
    expect((await run('--until', '2001-01-01')).stdout).toBe('No changes match these filters.\n');
  });

  it('prints JSON for programs, page by page', async () => {
    await sync(store.dataSource, 'snapshot', [provider('ann'), provider('ben')]);
    const first = JSON.parse((await run('--json', '--limit', '1', '--kind', 'new')).stdout);
    const second = JSON.parse((await run('--json', '--limit', '1', '--cursor', first.nextCursor)).stdout);
    expect([first, second].flatMap(({ items }) => items.map((item: { kind: string }) => item.kind))).toEqual([
      'new',
      'new',
    ]);
    expect(second.nextCursor).toBeNull();
  });

  it('refuses an unknown kind and an invalid run', async () => {
    const [kind, runId] = await Promise.all([run('--kind', 'gone'), run('--run', '17')]);
    expect(kind).toMatchObject({ code: 2, stderr: expect.stringContaining('returned') });
    expect(runId).toMatchObject({ code: 2, stderr: expect.stringContaining('the id of a run') });
  });
});
