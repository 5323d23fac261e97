import { ask, type TestApi } from './api';

const PAGES = [
  '/',
  '/runs',
  '/runs/{run}',
  '/providers',
  '/providers/{id}',
  '/rejected-records',
  '/partners',
  '/workers',
  '/webhooks',
];
const OTHERS = [
  '/login',
  '/events',
  '/assets/style.css',
  '/favicon.ico',
  '/robots.txt',
  '/openapi.json',
  '/docs/',
  '/docs/json',
  '/docs/yaml',
];

/** Every address that can be read: the addresses of the API document, and the pages. */
export async function readableAddresses(
  api: TestApi,
  ids: { readonly run: string; readonly provider: string },
): Promise<string[]> {
  const { body } = await ask<{ paths: Record<string, { get?: unknown }> }>(api, '/openapi.json');
  const described = Object.entries(body.paths).flatMap(([path, { get }]) => (get ? [path] : []));
  return [...described, ...PAGES, ...OTHERS].map((path) =>
    path
      .replace(/\/(syncs|runs)\/\{\w+\}/, `/$1/${ids.run}`)
      .replace(/\/(Practitioner|PractitionerRole|providers)\/\{id\}/, `/$1/${ids.provider}`),
  );
}
