import { resolve } from 'node:path';
import type { z } from 'zod';
import { type BaseConfig, baseSchema, DEFAULT_DATA_DIR } from './config/base-config';
import { databaseSchema } from './config/database-config';
import { type HttpConfig, httpSchema, toHttpConfig } from './config/http-config';
import { type RolesConfig, rolesSchema } from './config/roles-config';
import { readSecretFiles } from './config/secret-files';
import {
  ownKeysTemporalSchema,
  readConnection,
  type TemporalConfig,
  temporalSchema,
} from './config/temporal-config';
import { toTracing } from './config/tracing-config';
import { toWorkerConfig, type WorkerConfig, workerSchema } from './config/worker-config';
import { ExpectedError } from './expected-error';
import { outside } from './outside';
import { readRunningDev } from './running-dev';

export type { BaseConfig } from './config/base-config';
export type { HttpConfig } from './config/http-config';
export type { TemporalConfig } from './config/temporal-config';
export type { TracingConfig } from './config/tracing-config';
export type { WorkerConfig } from './config/worker-config';

/** The parts of the configuration that a command requests by name. */
export interface Needs {
  readonly databaseUrl: string;
  readonly temporal: TemporalConfig;
  readonly http: HttpConfig;
  readonly worker: WorkerConfig;
  readonly roles: RolesConfig;
}

/**
 * Reads and checks the configuration, once, at the start of a command.
 *
 * @param needs the parts that the command requires
 * @param options.runningDev whether the servers of a running `npm start` may be used
 * @param options.devKeys whether its payload keys may be used too; a worker requires its own
 * @throws ExpectedError listing every mistake
 */
export function loadConfig<N extends keyof Needs>(
  needs: readonly N[],
  { env: given = outside().env, runningDev = true, devKeys = true } = {},
): BaseConfig & Pick<Needs, N> {
  const mistakes: string[] = [];
  const secrets = readSecretFiles(withoutEmpty(given), mistakes);
  const dataDir = resolve(secrets.DATA_DIR ?? DEFAULT_DATA_DIR);
  const { PAYLOAD_KEYS, ...dev } = runningDev ? readRunningDev(dataDir) : {};
  const env = { ...dev, ...(devKeys && PAYLOAD_KEYS ? { PAYLOAD_KEYS } : {}), ...secrets };
  const base = check(baseSchema, env, mistakes);
  const parts = readParts(new Set(needs), env, mistakes, devKeys ? temporalSchema : ownKeysTemporalSchema);
  if (mistakes.length > 0) {
    throw new ExpectedError(
      `The configuration has mistakes:\n${mistakes.map((line) => `  ${line}`).join('\n')}`,
    );
  }
  const all: BaseConfig & Partial<Needs> = {
    logLevel: base?.LOG_LEVEL ?? 'info',
    dataDir,
    partnersFile: resolve(base?.PARTNERS_FILE ?? ''),
    tracing: toTracing(base),
    env,
    ...parts,
  };
  return all as BaseConfig & Pick<Needs, N>;
}

/** The requested parts; one with mistakes is left out. */
function readParts(
  needs: ReadonlySet<keyof Needs>,
  env: NodeJS.ProcessEnv,
  mistakes: string[],
  schemaOfTemporal: typeof temporalSchema,
): Partial<Needs> {
  const read = <T>(need: keyof Needs, schema: z.ZodType<T>) =>
    needs.has(need) ? check(schema, env, mistakes) : undefined;
  const database = read('databaseUrl', databaseSchema);
  const temporal = read('temporal', schemaOfTemporal);
  const worker = read('worker', workerSchema);
  const connection = needs.has('temporal') ? readConnection(env, mistakes) : undefined;
  const roles = read('roles', rolesSchema);
  const http = read('http', httpSchema);
  return {
    ...(database && { databaseUrl: database.DATABASE_URL }),
    ...(temporal &&
      connection && {
        temporal: { ...connection, taskQueue: temporal.TASK_QUEUE, payloadKeys: temporal.PAYLOAD_KEYS },
      }),
    ...(http && { http: toHttpConfig(http) }),
    ...(worker && { worker: toWorkerConfig(worker) }),
    ...(roles && { roles }),
  };
}

/** Compose files and shells pass unset variables as empty ones. */
function withoutEmpty(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([, value]) => value));
}

function check<T>(schema: z.ZodType<T>, env: NodeJS.ProcessEnv, mistakes: string[]): T | undefined {
  const result = schema.safeParse(env);
  if (result.success) return result.data;
  mistakes.push(...result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`));
  return undefined;
}
