import { randomUUID } from 'node:crypto';
import { WorkflowNotFoundError } from '@temporalio/client';
import { version } from '../../../src/process/package-root';
import type { Page } from '../../../src/store/lists/cursor';
import type { Run } from '../../../src/store/runs/run-row';
import type { CurrentStep } from '../../../src/temporal/runs/current-step';
import { ask, useApi } from '../../support/api';
import { person, serving } from '../../support/people';
import { until } from '../../support/scenario';
import { post, read } from '../../support/sync-requests';
import { useSystem } from '../../support/system';

describe('/api/v1/syncs with a worker', () => {
  // A call without an answer lasts until its run is cancelled.
  const system = useSystem({ deadline: '1m' });
  const api = useApi(() => {
    const { dataSource, client, config: temporal } = system;
    return { dataSource, client, temporal };
  });

  beforeEach(() => system.simulator.reset());

  const hasEnded = (path: string) => until(async () => (await read(api, path)).status !== 'running');

  it('starts a sync and gives its address, which has each call, change and rejected record', async () => {
    system.simulator.script('auth', ['error500', 'ok']);
    system.simulator.script('providers', [
      serving(...Array.from({ length: 10 }, (_, n) => person(`A${n}`)), {}),
    ]);
    const { status, headers, body } = await post(api, '/api/v1/syncs', { 'X-Request-Id': 'asked-for-it' });
    expect([status, body.status, body.trigger, body.partner]).toEqual([202, 'running', 'api', 'noteworth']);
    const location = headers.get('Location') ?? '';
    await hasEnded(location);
    const run = await read(api, location);
    expect(run).toMatchObject({ id: body.id, status: 'succeeded', received: 11, inserted: 10, rejected: 1 });
    expect(run.calls.map(({ endpoint, outcome }) => [endpoint, outcome])).toEqual([
      ['auth', 'PartnerError'],
      ['auth', 'ok'],
      ['providers', 'ok'],
    ]);
    for (const id of [run.id, run.workflowId]) expect(await read(api, `/api/v1/syncs/${id}`)).toEqual(run);

    const items = async (path: string) =>
      (await ask<Page<Record<string, unknown>>>(api, `/api/v1/syncs/${run.id}/${path}`)).body.items;
    expect(await items('new-providers')).toHaveLength(10);
    expect(await items('changes')).toEqual([]);
    expect(await items('rejected-records')).toMatchObject([
      { record: 11, reason: 'MissingField', raw: '{}' },
    ]);

    const { memo } = await system.client.workflow.getHandle(run.workflowId).describe();
    expect(memo).toMatchObject({ requestId: 'asked-for-it' });
    expect(headers.get('X-Request-Id')).toBe('asked-for-it');
  });

  it('refuses a second sync with the address of the running one, and cancels that one', async () => {
    system.simulator.script('auth', ['hangForever']);
    const first = await post(api, '/api/v1/syncs', {}, { partner: 'noteworth' });
    const path = `/api/v1/syncs/${first.body.id}`;
    await until(async () => (await read(api, path)).calls !== undefined && system.calls('auth') === 1);
    const second = await post(api, '/api/v1/syncs');
    expect([second.status, second.body.instance]).toEqual([409, path]);

    const by = { by: 'zoe', reason: 'a test' };
    expect((await post(api, `${path}/cancel`, {}, by)).status).toBe(202);
    await hasEnded(path);
    const run = await read(api, path);
    expect(run.status).toBe('cancelled');
    expect(run.actions).toMatchObject([
      { action: 'started', at: run.requestedAt, by: null },
      { action: 'cancelled', ...by },
    ]);
    const again = await post(api, `${path}/cancel`);
    expect([again.status, again.body.instance]).toEqual([409, path]);
  });

  it('shows the call that is in flight, and until when', async () => {
    system.simulator.script('auth', ['hangForever']);
    const { body } = await post(api, '/api/v1/syncs', {}, { partner: 'noteworth' });
    const path = `/api/v1/syncs/${body.workflowId}`;
    let step: CurrentStep | null = null;
    await until(async () => {
      step = (await ask<{ current: CurrentStep | null }>(api, path)).body.current;
      return step?.call !== null && step !== null;
    });
    expect(step).toMatchObject({
      ...{ step: 'authenticate', state: 'running', since: expect.any(String), until: expect.any(String) },
      call: { endpoint: 'auth', page: 1 },
    });
    await post(api, `${path}/cancel`);
    await hasEnded(path);
    expect((await ask(api, path)).body).toMatchObject({ status: 'cancelled', current: null });
  });

  it('replays a sync without a call, and refuses one whose answer is not kept', async () => {
    const { body: first } = await post(api, '/api/v1/syncs');
    await hasEnded(`/api/v1/syncs/${first.workflowId}`);
    const calls = system.calls('providers');
    const path = `/api/v1/syncs/${first.id}/replay`;
    const { status, headers, body } = await post(api, path, {}, { by: 'zoe' });
    expect(body.startedBy).toBe('zoe');
    expect([status, body.trigger]).toEqual([202, 'replay']);
    const location = headers.get('Location') ?? '';
    await hasEnded(location);
    expect(await read(api, location)).toMatchObject({ status: 'succeeded', replayOf: first.id, calls: [] });
    expect(system.calls('providers')).toBe(calls);

    await system.dataSource.query('UPDATE sync_runs SET answer_kept_until = NULL WHERE id = $1', [first.id]);
    const refused = await post(api, path);
    expect([refused.status, refused.body.type]).toEqual([409, expect.stringContaining('AnswerUnavailable')]);
    expect(refused.body.detail).toContain('is not kept');
  });

  it('starts one sync for a key, however often it is sent, at once or after the end', async () => {
    const key = { 'Idempotency-Key': `"${randomUUID()}"` };
    const answers = await Promise.all([1, 2, 3, 4].map(() => post(api, '/api/v1/syncs', key)));
    expect(answers.map(({ status }) => status)).toEqual([202, 202, 202, 202]);
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
    const location = answers[0]?.headers.get('Location') ?? '';
    await hasEnded(location);
    const later = await post(api, '/api/v1/syncs', key);
    expect([later.status, later.body.id, later.body.status]).toEqual([202, answers[0]?.body.id, 'succeeded']);
  });

  it('starts none for a key that only our tables still know', async () => {
    const key = { 'Idempotency-Key': randomUUID() };
    const { headers, body } = await post(api, '/api/v1/syncs', key);
    await hasEnded(headers.get('Location') ?? '');
    const { workflowId } = body;
    // As after the retention period.
    await system.client.workflowService.deleteWorkflowExecution({
      namespace: 'default',
      workflowExecution: { workflowId },
    });
    const isKnown = () =>
      system.client.workflow
        .getHandle(workflowId)
        .describe()
        .then(() => true)
        .catch((error) => !(error instanceof WorkflowNotFoundError));
    await until(async () => !(await isKnown()));
    const later = await post(api, '/api/v1/syncs', key);
    expect([later.status, later.body.id, later.body.status]).toEqual([202, body.id, 'succeeded']);
    expect(await isKnown()).toBe(false);
  });

  it('lists the syncs that match the filters', async () => {
    const { run } = await system.sync({ auth: ['error500', 'error500', 'error500'] });
    const runs = async (query: string) => (await ask<Page<Run>>(api, `/api/v1/syncs?${query}`)).body.items;
    const [latest] = await runs('limit=1');
    const {
      calls: _calls,
      callCounts: _counts,
      holder: _holder,
      parts: _parts,
      actions: _actions,
      ...expected
    } = run;
    expect(latest).toEqual(expected);
    expect(await runs('failureType=PartnerError&status=failed&trigger=cli&partner=noteworth')).toEqual([
      latest,
    ]);
    expect(await runs(`startedAfter=${run.startedAt}`)).toEqual([latest]);
    expect(latest?.repeats).toBe(2);
    expect(latest).toMatchObject({
      workerVersion: version,
      mappingHash: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(await runs('repeated=true&limit=1')).toEqual([latest]);
    expect(await runs(`repeated=false&startedAfter=${run.startedAt}`)).toEqual([]);
    expect(await runs(`minDurationMs=1&maxDurationMs=86400000&startedAfter=${run.startedAt}`)).toEqual([
      latest,
    ]);
    expect(await runs('minDurationMs=86400000')).toEqual([]);
    expect(await runs(`startedAfter=${run.startedAt}&startedBefore=${run.startedAt}`)).toEqual([]);
    expect((await runs('trigger=api')).every(({ trigger }) => trigger === 'api')).toBe(true);
  });

  it.each([
    ['repeated=maybe', 'neither true nor false'],
    ['minDurationMs=10s', 'whole number of milliseconds'],
    ['maxDurationMs=-1', 'whole number of milliseconds'],
    ['maxDurationMs=2592000001', 'whole number of milliseconds'],
  ])('refuses the filter %s', async (query, reason) => {
    const { status, body } = await ask<{ detail: string }>(api, `/api/v1/syncs?${query}`);
    expect([status, body.detail]).toEqual([400, expect.stringContaining(reason)]);
  });
});
