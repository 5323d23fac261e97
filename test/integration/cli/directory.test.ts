import { listProviders } from '../../../src/store/directory/read-providers';
import { runHere } from '../../support/command-here';
import { provider, sync, useStore } from '../../support/store-fixtures';

const store = useStore();

const run = (...args: string[]) => runHere(args, { DATABASE_URL: store.url });

const jose = provider('jose', { givenName: 'José', familyName: 'Lee', title: 'NP', clinic: 'South Clinic' });

/** The family names of the providers in the list. */
async function family(...args: string[]): Promise<string[]> {
  const { code, stdout } = await run('providers', 'list', '--json', ...args);
  expect(code).toBe(0);
  return JSON.parse(stdout).items.map(({ familyName }: { familyName: string }) => familyName);
}

describe('providers list', () => {
  it('filters and sorts', async () => {
    await sync(store.dataSource, 'sample', [jose, provider('other')]);
    const { changedAt } = await laterChange();
    expect(await family()).toEqual(['Family other', 'Lee']);
    expect(await family('--sort', '-lastChangedAt')).toEqual(['Lee', 'Family other']);
    for (const filter of [
      ['--search', 'jose LEE south'],
      ['--letter', 'L'],
      ['--clinic', 'South Clinic'],
      ['--title', 'PA'],
      ['--changed-since', changedAt],
    ]) {
      expect(await family(...filter)).toEqual(['Lee']);
    }
    expect(await family('--changed-since', '9999-01-31')).toEqual([]);
  });

  it('shows present people by default, and people who left on request', async () => {
    await sync(store.dataSource, 'snapshot', [jose, provider('leaves')]);
    await sync(store.dataSource, 'snapshot', [jose]);
    expect(await family()).toEqual(['Lee']);
    expect(await family('--status', 'left')).toEqual(['Family leaves']);
    expect(await family('--status', 'all')).toEqual(['Family leaves', 'Lee']);
    expect(await family('--changed-since', '2001-01-01')).toEqual(['Family leaves', 'Lee']);
  });

  it('reports no matches, and an empty directory only if it is empty', async () => {
    const said = async (...args: string[]) => (await run('providers', 'list', ...args)).stdout;
    const EMPTY = 'The directory is empty. Start a run with: npx provider-sync sync\n';
    expect(await said()).toBe(EMPTY);
    expect(await said('--search', 'nobody')).toBe(EMPTY);
    await sync(store.dataSource, 'sample', [jose]);
    for (const filter of [
      ['--search', 'nobody'],
      ['--partner', 'other'],
      ['--clinic', 'North Clinic'],
      ['--title', 'PA'],
      ['--changed-since', '9999-01-31'],
    ]) {
      expect(await said(...filter)).toBe('No providers match these filters.\n');
    }
    expect(await said('--search', 'Josee')).toBe('No providers match. Did you mean José?\n');
    const { stdout } = await run('providers', 'list', '--search', 'Josee', '--json');
    expect(JSON.parse(stdout)).toEqual({ items: [], nextCursor: null, didYouMean: ['José'] });
  });

  it('refuses an invalid time and an unknown order', async () => {
    const [time, order] = await Promise.all([
      run('providers', 'list', '--changed-since', 'yesterday'),
      run('providers', 'list', '--sort', 'age'),
    ]);
    expect(time).toMatchObject({ code: 2, stderr: expect.stringContaining('such as 2026-03-01') });
    expect(order).toMatchObject({ code: 2, stderr: expect.stringContaining('-firstSeenAt') });
  });
});

/** A second run, which changes one title. */
async function laterChange(): Promise<{ runId: string; changedAt: string }> {
  const { runId } = await sync(store.dataSource, 'sample', [{ ...jose, title: 'PA' }]);
  const { items } = await listProviders(store.dataSource, { sort: '-lastChangedAt', limit: 1 });
  return { runId, changedAt: items[0]?.lastChangedAt ?? '' };
}

