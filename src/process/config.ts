import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { TLSConfig } from '@temporalio/client';
import { loadClientConfigProfile, loadClientConnectConfig } from '@temporalio/envconfig';
import { z } from 'zod';
import { TASK_QUEUE } from '../contract/names';
import { type ApiToken, apiTokensSchema } from './api-tokens';
import { ExpectedError } from './expected-error';
import { LOG_LEVELS, type LogLevel } from './logger';
import { isLoopback } from './loopback';
import { PACKAGE_ROOT } from './package-root';
import { type PayloadKeys, payloadKeysSchema } from './payload-keys';
import { type RolesConfig, rolesSchema } from './roles-config';
import { readRunningDev } from './running-dev';
import { SECRETS } from './secret-variables';

/** How to reach Temporal, and with which keys. */
export interface TemporalConfig {
  readonly connection: {
    readonly address: string;
    readonly apiKey?: string;
    readonly tls?: TLSConfig | boolean;
    readonly metadata?: Record<string, string>;
  };
  readonly namespace: string;
  readonly taskQueue: string;
  readonly payloadKeys: PayloadKeys;
}

/** Where the API and the pages are served, and to whom. */
export interface HttpConfig {
  readonly host: string;
  readonly port: number;
  /** Without any, everybody on this machine may do everything. */
  readonly tokens: readonly ApiToken[];
  /** The origin of the Temporal UI, to which runs are linked and which may ask the codec endpoint. */
  readonly temporalUiUrl: string | null;
  /** The origin under which browsers and programs reach us, or null where it is not configured. */
  readonly publicUrl: string | null;
  /** The proxies before us, whose word on a sender's address and protocol counts. */
  readonly trustProxy: readonly string[];
}

/** What one worker takes on, and as what. */
export interface WorkerConfig {
  /** How many runs may be calling a partner or saving at once. */
  readonly maxConcurrentSyncs: number;
  /** The version in Temporal's terms, or null for a worker without one. */
  readonly version: { readonly deploymentName: string; readonly buildId: string } | null;
}

/** What every command knows. */
export interface BaseConfig {
  readonly logLevel: LogLevel;
  readonly dataDir: string;
  readonly partnersFile: string;
  /** The environment the rest was read from: the process's, completed by secret files and a running `npm start`. */
  readonly env: NodeJS.ProcessEnv;
}

/** What commands ask for by name. */
export interface Needs {
  readonly databaseUrl: string;
  readonly temporal: TemporalConfig;
  readonly http: HttpConfig;
  readonly worker: WorkerConfig;
  readonly roles: RolesConfig;
}

const DEFAULT_DATA_DIR = join(PACKAGE_ROOT, '.provider-sync');

export const baseSchema = z.object({
  LOG_LEVEL: z
    .enum(LOG_LEVELS, `is none of ${LOG_LEVELS.join(', ')}`)
    .default('info')
    .describe('The least level that is logged. `debug` also logs stacks.'),
  PARTNERS_FILE: z
    .string()
    .default(join(PACKAGE_ROOT, 'partners.yaml'))
    .describe('The file that describes the partners.'),
  DATA_DIR: z
    .string()
    .default(DEFAULT_DATA_DIR)
    .describe('The folder in which `npm start` keeps its state; other commands find its servers there.'),
});

const STARTED = 'start `npm start`, which brings one, or set it';

export const databaseSchema = z.object({
  DATABASE_URL: z
    .string(`is not set; ${STARTED} to postgres://user:password@host:5432/database`)
    .refine(
      (text) => URL.canParse(text) && ['postgres:', 'postgresql:'].includes(new URL(text).protocol),
      'is no address like postgres://user:password@host:5432/database',
    )
    .describe(
      'Postgres 13 or newer, with a database in the encoding UTF8 and any locale. Its extension `pg_trgm` must be installed or installable by the role of `migrate`.',
    ),
});

export const temporalSchema = z.object({
  TASK_QUEUE: z
    .string()
    .min(1)
    .max(200)
    .default(TASK_QUEUE)
    .describe('The task queue in Temporal that workers poll and starts use.'),
  PAYLOAD_KEYS: z
    .string(
      `is not set; ${STARTED} to the keys that encrypt what Temporal stores, each as id:base64 of 32 bytes`,
    )
    .pipe(payloadKeysSchema)
    .describe(
      'The keys that encrypt payloads in Temporal: `id:base64 of 32 bytes`, comma-separated. The first encrypts, all decrypt. `worker` requires it; `npm start` creates a key in `DATA_DIR`.',
    ),
});

const PUBLIC_URL_FORM = 'is not an origin like https://directory.example.com, without a path';

