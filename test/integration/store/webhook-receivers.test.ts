import { parsePartnersFile } from '../../../src/partner/config/partners-file';
import { listReceivers } from '../../../src/store/webhooks/read-receivers';
import { registerReceivers } from '../../../src/store/webhooks/register-receivers';
import { replayMessages, writeTest } from '../../../src/store/webhooks/request-messages';
import { partnersFile } from '../../support/partners';
import { useStore } from '../../support/store-fixtures';

const store = useStore();
const SECRET = `whsec_${Buffer.alloc(24).toString('base64')}`;

/** Records the receiver `pager` as partners.yaml with this address does. */
const register = (url: string) =>
  registerReceivers(
    store.dataSource,
    parsePartnersFile(
      `${partnersFile([['noteworth', {}]])}\nwebhooks:\n  pager: { url: '${url}', secret: ${SECRET} }`,
      {},
    ).webhooks,
  );
const answers410 = () =>
  store.dataSource.query(
    `UPDATE webhook_receivers SET disabled_at = now(), failing_since = now(), failure = 'HTTP 410'`,
  );
const pager = async () => (await listReceivers(store.dataSource))[0];

describe('a receiver that wants nothing more', () => {
  beforeEach(async () => {
    await register('https://a.example/hooks');
    await answers410();
  });

  it('stays so when workers start again', async () => {
    await register('https://a.example/hooks');
    expect(await pager()).toMatchObject({ disabledAt: expect.any(String), failure: 'HTTP 410' });
  });

  it.each([
    ['that moves to another host', () => register('https://b.example/hooks')],
    [
      'that was removed and comes back',
      async () => {
        await registerReceivers(store.dataSource, new Map());
        await register('https://a.example/hooks');
      },
    ],
  ])('gets messages again %s', async (_, change) => {
    await change();
    expect(await pager()).toMatchObject({ disabledAt: null, failingSince: null, failure: null });
  });

  it('cannot be tested until a replay', async () => {
    await expect(writeTest(store.dataSource, 'pager')).rejects.toMatchObject({
      type: 'InvalidInput',
      message: expect.stringContaining('wants nothing more'),
    });
    expect(await replayMessages(store.dataSource, 'pager', null)).toBe(0);
    expect(await writeTest(store.dataSource, 'pager')).toBe(1);
  });
});

describe('a replay', () => {
  it('sends again what was delivered since a time, whenever it was written', async () => {
    await writeTest(store.dataSource, 'pager');
    await writeTest(store.dataSource, 'pager');
    const rows: { id: string }[] = await store.dataSource.query('SELECT id FROM webhook_messages');
    await store.dataSource.query(
      `UPDATE webhook_messages SET state = 'delivered', created_at = now() - interval '3 hours',
         ended_at = now() - CASE WHEN id = $1 THEN interval '2 hours' ELSE interval '1 minute' END`,
      [rows[0]?.id],
    );
    const hourAgo = new Date(Date.now() - 3_600_000).toISOString();
    expect(await replayMessages(store.dataSource, 'pager', hourAgo)).toBe(1);
    const waiting = await store.dataSource.query(`SELECT id FROM webhook_messages WHERE state = 'waiting'`);
    expect(waiting).toEqual([rows[1]]);
  });

  it('takes a time before the years that Postgres writes', async () => {
    await writeTest(store.dataSource, 'pager');
    expect(await replayMessages(store.dataSource, 'pager', '0000-01-01T00:00:00Z')).toBe(1);
  });
});
