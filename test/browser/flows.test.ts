import type { Browser, Page } from 'playwright-core';
import { PEOPLE } from '../../src/simulator/people';
import { saveSync } from '../../src/store/save/save-sync';
import { launchBrowser, openPage } from '../support/browser';
import { until } from '../support/scenario';
import { type Site, startSite } from '../support/site';
import { answer, openedRun, provider, sync } from '../support/store-fixtures';

let browser: Browser;
let site: Site;
let page: Page;
let complaints: string[];

beforeAll(async () => {
  browser = await launchBrowser();
  site = await startSite({ partners: { noteworth: { deadline: '5m' } } });
  const { dataSource } = site.system;
  const people = PEOPLE.map((person, number) =>
    provider(`person ${number}`, {
      givenName: person.name_given,
      familyName: person.name_family,
      title: person.title,
      clinic: person.clinic,
    }),
  );
  await sync(dataSource, 'sample', people);
  const runId = await openedRun(dataSource);
  const promoted = people.map((one) => (one.givenName === 'Zoë' ? { ...one, title: 'PA' } : one));
  const input = { runId, partner: 'noteworth', feed: 'sample', answer: answer(promoted), calls: [] } as const;
  await saveSync(dataSource, input);
});
afterAll(async () => {
  await browser?.close();
  await site?.close();
});
beforeEach(async () => {
  site.system.simulator.reset();
  ({ page, complaints } = await openPage(browser));
});
afterEach(async () => {
  await page.context().close();
  expect(complaints).toEqual([]);
});

const names = () => page.locator('#results tbody a').allTextContents();
const status = () => page.locator('h1 .status').textContent();

/** Fails the test if the page is loaded again after this call. */
async function stay(): Promise<() => Promise<void>> {
  await page.evaluate('window.isTheSame = true');
  return async () => expect(await page.evaluate('window.isTheSame')).toBe(true);
}

describe('searching', () => {
  it('finds a name while it is typed, ignores accents, and keeps the search in the address', async () => {
    await page.goto(`${site.url}/providers`);
    const stayed = await stay();
    await page.getByLabel('Search').pressSequentially('bronte');
    await page.getByText('1 found').waitFor();
    expect(await names()).toEqual(['Brontëworth, Zoë']);
    expect(new URL(page.url()).search).toBe('?search=bronte&sort=name');
    expect(await page.evaluate('document.activeElement.id')).toBe('search');
    await stayed();

    await page.reload();
    expect(await page.getByLabel('Search').inputValue()).toBe('bronte');
    expect(await names()).toEqual(['Brontëworth, Zoë']);
  });

  it('returns to the previous search', async () => {
    await page.goto(`${site.url}/providers`);
    await page.getByLabel('Search').fill('pemberly');
    await page.getByText('2 found').waitFor();
    await page.getByLabel('Clinic').fill('Northgate Urgent Care');
    await page.keyboard.press('Tab');
    await page.getByText('1 found').waitFor();
    expect(await names()).toEqual(['Pemberly, Alan']);

    await page.goBack();
    await page.getByText('2 found').waitFor();
    expect(await names()).toEqual(['Pemberly, Alan', 'Pemberly, Alan']);
    expect(await page.getByLabel('Search').inputValue()).toBe('pemberly');
    expect(await page.getByLabel('Clinic').inputValue()).toBe('');
  });

  it('opens the next page, and the first one again', async () => {
    await page.goto(`${site.url}/providers`);
    const first = await names();
    await page.getByRole('link', { name: 'Next page' }).click();
    await page.getByRole('link', { name: 'First page' }).waitFor();
    const second = await names();
    expect(first.length + second.length).toBe(PEOPLE.length);
    expect(await page.getByRole('link', { name: 'Next page' }).count()).toBe(0);
    await page.getByRole('link', { name: 'First page' }).click();
    await page.getByRole('link', { name: 'Next page' }).waitFor();
    expect(await names()).toEqual(first);
  });

  it('leads to a letter and back to all', async () => {
    await page.goto(`${site.url}/providers`);
    await page.getByRole('link', { name: 'P', exact: true }).click();
    await page.getByText('found').waitFor();
    expect((await names()).every((name) => name.startsWith('P'))).toBe(true);
    await page.getByRole('link', { name: 'All', exact: true }).click();
    await page.getByRole('link', { name: 'Next page' }).waitFor();
  });

  it('leads to a similar name', async () => {
    await page.goto(`${site.url}/providers`);
    await page.getByLabel('Search').fill('pemberlie');
    await page.getByText('Did you mean').waitFor();
    await page.getByRole('link', { name: 'Pemberly' }).click();
    await page.getByText('2 found').waitFor();
    expect(await page.getByLabel('Search').inputValue()).toBe('Pemberly');
  });

  it('says what to do if there is no match', async () => {
    await page.goto(`${site.url}/providers`);
    await page.getByLabel('Search').fill('unknown name');
    await page.getByText('No match for “unknown name”').waitFor();
    await page.getByRole('link', { name: 'Clear filters' }).click();
    await page.getByRole('link', { name: 'Next page' }).waitFor();
  });

  it('shows a provider with its history and possible duplicates', async () => {
    await page.goto(`${site.url}/providers?search=zoe`);
    await page.getByRole('link', { name: 'Brontëworth, Zoë' }).click();
    await page.getByRole('heading', { name: 'PA Zoë Brontëworth' }).waitFor();
    expect(await page.locator('tbody tr').allTextContents()).toEqual([
      expect.stringMatching(/title.*before: NP.*after: PA/),
      expect.stringContaining('first seen'),
    ]);
    await page.goto(`${site.url}/providers?search=pemberly`);
    await page.getByRole('link', { name: 'Pemberly, Alan' }).first().click();
    await page.getByRole('link', { name: 'PA Alan Pemberly' }).waitFor();
  });
});

