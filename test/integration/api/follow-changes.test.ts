import { Client } from 'pg';
import type { Provider } from '../../../src/store/directory/provider-row';
import type { Page } from '../../../src/store/lists/cursor';
import { saveSync } from '../../../src/store/save/save-sync';
import { ask, useApi } from '../../support/api';
import { until } from '../../support/scenario';
import { answer, openedRun, provider, sync, useStore } from '../../support/store-fixtures';

interface ProviderPage extends Page<Provider> {
  readonly completeUntil: string;
}

const store = useStore();
const api = useApi(() => ({ dataSource: store.dataSource }));

/** A program that asks for the changes since the last time, page by page. */
function startFollowing() {
  let changedSince = '1970-01-01T00:00:00Z';
  const titles: Record<string, string | null> = {};
  return {
    titles,
    async ask() {
      let first: ProviderPage | undefined;
      let cursor: string | null = '';
      while (cursor !== null) {
        const query = new URLSearchParams({ changedSince, limit: '1', ...(cursor && { cursor }) });
        const { body } = await ask<ProviderPage>(api, `/api/v1/providers?${query}`);
        for (const { familyName, title } of body.items) titles[familyName] = title;
        first ??= body;
        cursor = body.nextCursor;
      }
      changedSince = first?.completeUntil ?? changedSince;
    },
  };
}

/** Locks the existing providers, so that no other transaction can change them. */
async function holdProviders(): Promise<Client> {
  const holder = new Client({ connectionString: store.url });
  await holder.connect();
  await holder.query('BEGIN');
  await holder.query('SELECT FROM providers FOR UPDATE');
  return holder;
}

describe('a program that follows the list of providers', () => {
  it('misses no departure', async () => {
    const [stays, leaves] = [provider('stays'), provider('leaves')];
    await sync(store.dataSource, 'snapshot', [stays, leaves]);
    const { body } = await ask<ProviderPage>(api, '/api/v1/providers');
    await sync(store.dataSource, 'snapshot', [stays]);
    const query = new URLSearchParams({ changedSince: body.completeUntil });
    const changed = (await ask<ProviderPage>(api, `/api/v1/providers?${query}`)).body.items;
    expect(changed).toContainEqual(expect.objectContaining({ familyName: 'Family leaves', listed: false }));
  });

  it('misses no change of a save that is held open while others end', async () => {
    const ann = provider('ann', { familyName: 'Ann', title: 'PA' });
    const bea = provider('bea', { familyName: 'Bea', title: 'PA' });
    const following = startFollowing();
    await sync(store.dataSource, 'sample', [ann]);
    await following.ask();

    const runId = await openedRun(store.dataSource);
    const holder = await holdProviders();
    const people = [{ ...ann, title: 'Dr.' }, provider('cleo', { familyName: 'Cleo', title: 'NP' })];
    const saving = saveSync(store.dataSource, {
      runId,
      partner: 'noteworth',
      feed: 'sample',
      answer: answer(people),
      calls: [],
    });
    await until(async () => {
      const waiting = await store.dataSource.query(
        `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
      );
      return waiting.length > 0;
    });
    await sync(store.dataSource, 'sample', [bea], 'other');
    await following.ask();
    await sync(store.dataSource, 'sample', [{ ...bea, title: 'Dr.' }], 'other');
    await following.ask();
    expect(following.titles).toEqual({ Ann: 'PA', Bea: 'Dr.' });

    await holder.end();
    await saving;
    await following.ask();
    expect(following.titles).toEqual({ Ann: 'Dr.', Bea: 'Dr.', Cleo: 'NP' });
  });

  it('does not get a provider again and again, and gets the same answer while nothing happens', async () => {
    await sync(store.dataSource, 'sample', [provider('ann')]);
    const { body: all } = await ask<ProviderPage>(api, '/api/v1/providers');
    await sync(store.dataSource, 'sample', [provider('ann')]);
    const { body, headers } = await ask<ProviderPage>(
      api,
      `/api/v1/providers?changedSince=${all.completeUntil}`,
    );
    const again = `/api/v1/providers?changedSince=${body.completeUntil}`;
    expect((await ask<ProviderPage>(api, again)).body.items).toEqual([]);
    const same = { headers: { 'If-None-Match': headers.get('ETag') ?? '' } };
    expect((await ask(api, `/api/v1/providers?changedSince=${all.completeUntil}`, same)).status).toBe(304);
  });

  it('gets a `completeUntil` even before the first run', async () => {
    const { body } = await ask<ProviderPage>(api, '/api/v1/providers');
    expect(Math.abs(Date.parse(body.completeUntil) - Date.now())).toBeLessThan(3_600_000);
  });
});
