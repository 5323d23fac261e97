import { MockActivityEnvironment } from '@temporalio/testing';
import { createDeliverWebhooks } from '../../../activities/deliver-webhooks';
import type { Dependencies } from '../../../activities/dependencies';
import { createLogger } from '../../../src/process/logger';
import { writeTest } from '../../../src/store/webhooks/request-messages';
import { startReceiver } from '../../support/receiver';
import { useStore } from '../../support/store-fixtures';

describe('deliverWebhooks', () => {
  const store = useStore();

  it('sends nothing more after another attempt took over', async () => {
    const receiver = await startReceiver();
    const { url, secret } = receiver;
    const webhook = { name: 'pager', url, secret, events: [] };
    const activity = createDeliverWebhooks({
      dataSource: store.dataSource,
      webhooks: new Map([['pager', webhook]]),
      log: createLogger('silent'),
      metrics: { webhookSent: () => undefined },
    } as unknown as Dependencies);
    await writeTest(store.dataSource, 'pager');
    await writeTest(store.dataSource, 'pager');
    const environment = new MockActivityEnvironment();
    receiver.answer = () => {
      environment.cancel('WORKER_SHUTDOWN');
      return 204;
    };
    try {
      await expect(environment.run(activity, { receiver: 'pager' })).rejects.toMatchObject({
        type: 'WorkerLost',
      });
      await expect(environment.run(activity, { receiver: 'pager' })).rejects.toMatchObject({
        type: 'WorkerLost',
      });
    } finally {
      await receiver.close();
    }
    expect(receiver.bodies).toHaveLength(1);
  });
});
