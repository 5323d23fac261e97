import type { Browser, Page } from 'playwright-core';
import { startTestApi, type TestApi } from '../support/api';
import { launchBrowser, openPage, styleOf } from '../support/browser';
import { openTestStore, provider, sync, type TestStore } from '../support/store-fixtures';

const ON_PAGE = 50;
/** The margins that browsers print with. */
const PAPER = { format: 'A4', margin: { top: '1cm', right: '1cm', bottom: '1cm', left: '1cm' } } as const;

let browser: Browser;
let store: TestStore;
let api: TestApi;
let page: Page;

beforeAll(async () => {
  browser = await launchBrowser();
  store = await openTestStore();
  api = await startTestApi({ dataSource: store.dataSource });
  const people = Array.from({ length: ON_PAGE + 10 }, (_, number) => provider(`Number ${number}`));
  await sync(store.dataSource, 'sample', people);
});
afterAll(async () => {
  await browser?.close();
  await api?.close();
  await store?.close();
});
beforeEach(async () => {
  ({ page } = await openPage(browser, { colorScheme: 'dark' }));
});
afterEach(() => page.context().close());

/** The number of sheets that the open page takes on paper. */
async function countSheets(): Promise<number> {
  const pdf = (await page.pdf(PAPER)).toString('latin1');
  return pdf.match(/\/Type\s*\/Page\b/g)?.length ?? 0;
}

it('prints 50 providers on two sheets, so that the first is not empty', async () => {
  await page.goto(`${api.url}/providers`);
  expect(await page.locator('tbody tr').count()).toBe(ON_PAGE);
  expect(await countSheets()).toBe(2);
});

it.each([
  [
    '/providers?search=number&title=Dr.&sort=-firstSeenAt',
    'Filter: search “number”, title “Dr.”, status “present”, sorted by “Newest”',
  ],
  ['/providers?search=unknown', 'Filter: search “unknown”, status “present”, sorted by “Name”'],
  [
    '/runs?status=succeeded&startedAfter=2026-03-01T00:00:00Z',
    'Filter: status “succeeded”, since “2026-03-01T00:00:00Z”',
  ],
  ['/rejected-records', 'Filter: state “open”'],
])('prints the filter of %s instead of its form', async (path, filter) => {
  await page.goto(api.url + path);
  const printed = page.getByText(filter, { exact: true });
  expect(await printed.isVisible()).toBe(false);
  await page.emulateMedia({ media: 'print' });
  expect(await printed.isVisible()).toBe(true);
  expect(await page.locator('form, nav, button').filter({ visible: true }).count()).toBe(0);
});

it.each(['/providers', '/runs'])('prints %s within the sheet', async (path) => {
  await page.goto(api.url + path);
  await page.emulateMedia({ media: 'print' });
  const left = await page.locator('table').evaluate((table) => table.getBoundingClientRect().left);
  expect(left).toBeGreaterThanOrEqual(0);
});

it.each([
  ['in the zone of the browser', true, /^\w{3} \d{1,2}, \d{4}, \d{1,2}:\d\d:\d\d [AP]M GMT\+9$/],
  ['in UTC without scripts', false, /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC$/],
])('prints absolute times with their zone: %s', async (_case, javaScriptEnabled, form) => {
  const { page } = await openPage(browser, { timezoneId: 'Asia/Tokyo', locale: 'en-US', javaScriptEnabled });
  await page.goto(`${api.url}/providers`);
  await page.emulateMedia({ media: 'print' });
  const exact = await page.locator('td time').first().getAttribute('data-exact');
  expect(exact?.replaceAll('\u202f', ' ')).toMatch(form);
  expect(await styleOf(page, 'td time', 'content', '::after')).toBe(`"${exact}"`);
  expect(await styleOf(page, 'td time', 'font-size')).toBe('0px');
  await page.context().close();
});

it('prints light colours from a dark profile', async () => {
  await page.goto(`${api.url}/providers`);
  const colours = async () => [
    await styleOf(page, 'html', '--surface'),
    await styleOf(page, 'html', '--ink'),
  ];
  const dark = await colours();
  await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
  const printed = await colours();
  await page.emulateMedia({ media: 'screen', colorScheme: 'light' });
  expect(printed).toEqual(await colours());
  expect(printed).not.toEqual(dark);
});
