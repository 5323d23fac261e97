import type { FastifyInstance } from 'fastify';
import type { ApiContext } from '../../api/context';
import { askTemporal } from '../../operations/ask-temporal';
import { describeWorkers } from '../../operations/describe-workers';
import { within } from '../../operations/health/check';
import { readRunsVersion } from '../../store/runs/read-version';
import { WorkersPage } from '../pages/workers';
import { sendPage } from '../render';

/** The page needs Temporal only. Without an answer of Postgres in this time, it is not updated by events. */
const VERSION_MS = 1_000;

/** The page of the workers. */
export async function workerRoutes(app: FastifyInstance, context: ApiContext): Promise<void> {
  app.get('/workers', async (request, reply) => {
    const version = await within(VERSION_MS, () => readRunsVersion(context.dataSource)).catch(() => '');
    const workers = await askTemporal(context.client, () => describeWorkers(context));
    return sendPage(
      request,
      reply,
      { title: 'Workers' },
      <WorkersPage
        workers={workers}
        taskQueue={context.temporal.taskQueue}
        events={`/events?${new URLSearchParams({ version })}`}
      />,
    );
  });
}
