import { createHash, randomUUID } from 'node:crypto';
import { trace } from '@opentelemetry/api';
import { Client } from '@temporalio/client';
import type { Payload } from '@temporalio/common';
import { Worker } from '@temporalio/worker';
import { formatRun } from '../../../src/cli/format-run';
import type { Step } from '../../../src/simulator/simulator';
import { getRun, type RunWithCalls } from '../../../src/store/runs/read-runs';
import { CONVERTER_PATHS } from '../../../src/temporal/payloads/data-converter';
import { EncryptionCodec } from '../../../src/temporal/payloads/payload-codec';
import { TRACED_BUNDLE_PATH, WORKFLOW_BUNDLE_PATH } from '../../../src/worker/workflow-bundle';
import { ask, useApi } from '../../support/api';
import { expectNoSecrets, named, pathOf } from '../../support/find-spans';
import { until } from '../../support/scenario';
import { useSystem } from '../../support/system';
import { type ReceivedSpan, useTraces } from '../../support/trace-sink';

const TOKEN = 'tok-81bd-the-secret-token';
const CHECKSUM = createHash('sha256').update(`${TOKEN}/providers`).digest('hex');
const NAMES = ['Qwendolyn', "O'Zakharenko", 'Nowhere Clinic', 'Blanktitle', 'Cutshort', 'Mirabella'];
const grant: Step = { fault: 'raw', headers: { 'Super-Secure-Token': TOKEN }, body: 'OK' };
const person = (name_given: string, changes = {}) => ({
  ...{ name_given, name_family: "O'Zakharenko", title: 'NP', clinic: 'Nowhere Clinic' },
  ...changes,
});
const people = [
  ...Array.from({ length: 10 }, (_, n) => person(`Qwendolyn ${n}`)),
  person('Blanktitle', { title: ' ' }),
];
const answers: Step = { fault: 'raw', body: JSON.stringify({ providers: people }) };

const traces = useTraces();
const system = useSystem();
const api = useApi(() => {
  const { dataSource, client, config: temporal } = system;
  const tracing = { isOn: true, urlTemplate: 'https://jaeger.example.com/trace/{traceId}' };
  return { dataSource, client, temporal, tracing };
});

const spansOf = (traceId: string) => traces.spans.filter((span) => span.traceId === traceId);
/** Waits for the span of the workflow and for all that ended before it: spans are sent in the order of their ends. */
async function traceOf(traceId: string, name = 'RunWorkflow:syncProviders'): Promise<ReceivedSpan[]> {
  await until(() => named(spansOf(traceId), name).length > 0);
  const last = trace.getTracer('test').startSpan('the last one');
  last.end();
  await until(() => traces.spans.some(({ id }) => id === last.spanContext().spanId));
  return spansOf(traceId);
}

