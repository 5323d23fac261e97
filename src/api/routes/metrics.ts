import type { FastifyInstance } from 'fastify';
import { Gauge } from 'prom-client';
import { z } from 'zod';
import { RUN_STATUSES } from '../../contract/run';
import { freshnessOf } from '../../operations/freshness/freshness';
import { within } from '../../operations/health/check';
import { failedInARow } from '../../operations/health/check-directory';
import { type Finding, type FindingCode, HEALTH_STATUSES } from '../../operations/health/finding';
import { RECENT_RUNS } from '../../operations/health/health';
import { type DirectoryReading, readDirectory } from '../../operations/read-directory';
import { shareReading } from '../../operations/share-reading';
import { awaitedApproval } from '../../store/runs/run-row';
import { countStaged } from '../../store/staging/count-staged';
import { listReceivers } from '../../store/webhooks/read-receivers';
import type { ApiContext } from '../context';
import { problems, response } from '../openapi/responses';

/** If Postgres hangs, the other metrics are answered after this time. */
const DIRECTORY_MS = 5_000;
/** The findings about runs that make no progress. */
const WAITING_CODES: readonly FindingCode[] = ['runs-waiting', 'runs-repeating'];

/** Updates gauges from the directory, which is read once for all of them. */
type Update = (reading: Promise<DirectoryReading>) => Promise<void>;

/** Registers a gauge of ours. */
type NewGauge = (name: string, help: string, labelNames: string[]) => Gauge;

const text = z.string().meta({ examples: ['provider_sync_fresh{partner="noteworth"} 1\n'] });

/** `/metrics` in Prometheus' format: the process, its requests, and the state of the directory. */
export async function metricsRoutes(app: FastifyInstance, context: ApiContext): Promise<void> {
  const registry = context.metrics;
  const gauge: NewGauge = (name, help, labelNames) =>
    new Gauge({ name: `provider_sync_${name}`, help, labelNames, registers: [registry] });
  const updates = [
    directoryMetrics(gauge, context),
    stagedMetrics(gauge, context),
    healthMetrics(gauge, context),
    webhookMetrics(gauge, context),
  ];
  const read = shareReading(async () => {
    const reading = within(DIRECTORY_MS, () => readDirectory(context, RECENT_RUNS));
    await Promise.all(updates.map((update) => update(reading)));
    return registry.metrics();
  });
  app.get(
    '/metrics',
    {
      schema: {
        tags: ['Service'],
        summary:
          "Get metrics in Prometheus' format: the process, its requests, and the state of the directory",
        operationId: 'getMetrics',
        response: { 200: response('The metrics', text, { type: 'text/plain' }), ...problems(401, 403, 429) },
      },
    },
    async (_request, reply) =>
      reply
        .type(registry.contentType)
        .serializer(String)
        .send(await read()),
  );
}

/**
 * What an alert needs: whether a partner's data is too old, and whether its runs fail. While Postgres is unavailable,
 * only `provider_sync_store_up` is left, at 0: an old figure would look like a current one.
 */
function directoryMetrics(gauge: NewGauge, context: ApiContext): Update {
  const up = gauge('store_up', 'Whether Postgres responds (1) or not (0)', []);
  const providers = gauge('providers', 'Providers in the directory who have not left', ['partner']);
  const left = gauge('providers_left', 'Providers who left the list of their partner', ['partner']);
  const lastSuccess = gauge('last_success_timestamp_seconds', 'When the last successful run ended', [
    'partner',
  ]);
  const freshFor = gauge('fresh_for_seconds', 'How long a successful run keeps the directory fresh', [
    'partner',
  ]);
  const fresh = gauge('fresh', 'Whether the last successful run is recent enough (1) or not (0)', [
    'partner',
  ]);
  const awaiting = gauge('runs_awaiting_approval', 'Runs that wait for an approval of their snapshot', [
    'partner',
  ]);
  const runs = gauge('runs_last_24_hours', 'Runs by status', ['partner', 'status']);

  const rejected = gauge('rejected_records_last_24_hours', 'Records that could not be used', ['partner']);

  const failed = gauge('runs_failed_in_a_row', 'Runs that failed since the last successful one', ['partner']);
  const gauges = [providers, left, lastSuccess, fresh, freshFor, awaiting, runs, rejected, failed];

  const show = ({ stats, recent }: DirectoryReading) => {
    for (const { partner, last24Hours, rejectedLast24Hours } of stats) {
      rejected.set({ partner }, rejectedLast24Hours);
      for (const status of RUN_STATUSES) runs.set({ partner, status }, last24Hours[status]);
    }
    for (const partner of context.partners.values()) {
      const own = stats.find((one) => one.partner === partner.name);
      const { isFresh, lastSucceededAt } = freshnessOf(partner, own?.lastSuccess?.finishedAt ?? null);
      const labels = { partner: partner.name };
      const { total, listed } = own?.providers ?? { total: 0, listed: 0 };
      providers.set(labels, listed);
      left.set(labels, total - listed);
      awaiting.set(labels, own?.running && awaitedApproval(own.running) ? 1 : 0);
      fresh.set(labels, Number(isFresh));
      freshFor.set(labels, partner.freshFor / 1000);
      failed.set(labels, failedInARow(recent.get(partner.name) ?? []).length);
      if (lastSucceededAt) lastSuccess.set(labels, Date.parse(lastSucceededAt) / 1000);
    }
  };
  return async (reading) => {
    const read = await reading.catch((error: unknown) => {
      context.log.warn({ reason: String(error) }, 'Metrics of the directory cannot be read');
      return null;
    });
    for (const figures of gauges) figures.reset();
    if (read) show(read);
    up.set(Number(read !== null));
  };
}

