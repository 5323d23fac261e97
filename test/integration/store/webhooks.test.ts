import { randomUUID } from 'node:crypto';
import type { WebhookEvent } from '../../../src/contract/webhooks';
import { parsePartnersFile } from '../../../src/partner/config/partners-file';
import { abandonRun } from '../../../src/store/runs/abandon-run';
import { closeRun } from '../../../src/store/runs/close-run';
import { recordFailedStart } from '../../../src/store/runs/record-failed-start';
import { saveSync } from '../../../src/store/save/save-sync';
import { nextMessage, type WaitingMessage } from '../../../src/store/webhooks/next-message';
import { readChangedProviders } from '../../../src/store/webhooks/read-changed-providers';
import { listMessages } from '../../../src/store/webhooks/read-messages';
import { listReceivers } from '../../../src/store/webhooks/read-receivers';
import { recordDelivery, recordFailedAttempt } from '../../../src/store/webhooks/record-attempt';
import { registerReceivers } from '../../../src/store/webhooks/register-receivers';
import { removeOldMessages } from '../../../src/store/webhooks/remove-old-messages';
import { replayMessages } from '../../../src/store/webhooks/request-messages';
import { subscriptionsOf } from '../../../src/store/webhooks/subscriptions';
import { writeFreshness } from '../../../src/store/webhooks/write-freshness';
import { messagesOfErasure } from '../../../src/store/webhooks/write-messages';
import { partnersFile } from '../../support/partners';
import { until } from '../../support/scenario';
import { answer, openedRun, opening, provider, useStore } from '../../support/store-fixtures';

const store = useStore();
const failure = { type: 'PartnerTimeout', message: 'The partner gave no complete answer.' } as const;

const SECRET = `whsec_${Buffer.alloc(24).toString('base64')}`;
const webhooks = parsePartnersFile(
  `${partnersFile([
    ['noteworth', {}],
    ['other', {}],
  ])}
webhooks:
  all: { url: 'https://a.example', secret: ${SECRET} }
  failures: { url: 'https://b.example', secret: ${SECRET}, events: [run.failed], partners: [other] }`,
  {},
).webhooks;
const subscriptions = subscriptionsOf(webhooks);

async function succeed(
  keys: readonly string[],
  partner = 'noteworth',
  feed: 'sample' | 'snapshot' = 'sample',
) {
  const runId = await openedRun(store.dataSource, { partner });
  const providers = keys.map((key) => provider(key));
  const saving = { runId, partner, feed, answer: answer(providers), calls: [], subscriptions } as const;
  const rule = { maximumDeparted: 0.2, approveWithin: 60_000, approval: null };
  await saveSync(store.dataSource, { ...saving, ...(feed === 'snapshot' && { rule }) } as never);
  return runId;
}

async function fail(partner = 'noteworth', replayOf?: string) {
  const runId = await openedRun(store.dataSource, { partner, replayOf });
  await closeRun(store.dataSource, { runId, status: 'failed', failure, calls: [], subscriptions });
  return runId;
}

/** The messages as `receiver event`, in their order. */
async function written(): Promise<string[]> {
  const rows: { line: string }[] = await store.dataSource.query(
    `SELECT receiver || ' ' || event AS line FROM webhook_messages ORDER BY sequence`,
  );
  return rows.map(({ line }) => line);
}

const dataOf = async (event: WebhookEvent) =>
  (
    await store.dataSource.query('SELECT data, subject_id FROM webhook_messages WHERE event = $1', [event])
  )[0];