describe('the trace of a sync that the API starts', () => {
  const traceId = '0af7651916cd43dd8448eb211c80319c';
  const callers = 'b7ad6b7169203331';
  let spans: readonly ReceivedSpan[] = [];
  let runId = '';

  beforeAll(async () => {
    system.simulator.reset();
    system.simulator.script('auth', ['error500', grant]);
    system.simulator.script('providers', [
      { fault: 'raw', body: `{"providers":[{"name_given":"Cutshort ${TOKEN}` },
      answers,
    ]);
    const { status, body } = await ask<RunWithCalls>(api, '/api/v1/syncs', {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        traceparent: `00-${traceId}-${callers}-01`,
        tracestate: 'vendor=Mirabella',
        baggage: 'person=Mirabella',
      },
      body: JSON.stringify({ by: 'Mirabella' }),
    });
    expect(status).toBe(202);
    await until(
      async () => (await ask<RunWithCalls>(api, `/api/v1/syncs/${body.id}`)).body.status === 'succeeded',
    );
    runId = body.id;
    spans = await traceOf(traceId);
  });

  it('continues the trace of the caller and connects request, workflow, steps, calls and statements', () => {
    const below = (name: string) => named(spans, name).map((span) => pathOf(span, spans).slice(0, -1));
    const [request] = named(spans, 'POST /api/v1/syncs');
    expect(request?.parent).toBe(callers);
    expect(request?.facts).toMatchObject({ 'http.response.status_code': 202 });
    const workflow = ['POST /api/v1/syncs', 'StartWorkflow:syncProviders', 'RunWorkflow:syncProviders'];
    expect(below('RunWorkflow:syncProviders')).toEqual([workflow.slice(0, 2)]);
    expect(below('RunActivity:openRun')).toEqual([workflow]);
    expect(below('RunActivity:authenticate')).toEqual([workflow, workflow]);
    expect(below('RunActivity:persistProviders')).toEqual([workflow]);
    const calls = named(spans, 'GET noteworth').map((span) => pathOf(span, spans).at(-2));
    expect(calls.sort()).toEqual([
      ...['RunActivity:authenticate', 'RunActivity:authenticate'],
      ...['RunActivity:fetchProviders', 'RunActivity:fetchProviders'],
    ]);
    expect(below('INSERT sync_runs')).toEqual([[...workflow, 'RunActivity:openRun']]);
    expect(below('COMMIT')).toContainEqual([...workflow, 'RunActivity:persistProviders']);
    // Nothing is loose.
    expect(spans.filter((span) => pathOf(span, spans)[0] !== 'POST /api/v1/syncs')).toEqual([]);
  });

  it('names what failed', () => {
    const failed = spans.filter(({ failed }) => failed).map(({ name, facts }) => [name, facts['error.type']]);
    expect(failed.sort()).toEqual([
      ['GET noteworth', 'IncompleteResponse'],
      ['GET noteworth', 'PartnerError'],
      ['RunActivity:authenticate', 'PartnerError'],
      ['RunActivity:fetchProviders', 'IncompleteResponse'],
    ]);
    const attempts = named(spans, 'RunActivity:authenticate').map(({ facts }) => facts['temporal.attempt']);
    expect(attempts).toEqual([1, 2]);
  });

  it('is linked from the run: in the API, on its page and in the command', async () => {
    const url = `https://jaeger.example.com/trace/${traceId}`;
    const { body } = await ask(api, `/api/v1/syncs/${runId}`);
    expect(body).toMatchObject({ traceId, traceUrl: url });
    expect((await ask<string>(api, `/runs/${runId}`)).body).toContain(`href="${url}"`);
    const run = await getRun(system.dataSource, runId);
    expect(run && formatRun(run, [], null, url)).toContain(url);
  });

  it('is named in the log, with the span', () => {
    const lines = system
      .log()
      .split('\n')
      .filter((line) => line.includes(traceId))
      .map((line) => JSON.parse(line) as { msg: string; traceId: string; spanId: string });
    expect(lines.map(({ msg }) => msg)).toEqual(
      expect.arrayContaining(['Run opened', 'The partner answered']),
    );
    const [opened] = lines.filter(({ msg }) => msg === 'Run opened');
    expect(opened?.spanId).toBe(named(spans, 'RunActivity:openRun')[0]?.id);
  });
});

describe('a run that is started without a trace', () => {
  it('begins one, whose id is its run ID', async () => {
    system.simulator.reset();
    const { connection } = system.client;
    const { taskQueue } = system.config;
    const bare = new Client({ connection });
    const handle = await bare.workflow.start('syncProviders', { taskQueue, workflowId: randomUUID() });
    const spans = await traceOf(handle.firstExecutionRunId.replaceAll('-', ''));
    expect(spans.filter(({ parent }) => parent === null).map(({ name }) => name)).toEqual([
      'RunWorkflow:syncProviders',
    ]);
    expect(named(spans, 'RunActivity:persistProviders')).toHaveLength(1);
    expect(spans.filter((span) => pathOf(span, spans)[0] !== 'RunWorkflow:syncProviders')).toEqual([]);
  });
});

