import { spanIdOf } from '../../../src/contract/names';
import { expectNoSecrets, named, pathOf } from '../../support/find-spans';
import { startReceiver } from '../../support/receiver';
import { until } from '../../support/scenario';
import { startSystem } from '../../support/system';
import { type ReceivedSpan, useTraces } from '../../support/trace-sink';

describe('the delivery of a webhook', () => {
  const traces = useTraces();
  let receiver: Awaited<ReturnType<typeof startReceiver>>;
  let system: Awaited<ReturnType<typeof startSystem>>;

  beforeAll(async () => {
    receiver = await startReceiver();
    const { url, secret } = receiver;
    system = await startSystem({}, undefined, [], { pager: { url, secret } });
  });
  afterAll(async () => {
    await system?.stop();
    await receiver?.close();
  });

  /** The attempts to send a message that were traced so far. */
  const posts = (event: string) =>
    named(traces.spans, 'POST pager').filter(({ facts }) => facts['provider_sync.event'] === event);
  const pathFromTop = (span: ReceivedSpan) =>
    pathOf(
      span,
      traces.spans.filter(({ traceId }) => traceId === span.traceId),
    );

  it('is a trace of its own, in which each attempt is linked to the run that it reports', async () => {
    receiver.answer = () => (receiver.bodies.length > 1 ? 204 : 500);
    const { run } = await system.sync();
    const failedOnes = () => posts('directory.changed').filter((post) => post.failed);
    const arrivedOnes = () => posts('directory.changed').filter((post) => !post.failed);
    await until(async () => {
      await system.dataSource.query('UPDATE webhook_messages SET next_attempt_at = now()');
      return failedOnes().length > 0 && arrivedOnes().length > 0;
    });
    const [failed] = failedOnes();
    const [arrived] = arrivedOnes();
    const link = { traceId: run.traceId, id: spanIdOf(run.runId) };
    for (const post of [failed, arrived]) expect(post?.links).toEqual([link]);
    expect(failed).toMatchObject({
      failed: true,
      facts: { 'http.response.status_code': 500, 'error.type': '500', 'provider_sync.receiver': 'pager' },
    });
    expect(arrived).toMatchObject({ failed: false, facts: { 'http.response.status_code': 204 } });
    expect(arrived?.traceId).not.toBe(run.traceId);
    // The spans above it end later.
    const top = [
      'StartWorkflow:deliverWebhooks',
      'RunWorkflow:deliverWebhooks',
      'RunActivity:deliverWebhooks',
    ];
    await until(() => arrived !== undefined && pathFromTop(arrived).length === 4);
    expect(arrived && pathFromTop(arrived)).toEqual([...top, 'POST pager']);
  });

  it('has no name, secret or address in its trace', async () => {
    const names: { name: string }[] = await system.dataSource.query(
      'SELECT DISTINCT family_name AS name FROM providers WHERE length(family_name) > 5',
    );
    expect(names.length).toBeGreaterThan(0);
    const { port } = new URL(receiver.url);
    expectNoSecrets(traces, [receiver.secret, `127.0.0.1:${port}`, ...names.map(({ name }) => name)]);
  });
});
