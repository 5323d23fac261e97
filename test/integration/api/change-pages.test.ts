import { type Answered, ask, useApi } from '../../support/api';
import { partnerWith } from '../../support/partners';
import { rejectingSync, rejection } from '../../support/rejected';
import { provider, sync, useStore } from '../../support/store-fixtures';

const store = useStore();
const api = useApi(() => ({
  dataSource: store.dataSource,
  partners: new Map([['noteworth', partnerWith({ baseUrl: 'http://127.0.0.1:1' })]]),
}));

const ANN = provider('ann', { title: 'PA', clinic: 'North & East' });
const BEN = provider('ben');

/** A page as a browser gets it. */
function open(path: string, headers: Record<string, string> = {}): Promise<Answered<string>> {
  return ask<string>(api, path, { headers: { Accept: 'text/html', ...headers } });
}

/** The text of a page without tags. */
const textOf = ({ body }: Answered<string>) =>
  body
    .replace(/<[^>]+>/g, ' ')
    .replace(/&amp;/g, '&')
    .replace(/\s+/g, ' ');

async function twoSyncs(): Promise<{ first: string; second: string }> {
  const first = await sync(store.dataSource, 'snapshot', [ANN, BEN]);
  const second = await sync(store.dataSource, 'snapshot', [
    { ...ANN, title: 'NP', attributes: { phone: '1' } },
  ]);
  return { first: first.runId, second: second.runId };
}

describe('the page of changes', () => {
  it('shows who is new, who left and who changed in the last 7 days, with counts', async () => {
    const { second } = await twoSyncs();
    await store.dataSource.query(`UPDATE providers SET first_seen_at = now() - interval '8 days'`);
    const page = await open('/changes');
    const text = textOf(page);
    expect(page.status).toBe(200);
    expect(text).toContain('All 2 New 0 Left 1 Returned 0 Changed 1');
    expect(text).toMatch(/Family ann, Given ann North & East, noteworth title before: PA after: NP/);
    expect(text).toMatch(/Family ben, Given ben .* left the partner’s list/);
    expect(page.body).toContain(`href="/runs/${second}"`);
    expect(page.body).toMatch(/<details><summary>1 other field<\/summary>/);
    expect(textOf(await open('/changes?period=all'))).toContain('All 4 New 2');
  });

  it('has the changes of one person together', async () => {
    await twoSyncs();
    await sync(store.dataSource, 'snapshot', [{ ...ANN, title: 'Dr.' }]);
    const { body } = await open('/changes?field=title');
    expect(body.match(/>Family ann, Given ann</g)).toHaveLength(1);
    expect(body).toContain('rowspan="2"');
  });

  it('keeps the other filters in the links of periods and kinds', async () => {
    await twoSyncs();
    const { body } = await open('/changes?field=title&kind=changed&period=today');
    expect(body).toContain('href="/changes?kind=changed&amp;field=title&amp;period=all"');
    expect(body).toContain('href="/changes?field=title&amp;period=today"');
    expect(body).toMatch(/<input type="hidden" name="kind" value="changed"/);
    expect(body).toMatch(/href="\/api\/v1\/changes\?[^"]*kind=changed[^"]*since=[^"]*format=csv/);
  });

  it('takes days, of which the last one belongs to the period', async () => {
    const day = () => new Date().toISOString().slice(0, 10);
    const first = day();
    await twoSyncs();
    expect(textOf(await open(`/changes?since=${first}&until=${day()}`))).toContain('All 4');
    expect(textOf(await open('/changes?until=2001-01-01'))).toContain('No changes match these filters');
    const refused = await open('/changes?since=yesterday');
    expect([refused.status, textOf(refused)]).toEqual([
      400,
      expect.stringContaining('since: is not a day such as 2026-03-01'),
    ]);
  });

  it('keeps an exact time in the form', async () => {
    await twoSyncs();
    const time = '2001-03-01T08:30:00Z';
    const { body } = await open(`/changes?since=${time}&until=2999-01-01`);
    expect(body).toMatch(new RegExp(`<input id="filter-since" type="text" name="since" value="${time}"`));
    expect(body).toMatch(/<input id="filter-until" type="date" name="until" value="2999-01-01"/);
  });

  it.each([
    'since=0001-01-01&until=9999-12-31',
    'since=0001-01-01T00:00:00%2B14:00&until=9999-12-31T23:59:59-14:00',
  ])('takes the first and the last times: %s', async (times) => {
    await twoSyncs();
    const page = await open(`/changes?${times}`);
    expect([page.status, textOf(page)]).toEqual([200, expect.stringContaining('All 4')]);
    const [, href = ''] = /<a id="export" href="([^"]*)"/.exec(page.body) ?? [];
    expect((await ask<string>(api, href.replaceAll('&amp;', '&'))).status).toBe(200);
  });

  it('unfolds unmapped fields if they are asked for', async () => {
    await twoSyncs();
    const page = await open('/changes?field=other');
    expect(textOf(page)).toMatch(/phone none after: 1/);
    expect(page.body).not.toContain('other field</summary>');
  });

  it('shows one run, without a period', async () => {
    const { first } = await twoSyncs();
    await store.dataSource.query(`UPDATE providers SET first_seen_at = now() - interval '8 days'`);
    const page = await open(`/changes?run=${first}`);
    expect(textOf(page)).toContain('All 2 New 2');
    expect(textOf(page)).toContain('Back to the sync of noteworth');
    expect(page.body).not.toContain('aria-label="Period"');
  });
});

