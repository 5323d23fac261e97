import { randomUUID } from 'node:crypto';
import { nextMessage, type WaitingMessage } from '../../../src/store/webhooks/next-message';
import { listReceivers } from '../../../src/store/webhooks/read-receivers';
import { recordDelivery, recordFailedAttempt } from '../../../src/store/webhooks/record-attempt';
import { replayMessages } from '../../../src/store/webhooks/request-messages';
import { reportedRuns } from '../../support/reported-runs';
import { useStore } from '../../support/store-fixtures';

const store = useStore();
const { succeed, fail } = reportedRuns(store);

describe('the next message', () => {
  const next = () => nextMessage(store.dataSource, 'all');
  const waiting = async () => {
    const message = await next();
    if (!message) throw new Error('no message is due');
    return message;
  };
  /** The column rounds to milliseconds, so that `now()` could be in the future. */
  const due = async () => {
    await store.dataSource.query(`UPDATE webhook_messages SET next_attempt_at = now() - interval '1 second'`);
    return waiting();
  };
  /** What failed waits for an hour, as after the eighth failure. */
  const later = () =>
    store.dataSource.query(
      `UPDATE webhook_messages SET attempts = 8, next_attempt_at = now() + interval '1 hour'
       WHERE failure IS NOT NULL`,
    );
  const receiver = async () => (await listReceivers(store.dataSource))[0];
  const failed = (message: WaitingMessage, more = {}) =>
    recordFailedAttempt(store.dataSource, message, {
      ...{ receiver: 'all', failure: 'HTTP 500', isGone: false, waitSeconds: 0 },
      ...more,
    });
  const delivered = (message: WaitingMessage, sentUpTo: string | null = null) =>
    recordDelivery(store.dataSource, message, { receiver: 'all', sentUpTo });
  const rowOf = async ({ id }: WaitingMessage) =>
    (await store.dataSource.query('SELECT * FROM webhook_messages WHERE id = $1', [id]))[0];

  it('keeps the order of a partner; a failed one holds back no other partner', async () => {
    await fail();
    await fail('other');
    await succeed(['a']);
    const first = await waiting();
    expect(first).toMatchObject({ partner: 'noteworth', event: 'run.failed' });
    await failed(first);
    await later();
    const second = await waiting();
    expect(second).toMatchObject({ partner: 'other', event: 'run.failed' });
    await delivered(second);
    expect(await next()).toBeNull();
    expect(await due()).toMatchObject({ id: first.id, attempts: 8 });
  });

  it('is due for all partners when an outage ends, and waits longer if the receiver refuses it alone', async () => {
    for (const partner of ['noteworth', 'noteworth', 'other']) await fail(partner);
    await failed(await waiting());
    await failed(await waiting());
    await later();
    await store.dataSource.query(
      `UPDATE webhook_receivers SET registered_at = now() - interval '30 minutes'`,
    );
    expect(await next()).toBeNull();
    await store.dataSource.query(
      `UPDATE webhook_messages SET next_attempt_at = now() - interval '1 second' WHERE partner = 'noteworth'`,
    );
    for (const _ of ['first', 'second']) {
      const message = await waiting();
      expect(message).toMatchObject({ partner: 'noteworth' });
      await delivered(message);
    }
    const refused = await waiting();
    expect(refused).toMatchObject({ partner: 'other', attempts: 8 });
    await failed(refused);
    await fail();
    await delivered(await waiting());
    expect(await next()).toBeNull();
    expect(await receiver()).toMatchObject({ failingSince: expect.any(String), failure: 'HTTP 500' });
    const last = await due();
    expect(last).toMatchObject({ partner: 'other', attempts: 9 });
    await delivered(last);
    expect(await receiver()).toMatchObject({ failingSince: null, failure: null });
  });

  it('comes after the one before was given up', async () => {
    await fail();
    await fail();
    await store.dataSource.query(
      `UPDATE webhook_messages SET retried_since = now() - interval '73 hours'
       WHERE sequence = (SELECT min(sequence) FROM webhook_messages)`,
    );
    const first = await waiting();
    await failed(first);
    expect(await next()).toMatchObject({ attempts: 0, event: 'run.failed' });
    expect(await rowOf(first)).toMatchObject({ state: 'failed', failure: 'HTTP 500' });
  });

  it('has three days from its last part that was delivered', async () => {
    await succeed(['a']);
    await store.dataSource.query(`UPDATE webhook_messages SET retried_since = now() - interval '73 hours'`);
    await delivered(await waiting(), randomUUID());
    await failed(await waiting());
    expect(await rowOf(await due())).toMatchObject({ state: 'waiting', attempts: 1 });
  });

  it('waits for all partners as long as the receiver asks for', async () => {
    for (const partner of ['noteworth', 'other', 'other']) await fail(partner);
    await failed(await waiting(), { failure: 'HTTP 429', waitSeconds: 600 });
    expect(await next()).toBeNull();
    await store.dataSource.query(
      `UPDATE webhook_messages SET next_attempt_at = next_attempt_at - interval '300 seconds'`,
    );
    expect(await next()).toBeNull();
    await due();
  });

  it('keeps its state when a lost worker records its attempt later', async () => {
    await fail();
    const read = await waiting();
    await failed(read);
    await delivered(read);
    await failed(read, { isGone: true, failure: 'HTTP 410' });
    expect(await rowOf(read)).toMatchObject({ state: 'waiting', attempts: 1, failure: 'HTTP 500' });
    expect(await receiver()).toMatchObject({ failure: 'HTTP 500', disabledAt: null, lastDeliveredAt: null });
    await delivered(await due());
    await delivered(read);
    expect(await rowOf(read)).toMatchObject({ state: 'delivered' });
  });

  it('is sent again from its first part after a replay, also when a part is recorded later', async () => {
    await succeed(['a']);
    const first = await waiting();
    await replayMessages(store.dataSource, 'all', null);
    await delivered(first, randomUUID());
    expect(await due()).toMatchObject({ sentUpTo: null });
    const part = randomUUID();
    await delivered(await waiting(), part);
    const second = await waiting();
    expect(second).toMatchObject({ sentUpTo: part });
    await replayMessages(store.dataSource, 'all', null);
    await delivered(second, randomUUID());
    expect(await due()).toMatchObject({ sentUpTo: null });
  });

  it('does not come for a receiver that wants nothing more', async () => {
    await fail();
    await failed(await waiting(), { isGone: true });
    await store.dataSource.query('UPDATE webhook_messages SET next_attempt_at = now()');
    expect(await next()).toBeNull();
  });
});
