import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { type AddressInfo, connect, createServer } from 'node:net';
import { join } from 'node:path';
import { pipeline } from 'node:stream';
import { runProgram, startCommand } from '../../support/command';
import {
  askedForProviders,
  callsTo,
  client,
  dataDir,
  empty,
  env,
  expectRefusal,
  holdSaves,
  NO_LISTENER,
  partnerAnswers,
  replaceWorker,
  run,
  useInstallation,
} from '../../support/installation';
import { partnersFile } from '../../support/partners';

useInstallation();

describe('sync', () => {
  it('exits with 0 if it succeeds, and prints the result', async () => {
    await partnerAnswers({ auth: ['error500'], providers: ['cut'] });
    const { code, stdout } = await run('sync');
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^Sync of noteworth succeeded\. 10 received: 10 new, 0 changed, 0 unchanged\.\nSee more: .* runs show sync-noteworth-\S+\n$/,
    );
  });

  it('prints the run as JSON and nothing else', async () => {
    await partnerAnswers({ providers: ['error500'] });
    const { code, stdout } = await run('sync noteworth --json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      partner: 'noteworth',
      trigger: 'cli',
      status: 'succeeded',
      workflowId: expect.stringMatching(/^sync-noteworth-/),
      runId: expect.any(String),
      startedAt: expect.stringMatching(/^\d{4}-.*Z$/),
      finishedAt: expect.stringMatching(/^\d{4}-.*Z$/),
      received: 10,
      inserted: expect.any(Number),
      updated: expect.any(Number),
      unchanged: expect.any(Number),
      duplicates: 0,
      rejected: 0,
      failure: null,
      calls: [
        { endpoint: 'auth', attempt: 1, outcome: 'ok' },
        { endpoint: 'providers', attempt: 1, outcome: 'PartnerError', httpStatus: 500 },
        { endpoint: 'providers', attempt: 2, outcome: 'ok' },
      ],
    });
  });

  it('exits with 1 if it fails after three calls, and prints the reason', async () => {
    await partnerAnswers({ auth: ['error500', 'reset', 'error500', 'ok'] });
    const { code, stdout, stderr } = await run('sync');
    expect(code).toBe(1);
    expect(stdout).toMatch(/^Sync of noteworth failed: PartnerError\. The auth endpoint of noteworth failed/);
    expect(stdout + stderr).not.toMatch(/^ +at /m);
    expect(await callsTo('auth')).toHaveLength(3);

    await partnerAnswers({ auth: ['unauthorized'] });
    const json = await run('sync --json');
    expect(json.code).toBe(1);
    expect(JSON.parse(json.stdout)).toMatchObject({
      status: 'failed',
      failure: { type: 'RequestRejected', message: expect.any(String) },
    });
  });

  it('exits with 3 if another sync is running, and names it', async () => {
    await partnerAnswers();
    const release = await holdSaves();
    const first = startCommand(['sync', '--json'], env);
    await askedForProviders();
    const [second, json] = await Promise.all([run('sync'), run('sync --json')]);
    await release();
    const { code, stdout } = await first.ended;
    const { id, workflowId } = JSON.parse(stdout);
    expect(code).toBe(0);
    expect(second.code).toBe(3);
    expect(second.stdout).toContain(`skipped: ${workflowId} is already running`);
    expect(json.code).toBe(3);
    expect(JSON.parse(json.stdout)).toMatchObject({ status: 'skipped', holderId: id, calls: [] });
  });

  it('exits with 1 after its timeout, and shows how to follow the run, which is still running', async () => {
    await partnerAnswers();
    const release = await holdSaves();
    const [text, wrong] = await Promise.all([run('sync --timeout 1s'), run('sync --timeout soon')]);
    const [, workflowId = ''] = /runs show (\S+)/.exec(text.stdout) ?? [];
    expect(text).toMatchObject({
      code: 1,
      stdout: [
        'Stopped waiting for the sync of noteworth, which is still running.',
        `See more: npx provider-sync runs show ${workflowId}`,
        `Cancel it: npx provider-sync runs cancel ${workflowId}\n`,
      ].join('\n'),
    });
    expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining('such as 30s, 5m or 1h') });
    await release();
    expect(await client.workflow.getHandle(workflowId).result()).toMatchObject({ status: 'succeeded' });
  });

  it('needs one connection to Temporal for the start and the wait', async () => {
    await partnerAnswers();
    const [host, port] = (env.TEMPORAL_ADDRESS ?? '').split(':');
    const door = createServer((socket) => {
      door.close();
      pipeline(socket, connect(Number(port), host), socket, () => undefined);
    }).listen(0, '127.0.0.1');
    await once(door, 'listening');
    const { port: doorPort } = door.address() as AddressInfo;
    expect(await run('sync', { TEMPORAL_ADDRESS: `127.0.0.1:${doorPort}` })).toMatchObject({
      code: 0,
      stderr: expect.stringMatching(/^Started sync-noteworth-/),
    });
  });

  it('reports that the run is paused, and how to resume it', async () => {
    await partnerAnswers();
    const release = await holdSaves();
    const sync = startCommand(['sync'], env);
    const [, workflowId = ''] = await sync.says(/Started (\S+)/);
    await askedForProviders();
    const change = (verb: string) =>
      runProgram(process.env.TEMPORAL_CLI_PATH ?? '', [
        ...['workflow', verb, '--workflow-id', workflowId],
        ...['--address', env.TEMPORAL_ADDRESS ?? ''],
      ]);
    await change('pause');
    await sync.says(
      new RegExp(`paused by an operator; resume it with: .* unpause --workflow-id ${workflowId}`),
    );
    await change('unpause');
    await release();
    expect(await sync.ended).toMatchObject({ code: 0 });
  });

  it('requires a name if there are several partners, and otherwise uses the only one', async () => {
    const PARTNERS_FILE = join(dataDir, 'several.yaml');
    await writeFile(
      PARTNERS_FILE,
      partnersFile([
        ['north', {}],
        ['south', {}],
      ]),
    );
    const unnamed = await run('sync', { PARTNERS_FILE });
    expectRefusal(
      unnamed,
      'There are several partners (north, south); name one, as in: npx provider-sync sync north',
    );
    await writeFile(PARTNERS_FILE, partnersFile([['north', {}]]));
    const only = await run('sync --timeout 1ms', { PARTNERS_FILE, TASK_QUEUE: randomUUID() });
    expect(only.stdout).toContain('the sync of north, which is still running');
  });

  it('exits with 2 for a partner that is not configured', async () => {
    const [text, json] = await Promise.all([run('sync unknown'), run('sync unknown --json')]);
    expect([text.code, json.code]).toEqual([2, 2]);
    expect(text.stdout).toContain('"unknown" is none of: noteworth.');
    expect(JSON.parse(json.stdout)).toMatchObject({
      id: null,
      partner: 'unknown',
      status: 'failed',
      failure: { type: 'UnknownPartner' },
      calls: [],
    });
  });
});

