import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import type { RunWithCalls } from '../../../src/store/runs/read-runs';
import { ask, startTestApi, useApi } from '../../support/api';
import { connectTestClient } from '../../support/connect-test-client';
import { partnerWith } from '../../support/partners';
import { until } from '../../support/scenario';
import { openedRun, useStore } from '../../support/store-fixtures';
import { post, read } from '../../support/sync-requests';
import { testTemporalConfig } from '../../support/temporal-config';

describe('/api/v1/syncs without a worker', () => {
  let client: Client;
  const temporal = testTemporalConfig();
  const partners = new Map(['noteworth', 'other'].map((name) => [name, partnerWith()]));
  const store = useStore({ keepRows: true });
  const api = useApi(async () => {
    client = await connectTestClient(temporal);
    return { dataSource: store.dataSource, client, temporal, partners };
  });

  afterAll(() => client.connection.close());

  it('finds a started sync at its address at once, and by its id soon', async () => {
    const { headers, body } = await post(api, '/api/v1/syncs', {}, { partner: 'noteworth' });
    const found = await ask<RunWithCalls>(api, headers.get('Location') ?? '');
    expect([found.status, found.body.status, found.body.id]).toEqual([200, 'running', body.id]);
    await until(async () => (await ask(api, `/api/v1/syncs/${body.id}`)).status === 200);
    expect((await ask(api, `/api/v1/syncs/${body.id}/changes`)).body).toEqual({
      items: [],
      nextCursor: null,
    });
    await client.workflow.getHandle(body.workflowId).terminate();
  });

  it('shows how a sync ended that no worker recorded', async () => {
    const { headers, body } = await post(api, '/api/v1/syncs', {}, { partner: 'noteworth' });
    const location = headers.get('Location') ?? '';
    await client.workflow.getHandle(body.workflowId).terminate();
    expect(await read(api, location)).toMatchObject({
      id: body.id,
      status: 'abandoned',
      finishedAt: expect.any(String),
      failure: { type: 'Abandoned', message: expect.any(String) },
    });
    const late = await post(api, `${location}/cancel`);
    expect([late.status, late.body.instance]).toEqual([409, `/api/v1/syncs/${body.id}`]);
  });

  it('shows on its page what Temporal knows of a sync, while Postgres is unavailable', async () => {
    const { body } = await post(api, '/api/v1/syncs', {}, { partner: 'noteworth', by: 'zoe' });
    const cut = await startTestApi({ client });
    for (const id of [body.workflowId, body.id]) {
      let page = await ask<string>(cut, `/runs/${id}`, { headers: { Accept: 'text/html' } });
      // Temporal finds a run by its run ID a moment after its start.
      await until(async () => {
        page = await ask<string>(cut, `/runs/${id}`, { headers: { Accept: 'text/html' } });
        return page.status === 200;
      });
      expect(page.body).toContain('The database is unavailable. This page shows what Temporal knows');
      expect(page.body).toContain(body.workflowId);
    }
    const unknown = await ask(cut, `/runs/${randomUUID()}`, { headers: { Accept: 'text/html' } });
    expect(unknown.status).toBe(503);
    await cut.close();
    await client.workflow.getHandle(body.workflowId).terminate();
  });

  it('cancels a sync that no worker has recorded', async () => {
    const { headers, body } = await post(api, '/api/v1/syncs', {}, { partner: 'noteworth' });
    expect((await post(api, `${headers.get('Location')}/cancel`)).status).toBe(202);
    const handle = client.workflow.getHandle(body.workflowId);
    const { events = [] } = await handle.fetchHistory();
    expect(events?.some((event) => event.workflowExecutionCancelRequestedEventAttributes)).toBe(true);
    await handle.terminate();
  });

  it('refuses a key that started a sync of another partner', async () => {
    const key = { 'Idempotency-Key': randomUUID() };
    const { body } = await post(api, '/api/v1/syncs', key, { partner: 'noteworth' });
    const other = await post(api, '/api/v1/syncs', key, { partner: 'other' });
    expect([other.status, other.body.detail]).toEqual([422, expect.stringContaining('new one')]);
    await client.workflow.getHandle(body.workflowId).terminate();
  });

  it('starts a sync although a run is recorded that Temporal no longer has', async () => {
    await openedRun(store.dataSource, { workflowId: `gone-${randomUUID()}` });
    const { status, body } = await post(api, '/api/v1/syncs', {}, { partner: 'noteworth' });
    expect(status).toBe(202);
    await client.workflow.getHandle(body.workflowId).terminate();
    await store.clear();
  });

  it('syncs the only partner by default, and asks for a name if there are several', async () => {
    const served = { dataSource: store.dataSource, client, temporal };
    const named = (...names: string[]) => new Map(names.map((name) => [name, { ...partnerWith(), name }]));
    const [one, two] = await Promise.all([
      startTestApi({ ...served, partners: named('north') }),
      startTestApi({ ...served, partners: named('north', 'south') }),
    ]);
    for (const body of [undefined, {}]) {
      const { body: run } = await post(one, '/api/v1/syncs', {}, body);
      expect(run.partner).toBe('north');
      await client.workflow.getHandle(run.workflowId).terminate();
      const { status, body: problem } = await post(two, '/api/v1/syncs', {}, body);
      expect([status, problem.type]).toEqual([422, 'InvalidInput']);
      expect(problem.detail).toContain('north, south');
    }
    await Promise.all([one.close(), two.close()]);
  });

  it.each([
    ['UnknownPartner', 422, {}, { partner: 'nobody' }],
    ['about:blank', 400, {}, { partner: 'noteworth', more: 1 }],
    ['about:blank', 400, {}, { partner: null }],
    ['about:blank', 400, {}, []],
    ['about:blank', 400, { 'Idempotency-Key': '' }, {}],
    ['about:blank', 400, { 'Idempotency-Key': 'ä' }, {}],
    ['about:blank', 400, { 'Idempotency-Key': `${'x'.repeat(256)}` }, {}],
  ])('answers with %s (%i) to headers %j and body %j', async (type, expected, headers, body) => {
    const { status, body: problem } = await post(api, '/api/v1/syncs', headers as never, body);
    expect([status, problem.type, problem.detail]).toEqual([expected, type, expect.any(String)]);
  });

  it.each([
    ['has an unknown id', randomUUID()],
    ['has an unknown name', 'no-such-run'],
    ['has an odd name', `odd/'"%;--\u{1f600} id`],
    ['has a longer name than Temporal accepts', '\u{1f600}'.repeat(400)],
    ['is a condition for Temporal', "' OR RunId != '"],
  ])('answers 404 for a sync that %s', async (_case, id) => {
    for (const part of ['', '/changes', '/new-providers', '/rejected-records']) {
      expect((await ask(api, `/api/v1/syncs/${encodeURIComponent(id)}${part}`)).status).toBe(404);
    }
    expect((await post(api, `/api/v1/syncs/${encodeURIComponent(id)}/cancel`)).status).toBe(404);
  });

  it('finds a sync by a workflow ID with any characters', async () => {
    const workflowId = `odd/'"%;--\u{1f600} ${randomUUID()}`;
    const id = await openedRun(store.dataSource, { workflowId });
    expect(await read(api, `/api/v1/syncs/${encodeURIComponent(workflowId)}`)).toMatchObject({
      id,
      workflowId,
    });
    await store.clear();
  });
});
