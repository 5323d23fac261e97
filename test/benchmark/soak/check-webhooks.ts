import { setTimeout as sleep } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import type { Received, Receiver } from '../../support/receiver';
import { SecretSearch } from '../../support/secret-search';
import { NAME_MARKS } from './person';
import { atLeastOnce, fact, type Line, never } from './table';

/** The time for what waits when nothing fails any more. */
const DRAINED_WITHIN_MS = 3 * 60_000;

/** Lets the receiver take everything, and waits until it has. */
export async function drainWebhooks(dataSource: DataSource, receiver: Receiver): Promise<void> {
  receiver.answer = () => 204;
  const giveUp = Date.now() + DRAINED_WITHIN_MS;
  while (Date.now() < giveUp) {
    const waiting: unknown[] = await dataSource.query(
      `UPDATE webhook_messages SET next_attempt_at = least(next_attempt_at, now())
       WHERE state = 'waiting' RETURNING id`,
    );
    if ((waiting[0] as unknown[]).length === 0) return;
    await sleep(1_000);
  }
}

/** Compares what the receiver took with the tables, which are compared with the answers of the partners. */
export async function checkWebhooks(dataSource: DataSource, receiver: Receiver): Promise<Line[]> {
  const first = firstOfEach(receiver.accepted);
  const erased = first
    .filter(({ type }) => type === 'provider.erased')
    .map(({ data }) => String(data.providerId));
  const changes = first.flatMap(changesIn).filter((change) => !erased.some((id) => change.includes(id)));
  const stored = await readChanges(dataSource);
  const failures = first.filter(({ type }) => type === 'run.failed').map(({ data }) => `run ${data.runId}`);
  const failed = await readFailed(dataSource);
  return [
    fact('requests to the receiver of webhooks', receiver.bodies.length),
    atLeastOnce('  that it did not take', receiver.bodies.length - receiver.accepted.length),
    fact('  messages that it took', first.length),
    fact('    more than once', receiver.accepted.length - first.length),
    never('  messages with a wrong signature', receiver.forged),
    atLeastOnce('changes of providers that it got', changes.length),
    never('  lost', without(stored, changes)),
    never('  of no run that was stored', without(changes, stored)),
    never('failed runs that it did not get', without(failed, failures)),
    never('  that it got, but did not fail', without(failures, failed)),
    never('erased people that it did not get', without(await readErased(dataSource), erased)),
    never('messages out of the order of their partner', outOfOrder(first)),
    never('names in messages', new SecretSearch(NAME_MARKS).findIn(receiver.bodies.join('\n'))),
  ];
}

function firstOfEach(accepted: readonly Received[]): Received[] {
  const seen = new Set<string>();
  return accepted.filter(({ id }) => seen.size !== seen.add(id).size);
}

function changesIn({ type, data }: Received): string[] {
  if (type !== 'directory.changed') return [];
  const providers = data.providers as readonly { id: string; change: string }[];
  return providers.map(({ id, change }) => `${change} ${id} by run ${data.runId}`);
}

async function readChanges(dataSource: DataSource): Promise<string[]> {
  const rows: { line: string }[] = await dataSource.query(
    `SELECT 'added ' || id || ' by run ' || first_run_id AS line FROM providers
     UNION ALL
     SELECT CASE WHEN bool_or(field = 'listed' AND after = 'false') THEN 'left '
         WHEN bool_or(field = 'listed') THEN 'returned ' ELSE 'changed ' END || provider_id || ' by run ' || run_id
     FROM provider_changes GROUP BY provider_id, run_id`,
  );
  return rows.map(({ line }) => line);
}

async function readFailed(dataSource: DataSource): Promise<string[]> {
  const rows: { line: string }[] = await dataSource.query(
    `SELECT 'run ' || id AS line FROM sync_runs WHERE status IN ('failed', 'abandoned') AND replay_of IS NULL`,
  );
  return rows.map(({ line }) => line);
}

async function readErased(dataSource: DataSource): Promise<string[]> {
  const rows: { id: string }[] = await dataSource.query('SELECT provider_id AS id FROM erasures');
  return rows.map(({ id }) => id);
}

function outOfOrder(messages: readonly Received[]): string[] {
  const last = new Map<unknown, number>();
  return messages
    .filter(({ data: { partner, sequence } }) => {
      const before = last.get(partner) ?? 0;
      last.set(partner, Number(sequence));
      return Number(sequence) < before;
    })
    .map(({ id }) => `message ${id}`);
}

function without(lines: readonly string[], others: readonly string[]): string[] {
  const known = new Set(others);
  return lines.filter((line) => !known.has(line));
}