describe('providers show', () => {
  it('shows the provider, its changes, and people who may be the same', async () => {
    const first = await sync(store.dataSource, 'sample', [{ ...jose, attributes: { npi: '17' } }]);
    const later = await laterChange();
    await sync(store.dataSource, 'sample', [{ ...jose, givenName: 'JOSE', familyName: 'LEE' }], 'westside');
    const { items } = await listProviders(store.dataSource, { partner: 'noteworth', limit: 1 });
    const id = items[0]?.id ?? '';

    const { code, stdout } = await run('providers', 'show', id);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Provider +[0-9a-f-]{36}\nName +José Lee\nTitle +PA\nClinic +South Clinic\n/);
    expect(stdout).toMatch(new RegExp(`title: NP → PA +${later.runId}\n`));
    expect(stdout).toMatch(new RegExp(`first seen +${first.runId}\n`));
    expect(stdout).toContain('May be the same person. Records are never merged automatically.');
    expect(stdout).toMatch(/\nfamily name +differs +Lee +LEE\n/);
    expect(stdout).toMatch(/\nclinic +South Clinic +South Clinic\n/);
    expect(stdout).toMatch(/\ntitle +differs +PA +NP\n/);

    const json = JSON.parse((await run('providers', 'show', id, '--json')).stdout);
    expect(json).toMatchObject({
      ...items[0],
      changes: expect.any(Array),
      possiblySame: [{ partner: 'westside', differsIn: expect.arrayContaining(['familyName', 'title']) }],
    });
    expect(json.changes.map(({ field }: { field: string }) => field).sort()).toEqual([
      'attributes.npi',
      'title',
    ]);
  });

  it('lists its versions page by page', async () => {
    const first = await sync(store.dataSource, 'snapshot', [jose]);
    const gone = await sync(store.dataSource, 'snapshot', [provider('other')]);
    const { items } = await listProviders(store.dataSource, { search: 'lee', limit: 1 });
    const show = ['providers', 'show', items[0]?.id ?? '', '--versions'];
    const { code, stdout } = await run(...show);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      new RegExp(`\\n +2 .*NP +José Lee +South Clinic +left the partner’s list +${gone.runId}`),
    );
    expect(stdout).toMatch(new RegExp(`\\n +1 .*NP +José Lee +South Clinic +first seen +${first.runId}`));
    const page = JSON.parse((await run(...show, '--json', '--limit', '1')).stdout);
    expect(page.items).toMatchObject([{ number: 2, listed: false }]);
    const next = await run(...show, '--cursor', page.nextCursor);
    expect(next.stdout).toMatch(/^VERSION.*\n +1 /);
    expect(next.stdout).not.toContain('left');
  });

  it('shows the provider as of a day or a time', async () => {
    await sync(store.dataSource, 'sample', [jose]);
    const then = new Date().toISOString();
    const { changedAt } = await laterChange();
    const { items } = await listProviders(store.dataSource, { limit: 1 });
    const asOf = (time: string, ...args: string[]) =>
      run('providers', 'show', items[0]?.id ?? '', '--as-of', time, ...args);
    const [past, today, early, wrong, both] = await Promise.all([
      asOf(then),
      asOf(changedAt.slice(0, 10), '--json'),
      asOf('2001-01-01'),
      asOf('yesterday'),
      asOf(then, '--versions'),
    ]);
    expect(past.stdout).toMatch(/\nTitle +NP\n/);
    expect(past.stdout).toContain(`This is version 1, as of ${then}.`);
    expect(JSON.parse(today.stdout)).toMatchObject({ title: 'PA', version: 2 });
    expect(early).toMatchObject({ code: 2, stderr: expect.stringContaining('It was first seen at') });
    expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining('like 2026-01-31') });
    expect(both).toMatchObject({ code: 2, stderr: expect.stringContaining('cannot be used with') });
  });

  it.each([
    ['--limit', '5'],
    ['--cursor', 'x'],
    ['--as-of', '2026-01-31', '--limit', '5'],
  ])('refuses %s %s, which are for versions only', async (...options) => {
    expect(await run('providers', 'show', 'unknown', ...options)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--limit and --cursor are for --versions only.'),
    });
  });

  it('refuses a provider that does not exist', async () => {
    for (const option of [['--versions'], ['--as-of', '2026-01-31']]) {
      expect(await run('providers', 'show', 'unknown', ...option)).toMatchObject({
        code: 2,
        stderr: expect.stringContaining('There is no provider unknown.'),
      });
    }
    const { code, stderr } = await run('providers', 'show', 'unknown');
    expect(code).toBe(2);
    expect(stderr).toBe(
      'provider-sync: There is no provider unknown. See: npx provider-sync providers list\n',
    );
  });
});
