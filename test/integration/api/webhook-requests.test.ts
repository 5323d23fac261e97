import { randomUUID } from 'node:crypto';
import { requestWebhooks } from '../../../src/temporal/runs/request-webhooks';
import { ask, useApi } from '../../support/api';
import { until } from '../../support/scenario';
import { useSystem } from '../../support/system';

const PATIENCE_MS = 300_000;
const HTML = { headers: { Accept: 'text/html' } };
const PATH = '/api/v1/webhooks/pager/replay';
const SECRET = `whsec_${Buffer.alloc(24).toString('base64')}`;
const system = useSystem({}, undefined, [], { pager: { url: 'http://127.0.0.1:1/', secret: SECRET } });
const api = useApi(() => {
  const { dataSource, client, config: temporal } = system;
  return { dataSource, client, temporal };
});

/** Requests a replay; the result of its workflow is the number of messages. */
const replay = (body: object) =>
  ask<{ workflowId: string }>(api, PATH, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
const resultOf = (workflowId: string) => system.client.workflow.getHandle(workflowId).result();
const page = async () => (await ask<string>(api, '/webhooks', HTML)).body;

beforeAll(
  () =>
    until(async () => {
      const [row] = await system.dataSource.query('SELECT host FROM webhook_receivers');
      return row !== undefined;
    }),
  PATIENCE_MS,
);

describe('a request to send webhooks again', () => {
  it('is a run of its own, so that no request replaces another', async () => {
    const requested = await Promise.all([replay({}), replay({ since: '2026-03-01T00:00:00Z' })]);
    const ids = requested.map(({ body }) => body.workflowId);
    expect(new Set(ids).size).toBe(2);
    for (const id of ids) expect(await resultOf(id)).toBe(0);
  });

  it('says where the messages are', async () => {
    const { status, headers } = await replay({});
    expect([status, headers.get('Location')]).toEqual([202, '/api/v1/webhooks/pager/messages']);
    expect((await ask(api, headers.get('Location') ?? '')).status).toBe(200);
  });

  it('is refused with a field that it does not know', async () => {
    expect((await replay({ from: '2026-03-01T00:00:00Z' })).status).toBe(400);
  });

  it('takes the earliest time that has the form', async () => {
    const { body } = await replay({ since: '0000-01-01T00:00:00Z' });
    expect(await resultOf(body.workflowId)).toBe(0);
  });

  it('is confirmed on the page', async () => {
    const { status, headers } = await ask(api, '/webhooks/pager/replay', { method: 'POST' });
    expect([status, headers.get('Location')]).toEqual([303, '/webhooks?notice=requested']);
    const { body } = await ask<string>(api, '/webhooks?notice=requested', HTML);
    expect(body).toContain('A worker does it as soon as it can');
    expect(await page()).not.toContain('A worker does it as soon as it can');
  });
});

describe('the page of the receivers', () => {
  const addMessage = (state: 'waiting' | 'failed') =>
    system.dataSource.query(
      `INSERT INTO webhook_messages (receiver, event, partner, subject_id, data, state, ended_at, next_attempt_at)
       VALUES ('archive', 'run.failed', 'noteworth', $1, '{}', $2, CASE WHEN $2 = 'failed' THEN now() END, 'infinity')`,
      [randomUUID(), state],
    );
  beforeEach(() =>
    system.dataSource.query(`INSERT INTO webhook_receivers (name, host) VALUES ('archive', 'a.example')`),
  );
  afterEach(() =>
    system.dataSource.query(
      `WITH messages AS (DELETE FROM webhook_messages) DELETE FROM webhook_receivers WHERE name = 'archive'`,
    ),
  );

  it('lets an operator enable a receiver without messages that wanted nothing more', async () => {
    expect(await page()).not.toContain('/webhooks/archive/replay');
    await system.dataSource.query(`UPDATE webhook_receivers SET disabled_at = now() WHERE name = 'archive'`);
    expect(await page()).toContain('/webhooks/archive/replay');
  });

  it('shows that a receiver lacks messages', async () => {
    await addMessage('failed');
    expect(await page()).toContain('has gaps');
  });

  it('shows that messages of a removed receiver wait', async () => {
    await system.dataSource.query(`UPDATE webhook_receivers SET configured = false WHERE name = 'archive'`);
    const wait = 'Its messages wait until it is configured again';
    expect(await page()).not.toContain(wait);
    await addMessage('waiting');
    expect(await page()).toContain(wait);
  });
});

describe('a test of a receiver that wants nothing more', () => {
  it('is refused, and says what to do', async () => {
    await system.dataSource.query(`UPDATE webhook_receivers SET disabled_at = now() WHERE name = 'pager'`);
    const handle = await requestWebhooks(system.client, system.config.taskQueue, {
      receiver: 'pager',
      kind: 'test',
    });
    await expect(handle.result()).rejects.toMatchObject({
      cause: { cause: { type: 'InvalidInput', message: expect.stringContaining('webhooks replay pager') } },
    });
  });
});
