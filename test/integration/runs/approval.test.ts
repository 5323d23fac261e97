import type { Provider } from '../../../src/store/directory/provider-row';
import type { Page } from '../../../src/store/lists/cursor';
import { getRun, type RunWithCalls } from '../../../src/store/runs/read-runs';
import { readRunsVersion, readRunVersion, versionOf } from '../../../src/store/runs/read-version';
import { watchSync } from '../../../src/temporal/runs/watch-sync';
import { ask, useApi } from '../../support/api';
import { runCommand, runProgram, startCommand } from '../../support/command';
import { CUT_LIST, countListed, type HeldRun, LIST, SNAPSHOTS, startHeldRun } from '../../support/held-run';
import { partnerWith } from '../../support/partners';
import { serving } from '../../support/people';
import { until } from '../../support/scenario';
import { useSystem } from '../../support/system';

const LEAVING = LIST.length - CUT_LIST.length;
const WORDS = `${LEAVING} of ${LIST.length} people would be marked as left`;

const system = useSystem(SNAPSHOTS);
let env: NodeJS.ProcessEnv;
const api = useApi(() => {
  const { dataSource, client, config: temporal } = system;
  const partners = new Map([['noteworth', partnerWith({ ...SNAPSHOTS, baseUrl: system.simulator.url })]]);
  const [key] = temporal.payloadKeys;
  env = {
    DATA_DIR: '/nonexistent',
    DATABASE_URL: system.databaseUrl,
    TEMPORAL_ADDRESS: process.env.TEST_TEMPORAL_ADDRESS,
    TASK_QUEUE: temporal.taskQueue,
    PAYLOAD_KEYS: `${key?.id}:${key?.secret.export().toString('base64')}`,
  };
  return { dataSource, client, temporal, partners };
});

let held: HeldRun;

beforeEach(async () => {
  held = await startHeldRun(system);
});
afterEach(() => held.handle.terminate().catch(() => undefined));

const command = (...args: string[]) => runCommand(args, env);
const temporal = (...args: string[]) =>
  runProgram(process.env.TEMPORAL_CLI_PATH ?? '', [
    ...args,
    '--address',
    process.env.TEST_TEMPORAL_ADDRESS ?? '',
  ]);
const update = (name: string, ...more: string[]) =>
  temporal('workflow', 'update', 'execute', '--workflow-id', held.handle.workflowId, '--name', name, ...more);
const post = (path: string, body?: unknown) =>
  ask<RunWithCalls & { detail?: string; instance?: string }>(api, `/api/v1/syncs/${held.run.id}/${path}`, {
    method: 'POST',
    ...(body !== undefined && {
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    }),
  });
const ended = async () => {
  await until(async () => (await held.read()).status !== 'running');
  return held.read();
};

