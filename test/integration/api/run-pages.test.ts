import type { Page } from '../../../src/store/lists/cursor';
import type { RecordedCall } from '../../../src/store/runs/read-calls';
import { ask, useApi } from '../../support/api';
import { endedRun } from '../../support/ended-runs';
import { callsForPages, runWith } from '../../support/long-run';
import { pageReader } from '../../support/page-reader';
import { call, useStore } from '../../support/store-fixtures';

const store = useStore();
const api = useApi(() => ({ dataSource: store.dataSource }));

const { show, exportOf } = pageReader(api);

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
