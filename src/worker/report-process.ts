import type { MetricMeter } from '@temporalio/common';
import type { WorkerConfig } from '../process/config';
import { version } from '../process/package-root';
import { GAUGES } from '../temporal/metrics/metric-definitions';

const INTERVAL_MS = 5_000;

/**
 * Reports the version, the start and the memory of this process in the metrics.
 *
 * @returns ends that
 */
export function reportProcess(meter: MetricMeter, deployment: WorkerConfig['version']): () => void {
  const gauge = (name: keyof typeof GAUGES) => meter.createGauge(name, 'float', undefined, GAUGES[name]);
  const { deploymentName = '', buildId = '' } = deployment ?? {};
  gauge('provider_sync_worker_info').set(1, { version, deployment: deploymentName, build_id: buildId });
  gauge('process_start_time_seconds').set(performance.timeOrigin / 1000);
  const memory = gauge('process_resident_memory_bytes');
  const report = () => memory.set(process.memoryUsage.rss());
  report();
  const timer = setInterval(report, INTERVAL_MS).unref();
  return () => clearInterval(timer);
}
