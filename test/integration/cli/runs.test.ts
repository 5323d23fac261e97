import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { MAIN, runProgram, startCommand } from '../../support/command';
import { runHere } from '../../support/command-here';
import {
  callsTo,
  client,
  env,
  expectRefusal,
  NO_LISTENER,
  partnerAnswers,
  run,
  useInstallation,
} from '../../support/installation';
import { until } from '../../support/scenario';

useInstallation();

/** The oldest run needed retries, the next two failed, and the latest one succeeded. */
beforeAll(async () => {
  await partnerAnswers({ auth: ['error500'], providers: ['cut'] });
  await run('sync');
  await partnerAnswers({ auth: ['unauthorized', 'unauthorized'] });
  await run('sync');
  await run('sync');
  await run('sync');
});

describe('runs', () => {
  it('lists the latest run first, filters by status, and has pages', async () => {
    const [table, all, failed, first] = await Promise.all([
      run('runs list'),
      run('runs list --json --limit 500'),
      run('runs list --json --status failed'),
      run('runs list --json --limit 2'),
    ]);
    expect(table.stdout).toMatch(/^STARTED +PARTNER +STATUS .*\n\d{4}-/);
    const { items, nextCursor } = JSON.parse(all.stdout);
    expect(nextCursor).toBeNull();
    const times = items.map(({ startedAt }: { startedAt: string }) => startedAt);
    expect(times).toEqual([...times].sort().reverse());
    expect(JSON.parse(failed.stdout).items).toHaveLength(2);
    const page = JSON.parse(first.stdout);
    expect(page.items).toEqual(items.slice(0, 2));
    const next = await run(`runs list --json --limit 2 --cursor ${page.nextCursor}`);
    expect(JSON.parse(next.stdout).items).toEqual(items.slice(2, 4));
  });

  it('has local times on a terminal, and names their zone once', async () => {
    const spawn = 'import pty, sys; sys.exit(pty.spawn(sys.argv[1:]) >> 8)';
    const list = ['runs', 'list', '--limit', '2'];
    const [{ stdout }, { items }] = await Promise.all([
      runProgram('python3', ['-c', spawn, process.execPath, MAIN, ...list], { ...env, TZ: 'Asia/Tokyo' }),
      run('runs list --json --limit 2').then((json) => JSON.parse(json.stdout)),
    ]);
    const local = (at: string) => new Date(Date.parse(at) + 9 * 3_600_000).toISOString();
    for (const { startedAt } of items) {
      expect(stdout).toContain(local(startedAt).slice(0, 19).replace('T', ' '));
      expect(stdout).not.toContain(startedAt);
    }
    expect(stdout.match(/^Times are in Asia\/Tokyo\.\r?$/gm)).toHaveLength(1);
  });

  it('finds runs that needed a repeat, by duration, cause, trigger and time', async () => {
    const found = async (options: string): Promise<{ id: string; repeats: number }[]> => {
      const { code, stdout } = await run(`runs list --json --limit 500 ${options}`);
      expect(code).toBe(0);
      return JSON.parse(stdout).items;
    };
    const all = await found('--limit 400');
    const repeated = await found('--repeated');
    expect(repeated.map(({ repeats }) => repeats)).toEqual([2]);
    expect(await found('--no-repeated')).toHaveLength(all.length - 1);
    expect(await found('--cause RequestRejected --trigger cli --since 24h')).toHaveLength(2);
    expect(await found('--until 24h')).toEqual([]);
    expect(await found('--longer-than 1ms --shorter-than 1d')).toEqual(all);
    expect(await found('--longer-than 1d')).toEqual([]);
    const [duration, time] = await Promise.all([
      run('runs list --longer-than soon'),
      run('runs list --since yesterday'),
    ]);
    expect(duration).toMatchObject({ code: 2, stderr: expect.stringContaining('such as 10s') });
    expect(time).toMatchObject({ code: 2, stderr: expect.stringContaining('24h for 24 hours ago') });
  });

  it('groups failed runs by cause, and shows which run mended it', async () => {
    const [text, json, none] = await Promise.all([
      run('runs causes'),
      run('runs causes --json --since 1h --cause RequestRejected'),
      run('runs causes --until 24h --since 48h'),
    ]);
    const [cause, ...others] = JSON.parse(json.stdout).items;
    expect(others).toEqual([]);
    expect(cause).toMatchObject({ failureType: 'RequestRejected', state: 'mended', count: 2 });
    const [{ exampleRunId, mendedByRunId }] = cause.partners;
    expect(JSON.parse((await run(`runs show ${exampleRunId} --json`)).stdout).status).toBe('failed');
    expect(JSON.parse((await run(`runs show ${mendedByRunId} --json`)).stdout).status).toBe('succeeded');
    expect(text.stdout).toMatch(/^RequestRejected \(request refused by the partner\): 2 runs, mended$/m);
    expect(text.stdout).toMatch(/^PARTNER +RUNS +FIRST +LAST +ENDPOINT +MENDED +EXAMPLE$/m);
    expect(text.stdout).toContain('Advice: ');
    expect(none.stdout).toMatch(/^No run that matches failed since /);
  });

  it('compares two runs', async () => {
    const { items } = JSON.parse((await run('runs list --json --limit 500')).stdout);
    const [earlier, later] = [items.at(-1), items.at(-2)];
    const pair = `${earlier.id} ${later.workflowId}`;
    const [text, brief, json] = await Promise.all([
      run(`runs compare ${pair}`),
      run(`runs compare ${pair} --only-differences`),
      run(`runs compare ${pair} --json`),
    ]);
    expect(text.stdout).toMatch(/^Partner +noteworth +noteworth +=$/m);
    expect(text.stdout).toMatch(/^Cause +– +RequestRejected +differs$/m);
    expect(text.stdout).toMatch(/^Received +10 +0 +−10$/m);
    expect(brief.stdout).not.toMatch(/^Partner /m);
    expect(JSON.parse(json.stdout)).toMatchObject({
      a: { id: earlier.id, fields: expect.any(Array) },
      b: { id: later.id, fields: null },
      compared: expect.arrayContaining([expect.objectContaining({ title: 'Time' })]),
    });
    expectRefusal(await run(`runs compare ${earlier.id} ${randomUUID()}`), /There is no run/);
  });

  it('shows a run with its calls, by id and by workflow ID', async () => {
    const { items } = JSON.parse((await run('runs list --json --limit 500')).stdout);
    const { id, workflowId } = items.at(-1);
    const [byId, byWorkflowId, json] = await Promise.all([
      run(`runs show ${id}`),
      run(`runs show ${workflowId}`),
      run(`runs show ${id} --json`),
    ]);
    expect(byId.stdout).toBe(byWorkflowId.stdout);
    for (const words of [id, workflowId, 'PartnerError', 'HTTP 500', 'IncompleteResponse', '10 received']) {
      expect(byId.stdout).toContain(words);
    }
    expect(JSON.parse(json.stdout)).toMatchObject({ ...items.at(-1), calls: expect.any(Array) });
  });

  it('shows the call of a running run with its deadline, and cancels the run once', async () => {
    await partnerAnswers({ providers: ['hangForever', 'hangForever', 'hangForever'] });
    const sync = startCommand(['sync', '--json'], env);
    const [, workflowId = ''] = await sync.says(/Started (\S+)/);
    // The worker reports the call with its next heartbeat.
    await until(async () => {
      const { current } = JSON.parse((await run(`runs show ${workflowId} --json`)).stdout);
      return isDeepStrictEqual(
        [current?.step, current?.state, current?.call?.endpoint, current?.call?.page, current?.call?.attempt],
        ['fetchProviders', 'running', 'providers', 1, 1],
      );
    });
    expect((await run(`runs show ${workflowId}`)).stdout).toMatch(
      /\nNow +Fetch providers, attempt 1 of 3, for [\d.]+ m?s so far; given up at \S+Z, after 1 min 0 s\n/,
    );
    const cancelled = await run(`runs cancel ${workflowId} --by zoe`);
    const { code, stdout } = await sync.ended;
    expect(cancelled).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^Cancelling run \S+\.\nSee more: npx provider-sync runs show \S+\n$/),
    });
    const { id, status, actions } = JSON.parse(stdout);
    expect({ code, status }).toEqual({ code: 1, status: 'cancelled' });
    expect(actions).toMatchObject([
      { action: 'started', by: expect.any(String) },
      { action: 'cancelled', by: 'zoe' },
    ]);
    expectRefusal(await run(`runs cancel ${id} --json`), `Run ${id} has already finished`);
    expectRefusal(
      await run(`runs cancel ${randomUUID()}`),
      /There is no run .* See: npx provider-sync runs list/,
    );
  });

  it('replays a run without a call, as its JSON and the table show', async () => {
    await partnerAnswers({});
    const { id } = JSON.parse((await run('sync --json')).stdout);
    const before = (await callsTo('providers')).length;
    const text = await run(`runs replay ${id}`);
    expect(text.code).toBe(0);
    expect(text.stdout).toMatch(
      /^Sync of noteworth succeeded\. 10 received: 0 new, 0 changed, 10 unchanged\./,
    );
    const { stdout } = await run(`runs replay ${id} --json`);
    expect(JSON.parse(stdout)).toMatchObject({
      trigger: 'replay',
      replayOf: id,
      status: 'succeeded',
      calls: [],
    });
    expect((await callsTo('providers')).length).toBe(before);
    const shown = await run(`runs show ${JSON.parse(stdout).id}`);
    expect(shown.stdout).toMatch(new RegExp(`\nReplay of +${id}\n`));
    expect(shown.stdout).toMatch(/\nRead the kept answer +\+[\d.]+ m?s +[\d.]+ m?s\n/);
    expect((await run(`runs show ${id}`)).stdout).toMatch(/\nreplayed .* \S+-\S+\n/);
    expectRefusal(await run(`runs replay ${randomUUID()}`), /There is no run/);
  });

  it('looks for a run before it needs Temporal', async () => {
    const away = { TEMPORAL_ADDRESS: NO_LISTENER };
    const id = randomUUID();
    for (const command of ['replay', 'cancel', 'approve', 'reject', 'show', 'calls']) {
      const unknown = await run(`runs ${command} ${id}`, away);
      expectRefusal(
        unknown,
        `There is no recorded run ${id}, and one that is not recorded yet cannot be found`,
      );
      expectRefusal(unknown, `Temporal at ${NO_LISTENER} cannot be reached`);
    }
    const [failed] = JSON.parse((await run('runs list --json --status failed')).stdout).items;
    expectRefusal(await run(`runs replay ${failed.id}`, away), /answer/);
    expectRefusal(await run(`runs approve ${failed.id}`, away), /does not wait for an approval/);
    expectRefusal(await run(`runs cancel ${failed.id}`, away), /has already finished/);
  });

  it('shows and cancels a run that still waits for a worker', async () => {
    const { stdout } = await run('sync --timeout 1ms', { TASK_QUEUE: randomUUID() });
    const [, workflowId = ''] = /runs show (\S+)/.exec(stdout) ?? [];
    const [text, json, undecided, cancelled] = [
      await run(`runs show ${workflowId}`),
      await run(`runs show ${workflowId} --json`),
      await run(`runs approve ${workflowId}`),
      await run(`runs cancel ${workflowId}`),
    ];
    const handle = client.workflow.getHandle(workflowId);
    const { runId } = await handle.describe();
    await handle.terminate();
    expect(text).toMatchObject({ code: 0, stdout: expect.stringMatching(/\nStatus +running\n/) });
    expect(JSON.parse(json.stdout)).toMatchObject({ id: runId, workflowId, status: 'running', calls: [] });
    expectRefusal(undecided, 'This run does not wait for an approval.');
    expect(cancelled).toMatchObject({ code: 0, stdout: expect.stringContaining(`Cancelling run ${runId}.`) });
  });

  it('refuses a run that does not exist, an unknown status and a foreign cursor', async () => {
    const [noRun, noStatus, noCursor] = await Promise.all([
      run(`runs show ${randomUUID()}`),
      run('runs list --status happy'),
      run('runs list --cursor nonsense'),
    ]);
    expectRefusal(noRun, /There is no run .* See: npx provider-sync runs list/);
    expect(noStatus).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('succeeded') });
    expectRefusal(noCursor, 'The cursor is not one of this list');
  });
});

