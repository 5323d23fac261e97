import { replayMessages, writeTest } from '../../src/store/webhooks/request-messages';
import { killCommands } from '../support/command';
import { sumOf } from '../support/read-metrics';
import { until } from '../support/scenario';
import { useOpened } from '../support/use-opened';
import { expectAlerts, grows, shows } from './breakage';
import { startMonitored } from './monitored';
import type { Condition } from './recording';

/*
 * The alerts on webhooks, and those on the requests with which a worker starts their delivery.
 */

const stage = useOpened(startMonitored, (monitored) => monitored.end());
afterAll(killCommands);

const pager = { receiver: 'pager' };
const START = 'StartWorkflowExecution';
/** More than the alert allows. */
const SLOW_MS = 2_600;

const write = () => writeTest(stage.scenario.dataSource, 'pager');
/** Makes the messages that wait, and the delivery before them, older. */
const age = (interval: string) =>
  stage.scenario.dataSource.query(
    `WITH earlier AS (UPDATE webhook_receivers SET last_delivered_at = last_delivered_at - interval '${interval}')
     UPDATE webhook_messages SET retried_since = retried_since - interval '${interval}',
       next_attempt_at = next_attempt_at - interval '${interval}' WHERE state = 'waiting'`,
  );
/** Waits also for the end of the delivery: until then it would send the next message without a start. */
async function untilDelivered(): Promise<void> {
  const { client, taskQueue, dataSource } = stage.scenario;
  await until(async () => {
    const [{ count }] = await dataSource.query(
      `SELECT count(*)::integer AS count FROM webhook_messages WHERE state <> 'delivered'`,
    );
    return count === 0;
  });
  await client.workflow.getHandle(`${taskQueue}.webhook.pager`).result();
}

const refuse = async () => {
  stage.receiver.answer = () => 500;
};

/** The receiver takes messages again, and gets those that it lacks. */
async function repair(): Promise<void> {
  stage.receiver.answer = () => 204;
  await replayMessages(stage.scenario.dataSource, 'pager', null);
  await untilDelivered();
}

describe('the alerts on webhooks', () => {
  it('fire if a receiver takes no messages', async () => {
    await expectAlerts(stage, ['WebhookReceiverFailing'], {
      prepare: refuse,
      breakIt: write,
      isBroken: shows('provider_sync_webhook_receiver_failing', 1, pager),
      mend: repair,
    });
  });

  it('fire if a message was given up', async () => {
    await expectAlerts(stage, ['WebhooksGivenUp'], {
      prepare: refuse,
      async breakIt() {
        await write();
        await age('4 days');
      },
      isBroken: shows('provider_sync_webhook_messages_given_up', 1, pager),
      mend: repair,
    });
  });

  it('fire if Temporal refuses to start the delivery', async () => {
    const status_code = 'RESOURCE_EXHAUSTED';
    const isRefused = grows('temporal_request_failure_total', { operation: START, status_code }, 2);
    const isBroken: Condition = (series, before) =>
      sumOf(series, 'provider_sync_webhook_due_seconds', pager) >= 3_600 && isRefused(series, before);
    await expectAlerts(stage, ['TemporalStartsThrottled', 'WebhooksWaiting'], {
      async breakIt() {
        stage.gateway.refuseCalls(START, status_code);
        await write();
        await age('1 hour');
      },
      isBroken,
      async mend() {
        stage.gateway.reset();
        await untilDelivered();
      },
    });
  });

  it('fire if Temporal is slow to start the delivery', async () => {
    const deliver = async () => {
      await write();
      await untilDelivered();
    };
    const startSlowly = async () => {
      stage.gateway.delayCalls(START, SLOW_MS);
      await deliver();
    };
    await expectAlerts(stage, ['TemporalRequestsSlow'], {
      prepare: deliver,
      breakIt: startSlowly,
      breakItAgain: startSlowly,
      mend: async () => stage.gateway.reset(),
    });
  });
});
