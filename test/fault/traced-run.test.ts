import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PACKAGE_ROOT } from '../../src/process/package-root';
import { killCommands, runCommand, startProgram } from '../support/command';
import { expectWhole } from '../support/expect-stored';
import { named } from '../support/find-spans';
import { serving, TEN } from '../support/people';
import { startScenario, until } from '../support/scenario';
import { type ReceivedSpan, startTraceSink } from '../support/trace-sink';
import { traceTree } from '../support/trace-tree';

/* Workers that are real processes and record traces. */

afterAll(killCommands);

async function traced(scenarioOptions: Parameters<typeof startScenario>[0], env: NodeJS.ProcessEnv = {}) {
  const sink = await startTraceSink();
  const workerEnv = { OTEL_EXPORTER_OTLP_ENDPOINT: sink.url, OTEL_BSP_SCHEDULE_DELAY: '50', ...env };
  const scenario = await startScenario({ ...scenarioOptions, workerEnv });
  const end = async () => {
    await scenario.end();
    await sink.close();
  };
  return { sink, scenario, end };
}

describe('the trace of a run', () => {
  it('is one, although the worker is killed in its call', async () => {
    const { sink, scenario, end } = await traced(
      { providers: ['hangForever', serving(...TEN)] },
      { NOTEWORTH_DEADLINE: '1m' },
    );
    const first = await scenario.startWorker();
    const { handle, result } = await scenario.startRun();
    await until(() => scenario.calls('providers') === 1);
    await until(() => named(sink.spans, 'RunActivity:authenticate').length > 0);
    await first.end('SIGKILL');
    const second = await scenario.startWorker();
    await expectWhole(scenario, await result);
    await until(() => named(sink.spans, 'RunWorkflow:syncProviders').length > 0);
    await second.end('SIGTERM');
    const [workflow, ...others] = named(sink.spans, 'RunWorkflow:syncProviders');
    const runId = (await handle.describe()).runId;
    expect(workflow?.traceId).toBe(runId.replaceAll('-', ''));
    expect(others).toEqual([]);
    const spans = sink.spans.filter(({ traceId }) => traceId === workflow?.traceId);
    const ids = new Set(spans.map(({ id }) => id));
    expect(spans.filter(({ parent }) => parent === null || !ids.has(parent))).toEqual([workflow]);
    const workers = (name: string) => named(spans, name).map((span) => span.process['process.pid']);
    expect(workers('RunActivity:openRun')).toEqual([first.pid]);
    expect(workers('RunActivity:fetchProviders')).toEqual([second.pid]);
    expect(named(spans, 'RunActivity:fetchProviders')[0]?.facts['temporal.attempt']).toBe(2);
    // For the documents; see docs/monitoring.md.
    if (process.env.TRACE_TREE) writeFileSync(process.env.TRACE_TREE, `${traceTree(spans)}\n`);
    await end();
  });

  it('begins at the command that starts the run', async () => {
    const { sink, scenario, end } = await traced({});
    const worker = await scenario.startWorker();
    // A command does not wait long for a receiver that a busy machine delays: its spans can then be lost.
    await until(async () => {
      expect((await runCommand(['sync'], scenario.env)).code).toBe(0);
      return named(sink.spans, 'provider-sync sync').length > 0;
    });
    const [command] = named(sink.spans, 'provider-sync sync');
    const ofCommand = () => sink.spans.filter(({ traceId }) => traceId === command?.traceId);
    await until(() => named(ofCommand(), 'RunWorkflow:syncProviders').length > 0);
    await worker.end('SIGTERM');
    const spans = ofCommand();
    const [start] = named(spans, 'StartWorkflow:syncProviders');
    expect(start?.parent).toBe(command?.id);
    expect(named(spans, 'RunWorkflow:syncProviders')).toMatchObject([{ parent: start?.id }]);
    await end();
  });
});

describe('the trace of a command', () => {
  it('begins at a cancellation and is linked to the trace of the run', async () => {
    const { sink, scenario, end } = await traced({}, { NOTEWORTH_DEADLINE: '1m' });
    const worker = await scenario.startWorker();
    const sent = (above: ReceivedSpan) => sink.spans.filter(({ parent }) => parent === above.id);
    const found = () =>
      named(sink.spans, 'provider-sync runs cancel').find(
        (span) => named(sent(span), 'CancelWorkflow').length > 0,
      );
    // A command waits for its last spans for a second at most, which can be too short on a busy machine.
    while (!found()) {
      const before = scenario.calls('providers');
      scenario.simulator.script('providers', ['hangForever']);
      const { handle, result } = await scenario.startRun(randomUUID());
      await until(() => scenario.calls('providers') > before);
      expect((await runCommand(['runs', 'cancel', handle.workflowId], scenario.env)).code).toBe(0);
      await expect(result).rejects.toMatchObject({ cause: { name: 'CancelledFailure' } });
    }
    const { parent, links } = found() as ReceivedSpan;
    expect(parent).toBeNull();
    expect(links).toHaveLength(1);
    const runs = () => named(sink.spans, 'RunWorkflow:syncProviders');
    await until(() => runs().some(({ traceId, id }) => traceId === links[0]?.traceId && id === links[0]?.id));
    await worker.end('SIGTERM');
    await end();
  });
});

