import { createServer } from 'node:net';
import { WORKER_METRICS } from '../../../src/temporal/metrics/metric-definitions';
import { killCommands, startCommand } from '../../support/command';
import { partnersFileWith } from '../../support/partners';
import { readMetrics, sumOf } from '../../support/read-metrics';
import { startReceiver } from '../../support/receiver';
import { inScenario, until } from '../../support/scenario';
import { unusedPort } from '../../support/unused-port';
import { startWay } from '../../support/way';
import { startWorkerWithPartners } from '../../support/worker-with-partners';

/* The metrics of worker processes, as Prometheus reads them. */

afterAll(killCommands);

const served = (port: number): NodeJS.ProcessEnv => ({ WORKER_METRICS_PORT: String(port) });
const partner = 'noteworth';

describe('the metrics of a worker', () => {
  it(
    'are those of the SDK and ours, at one address',
    inScenario({ auth: ['error500', 'ok'] }, async (scenario) => {
      const port = await unusedPort();
      const receiver = await startReceiver();
      const { url, secret } = receiver;
      const webhooks = `webhooks: { pager: { url: '${url}', secret: '${secret}' } }`;
      await startWorkerWithPartners(scenario, `${partnersFileWith()}\n${webhooks}`, served(port));
      const before = await readMetrics(port);
      expect(sumOf(before, 'provider_sync_runs_total', { partner, status: 'succeeded' })).toBe(0);
      expect(before.has('provider_sync_records_total{partner="noteworth",result="new"}')).toBe(true);
      const { result, run } = await scenario.startRun();
      await result;
      // The client can learn of the end before the worker's last request is answered and counted.
      const completed = { workflow_type: 'syncProviders' };
      await until(
        async () => sumOf(await readMetrics(port), 'temporal_workflow_completed_total', completed) === 1,
      );
      const sent = { receiver: 'pager', outcome: 'delivered' };
      await until(
        async () => sumOf(await readMetrics(port), 'provider_sync_webhook_attempts_total', sent) === 1,
      );
      await receiver.close();
      const after = await readMetrics(port);
      const count = (name: string, labels = {}) => sumOf(after, `provider_sync_${name}`, labels);
      expect(count('runs_total', { partner, status: 'succeeded', failure: '' })).toBe(1);
      expect(count('runs_total')).toBe(1);
      expect(count('run_duration_seconds_count', { partner, status: 'succeeded' })).toBe(1);
      expect(count('records_total', { partner, result: 'new' })).toBe(10);
      expect(count('partner_calls_total')).toBe((await run()).calls.length);
      expect(count('partner_calls_total', { endpoint: 'auth', outcome: 'PartnerError' })).toBe(1);
      expect(count('partner_calls_total', { endpoint: 'auth', outcome: 'ok' })).toBe(1);
      expect(count('partner_call_duration_seconds_count', { endpoint: 'providers', outcome: 'ok' })).toBe(1);
      expect(count('webhook_attempts_total', { receiver: 'pager', outcome: 'failed' })).toBe(0);
      expect(count('worker_info', { version: '0.2.0' })).toBe(1);
      expect(
        sumOf(after, 'temporal_activity_execution_latency_seconds_count', {
          activity_type: 'persistProviders',
        }),
      ).toBe(1);
      // The SDK's last bucket of this is one second, which hides how slow a task is.
      expect([...after.keys()].join()).toMatch(/workflow_task_execution_latency_seconds_bucket{[^}]*le="30"/);

      const names = [...after.keys()].map((series) => series.replace(/\{.*/, ''));
      const ours = names.filter((name) => !name.startsWith('temporal_'));
      const known = WORKER_METRICS.map(([name]) => name);
      const withoutSuffix = ours.map((name) => name.replace(/_(bucket|sum|count)$/, ''));
      expect([...new Set(withoutSuffix)].sort()).toEqual([...known].sort());
    }),
  );

  it(
    'count a run once although two workers stored it',
    inScenario({}, async (scenario) => {
      const ports = [await unusedPort(), await unusedPort()] as const;
      const way = await startWay(process.env.TEST_TEMPORAL_ADDRESS ?? '');
      try {
        await scenario.startWorker(way.address, served(ports[0]));
        const lock = await scenario.lock('providers');
        const { result, run } = await scenario.startRun();
        await until(() => scenario.isWaiting('providers'));
        // The first worker commits, but Temporal does not get its result.
        way.cut();
        await lock.release();
        await until(async () => (await run()).status === 'succeeded');
        const second = await scenario.startWorker(undefined, served(ports[1]));
        await result;
        await second.says(/"attempt":[2-9].*"msg":"Run succeeded"/);
        const both = await Promise.all(ports.map(readMetrics));
        const count = (name: string, labels: Record<string, string>) =>
          both.map((series) => sumOf(series, name, { partner, ...labels }));
        expect(count('provider_sync_runs_total', { status: 'succeeded' })).toEqual([1, 0]);
        expect(count('provider_sync_records_total', {})).toEqual([10, 0]);
        expect(count('provider_sync_partner_calls_total', {})).toEqual([2, 0]);
      } finally {
        way.close();
      }
    }),
  );

  it(
    'are refused in words if the port is taken',
    inScenario({}, async ({ env }) => {
      const port = await unusedPort();
      const holder = createServer().listen(port, '127.0.0.1');
      const { code, stderr } = await startCommand(['worker'], { ...env, ...served(port) }).ended;
      holder.close();
      expect(code).toBe(2);
      expect(stderr).toMatch(
        /^provider-sync: The worker cannot serve its metrics \(Address already in use.*\): free the port, or set WORKER_METRICS_HOST and WORKER_METRICS_PORT\.\n$/,
      );
    }),
  );
});