/** Records that wait in Postgres to be stored with the rest of their answer. */
function stagedMetrics(gauge: NewGauge, { partners, dataSource }: ApiContext): Update {
  const staged = gauge('staged_records', 'Records of pages that wait for the rest of their answer', [
    'partner',
  ]);
  return async () => {
    const counts = await within(DIRECTORY_MS, () => countStaged(dataSource)).catch(() => null);
    staged.reset();
    if (!counts) return;
    for (const partner of partners.keys()) staged.set({ partner }, counts.get(partner) ?? 0);
  };
}

/** The state of the receivers in partners.yaml; nothing while Postgres is unavailable. */
function webhookMetrics(gauge: NewGauge, { dataSource }: ApiContext): Update {
  const labels = ['receiver'];
  const failing = gauge(
    'webhook_receiver_failing',
    'Whether a receiver of webhooks has not taken a message that it was sent, or wants nothing more (1), or not (0)',
    labels,
  );
  const waiting = gauge('webhook_messages_waiting', 'Messages that wait to be sent to a receiver', labels);
  const givenUp = gauge('webhook_messages_given_up', 'Messages that were given up', labels);
  const oldest = gauge(
    'webhook_oldest_waiting_age_seconds',
    'Age of the oldest waiting message; 0 if none waits',
    labels,
  );
  const due = gauge(
    'webhook_due_seconds',
    'Time since a message became due, or since the last delivery if that was later; 0 if none is due',
    labels,
  );
  return async () => {
    const receivers = await within(DIRECTORY_MS, () => listReceivers(dataSource)).catch(() => []);
    for (const one of [failing, waiting, givenUp, oldest, due]) one.reset();
    for (const { name: receiver, ...state } of receivers.filter(({ configured }) => configured)) {
      failing.set({ receiver }, Number(state.disabledAt !== null || state.failingSince !== null));
      waiting.set({ receiver }, state.waiting);
      givenUp.set({ receiver }, state.failed);
      oldest.set({ receiver }, secondsSince(state.waitingSince));
      due.set({ receiver }, secondsSince(state.dueSince));
    }
  };
}

/** 0 for null. */
function secondsSince(time: string | null): number {
  return time === null ? 0 : Math.max(0, Date.now() - Date.parse(time)) / 1000;
}

/** The status and the names of the findings. /api/v1/health has the details. */
function healthMetrics(gauge: NewGauge, { health }: ApiContext): Update {
  const status = gauge('health', 'The status of /api/v1/health: 1 for the current one', ['status']);
  const findings = gauge('finding', 'What is broken or needs attention (1)', ['code', 'severity', 'partner']);
  const workers = gauge('workers_polling', 'Workers that poll the task queue; absent if unknown', []);
  const waiting = gauge('runs_waiting', 'Open runs that make no progress; absent if unknown', []);
  const oldest = gauge(
    'oldest_waiting_run_age_seconds',
    'Longest wait of a run; 0 if none waits, absent if unknown',
    [],
  );

  return async (reading) => {
    const report = await health.report(reading);
    for (const one of [status, findings, workers, waiting, oldest]) one.reset();
    for (const one of HEALTH_STATUSES) status.set({ status: one }, Number(one === report.status));
    for (const { code, severity, partner } of report.findings) {
      findings.set({ code, severity, partner: partner ?? '' }, 1);
    }
    setOrRemove(workers, report.workersPolling);
    setOrRemove(waiting, report.runsWaiting);
    setOrRemove(oldest, report.runsWaiting === null ? null : longestWait(report.findings));
  };
}

/** Seconds since the first run began to wait; 0 if none waits. */
function longestWait(findings: readonly Finding[]): number {
  const since = findings.flatMap(({ code, since }) =>
    WAITING_CODES.includes(code) && since !== null ? Date.parse(since) : [],
  );
  return since.length > 0 ? Math.max(0, Date.now() - Math.min(...since)) / 1000 : 0;
}

function setOrRemove(gauge: Gauge, value: number | null): void {
  if (value === null) gauge.remove();
  else gauge.set(value);
}
