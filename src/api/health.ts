import type { FastifyInstance } from 'fastify';
import { pendingMigrations } from '../store/migrate';
import { classifyStoreError } from '../store/store-failure';
import type { ApiContext } from './context';

/** Milliseconds for each part to answer. */
const PATIENCE_MS = 3_000;

/** `/healthz`: the process answers. `/readyz`: what it needs does too, and if not, which part. */
export async function healthRoutes(app: FastifyInstance, context: ApiContext): Promise<void> {
  const open = { config: { access: 'public' } } as const;
  app.get('/healthz', open, async () => ({ status: 'ok' }));
  app.get('/readyz', open, async (_request, reply) => {
    const [postgres, temporal] = await Promise.all([postgresState(context), temporalState(context)]);
    const ready = postgres === 'ok' && temporal === 'ok';
    return reply
      .code(ready ? 200 : 503)
      .send({ status: ready ? 'ok' : 'not ready', parts: { postgres, temporal } });
  });
}

async function postgresState({ dataSource, log }: ApiContext): Promise<string> {
  if (!dataSource.isInitialized) return 'not connected yet';
  try {
    return (await pendingMigrations(dataSource)).length > 0 ? 'not migrated' : 'ok';
  } catch (error) {
    log.warn({ reason: classifyStoreError(error)?.message ?? String(error) }, 'Postgres is not ready');
    return 'no answer';
  }
}

async function temporalState({ client, temporal, log }: ApiContext): Promise<string> {
  try {
    await client.withDeadline(Date.now() + PATIENCE_MS, () =>
      client.workflowService.describeNamespace({ namespace: temporal.namespace }),
    );
    return 'ok';
  } catch (error) {
    log.warn({ reason: error instanceof Error ? error.message : String(error) }, 'Temporal is not ready');
    return 'no answer';
  }
}
