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
  site = await startSite({ partners: { noteworth: { deadline: '30s' } } });
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

/** Fails the test if the page is loaded anew from here on. */
async function stay(): Promise<() => Promise<void>> {
  await page.evaluate('window.isTheSame = true');
  return async () => expect(await page.evaluate('window.isTheSame')).toBe(true);
}

describe('looking for somebody', () => {
  it('finds a name while it is typed, without its accents, and keeps the search in the address', async () => {
    await page.goto(`${site.url}/providers`);
    const stayed = await stay();
    await page.getByLabel('Name').pressSequentially('bronte');
    await page.getByText('1 found').waitFor();
    expect(await names()).toEqual(['Brontëworth, Zoë']);
    expect(new URL(page.url()).search).toBe('?search=bronte&sort=name');
    expect(await page.evaluate('document.activeElement.id')).toBe('search');
    await stayed();

    await page.reload();
    expect(await page.getByLabel('Name').inputValue()).toBe('bronte');
    expect(await names()).toEqual(['Brontëworth, Zoë']);
  });

  it('goes back to the search before', async () => {
    await page.goto(`${site.url}/providers`);
    await page.getByLabel('Name').fill('pemberly');
    await page.getByText('2 found').waitFor();
    await page.getByLabel('Clinic').selectOption({ label: 'Northgate Urgent Care (6)' });
    await page.getByText('1 found').waitFor();
    expect(await names()).toEqual(['Pemberly, Alan']);

    await page.goBack();
    await page.getByText('2 found').waitFor();
    expect(await names()).toEqual(['Pemberly, Alan', 'Pemberly, Alan']);
    expect(await page.getByLabel('Name').inputValue()).toBe('pemberly');
    expect(await page.getByLabel('Clinic').inputValue()).toBe('');
  });

  it('turns the page, and back to the first', async () => {
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

  it('says what to do where nobody is found', async () => {
    await page.goto(`${site.url}/providers`);
    await page.getByLabel('Name').fill('nobody has this name');
    await page.getByText('Nobody is found for “nobody has this name”').waitFor();
    await page.getByRole('link', { name: 'Show all' }).click();
    await page.getByRole('link', { name: 'Next page' }).waitFor();
  });

  it('opens somebody with the history, and who may be the same person', async () => {
    await page.goto(`${site.url}/providers?search=zoe`);
    await page.getByRole('link', { name: 'Brontëworth, Zoë' }).click();
    await page.getByRole('heading', { name: 'PA Zoë Brontëworth' }).waitFor();
    expect(await page.locator('tbody tr').allTextContents()).toEqual([
      expect.stringMatching(/title.*before: NP.*after: PA/),
    ]);
    await page.goto(`${site.url}/providers?search=pemberly`);
    await page.getByRole('link', { name: 'Pemberly, Alan' }).first().click();
    await page.getByRole('link', { name: 'PA Alan Pemberly' }).waitFor();
  });
});

describe('syncing', () => {
  it('starts from the overview, and shows the end without being loaded anew', async () => {
    site.system.simulator.script('auth', ['error500', { fault: 'slow', delayMs: 2_000 }]);
    await page.goto(site.url);
    await page.getByRole('button', { name: 'Sync noteworth now' }).click();
    await page.waitForURL(/\/runs\/.+/);
    const stayed = await stay();
    expect(await status()).toBe('running');
    await page.locator('h1 .status', { hasText: 'succeeded' }).waitFor();
    await stayed();
    expect(await page.locator('#run-news').textContent()).toBe('The sync of noteworth succeeded.');
    expect(await page.locator('.timeline .what').allTextContents()).toEqual([
      'Authenticatecall 1 of at most 3PartnerError',
      'Authenticatecall 2 of at most 3answered',
      'Fetch providerscall 1 of at most 3answered',
    ]);
    expect(await page.title()).toMatch(/^Sync of noteworth, succeeded, /);
    expect(await page.getByRole('link', { name: 'Open in Temporal' }).getAttribute('href')).toMatch(
      /^http:\/\/127\.0\.0\.1:8233\/namespaces\/default\/workflows\/.+\/.+\/history$/,
    );
  });

  it('leads from the overview to the reason of a failure, and to the button to run again', async () => {
    const { run } = await site.system.sync({ providers: ['error500', 'cut', 'error500'] });
    expect(run.status).toBe('failed');
    await page.goto(site.url);
    await page.getByRole('link', { name: 'The last run of noteworth failed with PartnerError.' }).click();
    await page.locator('h1 .status', { hasText: 'failed' }).waitFor();
    const reason = await page.locator('.notice').textContent();
    expect(reason).toContain('The providers endpoint of noteworth failed 3 times');
    expect(reason).toContain('if it happens run after run, ask the partner');
    expect(await page.getByText('Nothing was stored').isVisible()).toBe(true);

    await page.getByRole('button', { name: 'Sync noteworth now' }).click();
    await page.locator('h1 .status', { hasText: 'succeeded' }).waitFor();
    await page.getByRole('link', { name: 'Overview' }).click();
    await page.getByRole('heading', { name: 'The directory is fresh' }).waitFor();
  });

  it('cancels a run that hangs, and says that no second one was started meanwhile', async () => {
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
    await page.getByText('Cancelling: the request in flight is let go').waitFor();
    await page.locator('h1 .status', { hasText: 'cancelled' }).waitFor();
    await page.getByText('Cancelling').waitFor({ state: 'detached' });
    await other.page.locator('h1 .status', { hasText: 'cancelled' }).waitFor();
    expect(await page.locator('#run-news').textContent()).toBe('The sync of noteworth was cancelled.');
    expect(other.complaints).toEqual([]);
    await other.page.context().close();
  });

  it('says that a run had ended before it could be cancelled', async () => {
    const { run } = await site.system.sync();
    await page.goto(site.url);
    await page.evaluate(`{
      const form = document.createElement('form');
      form.method = 'post';
      form.action = '/runs/${run.id}/cancel';
      document.body.append(form);
      form.submit();
    }`);
    await page.getByText('It had ended before it could be cancelled.').waitFor();
  });
});

describe('a page that stays open', () => {
  it('keeps up with runs, with the focus and what was unfolded', async () => {
    await page.goto(site.url);
    const stayed = await stay();
    const marks = page.locator('.strip li');
    const before = await marks.count();
    await page.getByText('The numbers').click();
    await page.locator('#to-noteworth').focus();
    await site.system.sync();
    await until(async () => (await marks.count()) === before + 1);
    await page.locator('.strip li:last-child .tone-ok').waitFor();
    expect(await page.evaluate('document.activeElement.id')).toBe('to-noteworth');
    expect(await page.locator('#numbers table').isVisible()).toBe(true);
    await stayed();
  });

  it('shows new runs in the list, if they are of those that are looked for', async () => {
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
