import type { DataSource } from 'typeorm';
import type { Partners } from '../../partner/config/partner';
import { readPartnersFile } from '../../partner/config/partners-file';
import { type BaseConfig, loadConfig, type Needs } from '../../process/config';
import { createLogger } from '../../process/logger';
import { isSupportedNode } from '../../process/node-versions';
import { engines } from '../../process/package-root';
import { createDataSource } from '../../store/postgres/data-source';
import { lazyClient } from '../../temporal/connection/connection';
import { type CheckOutcome, checked, messageOf, within } from './check';
import { finding } from './finding';
import { checkAll } from './health';

const POOL_SIZE = 4;
const CONNECT_MS = 2_500;

type Config = BaseConfig & Pick<Needs, 'databaseUrl' | 'temporal'>;

/** The result of checking this installation. */
export interface InstallationCheck {
  readonly workersPolling: number | null;
  readonly runsWaiting: number | null;
  readonly checks: readonly CheckOutcome[];
}

/** Checks Node, the configuration and the partners file of this process, and then the services that they name. */
export async function checkInstallation(): Promise<InstallationCheck> {
  const node = checkNode();
  let config: Config;
  try {
    config = loadConfig(['databaseUrl', 'temporal', 'worker']);
  } catch (error) {
    return { workersPolling: null, runsWaiting: null, checks: [node, invalid(messageOf(error))] };
  }
  const configured = [checked('configuration', `complete; state in ${config.dataDir}`)];
  let partners: Partners = new Map();
  try {
    partners = readPartnersFile(config.partnersFile, config.env);
  } catch (error) {
    const found = finding({ code: 'configuration-invalid', severity: 'failing', what: messageOf(error) });
    configured.push(checked('partners file', found.what, [found]));
  }
  const report = await withServices(config, partners);
  return { ...report, checks: [node, ...configured, ...report.checks] };
}

async function withServices(config: Config, partners: Partners): Promise<InstallationCheck> {
  const log = createLogger('silent');
  const { databaseUrl: url, temporal } = config;
  const dataSource = createDataSource({
    url,
    applicationName: 'provider-sync doctor',
    poolSize: POOL_SIZE,
    log,
  });
  const client = lazyClient(temporal);
  // If this fails, the check of Postgres reports the reason.
  await within(CONNECT_MS, () => dataSource.initialize()).catch(() => undefined);
  try {
    return await checkAll({ temporal, partners, dataSource, client, log });
  } finally {
    await Promise.all([client.connection.close(), close(dataSource)]);
  }
}

async function close(dataSource: DataSource): Promise<void> {
  if (dataSource.isInitialized) await dataSource.destroy();
}

function checkNode(): CheckOutcome {
  const { node } = process.versions;
  if (isSupportedNode(node)) return checked('node', node);
  const what = `${node} is not supported; install a version that matches ${engines.node}`;
  return checked('node', what, [finding({ code: 'node-too-old', severity: 'failing', what })]);
}

function invalid(what: string): CheckOutcome {
  return checked('configuration', what, [
    finding({ code: 'configuration-invalid', severity: 'failing', what }),
  ]);
}
