import type { Browser } from 'playwright-core';
import { startTestApi, type TestApi } from '../support/api';
import { launchBrowser, openPage } from '../support/browser';
import { endedRun } from '../support/ended-runs';
import { openTestStore, type TestStore } from '../support/store-fixtures';

let browser: Browser;
let store: TestStore;
let api: TestApi;
let runs: string[];

beforeAll(async () => {
  store = await openTestStore();
  const { dataSource } = store;
  runs = [
    await endedRun(dataSource, { ago: '3 hours' }),
    await endedRun(dataSource, { ago: '2 hours', failure: 'PartnerTimeout' }),
    await endedRun(dataSource, { ago: '1 hour' }),
  ];
  api = await startTestApi({ dataSource });
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser?.close();
  await api?.close();
  await store?.close();
});

test('two runs are chosen in the list without scripts, and compared', async () => {
  const { page, complaints } = await openPage(browser, { javaScriptEnabled: false });
  await page.goto(`${api.url}/runs`);
  const button = page.getByRole('button', { name: 'Compare two chosen runs' });
  expect(await button.isVisible()).toBe(false);
  await page.locator(`#choose-${runs[2]}`).check();
  await page.locator(`#choose-${runs[0]}`).check();
  await button.click();
  expect(new URL(page.url()).search).toBe(`?a=${runs[0]}&b=${runs[2]}`);
  expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Two runs compared');
  expect(complaints).toEqual([]);
});

test('a chosen run stays chosen when the list updates itself', async () => {
  const { page, complaints } = await openPage(browser);
  await page.goto(`${api.url}/runs`);
  await page.locator(`#choose-${runs[1]}`).check();
  const updated = page.waitForResponse((response) => response.url() === `${api.url}/runs`);
  const added = await endedRun(store.dataSource, { ago: '0 s' });
  await updated;
  await page.locator(`#choose-${added}`).waitFor();
  expect(await page.locator(`#choose-${runs[1]}`).isChecked()).toBe(true);
  await page.locator(`#choose-${added}`).check();
  await page.getByRole('button', { name: 'Compare two chosen runs' }).click();
  await page.waitForURL(/\/runs\/compare\?a=/);
  expect(new URL(page.url()).search).toBe(`?a=${runs[1]}&b=${added}`);
  expect(complaints).toEqual([]);
});
