import type { DataSource } from 'typeorm';
import { z } from 'zod';
import type { MessageState, TEST_EVENT, WebhookEvent } from '../../contract/webhooks';
import { decodeCursor, type Page, toPage } from '../lists/cursor';
import type { PageQuery } from '../lists/filters';

/** A message to a receiver of webhooks; times in ISO 8601, UTC. */
export interface Message {
  readonly id: string;
  readonly event: WebhookEvent | typeof TEST_EVENT;
  /** Null for a test. */
  readonly partner: string | null;
  /** Our id of the run, or the id of the erased provider. */
  readonly subjectId: string;
  readonly createdAt: string;
  readonly state: MessageState;
  readonly attempts: number;
  /** Null unless it waits. */
  readonly nextAttemptAt: string | null;
  /** When it was delivered or given up. */
  readonly endedAt: string | null;
  /** Why the last attempt failed. */
  readonly failure: string | null;
}

type Row = Omit<Message, 'createdAt' | 'nextAttemptAt' | 'endedAt'> & {
  readonly sequence: string;
  readonly createdAt: Date;
  readonly nextAttemptAt: Date | null;
  readonly endedAt: Date | null;
};

const CURSOR = z.tuple([z.iso.datetime(), z.uuid()]);

/** The messages of one receiver, the latest first. */
export async function listMessages(
  dataSource: DataSource,
  { receiver, limit, cursor }: PageQuery & { readonly receiver: string },
): Promise<Page<Message>> {
  const [at = null, id = null] = cursor === undefined ? [] : decodeCursor(CURSOR, cursor);
  const rows: Row[] = await dataSource.query(
    `SELECT id, event, nullif(partner, '') AS partner, subject_id AS "subjectId", created_at AS "createdAt", state,
       attempts, CASE WHEN state = 'waiting' THEN next_attempt_at END AS "nextAttemptAt", ended_at AS "endedAt", failure
     FROM webhook_messages
     WHERE receiver = $1 AND ($2::timestamptz IS NULL OR (created_at, id) < ($2, $3::uuid))
     ORDER BY created_at DESC, id DESC LIMIT $4`,
    [receiver, at, id, limit + 1],
  );
  const toMessage = ({ createdAt, nextAttemptAt, endedAt, ...row }: Row): Message => ({
    ...row,
    createdAt: createdAt.toISOString(),
    nextAttemptAt: nextAttemptAt?.toISOString() ?? null,
    endedAt: endedAt?.toISOString() ?? null,
  });
  return toPage(rows, limit, toMessage, (row) => [row.createdAt.toISOString(), row.id]);
}
