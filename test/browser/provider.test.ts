import type { Browser, Page } from 'playwright-core';
import { listProviders } from '../../src/store/directory/read-providers';
import { saveSync } from '../../src/store/save/save-sync';
import { startTestApi, type TestApi } from '../support/api';
import { launchBrowser, openPage } from '../support/browser';
import { expectAccessible } from '../support/expect-accessible';
import {
  answer,
  call,
  openedRun,
  openTestStore,
  provider,
  sync,
  type TestStore,
} from '../support/store-fixtures';

const VERSIONS = 30;
const ZOE = { givenName: 'Zoë', familyName: "O'Hara-Brontëworth", clinic: 'Lakeside Clinic' };
const TITLES = ['Dr.', 'PA', 'NP'];

let browser: Browser;
let store: TestStore;
let api: TestApi;
let page: Page;
let path: string;
/** When the versions were stored, the earlier ones as if days before. */
let storedAt: number;

/** The provider of the tests, as it is in one of its versions. */
function zoe(version: number, attributes = {}) {
  const unmapped = Object.fromEntries(
    Array.from({ length: 12 }, (_, n) => [`field_${n}`, `${version % 7} ${n}`]),
  );
  return provider('zoe', {
    ...ZOE,
    title: TITLES[version % 3] ?? null,
    attributes: { npi: '1234567893', ...(version > 2 ? unmapped : {}), ...attributes },
  });
}

beforeAll(async () => {
  browser = await launchBrowser();
  store = await openTestStore();
  api = await startTestApi({ dataSource: store.dataSource });
  storedAt = Date.now();
  for (let version = 1; version < VERSIONS; version += 1) {
    const runId = await openedRun(store.dataSource);
    await saveSync(store.dataSource, {
      runId,
      partner: 'noteworth',
      feed: 'snapshot',
      answer: answer(version === 5 ? [provider('other')] : [zoe(version), provider('other')]),
      calls: [call(), call({ endpoint: 'providers', attempt: version % 2 ? 1 : 2 })],
    });
    await store.dataSource.query(
      `UPDATE provider_changes SET changed_at = changed_at - interval '1 day';
       UPDATE providers SET first_seen_at = first_seen_at - interval '1 day'`,
    );
  }
  await sync(store.dataSource, 'snapshot', [provider('other')]);
  await sync(
    store.dataSource,
    'snapshot',
    ['Harbour Clinic', 'Lakeside Clinic'].map((clinic) => provider(clinic, { ...ZOE, clinic, title: 'Dr.' })),
    'brightwater',
  );
  const { items } = await listProviders(store.dataSource, { partner: 'noteworth', search: 'zoe', limit: 1 });
  path = `${api.url}/providers/${items[0]?.id}`;
});
afterAll(async () => {
  await browser?.close();
  await api?.close();
  await store?.close();
});
beforeEach(async () => {
  ({ page } = await openPage(browser, { javaScriptEnabled: false }));
});
afterEach(() => page.context().close());

it('lists the versions of a provider in words, the latest first', async () => {
  await page.goto(path);
  const rows = page.locator('.versions tbody tr');
  expect(await rows.first().innerText()).toMatch(/30 \(now\)[\s\S]*left the partner’s list/);
  await page.getByRole('link', { name: 'Next page' }).click();
  expect(await rows.last().innerText()).toMatch(/1[\s\S]*first seen[\s\S]*PA Zoë O'Hara/);
  expect(await page.getByText('left the partner’s list').count()).toBe(1);
  expect(await page.getByText('listed yes').count()).toBe(0);
  const third = page.locator('tr', { has: page.locator('#version-3') });
  expect(await third.innerText()).toContain('12 other fields');
});

it('compares two versions by keyboard and without script, also of different pages', async () => {
  const title = page.getByRole('heading', { name: /^Version \d+ and version/ });
  await page.goto(path);
  await page.getByLabel('With version 28', { exact: true }).focus();
  await page.keyboard.press('Space');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Version 29 and version 28' }).waitFor();
  expect(new URL(page.url()).hash).toBe('#comparison');
  await page.getByRole('link', { name: 'Next page' }).click();
  await page.getByText('With version 28, on another page').waitFor();
  await page.getByLabel('Compare version 2', { exact: true }).check();
  await page.getByRole('button', { name: 'Compare' }).click();
  await page.getByRole('heading', { name: 'Version 2 and version 28' }).waitFor();
  const row = async (name: string) => {
    const card = page.locator('.card', { has: title });
    return card.locator('tr', { has: page.getByRole('rowheader', { name }) }).innerText();
  };
  expect(await row('title')).toMatch(/differs\s+NP\s+PA/);
  await page.getByText('13 other fields, 12 of them differ').click();
  expect(await row('npi')).not.toContain('differs');
  expect(await row('field_11')).toContain('differs');
  await page.goto(`${path}?compare=28&with=30`);
  expect(await row('in the partner’s list')).toMatch(/differs\s+yes\s+no/);
  await page.goto(`${path}?compare=1&with=99`);
  await page.getByText('One of these versions does not exist.').waitFor();
});

it('shows a provider as of a day', async () => {
  await page.goto(path);
  const day = new Date(storedAt - 28 * 86_400_000).toISOString().slice(0, 10);
  await page.getByLabel('At the end of this day (UTC)').fill(day);
  await page.getByRole('button', { name: 'Show' }).click();
  await page.getByRole('heading', { name: `As of the end of ${day} (UTC)` }).waitFor();
  await page.getByText('It was version 2.').waitFor();
  await page.goto(`${path}?asOf=2001-01-01`);
  await page.getByText('It was not yet in the directory.').waitFor();
  await page.goto(`${path}?asOf=${new Date().toISOString().slice(0, 10)}`);
  await page.getByText('It was version 30, as it is now.').waitFor();
});

it('shows possible duplicates side by side, with a word where they differ', async () => {
  await page.goto(path);
  const section = page.locator('.card', { has: page.locator('#same') });
  expect(await section.locator('.pairs > div').count()).toBe(2);
  await section.getByText('We never merge records automatically.').waitFor();
  const pair = section.locator('.pairs > div', { hasText: 'Harbour Clinic' });
  const differing = await pair.locator('table').first().locator('tr.differs th').allInnerTexts();
  expect(differing.sort()).toEqual(
    ['title', 'clinic', 'partner', 'in the partner’s list'].map((name) => `${name} differs`).sort(),
  );
  await pair.getByText('The same: given name, family name').waitFor();
  await pair.getByText('13 other fields, 13 of them differ').click();
  expect(await pair.getByRole('rowheader', { name: 'npi' }).innerText()).toBe('npi differs');
  await section.getByRole('link').first().click();
  await page.getByRole('heading', { level: 1, name: "Dr. Zoë O'Hara-Brontëworth" }).waitFor();
});

it.each(['', '?compare=2&with=30', '?asOf=2001-01-01', '?asOf=2026-01-01T00:00:00Z'])(
  'is accessible at %s',
  async (query) => {
    await expectAccessible(browser, `${path}${query}`);
  },
);
