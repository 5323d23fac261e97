import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { PACKAGE_ROOT } from '../../src/process/package-root';
import { startProgram } from '../support/command';
import { until } from '../support/scenario';
import { unusedPort } from '../support/unused-port';
import { type AlertRules, readRules } from './alert-rules';

/** A minute of the rules takes this many milliseconds, so that half an hour takes 30 seconds. One late scrape is not an alert. */
export const MINUTE_MS = 1_000;
const SCRAPE_EVERY = '250ms';

/** A real Prometheus with our rules, in which time is short. */
export interface Prometheus {
  /** The names of the alerts that fire now. */
  firing(): Promise<string[]>;
  /** The result of a query as it is now. */
  query(query: string): Promise<readonly QueryResult[]>;
  end(): Promise<void>;
}

interface QueryResult {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [time: number, value: string];
}

/** The addresses of the processes to watch, and a token for the API. */
export interface Targets {
  readonly api: string;
  readonly workers: readonly string[];
  readonly token: string;
}

/** Starts Prometheus with the configuration that is in docs/, at these addresses. */
export async function startPrometheus(targets: Targets): Promise<Prometheus> {
  const folder = await mkdtemp(join(tmpdir(), 'prometheus-'));
  await writeFile(join(folder, 'alerts.yml'), stringify(shorten(await readRules())));
  await writeFile(join(folder, 'prometheus.yml'), await configure(targets));
  const address = `127.0.0.1:${await unusedPort()}`;
  const server = startProgram('prometheus', [
    `--config.file=${join(folder, 'prometheus.yml')}`,
    `--storage.tsdb.path=${join(folder, 'data')}`,
    `--web.listen-address=${address}`,
    // A series that is no longer reported counts as gone after this time.
    '--query.lookback-delta=2s',
  ]);
  const get = async <T>(path: string): Promise<T> => {
    const response = await fetch(`http://${address}/api/v1/${path}`);
    const { data, error } = (await response.json()) as { data: T; error?: string };
    if (error !== undefined) throw new Error(error);
    return data;
  };
  await until(() =>
    fetch(`http://${address}/-/ready`).then(
      ({ ok }) => ok,
      () => false,
    ),
  );
  return {
    async firing() {
      const { alerts } = await get<{ alerts: { labels: { alertname: string }; state: string }[] }>('alerts');
      return [
        ...new Set(alerts.filter(({ state }) => state === 'firing').map(({ labels }) => labels.alertname)),
      ];
    },
    async query(query) {
      const { result } = await get<{ result: QueryResult[] }>(`query?query=${encodeURIComponent(query)}`);
      return result;
    },
    async end() {
      await server.end('SIGTERM');
      await rm(folder, { recursive: true });
    },
  };
}

/** The query or the duration with short minutes and hours. */
export function shortTime(text: string): string {
  return text.replace(/\b(\d+)([mh])\b/g, (_, count: string, unit: string) => {
    return `${Number(count) * MINUTE_MS * (unit === 'h' ? 60 : 1)}ms`;
  });
}

function shorten({ groups }: AlertRules): AlertRules {
  return {
    groups: groups.map((group) => ({
      ...group,
      rules: group.rules.map((rule) => ({ ...rule, expr: shortTime(rule.expr), for: shortTime(rule.for) })),
    })),
  };
}

async function configure({ api, workers, token }: Targets): Promise<string> {
  const config = parse(await readFile(join(PACKAGE_ROOT, 'docs/monitoring/prometheus.yml'), 'utf8'));
  const [ofApi, ofWorkers] = config.scrape_configs;
  return stringify({
    ...config,
    global: {
      scrape_interval: SCRAPE_EVERY,
      scrape_timeout: SCRAPE_EVERY,
      evaluation_interval: SCRAPE_EVERY,
    },
    scrape_configs: [
      {
        ...ofApi,
        scrape_interval: '1s',
        scrape_timeout: '1s',
        authorization: { credentials: token },
        static_configs: [{ targets: [api] }],
      },
      { ...ofWorkers, dns_sd_configs: undefined, static_configs: [{ targets: workers }] },
    ],
  });
}
