import { dismissRejected } from '../../../src/store/directory/dismiss-rejected';
import type { Page } from '../../../src/store/lists/cursor';
import { recordCall } from '../../../src/store/runs/ledger';
import type { RecordedCall } from '../../../src/store/runs/read-calls';
import { saveSync } from '../../../src/store/save/save-sync';
import { ask, useApi } from '../../support/api';
import { endedRun } from '../../support/ended-runs';
import { callsForPages, runWith } from '../../support/long-run';
import { until } from '../../support/scenario';
import { answer, call, openedRun, provider, sync, useStore } from '../../support/store-fixtures';

const store = useStore();
const api = useApi(() => ({ dataSource: store.dataSource }));
afterEach(() => jest.restoreAllMocks());

const show = (path: string, headers: Record<string, string> = {}) =>
  ask<string>(api, path, { headers: { Accept: 'text/html', ...headers } });

/** The export to which a page links. */
async function exportOf(path: string): Promise<string> {
  const { body } = await show(path);
  const [, href = ''] = /<a id="export" href="([^"]*)"/.exec(body) ?? [];
  return (await ask<string>(api, href.replaceAll('&amp;', '&'))).body;
}

/** A run with one provider and this many rejected records. */
async function rejectingRun(rejected: number, name = 'Ann'): Promise<string> {
  const runId = await openedRun(store.dataSource);
  await saveSync(store.dataSource, {
    runId,
    partner: 'noteworth',
    feed: 'sample',
    answer: {
      ...answer([provider('1')], { received: rejected + 1 }),
      rejected: Array.from({ length: rejected }, (_, position) => ({
        position,
        reason: 'BlankField',
        field: 'title',
        raw: '{}',
        identityKey: null,
        givenName: name,
        familyName: `Lee ${position}`,
      })),
    },
    calls: [],
  });
  return runId;
}

describe('the overview', () => {
  it('counts the open rejected records of all runs of the last 24 hours', async () => {
    await rejectingRun(7);
    await store.dataSource.query(`UPDATE rejected_records SET created_at = now() - interval '25 hours'`);
    const first = await rejectingRun(1);
    await store.dataSource.query(
      `UPDATE rejected_records SET created_at = now() - interval '3 hours' WHERE run_id = $1`,
      [first],
    );
    for (let runs = 1; runs < 50; runs += 1) await rejectingRun(1);
    const overview = async () => (await show('/')).body;
    expect(await overview()).toMatch(/hours\.<\/a> .*Began <time [^>]+>3 hours ago/);
    const repeated = '1 rejected record is open. It came 50 times in the last 24 hours.';
    expect(await overview()).toContain(repeated);
    const runId = await rejectingRun(2, 'Bo');
    expect(await overview()).toContain(
      '3 rejected records are open. They came 52 times in the last 24 hours.',
    );
    await dismissRejected(store.dataSource, { runId }, { by: 'zoe', reason: 'Retired.' });
    expect(await overview()).toContain(repeated);
  });
});

describe('the list of runs', () => {
  it('narrows to a period and to repeats, and its export has the same runs', async () => {
    await endedRun(store.dataSource, { ago: '30 hours', calls: [call(), call({ attempt: 2 })] });
    const recent = await endedRun(store.dataSource, {
      ago: '3 hours',
      took: '12 s',
      calls: [call(), call({ attempt: 2 })],
    });
    await endedRun(store.dataSource, { ago: '1 hour', calls: [call()] });
    const path = '/runs?started=24h&repeated=true&minDurationMs=10000';
    const { body } = await show(path);
    expect([...body.matchAll(/id="run-([0-9a-f-]+)"/g)].map(([, id]) => id)).toEqual([recent]);
    expect(body).toContain('1 repeated call');
    expect(body).toContain('<option value="10000" selected>10 seconds or longer</option>');
    expect((await exportOf(path)).trim().split('\n')).toHaveLength(2);
    expect((await show('/runs?started=1y')).status).toBe(400);
  });

  it('groups failed runs by cause, says whether a later run succeeded, and so does the overview', async () => {
    const { dataSource } = store;
    await endedRun(dataSource, { failure: 'PartnerTimeout', ago: '9 hours' });
    const example = await endedRun(dataSource, { failure: 'PartnerTimeout', ago: '8 hours' });
    expect((await show('/')).body).toContain(
      '2 syncs failed in the last 24 hours. Still failing: noteworth.',
    );
    const mender = await endedRun(dataSource, { ago: '7 hours' });
    expect((await show('/')).body).toContain(
      '2 syncs failed in the last 24 hours. Mended: each partner has been synced since.',
    );
    const path = '/runs?started=24h';
    const { body } = await show(path);
    expect(body).toContain('What went wrong in the last 24 hours');
    for (const id of [example, mender]) expect(body).toContain(`href="/runs/${id}"`);
    expect(body).toContain('href="/runs?started=24h&amp;status=failed&amp;failureType=PartnerTimeout"');
    const shown = async (query: string) => (await show(`/runs?${query}`)).body.includes('id="causes"');
    expect(await Promise.all(['status=failed', 'failureType=PartnerTimeout'].map(shown))).toEqual([
      true,
      true,
    ]);
    const others = ['status=succeeded&started=24h', 'status=abandoned', 'failureType=PartnerError'];
    expect(await Promise.all(others.map(shown))).toEqual([false, false, false]);
    const { body: found } = await ask<{ items: { state: string; count: number }[] }>(
      api,
      '/api/v1/syncs/causes?failureType=PartnerTimeout',
    );
    expect(found.items).toMatchObject([{ state: 'mended', count: 2 }]);
    expect((await ask(api, '/api/v1/syncs/causes?status=succeeded')).status).toBe(400);
  });
});

