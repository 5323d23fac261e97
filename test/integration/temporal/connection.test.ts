import { connectClient, lazyClient } from '../../../src/temporal/connection/connection';
import { testTemporalConfig, UNREACHABLE } from '../../support/temporal-config';
import { startWay } from '../../support/way';

describe('a client of Temporal', () => {
  it('gives up a request that a silent server does not answer', async () => {
    const way = await startWay(process.env.TEST_TEMPORAL_ADDRESS ?? '');
    const client = await connectClient(testTemporalConfig({ connection: { address: way.address } }));
    try {
      way.cut();
      await expect(client.workflowService.describeNamespace({ namespace: 'default' })).rejects.toMatchObject({
        details: expect.stringMatching(/^Deadline exceeded/),
      });
    } finally {
      way.close();
      await client.connection.close();
    }
  });

  it('ends a request that waits for its next try when the connection is closed', async () => {
    const client = lazyClient(testTemporalConfig({ connection: UNREACHABLE }));
    const request = client.workflowService.describeNamespace({ namespace: 'default' });
    const ended = expect(request).rejects.toMatchObject({ details: expect.any(String) });
    // The first try has failed by then, and the next one is due within a second.
    await client
      .withDeadline(Date.now() + 200, () => client.workflowService.getSystemInfo({}))
      .catch(() => undefined);
    await client.connection.close();
    await ended;
  });
});