describe('a run that is started with a trace that cannot be read', () => {
  const payload = (encoding: string, data: string): Payload => ({
    metadata: { encoding: new TextEncoder().encode(encoding) },
    data: new TextEncoder().encode(data),
  });

  it.each([
    ['in an unknown encoding', payload('binary/unknown', 'anything')],
    ['that is no JSON', payload('json/plain', '{')],
    ['that is null', payload('json/plain', 'null')],
    ['without a text', payload('json/plain', '{"traceparent":{}}')],
  ])('begins one, %s', async (_what, header) => {
    system.simulator.reset();
    const { connection } = system.client;
    const { taskQueue } = system.config;
    const foreign = new Client({
      connection,
      interceptors: {
        workflow: [
          {
            startWithDetails: (input, next) =>
              next({ ...input, headers: { ...input.headers, '_tracer-data': header } }),
          },
        ],
      },
    });
    const handle = await foreign.workflow.start('syncProviders', { taskQueue, workflowId: randomUUID() });
    const spans = await traceOf(handle.firstExecutionRunId.replaceAll('-', ''));
    expect(named(spans, 'RunActivity:persistProviders')).toHaveLength(1);
  });
});

describe('a run that was recorded with traces', () => {
  it('replays on a worker that records none, and on one that does', async () => {
    const { workflowId } = (await system.sync({ providers: ['error500', answers] })).run;
    const history = await system.client.workflow.getHandle(workflowId).fetchHistory();
    const codec = new EncryptionCodec(system.config.payloadKeys);
    // A replay has a different namespace than the run.
    const anywhere = {
      encode: codec.encode.bind(codec),
      decode: (payloads: Payload[]) => codec.decode(payloads),
    };
    const dataConverter = { ...CONVERTER_PATHS, payloadCodecs: [anywhere] };
    for (const codePath of [WORKFLOW_BUNDLE_PATH, TRACED_BUNDLE_PATH]) {
      await Worker.runReplayHistory({ workflowBundle: { codePath }, dataConverter }, history, workflowId);
    }
  });
});

describe('the events of an open page', () => {
  it('are in no trace, and neither are the statements that look for them', async () => {
    const traceId = '5b8aa5a2d2c872e8321cf37308d69df2';
    const leaving = new AbortController();
    const { body } = await fetch(`${api.url}/events`, {
      headers: { Accept: 'text/event-stream', traceparent: `00-${traceId}-b7ad6b7169203331-01` },
      signal: leaving.signal,
    });
    if (!body) throw new Error('there is no stream');
    const running = system.sync();
    for await (const part of body.pipeThrough(new TextDecoderStream())) {
      if (part.includes('event: changed')) break;
    }
    leaving.abort();
    const { run } = await running;
    await traceOf(run.traceId ?? '');
    expect(spansOf(traceId)).toEqual([]);
  });
});

describe('a request whose client leaves', () => {
  it('has a span, without a status', async () => {
    const traceId = '7d3efb1b173fecfa26f3c3d3b9b3c5a1';
    const leaving = new AbortController();
    await system.dataSource.transaction(async (manager) => {
      await manager.query('LOCK TABLE providers IN ACCESS EXCLUSIVE MODE');
      const answer = fetch(`${api.url}/api/v1/providers`, {
        headers: { traceparent: `00-${traceId}-b7ad6b7169203331-01` },
        signal: leaving.signal,
      }).catch((error: Error) => error.name);
      await until(async () => {
        const [{ waits }]: [{ waits: boolean }] = await manager.query(
          `SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND relation = 'providers'::regclass) AS waits`,
        );
        return waits;
      });
      leaving.abort();
      expect(await answer).toBe('AbortError');
      await until(async () => named(spansOf(traceId), 'GET /api/v1/providers').length > 0);
    });
    const [{ failed, facts } = {}] = named(spansOf(traceId), 'GET /api/v1/providers');
    expect({ failed, status: facts?.['http.response.status_code'], type: facts?.['error.type'] }).toEqual({
      failed: true,
      status: undefined,
      type: 'AbortError',
    });
  });
});

describe('everything that was sent', () => {
  it('has no name, token, checksum, message or value of a statement', async () => {
    await system.sync({ auth: [grant], providers: [{ fault: 'redirect', location: `/x?t=${TOKEN}` }] });
    await system.sync({ auth: [grant], providers: ['rejectToken', 'huge'] });
    await ask(api, `/api/v1/providers?q=${encodeURIComponent('Mirabella')}`);
    await ask(api, '/api/v1/providers/Mirabella');
    await until(async () => named(traces.spans, 'GET /api/v1/providers').length > 0);
    expectNoSecrets(traces, [TOKEN, CHECKSUM, ...NAMES]);
    expect(traces.raw().includes('RunWorkflow')).toBe(true);
  });
});
