import { recordCall } from '../../../src/store/runs/ledger';
import { saveSync } from '../../../src/store/save/save-sync';
import { useApi } from '../../support/api';
import { pageReader } from '../../support/page-reader';
import { until } from '../../support/scenario';
import { answer, call, openedRun, useStore } from '../../support/store-fixtures';

const store = useStore();
const api = useApi(() => ({ dataSource: store.dataSource }));
afterEach(() => jest.restoreAllMocks());

const { show } = pageReader(api);

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
