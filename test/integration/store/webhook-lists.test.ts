import { randomUUID } from 'node:crypto';
import { nextMessage, type WaitingMessage } from '../../../src/store/webhooks/next-message';
import { listMessages } from '../../../src/store/webhooks/read-messages';
import { listReceivers } from '../../../src/store/webhooks/read-receivers';
import { recordDelivery, recordFailedAttempt } from '../../../src/store/webhooks/record-attempt';
import { registerReceivers } from '../../../src/store/webhooks/register-receivers';
import { removeOldMessages } from '../../../src/store/webhooks/remove-old-messages';
import { replayMessages } from '../../../src/store/webhooks/request-messages';
import { reportedRuns, WEBHOOKS } from '../../support/reported-runs';
import { useStore } from '../../support/store-fixtures';

const store = useStore();
const { succeed, fail, written } = reportedRuns(store);

describe('the receivers', () => {
  it('are those of partners.yaml, with what waits and what failed', async () => {
    await registerReceivers(store.dataSource, WEBHOOKS);
    await fail('other');
    const all = await listReceivers(store.dataSource);
    expect(all.map(({ name, waiting, failed }) => [name, waiting, failed])).toEqual([
      ['all', 1, 0],
      ['failures', 1, 0],
    ]);
    expect(all[1]).toMatchObject({ host: 'b.example', events: ['run.failed'], partners: ['other'] });
    await registerReceivers(store.dataSource, new Map());
    expect((await listReceivers(store.dataSource)).map(({ configured }) => configured)).toEqual([
      false,
      false,
    ]);
  });

  describe('with messages from two hours ago', () => {
    const receiver = 'all';
    const shown = async () => (await listReceivers(store.dataSource))[0];
    const next = async () => (await nextMessage(store.dataSource, receiver)) as WaitingMessage;
    const hoursAgo = (time?: string | null) => Math.round((Date.now() - Date.parse(time ?? '')) / 3_600_000);

    beforeEach(async () => {
      await registerReceivers(store.dataSource, WEBHOOKS);
      await succeed(['a']);
      await fail();
      await store.dataSource.query(
        `UPDATE webhook_messages
         SET retried_since = now() - interval '2 hours', next_attempt_at = now() - interval '2 hours'`,
      );
    });

    it('say since when the oldest has waited, also behind one with a part that was delivered', async () => {
      await recordDelivery(store.dataSource, await next(), { receiver, sentUpTo: randomUUID() });
      expect(hoursAgo((await shown())?.waitingSince)).toBe(2);
    });

    it('say since when one is due: not while it waited behind another, and not before its next attempt', async () => {
      expect(hoursAgo((await shown())?.dueSince)).toBe(2);
      await recordDelivery(store.dataSource, await next(), { receiver, sentUpTo: null });
      const { dueSince, lastDeliveredAt } = (await shown()) ?? {};
      expect([dueSince, hoursAgo(dueSince)]).toEqual([lastDeliveredAt, 0]);
      const failure = { failure: 'HTTP 500', isGone: false, waitSeconds: 3_600 };
      await recordFailedAttempt(store.dataSource, await next(), { receiver, ...failure });
      expect(await shown()).toMatchObject({ waiting: 1, dueSince: null });
    });

    it('have none that is due if the receiver wants nothing more', async () => {
      await store.dataSource.query('UPDATE webhook_receivers SET disabled_at = now()');
      expect(await shown()).toMatchObject({ waiting: 2, dueSince: null });
    });
  });

  it('have messages, the latest first, which are replayed and removed when they are old', async () => {
    for (let run = 0; run < 3; run += 1) await fail();
    const page = await listMessages(store.dataSource, { receiver: 'all', limit: 2 });
    expect(page.items).toMatchObject([{ state: 'waiting' }, { event: 'run.failed', partner: 'noteworth' }]);
    const cursor = page.nextCursor ?? '';
    const rest = await listMessages(store.dataSource, { receiver: 'all', limit: 2, cursor });
    expect(rest.items).toHaveLength(1);
    const first = await nextMessage(store.dataSource, 'all');
    expect(first).toMatchObject({ id: rest.items[0]?.id });
    await recordDelivery(store.dataSource, first as WaitingMessage, { receiver: 'all', sentUpTo: null });
    expect(await replayMessages(store.dataSource, 'all', null)).toBe(2);
    expect(await replayMessages(store.dataSource, 'all', rest.items[0]?.createdAt ?? '')).toBe(3);
    await store.dataSource.query(`UPDATE webhook_messages SET created_at = now() - interval '31 days'`);
    await removeOldMessages(store.dataSource);
    expect(await written()).toEqual([]);
  });
});
