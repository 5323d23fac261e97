import { spanIdOf } from '../../../src/contract/names';
import type { RunWithCalls } from '../../../src/store/runs/read-runs';
import { ask, useApi } from '../../support/api';
import { expectNoSecrets, named, newCaller, pathOf } from '../../support/find-spans';
import { LIST, SNAPSHOTS, startHeldRun } from '../../support/held-run';
import { partnerWith } from '../../support/partners';
import { serving } from '../../support/people';
import { until } from '../../support/scenario';
import { useSystem } from '../../support/system';
import { useTraces } from '../../support/trace-sink';

const OPERATOR = 'Mirabella';
const DOER = { by: OPERATOR, reason: 'Quillfeather asked for it' };

const traces = useTraces();
const system = useSystem(SNAPSHOTS);
const api = useApi(() => {
  const { dataSource, client, config: temporal } = system;
  const partners = new Map([['noteworth', partnerWith({ ...SNAPSHOTS, baseUrl: system.simulator.url })]]);
  return { dataSource, client, temporal, partners };
});

const spansOf = (traceId: string) => traces.spans.filter((span) => span.traceId === traceId);

/** Sends a request with the trace of a caller, and waits for the span of the request. */
async function act(route: string, id: string, isForm: boolean, body: Record<string, string> = DOER) {
  const caller = newCaller();
  const { status } = await ask(api, route.replace(':id', id), {
    method: 'POST',
    headers: {
      traceparent: caller.traceparent,
      'Content-Type': isForm ? 'application/x-www-form-urlencoded' : 'application/json',
    },
    body: isForm ? new URLSearchParams(body).toString() : JSON.stringify(body),
  });
  const name = `POST ${route}`;
  await until(() => named(spansOf(caller.traceId), name).length > 0);
  const spans = spansOf(caller.traceId);
  const [request] = named(spans, name);
  return { caller, status, spans, request };
}

/** What a span of a request about a run is linked to. */
const linkTo = ({ traceId, runId }: RunWithCalls) => [{ traceId, id: spanIdOf(runId) }];

const ACTIONS = [
  ['approve', 'StartWorkflowUpdate:approve'],
  ['reject', 'StartWorkflowUpdate:reject'],
  ['cancel', 'CancelWorkflow'],
] as const;

describe.each([
  ['the API', '/api/v1/syncs', 202, false],
  ['the page', '/runs', 303, true],
] as const)('a request to %s', (_where, base, accepted, isForm) => {
  it.each(ACTIONS)(
    'to %s a run continues the trace of the caller and is linked to that of the run',
    async (action, asked) => {
      const held = await startHeldRun(system);
      const { caller, status, spans, request } = await act(`${base}/:id/${action}`, held.run.id, isForm);
      expect(status).toBe(accepted);
      expect(request).toMatchObject({ parent: caller.id, links: linkTo(held.run) });
      expect(held.run.traceId).not.toBe(caller.traceId);
      const [sent] = named(spans, asked);
      expect(sent && pathOf(sent, spans)).toEqual([request?.name, asked]);
      expect(sent?.facts.temporalWorkflowId).toBe(held.run.workflowId);
      await held.handle.result().catch(() => undefined);
    },
  );

  it('to replay a run begins the new run in the trace of the caller', async () => {
    const { run } = await system.sync({ providers: [serving(...LIST)] });
    const { caller, status, request } = await act(`${base}/:id/replay`, run.id, isForm, { by: OPERATOR });
    expect(status).toBe(accepted);
    expect(request).toMatchObject({ parent: caller.id, links: linkTo(run) });
    const replayed = 'RunWorkflow:syncProviders';
    await until(() => named(spansOf(caller.traceId), replayed).length > 0);
    const spans = spansOf(caller.traceId);
    expect(named(spans, replayed).map((span) => pathOf(span, spans))).toEqual([
      [request?.name, 'StartWorkflow:syncProviders', replayed],
    ]);
  });

  it('is in the log, with the ids of its span', async () => {
    const { run } = await system.sync({ providers: [serving(...LIST)] });
    const { caller, request } = await act(`${base}/:id/cancel`, run.id, isForm);
    const lines = () =>
      api
        .log()
        .split('\n')
        .filter((line) => line.includes(caller.traceId));
    await until(() => lines().some((line) => line.includes('Answered')));
    const answered = lines()
      .map((line) => JSON.parse(line))
      .filter(({ msg }) => msg === 'Answered');
    expect(answered).toMatchObject([
      { level: 30, path: `${base}/:id/cancel`, traceId: caller.traceId, spanId: request?.id },
    ]);
  });
});

describe('everything that was sent', () => {
  it('has no name of an operator or a person, and no reason', () => {
    expectNoSecrets(traces, [OPERATOR, 'Quillfeather', ...LIST.map(({ name_given }) => String(name_given))]);
  });
});
