import { connect } from 'node:net';
import { hostname } from 'node:os';
import type { Client } from '@temporalio/client';
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { DataSource } from 'typeorm';
import type { Partner } from '../partner/partner';
import { readPartnersFile } from '../partner/partners-file';
import { type BaseConfig, loadConfig, type Needs } from '../process/config';
import { EXIT, ExpectedError } from '../process/expected-error';
import { createLogger } from '../process/logger';
import { pendingMigrations } from '../store/migrate';
import { connectClient } from '../temporal/connection';
import { EncryptionCodec } from '../temporal/payload-codec';
import { listPollers } from '../temporal/pollers';
import { usingStore } from './with-store';
import { usingTemporal } from './with-temporal';

const MINIMUM_NODE = [20, 20];
const PROBE_TIMEOUT_MS = 5_000;
/** Longer than Temporal lets a worker wait for a task, which is a minute. */
const POLLED_WITHIN_S = '90';

/** What one look gave: a fact, or what is wrong and what to do. */
interface Finding {
  readonly ok: boolean;
  readonly about: string;
  readonly fact: string;
}

export function doctorCommand(program: Command): void {
  program
    .command('doctor')
    .description('check Node, configuration, Postgres, Temporal, keys and partners; says what to do')
    .addOption(
      new Option(
        '--worker [seconds]',
        `for health checks: only whether a worker of this host has polled within so many seconds (${POLLED_WITHIN_S})`,
      )
        .preset(POLLED_WITHIN_S)
        .argParser(positive),
    )
    .action(async ({ worker }: { worker?: number }) => {
      if (worker !== undefined) return checkLocalWorker(worker);
      let healthy = true;
      for await (const { ok, about, fact } of examine()) {
        healthy &&= ok;
        process.stdout.write(`${ok ? 'ok  ' : 'FAIL'}  ${about.padEnd(14)}${fact}\n`);
      }
      process.exitCode = healthy ? EXIT.done : EXIT.usage;
    });
}

function positive(text: string): number {
  const number = Number(text);
  if (!(number > 0)) throw new InvalidArgumentError('It must be a number of seconds.');
  return number;
}

/** @throws ExpectedError where Temporal has not been asked for work from this host of late */
async function checkLocalWorker(withinSeconds: number): Promise<void> {
  const { temporal } = loadConfig(['temporal']);
  const pollers = await usingTemporal(temporal, (client) =>
    client.withDeadline(Date.now() + PROBE_TIMEOUT_MS, () => listPollers(client, temporal.taskQueue)),
  );
  const here = pollers.filter(({ identity }) => identity.endsWith(`@${hostname()}`));
  const secondsAgo = (Date.now() - Math.max(...here.map(({ lastAskedAt }) => lastAskedAt))) / 1000;
  if (!(secondsAgo <= withinSeconds)) {
    throw new ExpectedError(
      `no worker of ${hostname()} has polled the task queue ${temporal.taskQueue} for ${withinSeconds} s; its log says why`,
      EXIT.failed,
    );
  }
  process.stdout.write(`A worker of ${hostname()} polled ${Math.round(secondsAgo)} s ago.\n`);
}

async function* examine(): AsyncGenerator<Finding> {
  yield checkNode();
  let config: BaseConfig & Pick<Needs, 'databaseUrl' | 'temporal'>;
  try {
    config = loadConfig(['databaseUrl', 'temporal', 'worker']);
  } catch (error) {
    yield { ok: false, about: 'Configuration', fact: messageOf(error) };
    return;
  }
  yield { ok: true, about: 'Configuration', fact: `complete; state in ${config.dataDir}` };
  yield await look('Payload keys', () => checkKeys(config));
  yield await look('Postgres', () => withDatabase(config, serverVersion));
  yield await look('Tables', () => withDatabase(config, checkMigrations));
  yield* checkTemporal(config);
  yield* checkPartners(config);
}

async function look(about: string, check: () => Promise<string>): Promise<Finding> {
  try {
    return { ok: true, about, fact: await check() };
  } catch (error) {
    return { ok: false, about, fact: messageOf(error) };
  }
}