describe('a run whose snapshot would mark too many people as left', () => {
  it('calls the partner once, stores nothing, holds its partner, and is found by its outcome', async () => {
    expect(held.run).toMatchObject({
      status: 'running',
      approval: { departing: LEAVING, listed: LIST.length, decision: null },
    });
    expect([system.calls('auth'), system.calls('providers')]).toEqual([1, 1]);
    expect(await countListed(system)).toBe(LIST.length);
    const second = await command('sync', '--json');
    expect(second.code).toBe(3);
    await until(async () => {
      const { stdout } = await temporal(
        'workflow',
        'list',
        '--query',
        `SyncOutcome = "awaiting-approval" AND WorkflowId = "${held.handle.workflowId}"`,
      );
      return stdout.includes(held.handle.workflowId);
    });
  });

  it('shows that it waits and how to decide to a caller who watches it', async () => {
    const lines: string[] = [];
    const watching = new AbortController();
    const watched = watchSync(held.handle, (line) => lines.push(line), watching.signal);
    await until(() => lines.length > 0);
    watching.abort();
    await watched.catch(() => undefined);
    expect(lines[0]).toContain(`waiting for approval until ${held.run.approval?.deadline}: ${WORDS}`);
    expect(lines[0]).toContain(`npx provider-sync runs approve ${held.handle.workflowId}`);
  });

  it('updates open pages when it waits and when it is decided', async () => {
    const { dataSource } = system;
    expect(versionOf(held.run)).toMatch(/-awaited$/);
    expect(await readRunVersion(dataSource, held.run.id)).toBe(versionOf(held.run));
    const version = await readRunsVersion(dataSource);
    await held.handle.executeUpdate('reject');
    const run = await ended();
    expect(versionOf(run)).toMatch(/-rejected$/);
    expect(await readRunVersion(dataSource, run.id)).toBe(versionOf(run));
    expect(await readRunsVersion(dataSource)).not.toBe(version);
  });

  it('is counted by /metrics until it is decided', async () => {
    const gauge = async () =>
      /^provider_sync_runs_awaiting_approval\{partner="noteworth"\} (\d)$/m.exec(
        (await ask<string>(api, '/metrics')).body,
      )?.[1];
    expect(await gauge()).toBe('1');
    await held.handle.executeUpdate('reject');
    await ended();
    expect(await gauge()).toBe('0');
  });

  it('is shown on its page with the people who would leave, in the list of runs, and on the overview', async () => {
    const page = async (path: string) => (await ask<string>(api, path)).body;
    const own = await page(`/runs/${held.run.id}`);
    expect(own).toContain(`${WORDS}.`);
    expect(own).toContain('Ann 1<');
    expect(own).toContain('name="reason"');
    // A page that reloads itself would lose the typed text.
    expect(own).not.toContain('http-equiv="refresh"');
    expect(await page(`/runs/${held.run.id}/departing`)).toContain('Next page');
    expect(await page('/runs')).toContain('awaiting approval');
    expect(await page('/')).toContain(`A snapshot of noteworth waits for approval: ${WORDS}.`);
  });

  it('ends as cancelled when it is cancelled, and as abandoned when it is terminated', async () => {
    await held.handle.cancel();
    expect((await ended()).status).toBe('cancelled');
    held = await startHeldRun(system);
    await held.handle.terminate();
    expect((await ended()).status).toBe('abandoned');
    expect(await countListed(system)).toBe(LIST.length);
    const { outcome } = await system.sync({ providers: [serving(...LIST)] });
    expect(outcome.status).toBe('succeeded');
  });
});

describe('temporal workflow update', () => {
  it('approves without input, and a second one changes nothing', async () => {
    const first = await update('approve');
    expect([first.code, first.stderr]).toEqual([0, '']);
    const run = await ended();
    expect(run).toMatchObject({
      status: 'succeeded',
      departed: LEAVING,
      approval: { decision: { verdict: 'approved', by: null, reason: null } },
    });
    expect(await countListed(system)).toBe(CUT_LIST.length);
    expect([system.calls('auth'), system.calls('providers')]).toEqual([1, 1]);
    expect((await update('approve')).code).not.toBe(0);
    expect(await held.read()).toEqual(run);
  });

  it('rejects with a reason', async () => {
    const rejected = await update('reject', '--input', '{"by":"zoe","reason":"The list was cut"}');
    expect([rejected.code, rejected.stderr]).toEqual([0, '']);
    expect(await ended()).toMatchObject({
      status: 'failed',
      failure: {
        type: 'SnapshotRejected',
        message: expect.stringContaining('Rejected by zoe: The list was cut.'),
      },
      approval: { decision: { verdict: 'rejected', by: 'zoe', reason: 'The list was cut' } },
    });
    expect(await countListed(system)).toBe(LIST.length);
  });

  it('with an invalid input decides nothing', async () => {
    expect((await update('approve', '--input', '"yes"')).code).not.toBe(0);
    expect((await held.read()).approval?.decision).toBeNull();
  });
});

