import type { Browser, BrowserContext, Page } from 'playwright-core';
import { FAILURES } from '../../src/contract/failures';
import { createApiToken, hashToken } from '../../src/process/api-tokens';
import { startTestApi, type TestApi } from '../support/api';
import { launchBrowser, openPage } from '../support/browser';
import { until } from '../support/scenario';
import { type Site, startSite } from '../support/site';

/** A browser has no more connections to a host that speaks HTTP/1.1. */
const CONNECTIONS = 6;
/** What a browser says of each answer that is none. */
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

/** As if the tab were behind another one, or in front again. */
async function setHidden(of: Page, hidden: boolean): Promise<void> {
  await of.evaluate(`{
    Object.defineProperty(document, 'hidden', { configurable: true, get: () => ${hidden} });
    document.dispatchEvent(new Event('visibilitychange', { bubbles: true }));
  }`);
}

describe('live pages', () => {
  it('turn red while Postgres takes no writes, and say what to do, without being loaded again', async () => {
    const { dataSource } = site.system;
    const database = new URL(site.system.databaseUrl).pathname.slice(1);
    await page.goto(site.url);
    await page.getByRole('heading', { name: 'The directory is fresh' }).waitFor();
    await dataSource.query(`ALTER DATABASE ${database} SET default_transaction_read_only = on`);
    try {
      await page.getByRole('heading', { name: 'Postgres takes no writes' }).waitFor({ timeout: 30_000 });
      expect(await page.locator('#alarm').textContent()).toMatch(/First seen .*No sync waits.*DATABASE_URL/);
      expect(await page.getByText('All good').count()).toBe(0);
    } finally {
      await dataSource.query(`ALTER DATABASE ${database} RESET default_transaction_read_only`);
    }
    await page.getByRole('heading', { name: 'The directory is fresh' }).waitFor({ timeout: 30_000 });
  });

  it('leave a browser its connections, however many are open behind the one that is shown', async () => {
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

  it('ask nothing while they are hidden, and catch up when they are shown', async () => {
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

  it('say that they are live no longer, and again are when there are answers again', async () => {
    await page.goto(site.url);
    const before = await marks(page);
    await setHidden(page, true);
    await context.setOffline(true);
    await setHidden(page, false);
    await trouble()
      .getByText('This page is no longer live, and goes on trying. Provider Sync cannot')
      .waitFor();
    await site.system.sync();
    await context.setOffline(false);
    await until(async () => (await marks(page)) === before + 1);
    await isOver();
  });
});

describe('what cannot be loaded', () => {
  const search = (name: string) => page.getByLabel('Name').fill(name);

  it('is said with what to do, until it can be', async () => {
    await page.goto(`${site.url}/providers`);
    await context.setOffline(true);
    await search('zoe');
    await trouble().getByText('Nothing was loaded. Provider Sync cannot be reached').waitFor();
    await context.setOffline(false);
    await search('zo');
    await isOver();
  });

  it('is said in the words of the answer', async () => {
    await page.goto(`${site.url}/providers`);
    await site.system.dataSource.query('ALTER TABLE providers RENAME TO hidden');
    await search('zoe');
    await trouble()
      .getByText(`Nothing was loaded. ${FAILURES.StoreUnavailable.meaning} Try again in a moment.`)
      .waitFor();
    await site.system.dataSource.query('ALTER TABLE hidden RENAME TO providers');
    await search('zo');
    await isOver();
  });

  it('is said where no answer comes', async () => {
    await page.goto(`${site.url}/providers`);
    expect(await page.evaluate('htmx.config.timeout')).toBe(15_000);
    await page.evaluate('htmx.config.timeout = 100');
    await page.route('**/providers?*', () => undefined);
    await search('zoe');
    await trouble().getByText('Nothing was loaded. Provider Sync took too long to answer').waitFor();
  });

  it('leads to the login where the session is over, and back to the page', async () => {
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
