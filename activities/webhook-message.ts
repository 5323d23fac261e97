import type { DataSource } from 'typeorm';
import { FAILURES, type FailureType } from '../src/contract/failures';
import { TEST_EVENT } from '../src/contract/webhooks';
import type { WaitingMessage } from '../src/store/webhooks/next-message';
import { readChangedProviders } from '../src/store/webhooks/read-changed-providers';

/** A message as it is sent. */
interface Letter {
  /** It is the same whenever the same content is sent again. */
  readonly id: string;
  readonly body: string;
  /** The last provider in it, if more messages about the same run follow; null for the last message. */
  readonly sentUpTo: string | null;
}

/** The message as a receiver gets it, with ids and counts and without a name. */
export async function composeMessage(dataSource: DataSource, message: WaitingMessage): Promise<Letter> {
  const { id, sequence, event, partner, subjectId, data, createdAt } = message;
  const write = (more: object) =>
    JSON.stringify({
      type: event,
      timestamp: createdAt.toISOString(),
      data: { sequence, ...subjectOf(message), ...data, ...more },
    });
  if (event === 'directory.changed') {
    const { providers, isLast } = await readChangedProviders(dataSource, subjectId, message.sentUpTo);
    const last = providers.at(-1)?.id ?? null;
    return {
      // A person who was erased meanwhile makes another message, not another content under the same id.
      id: last === null ? id : `${id}_${last}`,
      body: write({ providers, isLast }),
      sentUpTo: isLast ? null : last,
    };
  }
  const meaning = event === 'run.failed' ? { meaning: FAILURES[data.failure as FailureType]?.meaning } : {};
  return { id, body: write(partner === '' ? {} : meaning), sentUpTo: null };
}

function subjectOf({ event, partner, subjectId }: WaitingMessage): object {
  if (event === TEST_EVENT) return {};
  return event === 'provider.erased' ? { partner, providerId: subjectId } : { partner, runId: subjectId };
}
