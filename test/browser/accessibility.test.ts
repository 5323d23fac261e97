import type { Browser, Page } from 'playwright-core';
import { createApiToken, hashToken } from '../../src/process/api-tokens';
import { migrate } from '../../src/store/migrate/migrate';
import { pauseSchedule } from '../../src/temporal/schedules/schedules';
import { startTestApi, type TestApi } from '../support/api';
import { launchBrowser, openPage } from '../support/browser';
import { expectAccessible } from '../support/expect-accessible';
import { fillDirectory, LIVED_IN, type LivedIn } from '../support/lived-in-directory';
import { until } from '../support/scenario';
import { type Site, startSite } from '../support/site';
import { openTestStore, type TestStore } from '../support/store-fixtures';

let browser: Browser;
let site: Site;
let livedIn: LivedIn;
let running: string;
let emptyStore: TestStore;
let empty: TestApi;
let closed: TestApi;
let broken: TestApi;

beforeAll(async () => {
  browser = await launchBrowser();
  site = await startSite({
    partners: { ...LIVED_IN, noteworth: { ...LIVED_IN.noteworth, deadline: '5m' } },
  });
  const { dataSource, client, config, simulator } = site.system;
  livedIn = await fillDirectory(dataSource);
  await pauseSchedule(client, { partner: 'brightwater', taskQueue: config.taskQueue }, 'Until Monday');
  simulator.script('auth', ['error500']);
  // Longer than all tests of this file take.
  simulator.script('providers', ['hangForever', 'hangForever', 'hangForever']);
  const { page } = await openPage(browser);
  await page.goto(site.url);
  await page.getByRole('button', { name: 'Sync noteworth now' }).click();
  await page.waitForURL(/\/runs\/.+/);
  running = new URL(page.url()).pathname;
  await until(() => site.system.calls('providers') === 1);
  await page.context().close();
  emptyStore = await openTestStore();
  await migrate(emptyStore.dataSource);
  empty = await startTestApi({ dataSource: emptyStore.dataSource, client, temporal: config });
  const tokens = [{ role: 'viewer', hash: hashToken(createApiToken('viewer').token) }] as const;
  closed = await startTestApi({ http: { tokens } });
  broken = await startTestApi();
});
afterAll(async () => {
  await browser?.close();
  await empty?.close();
  await closed?.close();
  await broken?.close();
  await emptyStore?.close();
  await site?.close();
});

const pages: [name: string, address: () => string][] = [
  ['the overview', () => site.url],
  ['the overview of nothing', () => empty.url],
  ['the overview while nothing works', () => broken.url],
  ['providers', () => `${site.url}/providers`],
  ['providers that are filtered', () => `${site.url}/providers?search=zo&partner=noteworth&title=NP`],
  ['providers without a match', () => `${site.url}/providers?search=unknown`],
  ['providers of a letter', () => `${site.url}/providers?letter=B`],
  ['an empty directory', () => `${empty.url}/providers`],
  ['a provider', () => `${site.url}/providers/${livedIn.changed}`],
  ['changes', () => `${site.url}/changes?period=all`],
  ['changes of unmapped fields', () => `${site.url}/changes?period=all&field=other`],
  ['changes of a run', () => `${site.url}/changes?run=${livedIn.rejecting}`],
  ['no changes', () => `${empty.url}/changes`],
  ['runs', () => `${site.url}/runs`],
  ['runs of a time with their causes', () => `${site.url}/runs?started=30d&status=failed`],
  ['two runs compared', () => `${site.url}/runs/compare?a=${livedIn.retried}&b=${livedIn.runs.failed}`],
  ['runs without a match', () => `${site.url}/runs?trigger=dev`],
  ['no runs', () => `${empty.url}/runs`],
  ['a run that is running', () => site.url + running],
  ['a run that succeeded', () => `${site.url}/runs/${livedIn.rejecting}`],
  ['a run that needed several calls', () => `${site.url}/runs/${livedIn.retried}`],
  ['all calls of a run', () => `${site.url}/runs/${livedIn.retried}/calls`],
  ['a run that failed', () => `${site.url}/runs/${livedIn.runs.failed}`],
  ['a run that was skipped', () => `${site.url}/runs/${livedIn.runs.skipped}`],
  ['a run that was cancelled', () => `${site.url}/runs/${livedIn.runs.cancelled}?notice=ended`],
  ['a run that was abandoned', () => `${site.url}/runs/${livedIn.runs.abandoned}`],
  ['rejected records', () => `${site.url}/rejected-records`],
  ['no rejected records', () => `${empty.url}/rejected-records`],
  ['partners', () => `${site.url}/partners`],
  ['workers', () => `${site.url}/workers`],
  ['no webhooks', () => `${empty.url}/webhooks`],
  ['no workers', () => `${empty.url}/workers`],
  ['a page that is not there', () => `${site.url}/nothing`],
  ['the login', () => `${closed.url}/runs`],
];

