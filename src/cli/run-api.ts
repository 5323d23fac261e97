import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { createApp } from '../api/app';
import { TIMEOUTS } from '../contract/timeouts';
import { readPartnersFile } from '../partner/config/partners-file';
import type { BaseConfig, Needs } from '../process/config';
import { EXIT, ExpectedError } from '../process/expected-error';
import type { Logger } from '../process/logger';
import type { Cleanup } from '../process/shutdown';
import { connectPatiently } from '../store/connect-patiently';
import { createDataSource } from '../store/postgres/data-source';
import { lazyClient } from '../temporal/connection/connection';
import { WEB } from '../web/web';

/** Reads are short, and a page needs one or two connections at a time. */
const POOL_SIZE = 10;

/**
 * Serves the API and the pages. Postgres and Temporal may become available later: until then requests that need
 * them are answered with 503, and `/readyz` reports what is missing.
 *
 * @param beforeListening releases the port
 * @param starter a client on the connection of a worker in this process
 * @returns its address, without a slash at the end; it is served until `cleanup`. `connected` rejects if waiting
 *   for Postgres cannot succeed.
 */
export async function runApi(
  config: BaseConfig & Pick<Needs, 'databaseUrl' | 'temporal' | 'http'>,
  log: Logger,
  cleanup: Cleanup,
  stop: Promise<unknown>,
  beforeListening: () => Promise<void> = async () => undefined,
  starter?: Client,
): Promise<{ url: string; connected: Promise<void> }> {
  const { http, temporal, tracing } = config;
  const dataSource = createDataSource({
    url: config.databaseUrl,
    applicationName: 'provider-sync api',
    poolSize: POOL_SIZE,
    log,
  });
  const client = await cleanup.acquire(
    "the API's connection to Temporal",
    () => lazyClient(temporal),
    ({ connection }) => connection.close(),
  );
  const { tried, connected } = connectPatiently(dataSource, log, stop);
  // The caller gets the error with the address.
  connected.catch(() => undefined);
  cleanup.add("the API's connections to Postgres", async () => {
    await connected.catch(() => undefined);
    if (dataSource.isInitialized) await dataSource.destroy();
  });
  const partners = readPartnersFile(config.partnersFile, config.env);
  const app = await createApp({ http, temporal, tracing, partners, dataSource, client, starter, log }, WEB);
  // Otherwise the first requests would find no connection although Postgres is available.
  await Promise.race([tried, stop, sleep(TIMEOUTS.connect, undefined, { ref: false })]);
  const url = await cleanup.acquire(
    'the API',
    async () => {
      await beforeListening();
      return app.listen({ host: http.host, port: http.port }).catch(explainListenFailure);
    },
    () => app.close(),
  );
  return { url, connected: connected.then(() => undefined) };
}

function explainListenFailure(error: NodeJS.ErrnoException): never {
  if (error.syscall !== 'listen') throw error;
  throw new ExpectedError(
    `The API cannot listen there (${error.message}): free the port, or set HTTP_HOST and HTTP_PORT.`,
    EXIT.usage,
    { cause: error },
  );
}
