import type { Command } from 'commander';
import type { WebhookRequest } from '../contract/webhooks';
import { loadConfig } from '../process/config';
import { ExpectedError } from '../process/expected-error';
import { createLogger } from '../process/logger';
import { listMessages, type Message } from '../store/webhooks/read-messages';
import { listReceivers, type Receiver } from '../store/webhooks/read-receivers';
import { receiverState } from '../store/webhooks/receiver-state';
import { expectingTemporal, usingTemporal } from '../temporal/connection/using-temporal';
import { requestWebhooks } from '../temporal/runs/request-webhooks';
import { resultOrRefusal } from '../temporal/runs/result-or-refusal';
import { pageOptions } from './list-command';
import { createProgress, say, table, writeJson } from './output';
import { seeEnd } from './see-end';
import { shownTime } from './shown-time';
import { toTime } from './to-time';
import { withStore } from './with-store';
import { inCommandSpan, withTracing } from './with-tracing';

interface Json {
  readonly json?: boolean;
}

/** `webhooks list`, `webhooks show`, `webhooks replay` and `webhooks test` */
export function webhooksCommand(webhooks: Command): void {
  webhooks
    .command('list')
    .description('list the receivers, and how they do')
    .option('--json', 'print JSON')
    .action(list);
  pageOptions(
    webhooks
      .command('show')
      .description('list the messages to a receiver, the latest first')
      .argument('<receiver>', 'its name in partners.yaml'),
  ).action(show);
  webhooks
    .command('replay')
    .description('send the failed and waiting messages again')
    .argument('<receiver>', 'its name in partners.yaml')
    .option('--since <time>', 'what was delivered since this time too, or 24h for 24 hours ago', toTime)
    .option('--json', 'print JSON')
    .action((receiver: string, { json, since }: Json & { since?: string }) =>
      request({ receiver, kind: 'replay', ...(since && { since }) }, json),
    );
  webhooks
    .command('test')
    .description('send a message with the event webhook.test')
    .argument('<receiver>', 'its name in partners.yaml')
    .option('--json', 'print JSON')
    .action((receiver: string, { json }: Json) => request({ receiver, kind: 'test' }, json));
}

function list({ json }: Json): Promise<void> {
  return withStore(async (dataSource) => {
    const items = await listReceivers(dataSource);
    if (json) writeJson({ items, nextCursor: null });
    else say(items.length > 0 ? formatReceivers(items) : 'No receivers: see webhooks in partners.yaml.');
  });
}

function show(receiver: string, { json, ...page }: Json & { limit: number; cursor?: string }): Promise<void> {
  return withStore(async (dataSource) => {
    const found = await listMessages(dataSource, { receiver, ...page });
    if (json) return writeJson(found);
    say(found.items.length > 0 ? formatMessages(found.items) : `No messages to ${receiver}.`);
    if (found.nextCursor) say(`More with: --cursor ${found.nextCursor}`);
  });
}

async function request(input: WebhookRequest, json = false): Promise<void> {
  const config = loadConfig(['temporal']);
  const { temporal } = config;
  const progress = createProgress();
  progress.show('Waiting for a worker');
  const requested = `The request was made, and a worker does it. See: npx provider-sync webhooks show ${input.receiver}`;
  const messages = await withTracing(config, createLogger(config.logLevel), () =>
    usingTemporal(temporal, async (client) => {
      const handle = await inCommandSpan(`webhooks ${input.kind}`, () =>
        requestWebhooks(client, temporal.taskQueue, input),
      );
      const result = () => expectingTemporal(temporal, () => handle.result());
      return resultOrRefusal({ result: () => seeEnd(requested, result) });
    }),
  ).finally(progress.end);
  if (messages === null) {
    throw new ExpectedError(`The workers have no receiver ${input.receiver} in partners.yaml.`);
  }
  if (json) writeJson({ messages });
  else say(`${messages} due. See: npx provider-sync webhooks show ${input.receiver}`);
}

function formatReceivers(receivers: readonly Receiver[]): string {
  return table(
    ['RECEIVER', 'HOST', 'STATE', 'LAST DELIVERY', 'WAITING', 'FAILED', 'EVENTS'],
    receivers.map((one) => [
      one.name,
      one.host,
      stateOf(one),
      shownTime(one.lastDeliveredAt),
      one.waiting,
      one.failed,
      one.events.join(' '),
    ]),
  );
}

function stateOf(receiver: Receiver): string {
  const { disabledAt, failingSince, failure, waiting } = receiver;
  const state = receiverState(receiver);
  switch (state) {
    case 'removed':
      return waiting > 0 ? 'removed; its messages wait' : state;
    case 'wants nothing more':
      return `${state} since ${shownTime(disabledAt)}`;
    case 'failing':
      return `fails since ${shownTime(failingSince)}: ${failure}`;
    default:
      return state;
  }
}

function formatMessages(messages: readonly Message[]): string {
  return table(
    ['MESSAGE', 'EVENT', 'PARTNER', 'WRITTEN', 'STATE', 'ATTEMPTS', 'NEXT ATTEMPT', 'FAILURE'],
    messages.map((one) => [
      one.id,
      one.event,
      one.partner,
      shownTime(one.createdAt),
      one.state,
      one.attempts,
      shownTime(one.nextAttemptAt),
      one.failure,
    ]),
  );
}
