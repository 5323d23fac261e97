import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { PACKAGE_ROOT } from '../../src/process/package-root';
import { startProgram } from '../support/command';
import { until } from '../support/scenario';
import { unusedPort } from '../support/unused-port';
import { ALERTS_FILE } from './alert-rules';
import type { Monitored } from './monitored';

/** A real Prometheus. */
export interface Prometheus {
  /** The data of its API at this path. */
  get<T>(path: string): Promise<T>;
  end(): Promise<void>;
}

/** Starts Prometheus with the configuration and the rules that are in docs/, at these addresses. */
export async function startPrometheus(targets: Monitored['targets']): Promise<Prometheus> {
  const folder = await mkdtemp(join(tmpdir(), 'prometheus-'));
  await writeFile(join(folder, 'prometheus.yml'), await configure(targets));
  const address = `127.0.0.1:${await unusedPort()}`;
  const server = startProgram('prometheus', [
    `--config.file=${join(folder, 'prometheus.yml')}`,
    `--storage.tsdb.path=${join(folder, 'data')}`,
    `--web.listen-address=${address}`,
  ]);
  await until(() =>
    fetch(`http://${address}/-/ready`).then(
      ({ ok }) => ok,
      () => false,
    ),
  );
  return {
    async get<T>(path: string) {
      const response = await fetch(`http://${address}/api/v1/${path}`);
      const { data, error } = (await response.json()) as { data: T; error?: string };
      if (error !== undefined) throw new Error(error);
      return data;
    },
    async end() {
      await server.end('SIGTERM');
      await rm(folder, { recursive: true });
    },
  };
}

async function configure({ api, worker }: Monitored['targets']): Promise<string> {
  const config = parse(await readFile(join(PACKAGE_ROOT, 'docs/monitoring/prometheus.yml'), 'utf8'));
  const [ofApi, ofWorkers] = config.scrape_configs;
  return stringify({
    global: { ...config.global, scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
    rule_files: [ALERTS_FILE],
    scrape_configs: [
      {
        ...ofApi,
        authorization: { credentials: api.token },
        static_configs: [{ targets: [api.address] }],
      },
      { ...ofWorkers, dns_sd_configs: undefined, static_configs: [{ targets: [worker.address] }] },
    ],
  });
}
