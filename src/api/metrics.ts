import type { FastifyInstance } from 'fastify';
import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { z } from 'zod';
import { RUN_STATUSES } from '../contract/sync';
import { type PartnerStats, readStats } from '../store/read-stats';
import type { ApiContext } from './context';
import { freshnessOf } from './describe-partners';
import { problems, response } from './routes/responses';

const text = z.string().meta({ examples: ['provider_sync_fresh{partner="noteworth"} 1\n'] });

/** `/metrics` in Prometheus' format: this process, its requests, and how fresh the directory is. */
export async function metricsRoutes(app: FastifyInstance, context: ApiContext): Promise<void> {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const requests = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time to answer a request',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    registers: [registry],
  });
  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'none';
    requests.observe({ method: request.method, route, status: reply.statusCode }, reply.elapsedTime / 1000);
  });
  const update = directoryMetrics(registry, context);
  app.get(
    '/metrics',
    {
      schema: {
        tags: ['Service'],
        summary: "Figures in Prometheus' format: this process, its requests, how fresh the directory is",
        operationId: 'getMetrics',
        response: { 200: response('What was asked for', text, 'text/plain'), ...problems(401, 403, 429) },
      },
    },
    async (_request, reply) => {
      await update();
      return reply
        .type(registry.contentType)
        .serializer(String)
        .send(await registry.metrics());
    },
  );
}

/**
 * What an alert needs: is a partner's data too old, do its runs fail. While Postgres is away there is nothing
 * but `provider_sync_store_up` at 0: a figure from before would look like one of now.
 */
function directoryMetrics(registry: Registry, context: ApiContext): () => Promise<void> {
  const gauge = (name: string, help: string, labelNames: string[]) =>
    new Gauge({ name: `provider_sync_${name}`, help, labelNames, registers: [registry] });
  const up = gauge('store_up', 'Whether Postgres answered (1) or not (0)', []);
  const providers = gauge('providers', 'Providers in the directory', ['partner']);
  const lastSuccess = gauge('last_success_timestamp_seconds', 'When the last good run ended', ['partner']);
  const fresh = gauge('fresh', 'Whether the last good run is young enough', ['partner']);
  const runs = gauge('runs_last_24_hours', 'Runs by how they ended', ['partner', 'status']);

  const rejected = gauge('rejected_records_last_24_hours', 'Records of answers that could not be used', [
    'partner',
  ]);

  const show = (stats: readonly PartnerStats[]) => {
    for (const { partner, last24Hours, rejectedLast24Hours } of stats) {
      rejected.set({ partner }, rejectedLast24Hours);
      for (const status of RUN_STATUSES) runs.set({ partner, status }, last24Hours[status]);
    }
    for (const partner of context.partners.values()) {
      const own = stats.find((one) => one.partner === partner.name);
      const { isFresh, lastSucceededAt } = freshnessOf(partner, own);
      const labels = { partner: partner.name };
      providers.set(labels, own?.providers.total ?? 0);
      fresh.set(labels, Number(isFresh));
      if (lastSucceededAt) lastSuccess.set(labels, Date.parse(lastSucceededAt) / 1000);
    }
  };
  return async () => {
    const stats = await readStats(context.dataSource).catch((error: unknown) => {
      context.log.warn({ reason: String(error) }, 'Metrics of the directory cannot be read');
      return null;
    });
    for (const figures of [providers, lastSuccess, fresh, runs, rejected]) figures.reset();
    if (stats) show(stats);
    up.set(Number(stats !== null));
  };
}