describe('the comparison of two runs', () => {
  const leadsTo = async (path: string) => {
    const { status, headers, body } = await show(path);
    return [status, headers.get('Location') ?? body];
  };

  it('shows what differs, and leads from two chosen runs or from one to the run before it', async () => {
    const { dataSource } = store;
    const slow = call({ endpoint: 'providers', outcome: 'PartnerTimeout', tookMs: 10_000 });
    const first = await endedRun(dataSource, { ago: '3 hours', calls: [call()] });
    const second = await endedRun(dataSource, {
      ago: '2 hours',
      took: '31 s',
      failure: 'PartnerTimeout',
      calls: [call(), slow],
    });
    const address = `/runs/compare?a=${first}&b=${second}`;
    expect(await leadsTo(`/runs/compare?b=${second}`)).toEqual([303, address]);
    expect(await leadsTo(`/runs/compare?run=${second}&run=${first}`)).toEqual([303, address]);
    const { body } = await show(address);
    expect(body).toContain('Two runs compared');
    expect(body).toMatch(/Status<\/th><td>succeeded<\/td><td>failed/);
    expect(body).toMatch(/Cause<\/th><td>–<\/td><td>PartnerTimeout/);
    expect(body).toMatch(/From start to end<\/th><td>1\.0 s<\/td><td>31\.0 s/);
    expect(body).toContain('+30.0 s');
    expect(body).toContain('>Partner</th>');
    const brief = (await show(`${address}&only=differences`)).body;
    expect([brief.includes('>Status</th>'), brief.includes('>Partner</th>')]).toEqual([true, false]);
    expect((await show(`/runs/${second}`)).body).toContain(`href="/runs/compare?b=${second}"`);
  });

  it('says on the page of a failed run whether a later run of the partner succeeded', async () => {
    const failed = await endedRun(store.dataSource, { ago: '3 hours', failure: 'PartnerTimeout' });
    const page = async (id: string) => (await show(`/runs/${id}`)).body;
    expect(await page(failed)).toContain('no sync has succeeded since');
    const same = '/runs?partner=noteworth&amp;status=failed&amp;failureType=PartnerTimeout';
    expect(await page(failed)).toContain(`href="${same}"`);
    expect((await show(same.replaceAll('&amp;', '&'))).body).toContain(`href="/runs/${failed}"`);
    const later = await endedRun(store.dataSource, { ago: '2 hours' });
    await endedRun(store.dataSource, { ago: '1 hour', partner: 'other' });
    expect(await page(failed)).toContain(
      `Mended: a <a id="mended-${failed}" href="/runs/${later}">later sync</a>`,
    );
    expect(await page(later)).not.toContain('Mended');
  });

  it('leads from a run to the runs of the same partner before and after it', async () => {
    const first = await endedRun(store.dataSource, { ago: '3 hours', failure: 'PartnerTimeout' });
    await endedRun(store.dataSource, { ago: '2 hours', partner: 'other' });
    const last = await endedRun(store.dataSource, { ago: '1 hour' });
    const around = async (id: string) => {
      const { body } = await show(`/runs/${id}`);
      return ['earlier', 'later'].map(
        (side) => new RegExp(`id="${side}" href="/runs/([^"]+)"`).exec(body)?.[1],
      );
    };
    expect(await around(first)).toEqual([undefined, last]);
    expect(await around(last)).toEqual([first, undefined]);
  });

  it('asks for exactly two runs, and for a run before', async () => {
    const only = await endedRun(store.dataSource);
    const expected = [
      ['/runs/compare', 400, 'none was chosen'],
      [`/runs/compare?run=${only}`, 400, '1 was chosen'],
      [`/runs/compare?run=${only}&run=x&run=y`, 400, '3 were chosen'],
      [`/runs/compare?b=${only}`, 409, 'no earlier run of noteworth'],
    ] as const;
    for (const [path, status, text] of expected) {
      expect(await leadsTo(path)).toEqual([status, expect.stringContaining(text)]);
    }
  });
});

