import type { Browser } from 'playwright-core';
import { createApiToken, hashToken } from '../../src/process/api-tokens';
import { type TestApi, useApi } from '../support/api';
import { launchBrowser, openPage, styleOf } from '../support/browser';
import { provider, sync, useStore } from '../support/store-fixtures';

const NAME = 'provider-sync.test';
const { token } = createApiToken('viewer');
const store = useStore({ keepRows: true });
const open = useApi(() => ({ dataSource: store.dataSource }));
const guarded = useApi(() => ({
  dataSource: store.dataSource,
  http: { tokens: [{ role: 'viewer', hash: hashToken(token) }] },
}));
let browser: Browser;

beforeAll(async () => {
  // Browsers do not treat this name as local, so they do not exempt it from TLS rules.
  browser = await launchBrowser([`--host-resolver-rules=MAP ${NAME} 127.0.0.1`]);
  await sync(store.dataSource, 'sample', [provider('Zoe')]);
});
afterAll(() => browser?.close());

const under = (api: TestApi, name: string) => api.url.replace('127.0.0.1', name);

it.each([
  ['on loopback', () => open.url],
  ['by plain HTTP under another name, after a login', () => under(guarded, NAME)],
])('shows the API, under our name, without complaints: %s', async (_case, urlOf) => {
  const url = urlOf();
  const { page, complaints } = await openPage(browser);
  await page.goto(`${url}/docs/`);
  if (page.url().includes('/login')) {
    await page.getByLabel('Token').fill(token);
    await page.getByRole('button', { name: 'Log in' }).click();
  }
  await page.getByText('/api/v1/providers/{id}/changes').first().waitFor();
  expect(await page.title()).toBe('API · Provider Sync');
  await page.getByText('/api/v1/stats', { exact: true }).click();
  await page.getByRole('button', { name: 'Execute', exact: true }).click();
  await page.getByText(`${url}/api/v1/stats`).first().waitFor();
  await page.locator('.live-responses-table .response-col_status', { hasText: '200' }).waitFor();
  await page.getByRole('link', { name: 'Provider Sync: back to the pages' }).click();
  await page.getByRole('navigation', { name: 'Pages' }).waitFor();
  expect(complaints).toEqual([]);
  await page.context().close();
});

describe('/docs', () => {
  it.each([
    ['a provider', 'getProvider'],
    ['a sync', 'getSync'],
    ['a partner', 'getPartner'],
    ['a practitioner of FHIR', 'readPractitioner'],
  ])('has an example that can be tried: %s', async (_what, operation) => {
    const { page, complaints } = await openPage(browser);
    await page.goto(`${open.url}/docs/`);
    const block = page.locator(`[id$="-${operation}"]`);
    await block.locator('.opblock-summary-control').click();
    await block.getByRole('button', { name: 'Execute', exact: true }).click();
    await block.locator('.live-responses-table .response-col_status', { hasText: '200' }).waitFor();
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it('shows a sync that is running as the answer to its request', async () => {
    const document = await (await fetch(`${open.url}/openapi.json`)).json();
    const accepted = document.paths['/api/v1/syncs'].post.responses['202'];
    expect(accepted.content['application/json'].example).toMatchObject({
      status: 'running',
      finishedAt: null,
    });
  });

  it.each(['light', 'dark'] as const)('has our name and %s colours', async (colorScheme) => {
    const { page } = await openPage(browser, { colorScheme });
    await page.goto(`${open.url}/docs/`);
    await page.getByText('/api/v1/stats', { exact: true }).waitFor();
    const brightness = async (selector: string, property: string) => {
      const colour = await styleOf(page, selector, property);
      const [red = 0, green = 0, blue = 0] = (colour.match(/[\d.]+/g) ?? []).map(Number);
      return (red + green + blue) / 3;
    };
    const paper = await brightness('body', 'background-color');
    const ink = await brightness('.swagger-ui .info .title', 'color');
    expect(paper > 128).toBe(colorScheme === 'light');
    expect(ink > 128).toBe(colorScheme === 'dark');
    await page.context().close();
  });
});
