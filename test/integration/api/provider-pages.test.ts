import { useApi } from '../../support/api';
import { pageReader } from '../../support/page-reader';
import { provider, sync, useStore } from '../../support/store-fixtures';

const store = useStore();
const api = useApi(() => ({ dataSource: store.dataSource }));

const { show, exportOf } = pageReader(api);

describe('people who left', () => {
  beforeEach(async () => {
    await sync(store.dataSource, 'snapshot', [provider('stays'), provider('leaves')]);
    await sync(store.dataSource, 'snapshot', [provider('stays')]);
  });

  it.each(['/', '/partners', '/providers'])('are not counted as in the directory: %s', async (path) => {
    const { body } = await show(path);
    expect(body).toMatch(/>1<\/a>|1 present in the directory/);
    expect(body).not.toMatch(/>2<\/a>|2 present in the directory/);
  });

  it.each([
    ['/providers', true, false],
    ['/providers?status=', true, false],
    ['/providers?status=present', true, false],
    ['/providers?status=left', false, true],
    ['/providers?listed=false', false, true],
    ['/providers?status=all', true, true],
    ['/providers?changedSince=2001-01-01T00:00:00Z', true, true],
  ])('are shown only by the filter, on the page and in its export: %s', async (path, stays, leaves) => {
    const { body } = await show(path);
    for (const text of [body, await exportOf(path)]) {
      expect([text.includes('Family stays'), text.includes('Family leaves')]).toEqual([stays, leaves]);
    }
  });

  it('are counted as the filter of the page says', async () => {
    const selected = async (path: string) => {
      const [select = ''] = /<select id="filter-status".*?<\/select>/s.exec((await show(path)).body) ?? [];
      return /<option[^>]* selected[^>]*>\s*([^<]+?)\s*</.exec(select)?.[1];
    };
    expect(await selected('/providers')).toBe('Present');
    expect(await selected('/providers?listed=false')).toBe('Left');
    expect(await selected('/providers?changedSince=2001-01-01T00:00:00Z')).toBe('All');
  });
});

describe('people of a partner that is not fresh', () => {
  const WARNING = 'The data of noteworth is not fresh';
  const ageBy = (age: string) =>
    store.dataSource.query(
      `UPDATE sync_runs SET started_at = started_at - $1::interval, finished_at = finished_at - $1::interval`,
      [age],
    );
  const addressOf = async (name: string) => {
    const [row] = await store.dataSource.query('SELECT id FROM providers WHERE family_name = $1', [name]);
    return `/providers/${row.id}`;
  };

  beforeEach(async () => {
    await sync(store.dataSource, 'sample', [provider('ours')]);
    await sync(store.dataSource, 'sample', [provider('theirs')], 'brightwater');
  });

  it('are shown with a warning, in the list and alone', async () => {
    await ageBy('25 hours');
    const own = await addressOf('Family ours');
    for (const path of ['/providers', '/providers?partner=noteworth', own]) {
      expect((await show(path)).body).toContain(WARNING);
    }
  });

  it('have no warning while it is fresh, on the pages of other partners, and before its first sync', async () => {
    const own = await addressOf('Family ours');
    for (const path of ['/providers', own]) expect((await show(path)).body).not.toContain('is not fresh');
    await ageBy('25 hours');
    const other = await addressOf('Family theirs');
    // The configuration does not have brightwater, so it makes no promise.
    for (const path of ['/providers?partner=brightwater', other]) {
      expect((await show(path)).body).not.toContain('is not fresh');
    }
    await store.dataSource.query('TRUNCATE sync_runs CASCADE');
    expect((await show('/providers')).body).not.toContain('is not fresh');
  });
});

describe('the list of providers', () => {
  const linkOf = (body: string, id: string) =>
    new RegExp(`<a[^>]* id="${id}" href="([^"]*)"`).exec(body)?.[1]?.replaceAll('&amp;', '&');
  const positionOf = (body: string) => /class="position">([^<]*)</.exec(body)?.[1];

  beforeEach(async () => {
    const people = Array.from({ length: 120 }, (_, n) =>
      provider(`${n}`, { familyName: n < 60 ? `Adams ${n}` : `Zola ${n}`, clinic: `Ward ${n}` }),
    );
    await sync(store.dataSource, 'sample', people);
  });

  it('shows where a page is, and leads on and back', async () => {
    const first = (await show('/providers')).body;
    expect(positionOf(first)).toBe('Showing 1–50 of 120');
    expect(linkOf(first, 'previous-page')).toBeUndefined();
    const second = (await show(linkOf(first, 'next-page') ?? '')).body;
    expect(positionOf(second)).toBe('Showing 51–100 of 120');
    const third = (await show(linkOf(second, 'next-page') ?? '')).body;
    expect(positionOf(third)).toBe('Showing 101–120 of 120');
    expect(linkOf(third, 'next-page')).toBeUndefined();
    const back = (await show(linkOf(third, 'previous-page') ?? '')).body;
    expect(positionOf(back)).toBe('Showing 51–100 of 120');
    expect(back.match(/provider-[0-9a-f-]+/g)).toEqual(second.match(/provider-[0-9a-f-]+/g));
    // Above and below the list, so that no one has to look for it.
    expect(first.match(/Download these 120 as CSV/g)).toHaveLength(2);
  });

  it('leads to each letter, also from a later page', async () => {
    const first = (await show('/providers?title=Dr.')).body;
    const later = (await show(linkOf(first, 'next-page') ?? '')).body;
    expect(linkOf(later, 'letter-Q')).toBeUndefined();
    const last = (await show(linkOf(later, 'letter-Z') ?? '')).body;
    expect(positionOf(last)).toBe('Showing 1–50 of 60');
    expect(last).toContain('Zola 60');
    expect(last).not.toContain('Adams');
    expect(linkOf(last, 'letter-all')).toBe('/providers?title=Dr.');
    expect(await exportOf('/providers?letter=Z')).not.toContain('Adams');
  });

  it('shows when a provider was first seen if it is sorted by that', async () => {
    expect((await show('/providers?sort=-firstSeenAt')).body).toContain('First seen</th>');
    expect((await show('/providers')).body).not.toContain('First seen</th>');
  });

  it('offers clinics by letter, and others for what a reader types', async () => {
    const { body } = await show('/providers');
    const offered = [...body.matchAll(/<option value="(Ward \d+)"/g)].map(([, clinic]) => clinic);
    expect(offered).toHaveLength(100);
    expect(offered.slice(0, 3)).toEqual(['Ward 0', 'Ward 1', 'Ward 2']);
    const options = (await show('/providers/clinics?clinic=ward+11&partner=noteworth')).body;
    expect(options).toMatch(/^<option value="Ward 11" label="Ward 11 \(1\)">/);
    expect(options.match(/<option/g)).toHaveLength(11);
    expect((await show('/providers/clinics?clinic=ward')).body.match(/<option/g)).toHaveLength(20);
    expect((await show('/providers/clinics?partner=other')).body).toBe('');
  });

  it('leads to the clinics that have the words of the filter', async () => {
    const { body } = await show('/providers?clinic=ward+11');
    expect(body).toContain('No match at the clinic “ward 11”');
    expect(body).toMatch(/<a href="\/providers\?clinic=Ward\+110&amp;sort=name">Ward 110<\/a>/);
  });
});
