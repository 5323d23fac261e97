import { registerReceivers } from '../../../src/store/webhooks/register-receivers';
import { removeOldMessages } from '../../../src/store/webhooks/remove-old-messages';
import { writeFreshness } from '../../../src/store/webhooks/write-freshness';
import { reportedRuns, SUBSCRIPTIONS, WEBHOOKS } from '../../support/reported-runs';
import { useStore } from '../../support/store-fixtures';

const store = useStore();
const { succeed, written, dataOf, registerEarly } = reportedRuns(store);

describe('messages about the freshness of a partner', () => {
  beforeEach(registerEarly);

  it('report data that is no longer fresh once, and the good run that renews it', async () => {
    await succeed(['a']);
    const lose = (freshFor: number) =>
      writeFreshness(
        store.dataSource,
        [
          { name: 'noteworth', freshFor },
          { name: 'other', freshFor },
        ],
        SUBSCRIPTIONS,
      );
    await lose(3_600_000);
    expect(await written()).toEqual(['all directory.changed']);
    await store.dataSource.query(`UPDATE sync_runs SET finished_at = finished_at - interval '1 second'`);
    await lose(1);
    await lose(1);
    expect((await written()).slice(1)).toEqual(['all freshness.lost']);
    await succeed(['a']);
    await succeed(['a']);
    expect((await written()).slice(2)).toEqual(['all freshness.restored']);
  });

  it('report renewed data also if the loss was committed after the good run had looked for it', async () => {
    await succeed(['a']);
    await store.dataSource.query(`UPDATE sync_runs SET finished_at = finished_at - interval '1 second'`);
    await writeFreshness(store.dataSource, [{ name: 'noteworth', freshFor: 1 }], SUBSCRIPTIONS);
    const [loss] = await store.dataSource
      .query(`DELETE FROM webhook_messages WHERE event = 'freshness.lost' RETURNING *`)
      .then(([rows]) => rows);
    const renewing = await succeed(['a']);
    await succeed(['a']);
    await store.dataSource.query(
      `INSERT INTO webhook_messages (receiver, event, partner, subject_id, data) VALUES ($1, $2, $3, $4, $5)`,
      [loss.receiver, loss.event, loss.partner, loss.subject_id, loss.data],
    );
    const sweep = () =>
      writeFreshness(store.dataSource, [{ name: 'noteworth', freshFor: 3_600_000 }], SUBSCRIPTIONS);
    await sweep();
    await sweep();
    expect((await written()).slice(1)).toEqual(['all freshness.lost', 'all freshness.restored']);
    expect(await dataOf('freshness.restored')).toMatchObject({
      subject_id: renewing,
      data: { status: 'succeeded', added: 0, changed: 0, left: 0, rejected: 0 },
    });
  });

  it('report a loss once, however long the data is not fresh', async () => {
    await succeed(['a']);
    const age = (table: string, column: string) =>
      store.dataSource.query(`UPDATE ${table} SET ${column} = ${column} - interval '31 days'`);
    const sweep = async () => {
      await removeOldMessages(store.dataSource);
      await writeFreshness(store.dataSource, [{ name: 'noteworth', freshFor: 3_600_000 }], SUBSCRIPTIONS);
    };
    await age('sync_runs', 'finished_at');
    await sweep();
    await age('webhook_messages', 'created_at');
    const losses = () =>
      store.dataSource.query(
        `SELECT id FROM webhook_messages WHERE event LIKE 'freshness.%' ORDER BY sequence`,
      );
    const lost = await losses();
    await sweep();
    expect(await losses()).toEqual(lost);
    await succeed(['a']);
    const both = await losses();
    expect(both).toHaveLength(2);
    await age('webhook_messages', 'created_at');
    await sweep();
    expect(await losses()).toEqual(both);
  });

  it('report no loss from before a receiver was added, and the next one', async () => {
    const sweep = () =>
      writeFreshness(store.dataSource, [{ name: 'noteworth', freshFor: 60_000 }], SUBSCRIPTIONS);
    const grow = (older: string) =>
      store.dataSource.query(`UPDATE sync_runs SET finished_at = finished_at - interval '${older}'`);
    const freshness = async () => (await written()).filter((line) => line.includes('freshness'));
    await succeed(['a']);
    await grow('2 hours');
    await registerReceivers(store.dataSource, new Map());
    await registerReceivers(store.dataSource, WEBHOOKS);
    await sweep();
    expect(await freshness()).toEqual([]);
    await succeed(['a']);
    await sweep();
    expect(await freshness()).toEqual([]);
    await grow('2 minutes');
    await store.dataSource.query(
      `UPDATE webhook_receivers SET registered_at = registered_at - interval '2 minutes'`,
    );
    await sweep();
    expect(await freshness()).toEqual(['all freshness.lost']);
    await succeed(['a']);
    expect(await freshness()).toEqual(['all freshness.lost', 'all freshness.restored']);
  });

  it('report a loss to a receiver that is there when its worker starts again', async () => {
    await succeed(['a']);
    await store.dataSource.query(`UPDATE sync_runs SET finished_at = finished_at - interval '2 hours'`);
    await registerReceivers(store.dataSource, WEBHOOKS);
    await writeFreshness(store.dataSource, [{ name: 'noteworth', freshFor: 60_000 }], SUBSCRIPTIONS);
    expect(await written()).toContain('all freshness.lost');
  });
});