describe('messages to receivers of webhooks', () => {
  it('report what a run changed, and nothing if it changed nothing', async () => {
    const runId = await succeed(['a', 'b']);
    expect(await written()).toEqual(['all directory.changed']);
    expect(await dataOf('directory.changed')).toMatchObject({
      subject_id: runId,
      data: { status: 'succeeded', added: 2, changed: 0, left: 0, rejected: 0 },
    });
    await succeed(['a', 'b']);
    expect(await written()).toHaveLength(1);
  });

  it('report a failed run to the receivers of its partner, and the next good one', async () => {
    await fail('other');
    expect(await written()).toEqual(['all run.failed', 'failures run.failed']);
    await fail();
    await succeed(['a'], 'other');
    await succeed(['a'], 'other');
    expect((await written()).slice(2).sort()).toEqual([
      'all directory.changed',
      'all run.failed',
      'all run.recovered',
    ]);
  });

  it('report no failed replay, which is no news about the partner', async () => {
    const runId = await succeed(['a']);
    await fail('noteworth', runId);
    await succeed(['a']);
    expect(await written()).toEqual(['all directory.changed']);
  });

  it('report no start of an unknown partner, and no recovery from it', async () => {
    const unknown = { type: 'UnknownPartner', message: 'There is no such partner.' } as const;
    await recordFailedStart(store.dataSource, opening(), unknown);
    await succeed(['a']);
    expect(await written()).toEqual(['all directory.changed']);
  });

  it('report a run that was abandoned, once', async () => {
    const runId = await openedRun(store.dataSource);
    await abandonRun(store.dataSource, runId, undefined, subscriptions);
    await abandonRun(store.dataSource, runId, undefined, subscriptions);
    expect(await written()).toEqual(['all run.failed']);
    expect((await dataOf('run.failed')).data).toMatchObject({ status: 'abandoned', failure: 'Abandoned' });
  });

  it('report a snapshot that waits for approval, and nothing of what it would store', async () => {
    await succeed(['a', 'b', 'c', 'd', 'e', 'f'], 'noteworth', 'snapshot');
    await succeed(['a'], 'noteworth', 'snapshot');
    expect(await written()).toEqual(['all directory.changed', 'all approval.needed']);
    expect((await dataOf('approval.needed')).data).toMatchObject({ departing: 5, listed: 6 });
  });

  it('are not there if the transaction of the run was not stored', async () => {
    const runId = await openedRun(store.dataSource);
    const signal = new AbortController();
    const saving = { runId, partner: 'noteworth', feed: 'sample', calls: [], subscriptions } as const;
    await store.dataSource.query(
      `CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no'; END $$;
       CREATE CONSTRAINT TRIGGER refuse AFTER UPDATE ON sync_runs DEFERRABLE INITIALLY DEFERRED
       FOR EACH ROW EXECUTE FUNCTION refuse()`,
    );
    try {
      await expect(
        saveSync(store.dataSource, { ...saving, answer: answer([provider('a')]) }, signal.signal),
      ).rejects.toThrow('no');
    } finally {
      await store.dataSource.query('DROP FUNCTION refuse CASCADE');
    }
    expect(await written()).toEqual([]);
  });

  it("have numbers in the order in which a partner's messages are committed", async () => {
    const runId = await succeed(['a']);
    await store.dataSource.query(`UPDATE sync_runs SET finished_at = finished_at - interval '1 second'`);
    const failing = await openedRun(store.dataSource);
    const erasure = store.dataSource.createQueryRunner();
    await erasure.startTransaction();
    await erasure.query(
      `WITH receipt AS (SELECT $1::uuid AS id, $1::uuid AS provider_id, 'noteworth' AS partner)
       ${messagesOfErasure('$2')}`,
      [runId, subscriptions],
    );
    let hasEnded = false;
    const end = { runId: failing, status: 'failed', failure, calls: [], subscriptions } as const;
    const closing = closeRun(store.dataSource, end).finally(() => {
      hasEnded = true;
    });
    await until(async () => {
      const [waiting] = await store.dataSource.query(
        `SELECT FROM pg_locks JOIN pg_database ON pg_database.oid = database
         WHERE locktype = 'advisory' AND NOT granted AND datname = current_database()`,
      );
      return hasEnded || waiting !== undefined;
    });
    const lose = () => writeFreshness(store.dataSource, [{ name: 'noteworth', freshFor: 1 }], subscriptions);
    await lose();
    const before = await written();
    await erasure.commitTransaction();
    await erasure.release();
    await closing;
    await lose();
    expect(before).toEqual(['all directory.changed']);
    expect((await written()).slice(1)).toEqual([
      'all provider.erased',
      'all run.failed',
      'all freshness.lost',
    ]);
  });

  it('are not written without receivers', async () => {
    const runId = await openedRun(store.dataSource);
    await closeRun(store.dataSource, { runId, status: 'failed', failure, calls: [] });
    expect(await written()).toEqual([]);
  });

  it('report data that is no longer fresh once, and the good run that renews it', async () => {
    await succeed(['a']);
    const lose = (freshFor: number) =>
      writeFreshness(
        store.dataSource,
        [
          { name: 'noteworth', freshFor },
          { name: 'other', freshFor },
        ],
        subscriptions,
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
    await writeFreshness(store.dataSource, [{ name: 'noteworth', freshFor: 1 }], subscriptions);
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
      writeFreshness(store.dataSource, [{ name: 'noteworth', freshFor: 3_600_000 }], subscriptions);
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
      await writeFreshness(store.dataSource, [{ name: 'noteworth', freshFor: 3_600_000 }], subscriptions);
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
});

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
    const second = await waiting();
    expect(second).toMatchObject({ partner: 'other', event: 'run.failed' });
    await delivered(second);
    expect(await next()).toBeNull();
    expect(await due()).toMatchObject({ id: first.id, attempts: 1 });
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
    const [receiver] = await listReceivers(store.dataSource);
    expect(receiver).toMatchObject({ failure: 'HTTP 500', disabledAt: null, lastDeliveredAt: null });
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

describe('the receivers', () => {
  it('are those of partners.yaml, with what waits and what failed', async () => {
    await registerReceivers(store.dataSource, webhooks);
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

describe('the providers that a run changed', () => {
  it('come in parts in the order of their ids, with what happened to them', async () => {
    const keys = Array.from({ length: 1_203 }, (_, index) => `p${index}`);
    const runId = await succeed(keys);
    const seen: string[] = [];
    let after: string | null = null;
    const sizes: number[] = [];
    for (let isLast = false; !isLast; ) {
      const part: Awaited<ReturnType<typeof readChangedProviders>> = await readChangedProviders(
        store.dataSource,
        runId,
        after,
      );
      sizes.push(part.providers.length);
      seen.push(...part.providers.map(({ id }) => id));
      after = seen.at(-1) ?? null;
      isLast = part.isLast;
    }
    expect(sizes).toEqual([500, 500, 203]);
    expect(new Set(seen).size).toBe(1_203);
    expect(seen).toEqual([...seen].sort());
  });

  it('are changed, have left, or came back', async () => {
    const rule = { maximumDeparted: 1, approveWithin: 1_000, approval: null };
    const save = async (providers: readonly ReturnType<typeof provider>[]) => {
      const runId = await openedRun(store.dataSource);
      const saving = { runId, partner: 'noteworth', feed: 'snapshot', calls: [], rule } as const;
      await saveSync(store.dataSource, { ...saving, answer: answer(providers) });
      return (await readChangedProviders(store.dataSource, runId, null)).providers.map(({ change, fields }) =>
        `${change} ${fields?.join() ?? ''}`.trim(),
      );
    };
    expect(await save([provider('a'), provider('b')])).toEqual(['added', 'added']);
    const attributes = { 'likes.tea': 'yes', phone: '1' };
    expect(await save([provider('a', { title: 'PA', clinic: 'South', attributes })])).toEqual(
      expect.arrayContaining(['changed attributes,clinic,title', 'left']),
    );
    expect(await save([provider('a', { title: 'PA', clinic: 'South', attributes }), provider('b')])).toEqual([
      'returned',
    ]);
  });
});