describe('the last visit', () => {
  const cookieOf = ({ headers }: Answered<string>) => headers.get('Set-Cookie')?.split(';')[0] ?? '';
  const HOUR = 60 * 60 * 1000;

  it('is known to the browser only', async () => {
    await twoSyncs();
    const first = await open('/changes?period=visit');
    expect(textOf(first)).toContain('This browser has no earlier visit.');
    expect(first.body).not.toContain('id="period-visit"');
    expect(first.headers.get('Set-Cookie')).toMatch(
      /^provider_sync_changes=\.\d+\.\d+; Max-Age=\d+; Path=\/changes; HttpOnly; SameSite=Lax$/,
    );
    const again = await open('/changes', { Cookie: cookieOf(first) });
    expect(again.body).not.toContain('id="period-visit"');
  });

  it('is where the list begins after a pause', async () => {
    const before = Date.now() - 3 * HOUR;
    await twoSyncs();
    await store.dataSource.query(`UPDATE providers SET first_seen_at = now() - interval '4 hours'`);
    const Cookie = `provider_sync_changes=.${before}.${before}`;
    const page = await open('/changes?period=visit', { Cookie });
    expect(textOf(page)).toContain('All 2 New 0 Left 1 Returned 0 Changed 1');
    expect(page.body).toMatch(/id="period-visit"[^>]*aria-current="true"/);
    expect(cookieOf(page)).toMatch(new RegExp(`^provider_sync_changes=${before}\\.`));
  });

  it('is not changed by a look at one run, and survives a value that is not ours', async () => {
    const { second } = await twoSyncs();
    expect(cookieOf(await open(`/changes?run=${second}`))).toBe('');
    const page = await open('/changes', { Cookie: 'provider_sync_changes=<script>' });
    expect(page.status).toBe(200);
    expect(cookieOf(page)).toMatch(/^provider_sync_changes=\.\d/);
  });
});

describe('the page of a run', () => {
  it('leads to all of its changes within the pages', async () => {
    const many = Array.from({ length: 30 }, (_, index) =>
      provider(`p${index}`, { attributes: { phone: 1 } }),
    );
    const first = await sync(store.dataSource, 'snapshot', many);
    expect(textOf(await open(`/runs/${first.runId}`))).toContain('First 25 of 30 · Show all');
    const second = await sync(
      store.dataSource,
      'snapshot',
      many
        .slice(0, 29)
        .map((one, index) => ({ ...one, ...(index < 27 ? { title: 'NP' } : { attributes: {} }) })),
    );
    const page = await open(`/runs/${second.runId}`);
    expect(textOf(page)).toContain('1 left , 27 changed . 2 changed only in other fields of the partner');
    expect(textOf(page)).toContain('First 25 of 27 · Show all');
    for (const path of [`kind=changed`, `kind=left`, 'field=other']) {
      expect(page.body).toContain(`href="/changes?run=${second.runId}&amp;${path}"`);
    }
    expect(page.body).not.toContain('href="/api/');
  });

  it('leads to all of its rejected records', async () => {
    const runId = await rejectingSync(
      store.dataSource,
      Array.from({ length: 26 }, (_, index) => rejection(`r${index}`)),
    );
    const page = await open(`/runs/${runId}`);
    expect(textOf(page)).toContain('First 25 of 26 · Show all');
    expect(page.body).toContain(`href="/rejected-records?runId=${runId}"`);
  });
});

it('the overview counts the changes of 7 days, and leads to them', async () => {
  await twoSyncs();
  const page = await open('/');
  expect(page.body).toMatch(/<a class="value" id="figure-changes" href="\/changes">4<\/a>/);
  const counts = [...page.body.matchAll(/href="\/changes\?kind=(\w+)">([^<]+)</g)].map((found) =>
    found.slice(1),
  );
  expect(counts).toEqual([
    ['new', '2 new'],
    ['left', '1 left'],
    ['changed', '1 changed'],
  ]);
});
