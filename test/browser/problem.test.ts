import type { Browser, Page } from 'playwright-core';
import type { DataSource } from 'typeorm';
import { createDataSource } from '../../src/store/postgres/data-source';
import { type TestApi, useApi } from '../support/api';
import { launchBrowser, openPage } from '../support/browser';
import { type PostgresGateway, startPostgresGateway } from '../support/postgres-gateway';
import { until } from '../support/scenario';
import { provider, sync, useStore } from '../support/store-fixtures';

/** The answer of a server that is starting: an error message of Postgres' protocol. */
const STARTING = (() => {
  const fields = Buffer.from('SFATAL\0C57P03\0Mthe database system is starting up\0\0');
  const head = Buffer.from([0x45, 0, 0, 0, fields.length + 4]);
  return Buffer.concat([head, fields]);
})();

const store = useStore({ keepRows: true });
let gateway: PostgresGateway;
let throughGateway: DataSource;
let browser: Browser;
let page: Page;
let complaints: string[];
/** Its Postgres can be taken away; Temporal is always away. */
const api: TestApi = useApi(async () => {
  const url = new URL(store.url);
  gateway = await startPostgresGateway(url.host);
  url.host = gateway.address;
  throughGateway = createDataSource({ url: url.href, applicationName: 'test', poolSize: 4 });
  await throughGateway.initialize();
  return { dataSource: throughGateway };
});

beforeAll(async () => {
  browser = await launchBrowser();
  await sync(store.dataSource, 'sample', [provider('Zoe')]);
});
afterAll(async () => {
  await browser?.close();
  await throughGateway?.destroy();
  gateway?.close();
});
afterEach(async () => {
  await page.context().close();
  expect(complaints).toEqual([]);
});

async function open(path: string, javaScriptEnabled = true): Promise<void> {
  ({ page, complaints } = await openPage(browser, { javaScriptEnabled }));
  await page.goto(api.url + path);
}

function takePostgres(): void {
  gateway.speak(STARTING);
  gateway.reset();
}

const heading = () => page.getByRole('heading', { level: 1 }).textContent();

it('says in title and sentence that a page does not exist', async () => {
  await open('/nothing?name=secret');
  expect(await heading()).toBe('This page does not exist');
  expect(await page.title()).toBe('This page does not exist · Provider Sync');
  const text = await page.locator('main').innerText();
  expect(text).toContain('Check the address for a mistake, or start from the overview.');
  expect(text).not.toMatch(/GET|secret/);
});

it('says which provider does not exist', async () => {
  await open('/providers/00000000-0000-4000-8000-000000000000');
  expect(await heading()).toBe('This page does not exist');
  expect(await page.locator('main').innerText()).toMatch(/provider/);
});

it.each([
  ['with scripts', true],
  ['without scripts', false],
])('comes back by itself with its address when the database does: %s', async (_case, javaScriptEnabled) => {
  takePostgres();
  await open('/providers?search=zoe', javaScriptEnabled);
  expect(await heading()).toBe('The database is unavailable');
  expect(await page.title()).toBe('The database is unavailable · Provider Sync');
  expect(await page.locator('main').innerText()).toContain('This page retries by itself.');
  gateway.speak(null);
  await page.getByRole('heading', { name: 'Providers', exact: true }).waitFor();
  expect(new URL(page.url()).search).toBe('?search=zoe');
});

it.each([
  ['with scripts', true],
  ['without scripts', false],
])('shows the overview again when the database is back: %s', async (_case, javaScriptEnabled) => {
  takePostgres();
  await open('/', javaScriptEnabled);
  await page.getByText('The directory cannot be shown').waitFor();
  gateway.speak(null);
  await until(async () => (await page.getByText('providers in the directory').count()) === 1);
});

describe('a form that failed', () => {
  const failSync = async (javaScriptEnabled: boolean) => {
    await open('/partners', javaScriptEnabled);
    const sent: string[] = [];
    page.on('request', (request) => request.method() === 'POST' && sent.push(request.url()));
    await page.getByRole('button', { name: 'Sync noteworth now' }).click();
    await page.getByRole('heading', { name: 'Temporal did not respond' }).waitFor();
    expect(await page.locator('main').innerText()).toContain('This page leads back by itself');
    return sent;
  };

  it('is not sent again by a reload', async () => {
    const sent = await failSync(true);
    expect(new URL(page.url()).pathname).toBe('/partners');
    await page.reload();
    await page.getByRole('heading', { name: 'Partners' }).waitFor();
    expect(sent).toHaveLength(1);
  });

  it('leads back to its page, without scripts too', async () => {
    const sent = await failSync(false);
    await page.getByRole('heading', { name: 'Partners' }).waitFor();
    expect(new URL(page.url()).pathname).toBe('/partners');
    expect(sent).toHaveLength(1);
  });
});