describe('syncing', () => {
  it('starts from the overview, and shows the end without a reload', async () => {
    site.system.simulator.script('auth', ['error500', { fault: 'slow', delayMs: 8_000 }]);
    await page.goto(site.url);
    await page.getByRole('button', { name: 'Sync noteworth now' }).click();
    await page.waitForURL(/\/runs\/.+/);
    const stayed = await stay();
    expect(await status()).toBe('running');
    await page.locator('h1 .status', { hasText: 'succeeded' }).waitFor();
    await stayed();
    expect(await page.locator('#run-news').textContent()).toBe('The sync of noteworth succeeded.');
    expect(await page.locator('.gantt tr[id^="call-"] th').allTextContents()).toEqual([
      'Authenticate, attempt 1 of 3',
      'Authenticate, attempt 2 of 3',
      'Fetch providers, attempt 1 of 3',
    ]);
    expect(await page.title()).toMatch(/^Sync of noteworth, succeeded, /);
    expect(await page.getByRole('link', { name: 'Open in Temporal' }).getAttribute('href')).toMatch(
      /^http:\/\/127\.0\.0\.1:8233\/namespaces\/default\/workflows\/.+\/.+\/history$/,
    );
  });

  it('links the overview to the reason of a failure, with a button to sync again', async () => {
    const { run } = await site.system.sync({ providers: ['error500', 'cut', 'error500'] });
    expect(run.status).toBe('failed');
    await page.goto(site.url);
    await page.getByRole('link', { name: 'The last run of noteworth failed with PartnerError.' }).click();
    await page.locator('h1 .status', { hasText: 'failed' }).waitFor();
    const reason = await page.locator('.notice').textContent();
    expect(reason).toContain('The providers endpoint of noteworth failed 3 times');
    expect(reason).toContain('If it happens in every run, ask the partner');
    expect(await page.getByText('Nothing was stored').isVisible()).toBe(true);

    await page.getByRole('button', { name: 'Sync noteworth now' }).click();
    await page.locator('h1 .status', { hasText: 'succeeded' }).waitFor();
    await page.getByRole('link', { name: 'Overview' }).click();
    await page.getByRole('heading', { name: 'The directory is fresh' }).waitFor();
  });

  it('cancels a hanging run, and says that no second run was started', async () => {
    site.system.simulator.script('providers', ['hangForever']);
    await page.goto(`${site.url}/runs`);
    await page.getByRole('button', { name: 'Sync noteworth now' }).click();
    await page.getByRole('button', { name: 'Cancel' }).waitFor();
    await until(() => site.system.calls('providers') === 1);

    const other = await openPage(browser);
    await other.page.goto(`${site.url}/runs`);
    await other.page.getByRole('button', { name: 'Sync noteworth now' }).click();
    await other.page.getByText('This sync was already running, so no other one was started.').waitFor();
    await other.page.goto(site.url);
    await other.page.getByRole('link', { name: 'Watch live' }).click();
    await other.page.getByRole('button', { name: 'Cancel' }).waitFor();

    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByText('Cancelling. The current request is aborted').waitFor();
    await page.locator('h1 .status', { hasText: 'cancelled' }).waitFor();
    await page.getByText('Cancelling').waitFor({ state: 'detached' });
    await other.page.locator('h1 .status', { hasText: 'cancelled' }).waitFor();
    expect(await page.locator('#run-news').textContent()).toBe('The sync of noteworth was cancelled.');
    expect(other.complaints).toEqual([]);
    await other.page.context().close();
  });

  it('replays a finished run', async () => {
    await page.goto(`${site.url}/runs`);
    await page.getByRole('button', { name: 'Sync noteworth now' }).click();
    await page.getByRole('button', { name: 'Replay' }).click();
    await page.getByText('to replay an earlier run').waitFor();
    await page.locator('h1 .status', { hasText: 'succeeded' }).waitFor();
    await page.getByText('A replay makes no call.').waitFor();
    await page.getByRole('link', { name: 'a run', exact: true }).click();
    await page.getByRole('button', { name: 'Replay' }).waitFor();
  });

  it('says that a finished run cannot be cancelled', async () => {
    const { run } = await site.system.sync();
    await page.goto(site.url);
    await page.evaluate(`{
      const form = document.createElement('form');
      form.method = 'post';
      form.action = '/runs/${run.id}/cancel';
      document.body.append(form);
      form.submit();
    }`);
    await page.getByText('Already finished; nothing to cancel.').waitFor();
  });
});

