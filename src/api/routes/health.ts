import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { readinessOf } from '../../operations/health/readiness';
import type { ApiContext, ZodApp } from '../context';
import { healthReportSchema, livenessSchema, readinessSchema } from '../openapi/health-schemas';
import { problems, response, responses } from '../openapi/responses';

const config = { access: 'public' } as const;
const tags = ['Service'];

/**
 * `/healthz`: the process responds. `/readyz`: the services that the API itself needs respond too; a worker that is
 * down does not make it unready. `/api/v1/health`: everything, with explanations.
 */
export async function healthRoutes(root: FastifyInstance, context: ApiContext): Promise<void> {
  const app = root.withTypeProvider<ZodTypeProvider>();
  serveLiveness(app);
  serveReadiness(app, context);
  serveReport(app, context);
}

function serveLiveness(app: ZodApp): void {
  app.get(
    '/healthz',
    {
      config,
      schema: {
        tags,
        summary: 'Liveness: does the process respond?',
        operationId: 'getHealth',
        security: [],
        response: { 200: response('The process responds', livenessSchema), ...problems(429) },
      },
    },
    async (_request, reply) => reply.send({ status: 'ok' }),
  );
}

function serveReadiness(app: ZodApp, context: ApiContext): void {
  app.get(
    '/readyz',
    {
      config,
      schema: {
        tags,
        summary: 'Readiness: do Postgres and Temporal respond, and is Postgres writable?',
        operationId: 'getReadiness',
        security: [],
        response: {
          200: response('Both are ready', readinessSchema),
          ...problems(429),
          503: response('One of them is not ready; `parts` names it', readinessSchema),
        },
      },
    },
    async (_request, reply) => {
      const { checks, findings } = await context.health.report();
      const parts = readinessOf(checks, context.dataSource.isInitialized);
      const ready = parts.postgres === 'ok' && parts.temporal === 'ok';
      return reply.code(ready ? 200 : 503).send({
        status: ready ? 'ok' : 'not ready',
        parts,
        findings: findings.map(({ code, severity }) => ({ code, severity })),
      });
    },
  );
}

function serveReport(app: ZodApp, context: ApiContext): void {
  app.get(
    '/api/v1/health',
    {
      schema: {
        tags,
        summary: 'Report what is broken or needs attention, since when, and what to do',
        description:
          'Always answers 200. `failing`: syncs cannot work, or the directory is not fresh. `degraded`: something needs attention, or could not be checked.',
        operationId: 'getHealthReport',
        response: responses({ 200: healthReportSchema }),
      },
    },
    async () => context.health.report(),
  );
}
