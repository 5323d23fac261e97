import { randomUUID } from 'node:crypto';
import type { Erasure } from '../../../src/contract/erasure';
import { createApiToken, hashToken } from '../../../src/process/api-tokens';
import { ask, type TestApi, useApi } from '../../support/api';
import { tablesWith } from '../../support/find-in-tables';
import { person, serving } from '../../support/people';
import { useStore } from '../../support/store-fixtures';
import { useSystem } from '../../support/system';
import { testTemporalConfig } from '../../support/temporal-config';

const NAME = 'Xanthippe-Quirina';
const OTHERS = Array.from({ length: 9 }, (_, number) => person(`Ann ${number}`));

const post = (api: TestApi, path: string, body: object, headers: Record<string, string> = {}) =>
  ask<Erasure & { detail?: string; type?: string }>(api, path, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });

describe('with a worker', () => {
  const system = useSystem();
  const api = useApi(() => {
    const { dataSource, client, config: temporal } = system;
    return { dataSource, client, temporal };
  });
  const idOf = async (name: string): Promise<string> => {
    const [row] = await system.dataSource.query('SELECT id FROM providers WHERE given_name = $1', [name]);
    return row?.id;
  };
  const syncWithAll = () => system.sync({ providers: [serving(person(NAME), ...OTHERS)] });

  it('erases a person, gives the receipt again, and lets the person come back', async () => {
    await syncWithAll();
    const id = await idOf(NAME);
    const path = `/api/v1/providers/${id}/erase`;
    expect((await post(api, path, { by: 'zoe' })).status).toBe(400);
    expect(await post(api, path, { reason: `${NAME.toUpperCase()} wants it` })).toMatchObject({
      status: 422,
      body: { type: 'InvalidInput', detail: expect.stringContaining('holds the name') },
    });
    const { status, body: receipt } = await post(api, path, { by: 'zoe', reason: 'Ticket 7' });
    expect([status, receipt]).toMatchObject([
      200,
      { providerId: id, erasedBy: 'zoe', reason: 'Ticket 7', removed: { providers: 1 }, liftedAt: null },
    ]);
    expect(await tablesWith(system.dataSource, NAME)).toEqual([]);
    expect((await post(api, path, { reason: 'Again' })).body).toEqual(receipt);
    for (const address of [`/api/v1/erasures?providerId=${id}`, '/api/v1/erasures']) {
      expect((await ask(api, address)).body).toEqual({ items: [receipt], nextCursor: null });
    }
    expect((await ask(api, `/api/v1/erasures?providerId=${randomUUID()}`)).body).toMatchObject({ items: [] });
    expect((await syncWithAll()).run.remarks).toMatchObject([{ type: 'PeopleSuppressed' }]);

    const unerase = `/api/v1/erasures/${receipt.id}/unerase`;
    const { body: lifted } = await post(api, unerase, { by: 'max' });
    expect(lifted).toEqual({ ...receipt, liftedAt: expect.any(String), liftedBy: 'max' });
    expect((await post(api, unerase, {})).body).toEqual(lifted);
    expect((await ask(api, `/api/v1/erasures/${receipt.id}`)).body).toEqual(lifted);
    await syncWithAll();
    expect(await idOf(NAME)).not.toBe(id);
  });

  it('does not know another id', async () => {
    const id = randomUUID();
    expect((await post(api, `/api/v1/providers/${id}/erase`, { reason: 'x' })).status).toBe(404);
    expect((await post(api, `/api/v1/erasures/${id}/unerase`, {})).status).toBe(404);
    expect((await ask(api, `/api/v1/erasures/${id}`)).status).toBe(404);
  });

  it('leads from the page of an erased person to the receipt', async () => {
    const [{ id, provider_id: provider }] = await system.dataSource.query(
      'SELECT id, provider_id FROM erasures',
    );
    const { status, headers } = await ask(api, `/providers/${provider}`);
    expect([status, headers.get('Location')]).toEqual([302, `/erasures/${id}`]);
  });
});

describe('without a worker', () => {
  const system = useSystem();
  const api = useApi(() => ({
    dataSource: system.dataSource,
    client: system.client,
    temporal: testTemporalConfig({ ...system.config, taskQueue: 'no-worker-polls-it' }),
  }));

  it('accepts the request, and says where the receipt will be', async () => {
    await system.sync({ providers: [serving(person(NAME), ...OTHERS)] });
    const [{ id }] = await system.dataSource.query('SELECT id FROM providers LIMIT 1');
    const { status, headers } = await post(api, `/api/v1/providers/${id}/erase`, { reason: 'Ticket 7' });
    const place = `/api/v1/erasures?providerId=${id}`;
    expect([status, headers.get('Location')]).toEqual([202, place]);
    expect((await ask(api, place)).body).toMatchObject({ items: [] });
    const page = await ask(api, `/providers/${id}/erase`, {
      method: 'POST',
      body: new URLSearchParams({ reason: 'Ticket 7', confirm: 'yes' }),
    });
    expect([page.status, page.headers.get('Location')]).toEqual([
      303,
      `/erasures?providerId=${id}&notice=waiting`,
    ]);
    await system.client.workflow.getHandle(`erase-${id}`).terminate();
  });

  it('names the failure and says what to do, if the erasure is terminated in Temporal', async () => {
    await system.sync({ providers: [serving(person(NAME), ...OTHERS)] });
    const [{ id }] = await system.dataSource.query('SELECT id FROM providers LIMIT 1');
    const { workflow } = system.client;
    const start = workflow.start.bind(workflow);
    jest.spyOn(workflow, 'start').mockImplementation(async (type, options) => {
      const handle = await start(type, options);
      await handle.terminate('By the test');
      return handle as never;
    });
    const { status, headers, body } = await post(api, `/api/v1/providers/${id}/erase`, {
      reason: 'Ticket 7',
    });
    expect([status, body.type, headers.get('Retry-After')]).toEqual([503, 'Abandoned', '5']);
    expect(body.detail).toMatch(/was terminated.*Repeat it\.$/);
    const page = await ask(api, `/providers/${id}/erase`, {
      method: 'POST',
      body: new URLSearchParams({ reason: 'Ticket 7', confirm: 'yes' }),
    });
    expect(page.status).toBe(503);
    jest.restoreAllMocks();
  });
});

describe('a viewer', () => {
  const store = useStore();
  const viewer = createApiToken('viewer').token;
  const api = useApi(() => ({
    dataSource: store.dataSource,
    http: { tokens: [{ role: 'viewer', hash: hashToken(viewer) }] },
  }));

  it('sees receipts, and may not erase', async () => {
    const headers = { Authorization: `Bearer ${viewer}` };
    const id = randomUUID();
    expect((await ask(api, '/api/v1/erasures', { headers })).status).toBe(200);
    for (const path of [`/api/v1/providers/${id}/erase`, `/api/v1/erasures/${id}/unerase`]) {
      expect((await post(api, path, { reason: 'x' }, headers)).status).toBe(403);
    }
  });
});
