import { generateKeySync } from 'node:crypto';
import { createApp } from '../../src/api/app';
import type { ApiContext } from '../../src/api/context';
import type { HttpConfig, TemporalConfig } from '../../src/process/config';
import { createLogger } from '../../src/process/logger';
import { createDataSource } from '../../src/store/data-source';
import { lazyClient } from '../../src/temporal/connection';
import { WEB } from '../../src/web/web';
import { partnerWith } from './partners';

export interface TestApi {
  /** Without a slash at the end. */
  readonly url: string;
  /** Every line of the API's log, at the level debug. */
  readonly log: () => string;
  close(): Promise<void>;
}

/** What came back, read. */
export interface Answered<T> {
  readonly status: number;
  readonly headers: Headers;
  /** JSON, or else the text. */
  readonly body: T;
}

/** Asks an API and reads the answer to its end. */
export async function ask<T = Record<string, unknown>>(
  api: TestApi,
  path: string,
  init: RequestInit = {},
): Promise<Answered<T>> {
  const response = await fetch(`${api.url}${path}`, { redirect: 'manual', ...init });
  const text = await response.text();
  const isJson = /\bjson\b/.test(response.headers.get('Content-Type') ?? '');
  return {
    status: response.status,
    headers: response.headers,
    body: isJson && text !== '' ? JSON.parse(text) : text,
  };
}

export interface TestApiOptions extends Partial<Omit<ApiContext, 'http' | 'log'>> {
  readonly http?: Partial<HttpConfig>;
}

/** Serves the API on a free port, in this process. What it is not given is there but cannot be reached. */
export async function startTestApi({ http, ...context }: TestApiOptions = {}): Promise<TestApi> {
  const lines: string[] = [];
  const log = createLogger('debug', { write: (line) => lines.push(line) });
  const temporal: TemporalConfig = context.temporal ?? {
    connection: { address: '127.0.0.1:1' },
    namespace: 'default',
    taskQueue: 'nobody',
    payloadKeys: [{ id: 'test', secret: generateKeySync('aes', { length: 256 }) }],
  };
  const client = context.client ?? lazyClient(temporal);
  const app = await createApp(
    {
      partners: new Map([['noteworth', partnerWith()]]),
      dataSource: createDataSource({
        url: 'postgres://127.0.0.1:1/none',
        applicationName: 'test',
        poolSize: 2,
      }),
      ...context,
      client,
      temporal,
      http: { host: '127.0.0.1', port: 0, tokens: [], temporalUiUrl: null, trustProxy: [], ...http },
      log,
    },
    WEB,
  );
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  return {
    url,
    log: () => lines.join(''),
    async close() {
      await app.close();
      if (!context.client) await client.connection.close();
    },
  };
}