export const httpSchema = z
  .object({
    HTTP_HOST: z
      .string()
      .default('127.0.0.1')
      .describe(
        'The address that `api` listens on. If it is not a loopback address, `API_TOKENS` is required.',
      ),
    HTTP_PORT: z.coerce
      .number('is no port')
      .pipe(z.int('is no port').min(0, 'is no port').max(65_535, 'is no port'))
      .default(3000)
      .describe('The port that `api` listens on; 0 means any free port.'),
    API_TOKENS: apiTokensSchema
      .default([])
      .describe(
        'Hashes of the tokens that programs send and people log in with: `role:sha256hex`, comma-separated. Roles are `viewer` and `operator`. `provider-sync tokens create` makes a token.',
      ),
    TEMPORAL_UI_URL: z
      .url({ protocol: /^https?$/, error: 'is no address like http://127.0.0.1:8233' })
      .transform((text) => new URL(text).href.replace(/\/+$/, ''))
      .optional()
      .describe('The Temporal UI. Pages link runs to it, and only its pages may use the codec endpoint.'),
    PUBLIC_URL: z
      .url({ protocol: /^https?$/, error: PUBLIC_URL_FORM })
      .refine((text) => URL.parse(text)?.href === `${URL.parse(text)?.origin}/`, PUBLIC_URL_FORM)
      .transform((text) => new URL(text).origin)
      .optional()
      .describe(
        'The origin under which browsers and programs reach the API. FHIR links begin with it; without it, they have an origin only on a loopback address. With `https`, cookies are sent over TLS only.',
      ),
    HTTP_TRUST_PROXY: z
      .string()
      .transform((text) => text.split(',').map((address) => address.trim()))
      .pipe(
        z.array(z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()], 'is no list of addresses or networks')),
      )
      .default([])
      .describe(
        'The addresses or networks of the proxies in front of the API, comma-separated. Their `X-Forwarded-*` headers are trusted. `API_TOKENS` is then required.',
      ),
  })
  .superRefine(({ HTTP_HOST, HTTP_TRUST_PROXY, API_TOKENS }, context) => {
    if (API_TOKENS.length > 0 || (isLoopback(HTTP_HOST) && HTTP_TRUST_PROXY.length === 0)) return;
    const opening = isLoopback(HTTP_HOST) ? 'HTTP_TRUST_PROXY lets requests in' : 'HTTP_HOST can be reached';
    context.addIssue({
      code: 'custom',
      path: ['API_TOKENS'],
      message: `is not set, though ${opening} from other machines; make one with: npx provider-sync tokens create`,
    });
  });

/** Temporal refuses `.` and `:` in the name of a deployment, and `__` at the start of name and build ID. */
export const workerSchema = z
  .object({
    WORKER_MAX_CONCURRENT_SYNCS: z
      .string()
      .regex(/^([1-9]\d?|1\d\d|200)$/, 'is no whole number from 1 to 200')
      .transform(Number)
      .prefault('16')
      .describe('How many runs of one worker may call a partner or save at the same time, from 1 to 200.'),
    TEMPORAL_DEPLOYMENT_NAME: z
      .string()
      .regex(
        /^(?!__)[^.:\s]{1,100}$/,
        'is no name of a deployment: at most 100 characters, none of them . : or blank, and no __ at the start',
      )
      .optional()
      .describe(
        "The deployment of which this worker is a version; the same as `--deployment`. Temporal's Worker Controller sets it.",
      ),
    TEMPORAL_WORKER_BUILD_ID: z
      .string()
      .regex(/^(?!__)\S{1,100}$/, 'is no build ID: at most 100 characters, none of them blank')
      .optional()
      .describe('The build ID of the version; the same as `--build-id`. Set both or neither.'),
  })
  .superRefine(({ TEMPORAL_DEPLOYMENT_NAME: name, TEMPORAL_WORKER_BUILD_ID: build }, context) => {
    if ((name === undefined) === (build === undefined)) return;
    const [missing, given] =
      name === undefined
        ? ['TEMPORAL_DEPLOYMENT_NAME', 'TEMPORAL_WORKER_BUILD_ID']
        : ['TEMPORAL_WORKER_BUILD_ID', 'TEMPORAL_DEPLOYMENT_NAME'];
    context.addIssue({
      code: 'custom',
      path: [missing],
      message: `is not set, but ${given} is; a worker's version needs both`,
    });
  });

/**
 * Reads and checks the configuration, once, at the start of a command.
 *
 * @param needs what the command cannot do without
 * @param options.runningDev whether the servers of a running `npm start` will do
 * @param options.devKeys whether its keys will do as well; a worker wants its own
 * @throws ExpectedError listing every mistake
 */