describe('a run with many calls', () => {
  it('shows some of them with their counts, and leads to all', async () => {
    const calls = callsForPages(100, 20);
    const runId = await runWith(store.dataSource, calls);
    const { body } = await show(`/runs/${runId}`);
    expect(body).toContain('106 calls: providers: 100 ok, 5 PartnerError; auth: 1 ok.');
    expect(body).toContain(`href="/runs/${runId}/calls"`);
    expect(body.match(/Fetch providers/g)).toHaveLength(9 + 5 + 10 - 1);

    const pages: string[] = [];
    let next: string | undefined = `/runs/${runId}/calls`;
    while (next) {
      pages.push((await show(next)).body);
      next = /id="next-page" href="([^"]*)"/.exec(pages.at(-1) ?? '')?.[1]?.replaceAll('&amp;', '&');
    }
    expect(pages).toHaveLength(3);
    expect(pages.join('').match(/Fetch providers/g)).toHaveLength(105);

    const listed = await ask<Page<RecordedCall>>(api, `/api/v1/syncs/${runId}/calls?limit=200`);
    expect(listed.body).toEqual({ items: calls, nextCursor: null });
  });

  it('shows every call if there are few', async () => {
    const runId = await runWith(store.dataSource, callsForPages(2, 2));
    expect((await show(`/runs/${runId}`)).body).not.toContain('All calls');
  });
});

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