describe('a page that stays open', () => {
  it('updates itself, and keeps the focus and open details', async () => {
    await page.goto(site.url);
    const stayed = await stay();
    const marks = page.locator('.strip li');
    const before = await marks.count();
    await page.getByText('Show as table').click();
    await page.locator('#to-noteworth').focus();
    await site.system.sync();
    await until(async () => (await marks.count()) === before + 1);
    await page.locator('.strip li:last-child .tone-ok').waitFor();
    expect(await page.evaluate('document.activeElement.id')).toBe('to-noteworth');
    expect(await page.locator('#numbers table').isVisible()).toBe(true);
    await stayed();
  });

  it('adds new runs to the list if they match its filters', async () => {
    await page.goto(`${site.url}/runs`);
    await page.getByLabel('Status').selectOption('failed');
    await page.waitForURL(/status=failed/);
    const rows = page.locator('#runs tbody tr');
    const failed = await rows.count();
    await site.system.sync();
    await site.system.sync({ auth: ['error500', 'error500', 'error500'] });
    await until(async () => (await rows.count()) === failed + 1);
    expect(await rows.locator('.status').allTextContents()).toEqual(Array(failed + 1).fill('failed'));
  });
});

it('pauses and resumes a schedule', async () => {
  await page.goto(`${site.url}/partners`);
  await page.getByRole('button', { name: 'Pause the schedule of noteworth' }).click();
  await page.getByText('Paused on the web page').waitFor();
  await page.goto(site.url);
  await page.getByRole('link', { name: 'The schedule of noteworth is paused.' }).click();
  await page.getByRole('button', { name: 'Resume the schedule of noteworth' }).click();
  await page.getByRole('button', { name: 'Pause the schedule of noteworth' }).waitFor();
  expect(await page.getByText('Paused.').count()).toBe(0);
});
