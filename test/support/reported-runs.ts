import type { WebhookEvent } from '../../src/contract/webhooks';
import { parsePartnersFile } from '../../src/partner/config/partners-file';
import { closeRun } from '../../src/store/runs/close-run';
import { saveSync } from '../../src/store/save/save-sync';
import { registerReceivers } from '../../src/store/webhooks/register-receivers';
import { subscriptionsOf } from '../../src/store/webhooks/subscriptions';
import { partnersFile } from './partners';
import { answer, openedRun, provider, type TestStore } from './store-fixtures';

const SECRET = `whsec_${Buffer.alloc(24).toString('base64')}`;
/** Two receivers: one of all events, and one of the failed runs of one partner. */
export const WEBHOOKS = parsePartnersFile(
  `${partnersFile([
    ['noteworth', {}],
    ['other', {}],
  ])}
webhooks:
  all: { url: 'https://a.example', secret: ${SECRET} }
  failures: { url: 'https://b.example', secret: ${SECRET}, events: [run.failed], partners: [other] }`,
  {},
).webhooks;
export const SUBSCRIPTIONS = subscriptionsOf(WEBHOOKS);
export const FAILURE = { type: 'PartnerTimeout', message: 'The partner gave no complete answer.' } as const;

/** Runs whose ends are reported to {@link WEBHOOKS}, and the messages about them. */
export function reportedRuns(store: TestStore) {
  /** A sync of these providers that succeeds. @returns our id of the run */
  async function succeed(
    keys: readonly string[],
    partner = 'noteworth',
    feed: 'sample' | 'snapshot' = 'sample',
  ) {
    const runId = await openedRun(store.dataSource, { partner });
    const providers = keys.map((key) => provider(key));
    const saving = {
      runId,
      partner,
      feed,
      answer: answer(providers),
      calls: [],
      subscriptions: SUBSCRIPTIONS,
    } as const;
    const rule = { maximumDeparted: 0.2, approveWithin: 60_000, approval: null };
    await saveSync(store.dataSource, { ...saving, ...(feed === 'snapshot' && { rule }) } as never);
    return runId;
  }

  /** A run that fails. @returns our id of it */
  async function fail(partner = 'noteworth', replayOf?: string) {
    const runId = await openedRun(store.dataSource, { partner, replayOf });
    await closeRun(store.dataSource, {
      runId,
      status: 'failed',
      failure: FAILURE,
      calls: [],
      subscriptions: SUBSCRIPTIONS,
    });
    return runId;
  }

  /** The messages as `receiver event`, in their order. */
  async function written(): Promise<string[]> {
    const rows: { line: string }[] = await store.dataSource.query(
      `SELECT receiver || ' ' || event AS line FROM webhook_messages ORDER BY sequence`,
    );
    return rows.map(({ line }) => line);
  }

  /** What the first message of this event says. */
  const dataOf = async (event: WebhookEvent) =>
    (
      await store.dataSource.query('SELECT data, subject_id FROM webhook_messages WHERE event = $1', [event])
    )[0];

  /** Registers the receivers before every run. */
  async function registerEarly(): Promise<void> {
    await registerReceivers(store.dataSource, WEBHOOKS);
    await store.dataSource.query(`UPDATE webhook_receivers SET registered_at = 'epoch'`);
  }

  return { registerEarly, succeed, fail, written, dataOf };
}