export function loadConfig<N extends keyof Needs>(
  needs: readonly N[],
  { env: given = process.env, runningDev = true, devKeys = true } = {},
): BaseConfig & Pick<Needs, N> {
  const mistakes: string[] = [];
  const secrets = readSecretFiles(withoutEmpty(given), mistakes);
  const dataDir = resolve(secrets.DATA_DIR ?? DEFAULT_DATA_DIR);
  const { PAYLOAD_KEYS, ...dev } = runningDev ? readRunningDev(dataDir) : {};
  const env = { ...dev, ...(devKeys && PAYLOAD_KEYS ? { PAYLOAD_KEYS } : {}), ...secrets };
  const base = check(baseSchema, env, mistakes);

  const wanted = new Set<keyof Needs>(needs);
  const database = wanted.has('databaseUrl') ? check(databaseSchema, env, mistakes) : undefined;
  const temporal = wanted.has('temporal') ? check(temporalSchema, env, mistakes) : undefined;
  const worker = wanted.has('worker') ? check(workerSchema, env, mistakes) : undefined;
  const connect = wanted.has('temporal') ? readConnection(env, mistakes) : undefined;
  const roles = wanted.has('roles') ? check(rolesSchema, env, mistakes) : undefined;
  const http = wanted.has('http') ? check(httpSchema, env, mistakes) : undefined;
  if (mistakes.length > 0) {
    throw new ExpectedError(
      `The configuration has mistakes:\n${mistakes.map((line) => `  ${line}`).join('\n')}`,
    );
  }
  const all: BaseConfig & Partial<Needs> = {
    logLevel: base?.LOG_LEVEL ?? 'info',
    dataDir,
    partnersFile: resolve(base?.PARTNERS_FILE ?? ''),
    env,
    ...(database && { databaseUrl: database.DATABASE_URL }),
    ...(temporal &&
      connect && {
        temporal: { ...connect, taskQueue: temporal.TASK_QUEUE, payloadKeys: temporal.PAYLOAD_KEYS },
      }),
    ...(http && {
      http: {
        host: http.HTTP_HOST,
        port: http.HTTP_PORT,
        tokens: http.API_TOKENS,
        temporalUiUrl: http.TEMPORAL_UI_URL ?? null,
        publicUrl: http.PUBLIC_URL ?? null,
        trustProxy: http.HTTP_TRUST_PROXY,
      },
    }),
    ...(worker && { worker: toWorkerConfig(worker) }),
    ...(roles && { roles }),
  };
  return all as BaseConfig & Pick<Needs, N>;
}

function toWorkerConfig(worker: z.output<typeof workerSchema>): WorkerConfig {
  const { TEMPORAL_DEPLOYMENT_NAME: deploymentName, TEMPORAL_WORKER_BUILD_ID: buildId } = worker;
  return {
    maxConcurrentSyncs: worker.WORKER_MAX_CONCURRENT_SYNCS,
    version: deploymentName && buildId ? { deploymentName, buildId } : null,
  };
}

/** Compose files and shells hand over unset variables as empty ones. */
function withoutEmpty(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([, value]) => value));
}

/** The environment with the secrets in place of the paths of their files. */
function readSecretFiles(given: NodeJS.ProcessEnv, mistakes: string[]): NodeJS.ProcessEnv {
  const env = { ...given };
  for (const name of SECRETS) {
    const path = env[`${name}_FILE`];
    if (path === undefined) continue;
    delete env[`${name}_FILE`];
    if (env[name] !== undefined) {
      mistakes.push(`${name}: is set, and ${name}_FILE too; keep one of them`);
      continue;
    }
    try {
      env[name] = readFileSync(path, 'utf8').trim();
    } catch (error) {
      mistakes.push(`${name}_FILE: ${path} cannot be read (${(error as NodeJS.ErrnoException).code})`);
    }
  }
  return env;
}

function readConnection(
  env: NodeJS.ProcessEnv,
  mistakes: string[],
): Pick<TemporalConfig, 'connection' | 'namespace'> | undefined {
  const file = env.TEMPORAL_CONFIG_FILE;
  // What Temporal's own reading passes over in silence.
  if (file && !existsSync(file)) mistakes.push(`TEMPORAL_CONFIG_FILE: there is no file ${file}`);
  try {
    const options = { overrideEnvVars: env as Record<string, string> };
    const { tls } = loadClientConfigProfile(options);
    if (!tls?.clientCert !== !tls?.clientKey) {
      mistakes.push('TEMPORAL_TLS_CLIENT_*: a certificate goes with its key; set both');
    }
    const { connectionOptions, namespace } = loadClientConnectConfig(options);
    const address = connectionOptions.address ?? '127.0.0.1:7233';
    return {
      connection: Object.fromEntries(
        Object.entries({ ...connectionOptions, address }).filter(([, value]) => value !== undefined),
      ) as TemporalConfig['connection'],
      namespace: namespace ?? 'default',
    };
  } catch (error) {
    mistakes.push(`TEMPORAL_*: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}

function check<T>(schema: z.ZodType<T>, env: NodeJS.ProcessEnv, mistakes: string[]): T | undefined {
  const result = schema.safeParse(env);
  if (result.success) return result.data;
  mistakes.push(...result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`));
  return undefined;
}
