import type { Browser, Page } from 'playwright-core';
import { PEOPLE } from '../../src/simulator/people';
import { launchBrowser, openPage } from '../support/browser';
import { until } from '../support/scenario';
import { type Site, startSite } from '../support/site';
import { provider, sync } from '../support/store-fixtures';

let browser: Browser;
let site: Site;
let page: Page;
let complaints: string[];

beforeAll(async () => {
  browser = await launchBrowser();
  site = await startSite({ partners: { noteworth: { deadline: '5m' } } });
  const people = PEOPLE.map((person, number) =>
    provider(`person ${number}`, { givenName: person.name_given, familyName: person.name_family }),
  );
  await sync(site.system.dataSource, 'sample', people);
});
afterAll(async () => {
  await browser?.close();
  await site?.close();
});
beforeEach(async () => {
  ({ page, complaints } = await openPage(browser, { javaScriptEnabled: false }));
});
afterEach(async () => {
  await page.context().close();
  expect(complaints).toEqual([]);
});

it('finds and opens a provider', async () => {
  await page.goto(site.url);
  await page.getByRole('link', { name: 'Providers' }).click();
  await page.getByLabel('Search').fill('zoe');
  await page.getByRole('button', { name: 'Search' }).click();
  await page.getByText('1 found').waitFor();
  await page.getByRole('link', { name: 'Brontëworth, Zoë' }).click();
  await page.getByRole('heading', { name: 'Dr. Zoë Brontëworth' }).waitFor();
});

it('filters lists, and opens their next page', async () => {
  await page.goto(`${site.url}/runs`);
  await page.getByLabel('Status').selectOption('failed');
  await page.getByRole('button', { name: 'Filter' }).click();
  await page.getByText('No runs match these filters').waitFor();
  await page.goto(`${site.url}/rejected-records`);
  await page.getByLabel('Reason').selectOption('TooLong');
  await page.getByRole('button', { name: 'Filter' }).click();
  await page.getByText('No rejected records match these filters').waitFor();
  await page.goto(`${site.url}/providers`);
  await page.getByRole('link', { name: 'Next page' }).click();
  await page.getByRole('link', { name: 'First page' }).waitFor();
});

it('starts a sync, and shows its end because the page reloads itself', async () => {
  site.system.simulator.script('auth', [{ fault: 'slow', delayMs: 8_000 }]);
  await page.goto(site.url);
  await page.getByRole('button', { name: 'Sync noteworth now' }).click();
  await page.locator('h1 .status', { hasText: 'running' }).waitFor();
  await page.locator('h1 .status', { hasText: 'succeeded' }).waitFor();
  // The run has ended, so the page no longer reloads.
  expect(await page.locator('meta[http-equiv=refresh]').count()).toBe(0);
});

it('cancels a sync, and pauses a schedule', async () => {
  site.system.simulator.script('auth', ['hangForever']);
  const calls = site.system.calls('auth');
  await page.goto(`${site.url}/partners`);
  await page.getByRole('button', { name: 'Sync noteworth now' }).click();
  await page.getByRole('button', { name: 'Cancel' }).waitFor();
  await until(() => site.system.calls('auth') === calls + 1);
  await page.getByRole('button', { name: 'Cancel' }).click();
  await page.locator('h1 .status', { hasText: 'cancelled' }).waitFor();
  await page.goto(`${site.url}/partners`);
  await page.getByRole('button', { name: 'Pause the schedule of noteworth' }).click();
  await page.getByRole('button', { name: 'Resume the schedule of noteworth' }).waitFor();
});
