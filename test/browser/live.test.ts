import type { Browser, BrowserContext, Page } from 'playwright-core';
import { FAILURES } from '../../src/contract/failures';
import { createApiToken, hashToken } from '../../src/process/api-tokens';
import { startTestApi, type TestApi } from '../support/api';
import { launchBrowser, openPage } from '../support/browser';
import { until } from '../support/scenario';
import { type Site, startSite } from '../support/site';

/** The number of connections that a browser opens to one HTTP/1.1 host. */
const CONNECTIONS = 6;
/** The browser's console message for a failed request. */
const FAILED =
  /Response Status Error Code|net::ERR|htmx:(send|response)Error|htmx:afterRequest|htmx:timeout|htmx:historyCacheMissLoadError/;

const token = createApiToken('operator').token;
let browser: Browser;
let site: Site;
let closed: TestApi;
let context: BrowserContext;
let page: Page;
let complaints: string[];

beforeAll(async () => {
  browser = await launchBrowser();
  site = await startSite();
  closed = await startTestApi({
    dataSource: site.system.dataSource,
    http: { tokens: [{ role: 'operator', hash: hashToken(token) }] },
  });
  await site.system.sync();
});
afterAll(async () => {
  await browser?.close();
  await closed?.close();
  await site?.close();
});
beforeEach(async () => {
  ({ page, complaints } = await openPage(browser));
  context = page.context();
});
afterEach(async () => {
  await context.close();
  expect(complaints.filter((complaint) => !FAILED.test(complaint))).toEqual([]);
});

const marks = (of: Page) => of.locator('.strip li').count();
const trouble = () => page.getByRole('alert');
const isOver = () => trouble().waitFor({ state: 'hidden' });

/** Simulates a tab that goes to the background or returns. */
async function setHidden(of: Page, hidden: boolean): Promise<void> {
  await of.evaluate(`{
    Object.defineProperty(document, 'hidden', { configurable: true, get: () => ${hidden} });
    document.dispatchEvent(new Event('visibilitychange', { bubbles: true }));
  }`);
}

describe('live pages', () => {
  it('show an alarm with advice while Postgres is read-only, without a reload', async () => {
    const { dataSource } = site.system;
    const database = new URL(site.system.databaseUrl).pathname.slice(1);
    await page.goto(site.url);
    await page.getByRole('heading', { name: 'The directory is fresh' }).waitFor();
    await dataSource.query(`ALTER DATABASE ${database} SET default_transaction_read_only = on`);
    try {
      await page.getByRole('heading', { name: 'Postgres takes no writes' }).waitFor();
      expect(await page.locator('#alarm').textContent()).toMatch(
        /First seen .*No sync is waiting.*DATABASE_URL/,
      );
      expect(await page.getByText('All good').count()).toBe(0);
    } finally {
      await dataSource.query(`ALTER DATABASE ${database} RESET default_transaction_read_only`);
    }
    await page.getByRole('heading', { name: 'The directory is fresh' }).waitFor();
  });

  it('hold no connection in background tabs', async () => {
    const open: Page[] = [];
    for (let tabs = 0; tabs < CONNECTIONS + 2; tabs += 1) {
      const tab = await context.newPage();
      await tab.goto(site.url);
      await setHidden(tab, true);
      open.push(tab);
    }
    await page.goto(`${site.url}/providers`);
    await page.getByRole('heading', { name: 'Providers' }).waitFor();
    const before = await Promise.all(open.map(marks));
    await site.system.sync();
    for (const [tab, other] of open.entries()) {
      await setHidden(other, false);
      await until(async () => (await marks(other)) === (before[tab] ?? 0) + 1);
      await setHidden(other, true);
    }
  });

  it('send no requests while hidden, and update when shown', async () => {
    const shown = await context.newPage();
    for (const one of [page, shown]) await one.goto(site.url);
    await setHidden(page, true);
    const asked = new Map([page, shown].map((one) => [one, 0]));
    for (const one of asked.keys()) one.on('request', () => asked.set(one, (asked.get(one) ?? 0) + 1));
    const before = await marks(page);
    await site.system.sync();
    await until(async () => (await marks(shown)) === before + 1 && asked.get(shown) !== 0);
    expect([asked.get(page), await marks(page)]).toEqual([0, before]);
    await setHidden(page, false);
    await until(async () => (await marks(page)) === before + 1);
  });

  it('report lost updates, and continue when the server answers again', async () => {
    await page.goto(site.url);
    const before = await marks(page);
    await setHidden(page, true);
    await context.setOffline(true);
    await setHidden(page, false);
    await trouble()
      .getByText('Live updates have stopped; this page keeps trying. Provider Sync cannot')
      .waitFor();
    await site.system.sync();
    await context.setOffline(false);
    await until(async () => (await marks(page)) === before + 1);
    await isOver();
  });
});

describe('a failed request', () => {
  const search = (name: string) => page.getByLabel('Search').fill(name);

  it('is reported with advice, until it succeeds', async () => {
    await page.goto(`${site.url}/providers`);
    await context.setOffline(true);
    await search('zoe');
    await trouble().getByText('Loading failed. Provider Sync cannot be reached').waitFor();
    await context.setOffline(false);
    await search('zo');
    await isOver();
  });

  it('is reported with the message of the response', async () => {
    await page.goto(`${site.url}/providers`);
    await site.system.dataSource.query('ALTER TABLE providers RENAME TO hidden');
    await search('zoe');
    await trouble()
      .getByText(`Loading failed. ${FAILURES.StoreUnavailable.meaning} Try again in a moment.`)
      .waitFor();
    await site.system.dataSource.query('ALTER TABLE hidden RENAME TO providers');
    await search('zo');
    await isOver();
  });

  it('is reported if no response arrives', async () => {
    await page.goto(`${site.url}/providers`);
    expect(await page.evaluate('htmx.config.timeout')).toBe(15_000);
    await page.evaluate('htmx.config.timeout = 100');
    await page.route('**/providers?*', () => undefined);
    await search('zoe');
    await trouble().getByText('Loading failed. Provider Sync did not answer in time').waitFor();
  });

  it('leads to the login after the end of the session, and back to the page', async () => {
    await page.goto(`${closed.url}/providers?title=NP`);
    const logIn = async () => {
      await page.getByLabel('Token').fill(token);
      await page.getByRole('button', { name: 'Log in' }).click();
      await page.getByRole('heading', { name: 'Providers' }).waitFor();
    };
    await logIn();
    await context.clearCookies();
    await search('zoe');
    await logIn();
    expect(new URL(page.url()).search).toBe('?title=NP');

    await search('zoe');
    await page.waitForURL(/search=zoe/);
    await context.clearCookies();
    await page.goBack();
    await logIn();
    expect(new URL(page.url()).search).toBe('?title=NP');
  });
});