describe('a worker', () => {
  it('names the command that creates missing tables in its log', async () => {
    const lacking = startCommand(['worker'], { ...env, DATABASE_URL: empty.url, TASK_QUEUE: randomUUID() });
    await lacking.says(/run `provider-sync migrate`.*Postgres cannot be used; runs wait for it/);
    expect(await lacking.end('SIGTERM')).toMatchObject({ code: 0 });
  });

  it('waits for Postgres, and stops on request', async () => {
    const waiting = startCommand(['worker'], { ...env, DATABASE_URL: `postgres://${NO_LISTENER}/x` });
    await waiting.says(/Waiting for Postgres/);
    expect(await waiting.end('SIGTERM')).toMatchObject({ code: 0 });
  });

  it('finishes its request to the partner before it stops; another worker continues', async () => {
    await partnerAnswers({ providers: [{ fault: 'slow', delayMs: 2000 }] });
    const sync = startCommand(['sync', '--json'], env);
    await askedForProviders();
    expect((await replaceWorker()).code).toBe(0);

    const { code, stdout } = await sync.ended;
    expect(code).toBe(0);
    expect(JSON.parse(stdout).calls).toMatchObject([
      { endpoint: 'auth', outcome: 'ok' },
      { endpoint: 'providers', attempt: 1, outcome: 'ok' },
    ]);
    expect(await callsTo('providers')).toMatchObject([{ ended: 'answered', status: 200 }]);
  });
});