it.each(pages)('has no accessibility violation on %s, narrow and wide, in both themes', (_name, address) =>
  expectAccessible(browser, address()),
);

it('has a different title on every page', async () => {
  const { page } = await openPage(browser);
  const titles: string[] = [];
  for (const path of [
    '/',
    '/providers',
    `/providers/${livedIn.changed}`,
    '/changes',
    `/changes?run=${livedIn.rejecting}`,
    '/runs',
    running,
    ...[...Object.values(livedIn.runs), livedIn.rejecting, livedIn.retried].map((id) => `/runs/${id}`),
    '/rejected-records',
    '/partners',
    '/workers',
    '/webhooks',
    '/nothing',
  ]) {
    await page.goto(site.url + path);
    titles.push(await page.title());
  }
  expect(new Set(titles).size).toBe(titles.length);
  await page.context().close();
});

describe('with the keyboard', () => {
  let page: Page;
  beforeEach(async () => {
    ({ page } = await openPage(browser, { viewport: { width: 1280, height: 800 } }));
  });
  afterEach(() => page.context().close());

  /** The accessible text of the focused element. */
  const focused = () => page.evaluate('document.activeElement.innerText.trim()') as Promise<string>;

  it('skips the navigation', async () => {
    await page.goto(`${site.url}/runs`);
    await page.keyboard.press('Tab');
    expect(await focused()).toBe('Skip to the content');
    expect(await page.evaluate('document.activeElement.getBoundingClientRect().top >= 0')).toBe(true);
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.closest("main") !== null')).toBe(true);
  });

  it('marks the current page in the navigation', async () => {
    await page.goto(`${site.url}/runs/${livedIn.runs.failed}`);
    expect(await page.locator('[aria-current=page]').allTextContents()).toEqual(['Runs']);
  });

  it.each([
    ['the overview', '/'],
    ['partners', '/partners'],
    ['providers', '/providers?search=zo'],
    ['rejected records', '/rejected-records'],
  ])('reaches everything on %s in its order, sees where it is, and gets out again', async (_name, path) => {
    await page.goto(site.url + path);
    await page.evaluate(`{
      window.operable = [...document.querySelectorAll('a, button, input, select, summary, textarea, [tabindex="0"]')]
        .filter((element) => element.type !== 'hidden' && element.tabIndex >= 0 && element.checkVisibility());
    }`);
    const count = (await page.evaluate('window.operable.length')) as number;
    for (let place = 0; place < count; place += 1) {
      await page.keyboard.press('Tab');
      const [at, visible] = (await page.evaluate(`[
        window.operable.indexOf(document.activeElement),
        getComputedStyle(document.activeElement).outlineStyle !== 'none'
          && parseFloat(getComputedStyle(document.activeElement).outlineWidth) >= 2,
      ]`)) as [number, boolean];
      expect([at, visible]).toEqual([place, true]);
    }
    await page.keyboard.press('Tab');
    expect(await page.evaluate('window.operable.indexOf(document.activeElement)')).toBe(-1);
  });

  it('has few stops on the overview, and moves between the last runs with the arrow keys', async () => {
    await page.goto(site.url);
    const strip = page.getByRole('list', { name: 'The last runs of noteworth, the newest last' });
    const marks = strip.getByRole('link');
    const count = await marks.count();
    expect(count).toBeGreaterThan(10);
    const section = page.getByRole('region', { name: 'noteworth' });
    expect(await section.locator('a:not([tabindex="-1"]), button, [tabindex="0"]').count()).toBe(6);

    const position = async () => {
      const focusedId = await page.evaluate('document.activeElement.id');
      return (await marks.evaluateAll((all) => all.map(({ id }) => id))).indexOf(String(focusedId));
    };
    await section.getByRole('link', { name: 'noteworth', exact: true }).focus();
    for (let stops = 0; stops < 3; stops += 1) await page.keyboard.press('Tab');
    expect(await position()).toBe(count - 1);
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('ArrowLeft');
    expect(await position()).toBe(count - 3);
    await page.keyboard.press('Home');
    expect(await position()).toBe(0);
    expect(
      await marks
        .first()
        .locator('.tip')
        .evaluate((tip) => getComputedStyle(tip).opacity),
    ).toBe('1');
    await page.keyboard.press('Tab');
    expect(await focused()).toMatch(/^Sync noteworth now$|^Watch live$|^running/);
    await page.keyboard.press('Shift+Tab');
    expect(await position()).toBe(0);
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/runs\/./);
    await page.goto(site.url);
    await page.getByRole('link', { name: 'All runs of noteworth' }).click();
    await page.waitForURL(/\/runs\?partner=noteworth/);
  });

  it('searches, opens a provider, and returns', async () => {
    await page.goto(`${site.url}/providers`);
    await page.getByLabel('Search').focus();
    await page.keyboard.type('ellingwood');
    await page.getByText('1 found').waitFor();
    for (let stops = 0; stops < 6; stops += 1) await page.keyboard.press('Tab');
    expect(await focused()).toBe('Ellingwood, Maren');
    // The results of the last input may arrive only now.
    await page.evaluate(`new Promise((resolve) => {
      document.addEventListener('htmx:afterSettle', resolve, { once: true });
      htmx.trigger('form.filters', 'submit');
    }).then(() => null)`);
    expect(await focused()).toBe('Ellingwood, Maren');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Dr. Maren Ellingwood' }).waitFor();
    await page.goBack();
    await page.getByText('1 found').waitFor();
  });

  it('pauses a schedule', async () => {
    await page.goto(`${site.url}/partners`);
    await page.getByRole('button', { name: 'Resume the schedule of brightwater' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Pause the schedule of brightwater' }).focus();
    await page.keyboard.press('Space');
    await page.getByRole('button', { name: 'Resume the schedule of brightwater' }).waitFor();
  });
});

describe('a screen reader', () => {
  it('announces the number of matches, not the matches', async () => {
    const { page } = await openPage(browser);
    await page.goto(`${site.url}/providers`);
    expect(await page.locator('main').locator('[aria-live], [role=status], [role=alert]').count()).toBe(1);
    await page.getByLabel('Search').fill('ellingwood');
    await page.getByText('1 found').waitFor();
    expect(await page.getByRole('status').textContent()).toBe(', 1 found');
    await page.context().close();
  });

  it('announces the outcome of a run once', async () => {
    const { page } = await openPage(browser);
    await page.goto(site.url + running);
    await page.evaluate(`{
      window.announced = [];
      const news = document.querySelector('[role=status]');
      new MutationObserver(() => window.announced.push(news.textContent)).observe(news, { childList: true, characterData: true, subtree: true });
    }`);
    expect(await page.locator('main').locator('[aria-live], [role=status], [role=alert]').count()).toBe(1);
    await page.getByRole('button', { name: 'Cancel' }).focus();
    // The page updates every few seconds while the run is waiting.
    await page.waitForResponse((response) => response.url().includes('/runs/') && response.status() === 200);
    expect(await page.evaluate('document.activeElement.id')).toBe('cancel');
    await page.evaluate(`fetch('${running}/cancel', { method: 'POST' })`);
    await page.locator('h1 .status', { hasText: 'cancelled' }).waitFor();
    expect(await page.evaluate('window.announced')).toEqual(['The sync of noteworth was cancelled.']);
    await page.context().close();
  });
});

it('shows no animation to people who prefer reduced motion', async () => {
  for (const [reducedMotion, moving] of [
    ['reduce', 0],
    ['no-preference', 1],
  ] as const) {
    const { page } = await openPage(browser, { reducedMotion });
    await page.goto(`${site.url}/runs`);
    await page.evaluate(`{
      const status = document.createElement('span');
      status.className = 'status tone-busy';
      status.innerHTML = '<svg></svg>';
      document.querySelector('main').append(status);
    }`);
    expect(await page.evaluate('document.getAnimations().length')).toBe(moving);
    await page.context().close();
  }
});

it('prints the content without buttons and navigation', async () => {
  const { page } = await openPage(browser);
  await page.goto(`${site.url}/runs/${livedIn.runs.failed}`);
  await page.emulateMedia({ media: 'print' });
  expect(await page.getByRole('button').count()).toBe(0);
  expect(await page.getByRole('navigation').count()).toBe(0);
  expect(await page.getByText(/The providers endpoint of \S+ failed/).isVisible()).toBe(true);
  await page.context().close();
});
