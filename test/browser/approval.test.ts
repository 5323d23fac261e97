import type { Browser, Page } from 'playwright-core';
import { createApiToken, hashToken } from '../../src/process/api-tokens';
import { startTestApi } from '../support/api';
import { launchBrowser, openPage } from '../support/browser';
import { expectAccessible } from '../support/expect-accessible';
import { CUT_LIST, countListed, type HeldRun, LIST, SNAPSHOTS, startHeldRun } from '../support/held-run';
import { until } from '../support/scenario';
import { type Site, startSite } from '../support/site';

let browser: Browser;
let site: Site;
let held: HeldRun;

beforeAll(async () => {
  browser = await launchBrowser();
  site = await startSite({ partners: { noteworth: SNAPSHOTS } });
});
afterAll(async () => {
  await browser?.close();
  await site?.close();
});
beforeEach(async () => {
  held = await startHeldRun(site.system);
});
afterEach(() => held.handle.terminate().catch(() => undefined));

/** Opens the run from the overview. Fails if the browser reports an error. */
async function onItsPage(javaScriptEnabled: boolean, test: (page: Page) => Promise<void>): Promise<void> {
  const { page, complaints } = await openPage(browser, { javaScriptEnabled });
  const waits = page.getByRole('link', { name: /A snapshot of noteworth waits for approval: 59 of 60/ });
  // On a busy machine the overview may lack an answer, and without JavaScript it does not update itself.
  await until(async () => {
    await page.goto(site.url);
    return (await waits.count()) > 0;
  });
  await waits.click();
  await page.locator('h1 .status', { hasText: 'awaiting approval' }).waitFor();
  await test(page);
  await page.context().close();
  expect(complaints).toEqual([]);
}

describe.each([
  ['with JavaScript', true],
  ['without JavaScript', false],
])('a snapshot that waits for approval, %s', (_how, javaScriptEnabled) => {
  it('is approved by its button, with a name and a reason', async () => {
    await onItsPage(javaScriptEnabled, async (page) => {
      await page.getByLabel('Your name').fill('zoe');
      await page.getByLabel('Reason').fill('They closed');
      await page.getByRole('button', { name: /^Approve/ }).click();
      await page.locator('h1 .status', { hasText: 'succeeded' }).waitFor();
      await page.getByText('Approved by zoe: They closed.').waitFor();
    });
    expect(await countListed(site.system)).toBe(CUT_LIST.length);
  });

  it('is rejected by its button', async () => {
    await onItsPage(javaScriptEnabled, async (page) => {
      await page.getByRole('button', { name: /^Reject/ }).click();
      await page.locator('h1 .status', { hasText: 'failed' }).waitFor();
      await page.getByText('Rejected by an operator (web page).').first().waitFor();
    });
    expect(await countListed(site.system)).toBe(LIST.length);
  });

  it('lists all providers that would be marked as left', async () => {
    await onItsPage(javaScriptEnabled, async (page) => {
      await page.getByRole('link', { name: 'Show all' }).click();
      await page.getByRole('heading', { name: 'Who would be marked as left' }).waitFor();
      const first = await page.locator('tbody tr').count();
      await page.getByRole('link', { name: 'Next page' }).click();
      await page.getByRole('link', { name: 'First page' }).waitFor();
      expect(first + (await page.locator('tbody tr').count())).toBe(LIST.length - CUT_LIST.length);
    });
  });
});

it('keeps the typed text when the page updates', async () => {
  await onItsPage(true, async (page) => {
    await page.getByLabel('Reason').fill('They cl');
    await page.evaluate('document.querySelector("#run").dataset.before = "yes"');
    await Promise.all([
      page.waitForResponse((response) => response.url().endsWith(`/runs/${held.run.id}`)),
      page.evaluate(`htmx.trigger(document.getElementById('run-look'), 'changed')`),
    ]);
    await page.locator('#run-look').waitFor({ state: 'attached' });
    expect(await page.getByLabel('Reason').inputValue()).toBe('They cl');
  });
});

it('is decided with the keyboard alone', async () => {
  await onItsPage(true, async (page) => {
    await page.getByLabel('Your name').focus();
    for (const id of ['decide-reason', 'approve', 'reject']) {
      await page.keyboard.press('Tab');
      expect(await page.evaluate('document.activeElement.id')).toBe(id);
    }
    await page.keyboard.press('Enter');
    await page.locator('h1 .status', { hasText: 'failed' }).waitFor();
  });
});

it('updates the page after a decision elsewhere', async () => {
  await onItsPage(true, async (page) => {
    await held.handle.executeUpdate('approve');
    await page.locator('h1 .status', { hasText: 'succeeded' }).waitFor();
  });
});

it.each([
  ['the overview', () => '/'],
  ['the list of runs', () => '/runs'],
  ['its page', () => `/runs/${held.run.id}`],
  ['the list of people who would leave', () => `/runs/${held.run.id}/departing`],
])('has no accessibility violation on %s', (_name, path) => expectAccessible(browser, site.url + path()));

it('is shown to a viewer, who can neither approve nor reject it', async () => {
  const { dataSource, client, config: temporal } = site.system;
  const { token } = createApiToken('viewer');
  const tokens = [{ role: 'viewer', hash: hashToken(token) }] as const;
  const guarded = await startTestApi({ dataSource, client, temporal, http: { tokens } });
  const { page, complaints } = await openPage(browser);
  const path = `/runs/${held.run.id}`;
  await page.goto(guarded.url + path);
  await page.getByLabel('Token').fill(token);
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.getByText('An operator can approve or reject it.').waitFor();
  expect(await page.locator('main').locator('button:not(.copy), form').count()).toBe(0);
  for (const verdict of ['approve', 'reject']) {
    await page.goto(guarded.url);
    await page.evaluate(`{
      const form = document.createElement('form');
      form.method = 'post';
      form.action = '${path}/${verdict}';
      document.body.append(form);
      form.submit();
    }`);
    await page.getByText('This needs the token of an operator').waitFor();
  }
  expect((await held.read()).approval?.decision).toBeNull();
  expect(complaints).toEqual([]);
  await page.context().close();
  await guarded.close();
});
