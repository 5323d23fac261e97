import type { DataSource } from 'typeorm';
import { listReceivers, type Receiver } from '../../store/webhooks/read-receivers';
import { receiverState } from '../../store/webhooks/receiver-state';
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

function failing(receiver: Receiver): Finding[] {
  const { name, disabledAt, failingSince, waiting, failed } = receiver;
  const since = disabledAt ?? failingSince;
  const isLong = since !== null && Date.now() - Date.parse(since) > LONG_FAILURE_MS;
  if (disabledAt === null && !isLong && failed === 0) return [];
  return [
    finding({
      code: 'webhook-failing',
      severity: 'degraded',
      what: `The receiver ${name} of webhooks ${stateOf(receiver)}: ${waiting} messages wait, ${failed} were given up.`,
      since,
      advice: `Fix the receiver. Then send what it lacks: npx provider-sync webhooks replay ${name}`,
      link: '/webhooks',
    }),
  ];
}

function stateOf(receiver: Receiver): string {
  const state = receiverState(receiver);
  return state === 'failing' ? `does not take all messages (${receiver.failure})` : state;
}