describe('providers list', () => {
  it('lists, searches and pages', async () => {
    const [table, all, first, other] = await Promise.all([
      run('providers list'),
      run('providers list --json --limit 500'),
      run('providers list --json --limit 3'),
      run('providers list --partner other'),
    ]);
    expect(table.stdout).toMatch(/^FAMILY NAME +GIVEN NAME +TITLE +CLINIC +PARTNER +LAST SEEN +ID\n/);
    expect(other.stdout).toBe('No providers match these filters.\n');
    const { items } = JSON.parse(all.stdout);
    const page = JSON.parse(first.stdout);
    expect(page.items).toEqual(items.slice(0, 3));

    const someone = items[0];
    const [next, found, tooMany] = await Promise.all([
      run(`providers list --json --limit 3 --cursor ${page.nextCursor}`),
      runHere(['providers', 'list', '--json', '--search', someone.familyName], env),
      run('providers list --limit 501'),
    ]);
    expect(JSON.parse(next.stdout).items).toEqual(items.slice(3, 6));
    expect(JSON.parse(found.stdout).items).toContainEqual(someone);
    expect(JSON.parse(found.stdout).items.length).toBeLessThan(items.length);
    expect(tooMany).toMatchObject({ code: 2, stderr: expect.stringContaining('from 1 to 500') });
  });

  it('ends quietly when its reader closes the pipe', async () => {
    const script = '{ "$0" "$1" providers list --json; echo "exit $?" >&2; } | true';
    const { stderr } = await runProgram('sh', ['-c', script, process.execPath, MAIN], env);
    expect(stderr).toBe('exit 0\n');
  });
});
