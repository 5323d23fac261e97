import type { OpenAPIV3_1 } from 'openapi-types';
import { SPAN_ATTRIBUTES } from '../../../src/process/tracing/clean-span';
import { WORKER_METRICS } from '../../../src/temporal/metrics/metric-definitions';
import { ask, type TestApi } from '../../support/api';
import { code, table } from './markdown';

/** The operations of the API with a summary each, such as `GET /api/v1/syncs`. */
export async function listRoutes(api: TestApi): Promise<[route: string, summary: string][]> {
  const { paths = {} } = (await ask<Partial<OpenAPIV3_1.Document>>(api, '/openapi.json')).body;
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods ?? {}).map(([method, operation]): [string, string] => [
      `${method.toUpperCase()} ${path}`,
      (operation as OpenAPIV3_1.OperationObject).summary ?? '',
    ]),
  );
}

/** The API's metrics of ours with a description each. */
async function listMetrics(api: TestApi): Promise<[name: string, help: string][]> {
  const { body } = await ask<string>(api, '/metrics');
  return [...body.matchAll(/^# HELP (provider_sync_\w+) (.*)$/gm)].map(
    ([, name = '', help = '']): [string, string] => [name, help],
  );
}

/** The names of our metrics, of the API and of workers. */
export async function listMetricNames(api: TestApi): Promise<string[]> {
  return [...(await listMetrics(api)), ...WORKER_METRICS].map(([name]) => name);
}

export async function routeTable(api: TestApi): Promise<string> {
  return table(
    ['route', 'what it does'],
    (await listRoutes(api)).map(([route, summary]) => [code(route), summary]),
  );
}

export async function metricTable(api: TestApi): Promise<string> {
  return table(
    ['metric', 'meaning'],
    (await listMetrics(api)).map(([name, help]) => [code(name), help]),
  );
}

export function workerMetricTable(): string {
  return table(
    ['metric', 'meaning'],
    WORKER_METRICS.map(([name, help]) => [code(name), help]),
  );
}

export function spanAttributeTable(): string {
  return table(
    ['attribute', 'meaning'],
    Object.entries(SPAN_ATTRIBUTES).map(([name, meaning]) => [code(name), meaning]),
  );
}
