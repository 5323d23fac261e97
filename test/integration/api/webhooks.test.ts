import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { PACKAGE_ROOT } from '../../../src/process/package-root';
import type { Page } from '../../../src/store/lists/cursor';
import type { Message } from '../../../src/store/webhooks/read-messages';
import type { Receiver } from '../../../src/store/webhooks/read-receivers';
import { ask } from '../../support/api';
import { runHere } from '../../support/command-here';
import { startApiOf } from '../../support/health';
import { startReceiver } from '../../support/receiver';
import { inScenario, until } from '../../support/scenario';
import { startWorkerHereWithPartners } from '../../support/worker-with-partners';

const HTML = { headers: { Accept: 'text/html' } };
const PATIENCE_MS = 300_000;

describe('the receivers of webhooks in the API, on the page and in the CLI', () => {
  it(
    'are shown, and their messages are replayed and tested',
    inScenario({}, async (scenario) => {
      const receiver = await startReceiver();
      const api = await startApiOf(scenario);
      const receivers = async () => (await ask<Page<Receiver>>(api, '/api/v1/webhooks')).body.items;
      const messages = async () =>
        (await ask<Page<Message>>(api, '/api/v1/webhooks/pager/messages')).body.items;
      try {
        expect((await ask<string>(api, '/webhooks', HTML)).body).toContain('No receiver');
        const { url, secret } = receiver;
        const partners = readFileSync(join(PACKAGE_ROOT, 'partners.yaml'), 'utf8');
        receiver.answer = () => 410;
        await startWorkerHereWithPartners(
          scenario,
          partners + stringify({ webhooks: { pager: { url, secret } } }),
        );
        await (await scenario.startRun()).result;
        await until(async () => (await receivers())[0]?.disabledAt != null);
        expect(await receivers()).toMatchObject([
          {
            name: 'pager',
            host: new URL(url).host,
            configured: true,
            waiting: 1,
            failed: 0,
            lastDeliveredAt: null,
            waitingSince: (await messages())[0]?.createdAt,
          },
        ]);
        const { body: metrics } = await ask<string>(api, '/metrics');
        expect(metrics).toContain('provider_sync_webhook_receiver_failing{receiver="pager"} 1');
        expect(metrics).toContain('provider_sync_webhook_messages_waiting{receiver="pager"} 1');
        expect(metrics).toContain('provider_sync_webhook_messages_given_up{receiver="pager"} 0');
        expect(metrics).toMatch(
          /provider_sync_webhook_oldest_waiting_age_seconds\{receiver="pager"\} 0?[1-9.]/,
        );
        expect(metrics).toContain('provider_sync_webhook_due_seconds{receiver="pager"} 0');
        const { body: page } = await ask<string>(api, '/webhooks', HTML);
        expect(page).toContain('wants nothing more');
        expect(page).toContain('Send again');
        const { body: health } = await ask<{ findings: { code: string }[] }>(api, '/api/v1/health');
        expect(health.findings.map(({ code }) => code)).toContain('webhook-failing');
        const listed = await runHere(['webhooks', 'list'], scenario.env);
        expect(listed.stdout).toMatch(/pager .*wants nothing more/);

        receiver.answer = () => 200;
        const asked = await ask<{ workflowId: string }>(api, '/api/v1/webhooks/pager/replay', {
          method: 'POST',
        });
        expect(asked.status).toBe(202);
        await until(async () => (await messages())[0]?.state === 'delivered');
        expect(await receivers()).toMatchObject([{ waiting: 0, failed: 0, disabledAt: null, failure: null }]);

        const again = await runHere(['webhooks', 'replay', 'pager', '--since', '1h', '--json'], scenario.env);
        expect(JSON.parse(again.stdout)).toEqual({ messages: 1 });
        await until(() => receiver.accepted.length === 2);
        expect(new Set(receiver.accepted.map(({ id }) => id)).size).toBe(1);

        await runHere(['webhooks', 'test', 'pager'], scenario.env);
        await until(() => receiver.accepted.at(-1)?.type === 'webhook.test');
        const shown = await runHere(['webhooks', 'show', 'pager', '--limit', '1'], scenario.env);
        expect(shown.stdout).toMatch(/webhook\.test/);
        expect(shown.stdout).toMatch(/More with: --cursor/);

        expect((await ask(api, '/api/v1/webhooks/other/messages')).status).toBe(404);
        expect((await ask(api, '/api/v1/webhooks/other/replay', { method: 'POST' })).status).toBe(404);
        const unknown = await runHere(['webhooks', 'test', 'other'], scenario.env);
        expect(unknown.stderr).toContain('no receiver other');
      } finally {
        await api.close();
        await receiver.close();
      }
    }),
    PATIENCE_MS,
  );
});
