import { parseMetrics, type Series } from '../support/read-metrics';

/** A process that Prometheus reads. */
export interface Target {
  readonly job: string;
  /** `host:port` */
  readonly address: string;
  readonly token?: string;
}

/**
 * Reads the metrics of a process and adds what Prometheus adds: `up`, and the labels `job` and `instance`. A slow answer
 * is waited for.
 */
export async function scrape({ job, address, token }: Target): Promise<Series> {
  const labels = `job="${job}",instance="${address}"`;
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const response = await fetch(`http://${address}/metrics`, { headers }).catch(() => null);
  if (!response) return new Map([[`up{${labels}}`, 0]]);
  if (!response.ok) throw new Error(`${job} answered ${response.status}`);
  const read = [...parseMetrics(await response.text())];
  return new Map([
    [`up{${labels}}`, 1],
    ...read.map(([series, value]) => [withLabels(series, labels), value] as const),
  ]);
}

function withLabels(series: string, labels: string): string {
  return series.endsWith('}') ? `${series.slice(0, -1)},${labels}}` : `${series}{${labels}}`;
}
