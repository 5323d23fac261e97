import { randomBytes } from 'node:crypto';
import { payloadKeysSchema } from '../../src/process/payload-keys';
import { connectClient } from '../../src/temporal/connection';
import { startWay } from '../support/way';

describe('a client of Temporal', () => {
  it('gives a request up that a silent server does not answer', async () => {
    const way = await startWay(process.env.TEST_TEMPORAL_ADDRESS ?? '');
    const client = await connectClient({
      connection: { address: way.address },
      namespace: 'default',
      taskQueue: 'unused',
      payloadKeys: payloadKeysSchema.parse(`k:${randomBytes(32).toString('base64')}`),
    });
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
});
