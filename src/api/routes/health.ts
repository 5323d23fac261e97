import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { FINDING_CODES, type FindingCode, SEVERITIES } from '../../operations/health/finding';
import type { ApiContext } from '../context';
import { problems, response, responses } from '../openapi/responses';
import { healthReportSchema } from '../openapi/schemas';

/** What keeps the API from storing that it is asked to, such as a sync's claim. */
const UNWRITABLE: readonly FindingCode[] = ['store-read-only', 'store-full', 'store-not-writable'];

const healthSchema = z.object({ status: z.literal('ok') }).meta({ examples: [{ status: 'ok' }] });
const readinessSchema = z
  .object({
    status: z.enum(['ok', 'not ready']),
    parts: z.object({
      postgres: z.enum(['ok', 'not connected yet', 'not migrated', 'not writable', 'no answer']),
      temporal: z.enum(['ok', 'no answer']),
    }),
    findings: z
      .array(z.object({ code: z.enum(FINDING_CODES), severity: z.enum(SEVERITIES) }))
      .meta({ description: 'All that is broken or needs attention; /api/v1/health says more' }),
  })
  .meta({
    examples: [
      {
        status: 'ok',
        parts: { postgres: 'ok', temporal: 'ok' },
        findings: [{ code: 'no-worker', severity: 'failing' }],
      },
    ],
  });
type Parts = z.output<typeof readinessSchema>['parts'];

/**
 * `/healthz`: the process answers. `/readyz`: what the API itself needs does too, and if not, which part; dead
 * workers do not take the pages away. `/api/v1/health`: all of it, in words.
 */
export async function healthRoutes(app: FastifyInstance, context: ApiContext): Promise<void> {
  const config = { access: 'public' } as const;
  const tags = ['Service'];
  app.get(
    '/healthz',
    {
      config,
      schema: {
        tags,
        summary: 'Liveness: does the process respond?',
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
        summary: 'Readiness: do Postgres and Temporal respond, and does Postgres take writes?',
        operationId: 'getReadiness',
        security: [],
        response: {
          200: response('They do', readinessSchema),
          ...problems(429),
          503: response('One of them does not; `parts` says which', readinessSchema),
        },
      },
    },
    async (_request, reply) => {
      const { findings } = await context.health.report();
      const codes = findings.map(({ code }) => code);
      const parts = { postgres: postgresOf(codes, context), temporal: temporalOf(codes) };
      const ready = parts.postgres === 'ok' && parts.temporal === 'ok';
      return reply.code(ready ? 200 : 503).send({
        status: ready ? 'ok' : 'not ready',
        parts,
        findings: findings.map(({ code, severity }) => ({ code, severity })),
      });
    },
  );
  app.withTypeProvider<ZodTypeProvider>().get(
    '/api/v1/health',
    {
      schema: {
        tags,
        summary: 'What is broken or needs attention, since when, and what to do',
        description:
          'Answers 200 whatever it finds. `failing`: syncs cannot work, or the directory is not fresh. `degraded`: something needs attention, or could not be checked.',
        operationId: 'getHealthReport',
        response: responses({ 200: healthReportSchema }),
      },
    },
    async () => context.health.report(),
  );
}

/** A role that may only read is enough for the API, whatever rights it lacks. */
function postgresOf(codes: readonly FindingCode[], { dataSource }: ApiContext): Parts['postgres'] {
  if (codes.includes('store-unreachable')) {
    return dataSource.isInitialized ? 'no answer' : 'not connected yet';
  }
  if (codes.includes('store-not-migrated')) return 'not migrated';
  return codes.some((code) => UNWRITABLE.includes(code)) ? 'not writable' : 'ok';
}

function temporalOf(codes: readonly FindingCode[]): Parts['temporal'] {
  return codes.includes('temporal-unreachable') ? 'no answer' : 'ok';
}
