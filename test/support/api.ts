import { type IncomingHttpHeaders, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { createApp } from '../../src/api/app';
import type { ApiContext } from '../../src/api/context';
import type { HttpConfig } from '../../src/process/config';
import { createLogger } from '../../src/process/logger';
import { createDataSource } from '../../src/store/postgres/data-source';
import { lazyClient } from '../../src/temporal/connection/connection';
import { WEB } from '../../src/web/web';
import { partnerWith } from './partners';
import { testTemporalConfig, UNREACHABLE } from './temporal-config';
import { useOpened } from './use-opened';

export interface TestApi {
  /** Without a slash at the end. */
  readonly url: string;
  /** Every line of the API's log, at the level debug. */
  readonly log: () => string;
  close(): Promise<void>;
}

/** A response whose body has been read. */
export interface Answered<T> {
  readonly status: number;
  readonly headers: Headers;
  /** The parsed JSON, or else the text. */
  readonly body: T;
}

/** Sends a request to an API and reads the whole response. */
export async function ask<T = Record<string, unknown>>(
  api: TestApi,
  path: string,
  init: RequestInit = {},
): Promise<Answered<T>> {
  const response = await fetch(`${api.url}${path}`, { redirect: 'manual', ...init });
  const body = await response.text();
  const isJson = /\bjson\b/.test(response.headers.get('Content-Type') ?? '');
  return {
    status: response.status,
    headers: response.headers,
    body: isJson && body !== '' ? JSON.parse(body) : body,
  };
}

/** Like {@link ask}, with exactly these headers; fetch would write Host and Sec-Fetch-Mode itself. */
export function askExactly(
  api: TestApi,
  path: string,
  { method = 'GET', headers = {} }: { method?: string; headers?: Record<string, string | string[]> } = {},
): Promise<Answered<string> & { readonly raw: IncomingHttpHeaders }> {
  return new Promise((resolve, reject) => {
    request(new URL(path, api.url), { method, headers }, (response) => {
      const { statusCode: status = 0, headers: raw } = response;
      const single = Object.entries(raw).map(([name, value]) => [name, String(value)] as [string, string]);
      text(response).then((body) => resolve({ status, headers: new Headers(single), raw, body }), reject);
    })
      .on('error', reject)
      .end();
  });
}

export interface TestApiOptions extends Partial<Omit<ApiContext, 'http' | 'log'>> {
  readonly http?: Partial<HttpConfig>;
}

/**
 * Serves the API for the tests of a file or of a `describe`; see {@link startTestApi}.
 *
 * @param options is called when the API starts
 */
export function useApi(options: () => TestApiOptions | Promise<TestApiOptions> = () => ({})): TestApi {
  return useOpened(
    async () => startTestApi(await options()),
    (api) => api.close(),
  );
}

/** Serves the API on a free port, in this process. Postgres and Temporal cannot be reached unless they are given. */
export async function startTestApi({ http, ...context }: TestApiOptions = {}): Promise<TestApi> {
  const lines: string[] = [];
  const log = createLogger('debug', { write: (line) => lines.push(line) });
  const temporal = context.temporal ?? testTemporalConfig({ connection: UNREACHABLE, taskQueue: 'unused' });
  const client = context.client ?? lazyClient(temporal);
  const app = await createApp(
    {
      partners: new Map([['noteworth', partnerWith({ baseUrl: 'http://127.0.0.1:1' })]]),
      dataSource: createDataSource({
        url: 'postgres://127.0.0.1:1/none',
        applicationName: 'test',
        poolSize: 2,
      }),
      tracing: { isOn: false, urlTemplate: null },
      ...context,
      client,
      temporal,
      http: {
        host: '127.0.0.1',
        port: 0,
        tokens: [],
        temporalUiUrl: null,
        publicUrl: null,
        trustProxy: [],
        ...http,
      },
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
