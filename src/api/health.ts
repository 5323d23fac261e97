import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { pendingMigrations } from '../store/migrate';
import { classifyStoreError } from '../store/store-failure';
import type { ApiContext } from './context';
import { problems, response } from './routes/responses';

/** Milliseconds for each part to answer. */
const PATIENCE_MS = 3_000;

const healthSchema = z.object({ status: z.literal('ok') }).meta({ examples: [{ status: 'ok' }] });
const readinessSchema = z
  .object({
    status: z.enum(['ok', 'not ready']),
    parts: z.object({
      postgres: z.enum(['ok', 'not connected yet', 'not migrated', 'no answer']),
      temporal: z.enum(['ok', 'no answer']),
    }),
  })
  .meta({ examples: [{ status: 'ok', parts: { postgres: 'ok', temporal: 'ok' } }] });
type Parts = z.output<typeof readinessSchema>['parts'];

/** `/healthz`: the process answers. `/readyz`: what it needs does too, and if not, which part. */
export async function healthRoutes(app: FastifyInstance, context: ApiContext): Promise<void> {
  const config = { access: 'public' } as const;
  const tags = ['Service'];
  app.get(
    '/healthz',
    {
      config,
      schema: {
        tags,
        summary: 'Whether the process answers',
        operationId: 'getHealth',
        security: [],
        response: { 200: response('It does', healthSchema), ...problems(429) },
      },
    },
    async () => ({ status: 'ok' }),
  );
  app.get(
    '/readyz',
    {
      config,
      schema: {
        tags,
        summary: 'Whether what it needs answers',
        operationId: 'getReadiness',
        security: [],
        response: {
          200: response('All of it does', readinessSchema),
          ...problems(429),
          503: response('Something does not; `parts` says what', readinessSchema),
        },
      },
    },
    async (_request, reply) => {
      const [postgres, temporal] = await Promise.all([postgresState(context), temporalState(context)]);
      const ready = postgres === 'ok' && temporal === 'ok';
      return reply
        .code(ready ? 200 : 503)
        .send({ status: ready ? 'ok' : 'not ready', parts: { postgres, temporal } });
    },
  );
}

async function postgresState({ dataSource, log }: ApiContext): Promise<Parts['postgres']> {
  if (!dataSource.isInitialized) return 'not connected yet';
  const look = async () => {
    try {
      return (await pendingMigrations(dataSource)).length > 0 ? 'not migrated' : 'ok';
    } catch (error) {
      log.warn({ reason: classifyStoreError(error)?.message ?? String(error) }, 'Postgres is not ready');
      return 'no answer';
    }
  };
  // A server that has frozen is waited for much longer than anybody waits for this.
  return Promise.race([look(), sleep(PATIENCE_MS, 'no answer' as const, { ref: false })]);
}

async function temporalState({ client, temporal, log }: ApiContext): Promise<Parts['temporal']> {
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
