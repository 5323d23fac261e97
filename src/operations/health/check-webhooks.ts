import type { DataSource } from 'typeorm';
import { listReceivers, type Receiver } from '../../store/webhooks/read-receivers';
import { type CheckOutcome, checked } from './check';
import { type Finding, finding } from './finding';

/** A receiver that restarts needs no operator. */
const LONG_FAILURE_MS = 15 * 60_000;

/** Checks that the receivers of webhooks take their messages. */
export async function checkWebhooks(dataSource: DataSource): Promise<CheckOutcome> {
  const receivers = (await listReceivers(dataSource)).filter(({ configured }) => configured);
  const found = receivers.flatMap(failing);
  const fact =
    receivers.length === 0
      ? 'no receivers'
      : `${receivers.length - found.length} of ${receivers.length} receivers fine`;
  return checked('webhooks', fact, found);
}

function failing({ name, disabledAt, failingSince, failure, waiting, failed }: Receiver): Finding[] {
  const since = disabledAt ?? failingSince;
  const isLong = since !== null && Date.now() - Date.parse(since) > LONG_FAILURE_MS;
  if (disabledAt === null && !isLong && failed === 0) return [];
  return [
    finding({
      code: 'webhook-failing',
      severity: 'degraded',
      what: `The receiver ${name} of webhooks ${stateOf(disabledAt, failure)}: ${waiting} messages wait, ${failed} were given up.`,
      since,
      advice: `Mend the receiver. Then send what it lacks: npx provider-sync webhooks replay ${name}`,
      link: '/webhooks',
    }),
  ];
}

function stateOf(disabledAt: string | null, failure: string | null): string {
  if (disabledAt !== null) return 'wants nothing more';
  return failure === null ? 'has gaps' : `does not take messages (${failure})`;
}