function checkNode(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const [needMajor = 0, needMinor = 0] = MINIMUM_NODE;
  const ok = major > needMajor || (major === needMajor && minor >= needMinor);
  const fact = ok
    ? process.versions.node
    : `${process.versions.node} is too old; install ${MINIMUM_NODE.join('.')} or newer`;
  return { ok, about: 'Node', fact };
}

async function checkKeys({
  temporal: { payloadKeys },
}: BaseConfig & Pick<Needs, 'databaseUrl' | 'temporal'>): Promise<string> {
  const codec = new EncryptionCodec(payloadKeys);
  await codec.decode(await codec.encode([{ metadata: {}, data: Buffer.from('probe') }]));
  return `${payloadKeys[0].id} encrypts; readable: ${payloadKeys.map((key) => key.id).join(', ')}`;
}

function withDatabase(
  config: BaseConfig & Pick<Needs, 'databaseUrl' | 'temporal'>,
  check: (dataSource: DataSource) => Promise<string>,
) {
  return usingStore(config.databaseUrl, createLogger('silent'), check);
}

async function serverVersion(dataSource: DataSource): Promise<string> {
  const [row] = await dataSource.query<[{ server_version: string }]>('SHOW server_version');
  return `PostgreSQL ${row.server_version}`;
}

async function checkMigrations(dataSource: DataSource): Promise<string> {
  const pending = await pendingMigrations(dataSource);
  if (pending.length === 0) return 'up to date';
  throw new ExpectedError(`${pending.length} migrations are missing; run: npx provider-sync migrate`);
}

async function* checkTemporal({
  temporal,
}: BaseConfig & Pick<Needs, 'databaseUrl' | 'temporal'>): AsyncGenerator<Finding> {
  let client: Client;
  try {
    client = await connectClient(temporal);
  } catch (error) {
    yield { ok: false, about: 'Temporal', fact: messageOf(error) };
    return;
  }
  const lookInTime = (about: string, check: () => Promise<string>) =>
    look(about, () => client.withDeadline(Date.now() + PROBE_TIMEOUT_MS, check));
  try {
    const { address } = temporal.connection;
    yield await lookInTime('Temporal', async () => {
      await client.workflowService.describeNamespace({ namespace: temporal.namespace });
      return `${address}, namespace ${temporal.namespace}`;
    });
    yield await lookInTime('Worker', () => checkWorker(client, temporal.taskQueue));
  } finally {
    await client.connection.close();
  }
}

async function checkWorker(client: Client, taskQueue: string): Promise<string> {
  const count = (await listPollers(client, taskQueue)).length;
  if (count > 0) return `${count} seen on the task queue ${taskQueue} in the last minutes`;
  throw new ExpectedError(`nobody polls the task queue ${taskQueue}; start one: npx provider-sync worker`);
}

async function* checkPartners(config: BaseConfig): AsyncGenerator<Finding> {
  try {
    for (const partner of readPartnersFile(config.partnersFile, config.env).values()) {
      yield await look(`Partner`, () => checkPartner(partner));
    }
  } catch (error) {
    yield { ok: false, about: 'Partners', fact: messageOf(error) };
  }
}

/** Only connects: a call to the partner's auth endpoint would kill the token of a run that is under way. */
async function checkPartner({ name, baseUrl }: Partner): Promise<string> {
  const { hostname, port, protocol } = new URL(baseUrl);
  const socket = connect({
    host: hostname.replace(/^\[|\]$/g, ''),
    port: Number(port || (protocol === 'https:' ? 443 : 80)),
    timeout: PROBE_TIMEOUT_MS,
  });
  try {
    await new Promise((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('error', reject);
      socket.once('timeout', () => reject(new Error('no answer')));
    });
    return `${name} at ${baseUrl} accepts connections`;
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? messageOf(error);
    throw new ExpectedError(
      `${name} at ${baseUrl} cannot be reached (${reason}); check its baseUrl and the network`,
    );
  } finally {
    socket.destroy();
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
