import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, withFreePorts } from '../local/free-port';
import { startLocalPostgres } from '../local/postgres';
import { findTemporalCli } from '../local/temporal-binaries';
import { startLocalTemporal } from '../local/temporal-server';
import type { BaseConfig } from '../process/config';
import type { Logger } from '../process/logger';
import { writeSecretFile } from '../process/secret-file';
import type { Cleanup } from '../process/shutdown';
import { type SimulatorOptions, startSimulator } from '../simulator/simulator';
import { SIMULATOR_PORT } from './simulator';

/** The variable with the address of the partner. */
export const PARTNER_URL = 'NOTEWORTH_BASE_URL';
/** Servers that `dev` did not start are not watched. */
const NEVER = new Promise<never>(() => undefined);

/** The parts that are started here, in words, because the configuration names no other: such as `Postgres and Temporal`. */
export function startedHere({ env }: BaseConfig, variables: readonly string[]): string {
  const parts = [
    ...(env.DATABASE_URL ? [] : ['Postgres']),
    ...(env.TEMPORAL_ADDRESS ? [] : ['Temporal']),
    ...(isSimulated(env, variables) ? ['the simulated partner'] : []),
  ];
  return new Intl.ListFormat('en-GB').format(parts);
}

/** Whether the partners file reads the address of the partner and none is set. */
function isSimulated(env: NodeJS.ProcessEnv, variables: readonly string[]): boolean {
  return !env[PARTNER_URL] && !env[`${PARTNER_URL}_FILE`] && variables.includes(PARTNER_URL);
}

/** Starts Postgres unless DATABASE_URL names one. */
export async function providePostgres({ env, dataDir }: BaseConfig, log: Logger, cleanup: Cleanup) {
  if (env.DATABASE_URL) return { environment: {}, lost: NEVER };
  const postgres = await cleanup.acquire(
    'Postgres',
    () => startLocalPostgres({ dataDir, database: 'provider_sync', log }),
    (started) => started.stop(),
  );
  return { environment: { DATABASE_URL: postgres.url }, lost: postgres.lost };
}

/** Starts a Temporal dev server unless TEMPORAL_ADDRESS names a server. `binDir` keeps a CLI that is downloaded. */
export async function provideTemporal(
  { env, dataDir }: BaseConfig,
  { codecEndpoint, binDir }: { readonly codecEndpoint: string; readonly binDir: string },
  log: Logger,
  cleanup: Cleanup,
) {
  if (env.TEMPORAL_ADDRESS) return { environment: {}, lost: NEVER };
  const { path, origin } = await findTemporalCli({ cacheDir: binDir, log, env });
  log.info(`Temporal: ${origin}`);
  const temporal = await cleanup.acquire(
    'Temporal',
    () => startLocalTemporal({ executable: path, dataDir, ui: true, codecEndpoint, log }),
    (started) => started.stop(),
  );
  const environment = {
    TEMPORAL_ADDRESS: temporal.address,
    ...(temporal.uiUrl && { TEMPORAL_UI_URL: temporal.uiUrl }),
  };
  return { environment, lost: temporal.lost };
}

/** Starts the simulated partner if the partners file reads its address and none is set. */
export async function providePartner(
  { env }: BaseConfig,
  variables: readonly string[],
  options: SimulatorOptions,
  cleanup: Cleanup,
) {
  if (!isSimulated(env, variables)) return { environment: {}, simulator: null };
  const simulator = await cleanup.acquire(
    'the simulated partner',
    () => withFreePorts(async () => startSimulator({ ...options, port: await freePort(SIMULATOR_PORT) })),
    (started) => started.close(),
  );
  return { environment: { [PARTNER_URL]: simulator.url }, simulator };
}

/** The operator's keys, or keys of this machine; they must be kept as long as the histories that they encrypt. */
export function provideKeys({ env, dataDir }: BaseConfig) {
  if (env.PAYLOAD_KEYS) return { PAYLOAD_KEYS: env.PAYLOAD_KEYS };
  const path = join(dataDir, 'payload-keys');
  if (!existsSync(path)) {
    writeSecretFile(path, `dev-${randomBytes(4).toString('hex')}:${randomBytes(32).toString('base64')}\n`);
  }
  chmodSync(path, 0o600);
  return { PAYLOAD_KEYS: readFileSync(path, 'utf8').trim() };
}