describe('the API', () => {
  it('lists the people who would leave, page by page', async () => {
    const path = `/api/v1/syncs/${held.run.id}/departing-providers`;
    const first = await ask<Page<Provider>>(api, `${path}?limit=50`);
    const rest = await ask<Page<Provider>>(api, `${path}?limit=50&cursor=${first.body.nextCursor}`);
    const names = [...first.body.items, ...rest.body.items].map(({ givenName }) => givenName);
    expect(names.sort()).toEqual(
      LIST.slice(1)
        .map(({ name_given }) => name_given)
        .sort(),
    );
    expect(rest.body.nextCursor).toBeNull();
  });

  it('approves, answers the same decision again, and refuses the opposite one', async () => {
    const approved = await post('approve', { by: 'zoe' });
    expect([approved.status, approved.headers.get('Location')]).toEqual([
      202,
      `/api/v1/syncs/${held.run.id}`,
    ]);
    const decision = { verdict: 'approved', by: 'zoe', reason: null, at: expect.any(String) };
    expect(approved.body.approval?.decision).toEqual(decision);
    expect((await ended()).approval?.decision).toEqual(approved.body.approval?.decision);
    const again = await post('approve', { by: 'otis' });
    expect([again.status, again.body.approval?.decision]).toEqual([202, approved.body.approval?.decision]);
    const opposite = await post('reject');
    expect([opposite.status, opposite.body.instance]).toEqual([409, `/api/v1/syncs/${held.run.id}`]);
    expect(await countListed(system)).toBe(CUT_LIST.length);
  });

  it('rejects without a body', async () => {
    expect((await post('reject')).status).toBe(202);
    expect(await ended()).toMatchObject({
      status: 'failed',
      failure: { type: 'SnapshotRejected' },
      approval: { decision: { by: 'an operator (API)' } },
    });
  });

  it('answers 409 if the run does not wait', async () => {
    await held.handle.cancel();
    await ended();
    const { status, body } = await post('approve');
    expect([status, body.detail]).toEqual([409, 'This run does not wait for an approval.']);
  });

  it.each([{ by: '' }, { by: 'z'.repeat(201) }, { who: 'zoe' }, { reason: 'a\0b' }, { reason: '\ud800' }])(
    'answers 400 for %j',
    async (body) => {
      expect((await post('approve', body)).status).toBe(400);
      expect((await held.read()).approval?.decision).toBeNull();
    },
  );
});

describe('the command', () => {
  it('shows the waiting snapshot and the people who would leave, and approves it', async () => {
    const list = await command('runs', 'list');
    expect(list.stdout).toContain('awaiting approval');
    const show = await command('runs', 'show', held.handle.workflowId);
    expect(show.stdout).toContain(WORDS);
    expect(show.stdout).toContain(`npx provider-sync runs approve ${held.run.id}`);
    expect(show.stdout).toMatch(/WOULD LEAVE[\s\S]*Ann 1[\s\S]*… and 9 more/);

    const approved = await command('runs', 'approve', held.run.id, '--by', 'zoe', '--reason', 'They closed');
    expect([approved.code, approved.stderr]).toEqual([0, '']);
    expect(approved.stdout).toContain('Approved by zoe: They closed.');
    expect((await ended()).status).toBe('succeeded');
    expect((await command('runs', 'show', held.run.id)).stdout).toContain('Approved by zoe: They closed.');
  });

  it('rejects, and exits with 2 if the run is decided or does not wait', async () => {
    const rejected = await command('runs', 'reject', held.handle.workflowId, '--by', 'zoe', '--json');
    expect(JSON.parse(rejected.stdout)).toMatchObject({ verdict: 'rejected', by: 'zoe' });
    await ended();
    const opposite = await command('runs', 'approve', held.run.id);
    expect([opposite.code, opposite.stderr]).toEqual([
      2,
      expect.stringContaining('decided before. Rejected by zoe'),
    ]);
    const unknown = await command('runs', 'approve', 'no-such-run');
    expect([unknown.code, unknown.stderr]).toEqual([
      2,
      expect.stringContaining('There is no run no-such-run'),
    ]);
  });

  it('sync shows that it waits for approval, and exits with 1 if it is rejected', async () => {
    await held.handle.cancel();
    await ended();
    system.simulator.script('providers', [serving(...CUT_LIST)]);
    const sync = startCommand(['sync'], env);
    const [, workflowId = ''] = await sync.says(/Started (\S+)/);
    await sync.says(/waiting for approval until .* would be marked as left/);
    const run = await getRun(system.dataSource, workflowId);
    await command('runs', 'reject', run?.id ?? '');
    const { code, stdout } = await sync.ended;
    expect([code, stdout]).toEqual([1, expect.stringContaining('SnapshotRejected')]);
  });
});