describe('the export of a page', () => {
  it('has the same people as the page: those who left', async () => {
    await sync(store.dataSource, 'snapshot', [provider('stays'), provider('leaves')]);
    await sync(store.dataSource, 'snapshot', [provider('stays')]);
    const left = await exportOf('/providers?listed=false');
    expect([left.includes('Family leaves'), left.includes('Family stays')]).toEqual([true, false]);
  });

  it('has the same people as the page: those who changed since, in the same order', async () => {
    await sync(store.dataSource, 'sample', [provider('old')]);
    await store.dataSource.query(
      `UPDATE providers SET first_seen_at = first_seen_at - interval '2 days', last_changed_at = last_changed_at - interval '2 days'`,
    );
    await sync(store.dataSource, 'sample', [provider('b')]);
    await sync(store.dataSource, 'sample', [provider('a')]);
    const since = encodeURIComponent(new Date(Date.now() - 60 * 60_000).toISOString());
    const lines = (await exportOf(`/providers?changedSince=${since}&sort=-firstSeenAt`)).split('\r\n');
    expect(lines.slice(1, -1).map((line) => line.split(',')[1])).toEqual(['Given a', 'Given b']);
  });

  it('has the runs of the filters, without the place in the list', async () => {
    const { runId: old } = await sync(store.dataSource, 'sample', [provider('1')]);
    await store.dataSource.query(`UPDATE sync_runs SET started_at = now() - interval '2 days'`);
    const { runId: young } = await sync(store.dataSource, 'sample', [provider('1')]);
    const day = 24 * 60 * 60_000;
    const ago = (days: number) => encodeURIComponent(new Date(Date.now() - days * day).toISOString());
    const after = await exportOf(`/runs?startedAfter=${ago(1)}`);
    expect([after.includes(young), after.includes(old)]).toEqual([true, false]);
    const before = await exportOf(`/runs?startedBefore=${ago(1)}`);
    expect([before.includes(young), before.includes(old)]).toEqual([false, true]);
  });

  it('has the whole list, also from a later page', async () => {
    for (let run = 0; run < 51; run += 1) await sync(store.dataSource, 'sample', []);
    const { body } = await ask(api, '/api/v1/syncs?limit=50');
    const rows = (await exportOf(`/runs?cursor=${encodeURIComponent(String(body.nextCursor))}`)).split(
      '\r\n',
    );
    expect(rows).toHaveLength(1 + 51 + 1);
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
    expect(first).toContain('Download these 120 as CSV');
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

describe('an empty list', () => {
  it.each([
    ['/runs?startedAfter=2030-01-01T00:00:00Z', 'No runs match these filters'],
    ['/rejected-records?reason=TooLong', 'No rejected records match these filters'],
  ])('says that no item matches the filters: %s', async (path, title) => {
    await rejectingRun(1);
    const { body } = await show(path);
    expect(body).toContain(title);
    expect(body).toContain('Show all');
  });

  it('leads to searches that find someone', async () => {
    await rejectingRun(1);
    await sync(store.dataSource, 'sample', [provider('linh', { givenName: 'Linh', familyName: 'Nguyen' })]);
    const { body } = await show('/providers?search=Nguen&title=Dr.');
    expect(body).toContain('No match for “Nguen”');
    expect(body).toMatch(/Did you mean <a href="\/providers\?[^"]*search=Nguyen[^"]*">Nguyen<\/a>\?/);
    expect(body).toContain('title=Dr.');
    expect(body).toContain('Clear filters');
    expect((await show('/providers?search=xqzzw')).body).not.toContain('Did you mean');
    expect((await show('/providers?title=Prof.')).body).toContain('No providers match these filters');
  });

  it('says that there is nothing yet', async () => {
    expect((await show('/runs')).body).toContain('No runs yet');
    expect((await show('/rejected-records')).body).toContain('No rejected records are open');
  });
});

describe('filters that have no field', () => {
  it.each([
    ['/providers?changedSince=2030-01-01T00:00:00Z', 'name="changedSince"', 'since 2030-01-01T00:00:00Z'],
    ['/runs?startedAfter=2030-01-01T00:00:00Z', 'name="startedAfter"', 'since 2030-01-01T00:00:00Z'],
  ])('are shown, and kept when another one is chosen: %s', async (path, input, shown) => {
    const { body } = await show(path);
    expect(body).toContain(input);
    expect(body).toContain(shown);
  });
});

describe('an open page', () => {
  const EVENTS = { Accept: 'text/event-stream' };

  /** The first event of the page's stream. */
  async function firstEvent(page: string): Promise<string> {
    const [, path = ''] = /data-events="([^"]*)"/.exec(page) ?? [];
    const ending = new AbortController();
    const { body } = await fetch(api.url + path.replaceAll('&amp;', '&'), {
      headers: EVENTS,
      signal: ending.signal,
    });
    if (!body) throw new Error('there is no stream');
    let text = '';
    const news = /^event: ?(changed|ended)$/m;
    for await (const part of body.pipeThrough(new TextDecoderStream())) {
      text += part;
      if (news.test(text)) break;
    }
    ending.abort();
    return news.exec(text)?.[1] ?? text;
  }
  const endRun = (runId: string) =>
    saveSync(store.dataSource, {
      runId,
      partner: 'noteworth',
      feed: 'sample',
      answer: answer([]),
      calls: [],
    });

  it.each([
    ['/', 'before'],
    ['/', 'after'],
    ['/runs', 'before'],
    ['/runs', 'after'],
  ])('is notified of a run that ends while %s is made, %s its version was read', async (path, when) => {
    const runId = await openedRun(store.dataSource);
    const query = store.dataSource.query.bind(store.dataSource);
    jest.spyOn(store.dataSource, 'query').mockImplementation(async (...sql) => {
      const isVersion = sql[0].includes('md5(string_agg');
      if (isVersion && when === 'before') await endRun(runId);
      const rows = await query(...sql);
      if (isVersion && when === 'after') await endRun(runId);
      return rows;
    });
    const { body } = await show(path);
    jest.restoreAllMocks();
    if (body.includes('status tone-busy')) expect(await firstEvent(body)).toBe('changed');
  });

  it('is notified of each call of a run, and asks no more after its end', async () => {
    const runId = await openedRun(store.dataSource);
    const { body } = await show(`/runs/${runId}`);
    await recordCall(store.dataSource, runId, call({ detail: 'a call of its own' }));
    expect(await firstEvent(body)).toBe('changed');
    const { body: then } = await show(`/runs/${runId}`);
    expect(then).toContain('a call of its own');
    await endRun(runId);
    expect(await firstEvent(then)).toBe('changed');
    expect((await show(`/runs/${runId}`)).body).not.toContain('data-events');
  });

  it('may be opened a limited number of times per address, and not by other sites', async () => {
    const open = Array.from({ length: 50 }, () => new AbortController());
    const ask = (headers = {}, { signal }: { signal?: AbortSignal } = {}) =>
      fetch(`${api.url}/events`, { headers: { ...EVENTS, ...headers }, ...(signal && { signal }) });
    for (const one of open) expect((await ask({}, one)).status).toBe(200);
    const refused = await ask();
    expect([refused.status, await refused.json()]).toMatchObject([
      503,
      { detail: expect.stringContaining('Too many pages') },
    ]);
    expect((await ask({ 'Sec-Fetch-Site': 'cross-site' })).status).toBe(403);
    expect((await ask({ Accept: 'application/json' })).status).toBe(406);
    for (const one of open) one.abort();
    const again = new AbortController();
    await until(async () => (await ask({}, again)).status === 200);
    again.abort();
  });
});
