import type { Browser } from 'playwright-core';
import { launchBrowser, openPage } from '../support/browser';
import { killCommands, type RunningCommand } from '../support/command';
import { newDataDir, placeOf, removeDataDirs, upDev } from '../support/dev';

/*
 * The real Temporal UI of `npm start`. It runs in the browser, and asks our codec endpoint, which has another origin,
 * to decrypt payloads.
 */

let browser: Browser;
let dev: RunningCommand;
let ui: string;

beforeAll(async () => {
  browser = await launchBrowser();
  dev = await upDev(await newDataDir());
  ui = await placeOf(dev, 'Temporal UI');
});
afterAll(async () => {
  await browser?.close();
  await dev?.end('SIGTERM');
  killCommands();
  await removeDataDirs();
});

it.each(['127.0.0.1', 'localhost'])('shows payloads decrypted, without any setting: %s', async (host) => {
  const { page } = await openPage(browser);
  await page.goto(`${ui.replace('127.0.0.1', host)}/namespaces/default/workflows`);
  await page
    .getByRole('link', { name: /^sync-noteworth-/ })
    .first()
    .click();
  // The input and the result of the workflow, and the summary of an activity.
  await page.getByText('"partner": "noteworth"').first().waitFor();
  await page.getByText('"inserted": 10').waitFor();
  await page.getByText('Get providers from noteworth').first().waitFor();
  expect(await page.getByText('binary/encrypted').count()).toBe(0);
  await page.context().close();
});