describe('the trace of a command that changes nothing', () => {
  it.each(['cancel', 'reject'])('is linked to the trace of the run: runs %s', async (verb) => {
    const { sink, scenario, end } = await traced({});
    const worker = await scenario.startWorker();
    const { handle, result } = await scenario.startRun();
    await result;
    // A command waits for its last spans for a second at most, which can be too short on a busy machine.
    await until(async () => {
      expect((await runCommand(['runs', verb, handle.workflowId], scenario.env)).code).not.toBe(0);
      return named(sink.spans, `provider-sync runs ${verb}`).length > 0;
    });
    const [span] = named(sink.spans, `provider-sync runs ${verb}`);
    const { runId } = await handle.describe();
    expect(span?.links).toMatchObject([{ traceId: runId.replaceAll('-', '') }]);
    await worker.end('SIGTERM');
    await end();
  });
});

describe('the trace of another command', () => {
  it.each([
    ['provider-sync providers erase', ['providers', 'erase', randomUUID(), '--reason', 'left', '--yes'], 2],
    ['provider-sync schedules trigger', ['schedules', 'trigger', 'noteworth'], 0],
  ])('begins at %s', async (name, command, code) => {
    const { sink, scenario, end } = await traced({});
    const worker = await scenario.startWorker();
    expect((await runCommand(['schedules', 'apply'], scenario.env)).code).toBe(0);
    // A command waits for its last spans for a second at most, which can be too short on a busy machine.
    await until(async () => {
      expect((await runCommand(command, scenario.env)).code).toBe(code);
      return named(sink.spans, name).length > 0;
    });
    const [span] = named(sink.spans, name);
    expect(span?.parent).toBeNull();
    await worker.end('SIGTERM');
    await end();
  });
});

describe('a receiver of traces', () => {
  for (const how of ['refusing', 'silent'] as const) {
    it(`that is ${how} disturbs no run, no command and no stop, and is named once in the log`, async () => {
      const { sink, scenario, end } = await traced({}, { OTEL_EXPORTER_OTLP_TIMEOUT: '300' });
      sink.behave(how);
      const worker = await scenario.startWorker();
      expect((await runCommand(['sync'], scenario.env)).code).toBe(0);
      for (const _ of ['first', 'second']) {
        // The spans of a run may all leave in one request.
        const asked = sink.requests;
        const { result } = await scenario.startRun();
        expect(await result).toMatchObject({ status: 'succeeded', unchanged: 10 });
        await until(() => sink.requests > asked);
      }
      const { code, stderr } = await worker.end('SIGTERM');
      expect(code).toBe(0);
      expect(stderr.match(/Traces cannot be sent/g)).toHaveLength(1);
      await end();
    });
  }

  it('that is silent for longer than a worker may take to stop does not hold it', async () => {
    const { sink, scenario, end } = await traced({}, { OTEL_EXPORTER_OTLP_TIMEOUT: '600000' });
    sink.behave('silent');
    const worker = await scenario.startWorker();
    const { result } = await scenario.startRun();
    await expectWhole(scenario, await result);
    expect((await worker.end('SIGTERM')).code).toBe(0);
    await end();
  });
});

describe('without a receiver', () => {
  it('a process loads no module of the SDK of OpenTelemetry', async () => {
    const modules = ['worker/run-worker', 'cli/run-api', 'cli/sync'].map((path) =>
      join(PACKAGE_ROOT, 'dist/src', path),
    );
    const script = `for (const path of ${JSON.stringify(modules)}) require(path);
      const loaded = Object.keys(require.cache).filter((path) => /opentelemetry/.test(path));
      process.stdout.write(JSON.stringify(loaded.filter((path) => !/@opentelemetry.api./.test(path))));`;
    const { stdout } = await startProgram(process.execPath, ['-e', script]).ended;
    expect(JSON.parse(stdout)).toEqual([]);
  });
});
