import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { launchBrowser, openPage, styleOf } from '../support/browser';
import { fillDirectory, LIVED_IN, type LivedIn } from '../support/lived-in-directory';
import { type Site, startSite } from '../support/site';

const AT = '2026-03-01T08:30:00.000Z';
const UTC = '2026-03-01 08:30:00 UTC';
/** A zone and a language that the server does not use. */
const TOKYO = { timezoneId: 'Asia/Tokyo', locale: 'de-CH' };
const LOCAL = '01.03.2026, 17:30:00';
const ALPINE = {
  schedule: { cron: '15 7 * * *', timeZone: 'Europe/Zurich', every: undefined, jitter: undefined },
};

let browser: Browser;
let site: Site;
let livedIn: LivedIn;
let page: Page;
let complaints: string[];

beforeAll(async () => {
  browser = await launchBrowser();
  site = await startSite({ partners: { ...LIVED_IN, alpine: ALPINE } });
  livedIn = await fillDirectory(site.system.dataSource);
  await site.system.dataSource.query('UPDATE sync_runs SET started_at = $1 WHERE id = $2', [
    AT,
    livedIn.runs.failed,
  ]);
});
afterAll(async () => {
  await browser?.close();
  await site?.close();
});
afterEach(async () => {
  await page.context().close();
  expect(complaints).toEqual([]);
});

async function open(path: string, options: BrowserContextOptions = TOKYO): Promise<void> {
  ({ page, complaints } = await openPage(browser, options));
  await page.goto(site.url + path);
}

const started = () => page.locator(`main time[datetime="${AT}"]:not([data-relative])`).first();
const button = (name: RegExp | string) =>
  page.getByRole('group', { name: 'Times' }).getByRole('button', { name });

describe('an exact time', () => {
  it('is in the zone and language of the browser, with UTC on hover', async () => {
    await open(`/runs/${livedIn.runs.failed}`);
    expect(await started().textContent()).toBe(LOCAL);
    expect(await started().getAttribute('title')).toBe(`${LOCAL} · ${UTC}`);
    expect(await started().getAttribute('lang')).toBe('de-CH');
  });

  it('is in UTC without scripts, as the page says', async () => {
    await open(`/runs/${livedIn.runs.failed}`, { ...TOKYO, javaScriptEnabled: false });
    expect(await started().textContent()).toBe(UTC);
    expect(await page.locator('footer').innerText()).toContain('Times are in UTC.');
    expect(await page.getByRole('group', { name: 'Times' }).count()).toBe(0);
  });

  it('is in UTC after the visitor chose so, on other pages and after a reload too', async () => {
    await open('/runs');
    expect(await button('Local time (Asia/Tokyo)').getAttribute('aria-pressed')).toBe('true');
    await button('UTC').click();
    await page.goto(`${site.url}/runs/${livedIn.runs.failed}`);
    expect(await started().textContent()).toBe(UTC);
    expect(await button(/^UTC$/).getAttribute('aria-pressed')).toBe('true');
    await button(/^Local/).click();
    expect(await started().textContent()).toBe(LOCAL);
    await page.reload();
    expect(await started().textContent()).toBe(LOCAL);
  });

  it.each(['UTC', 'Atlantic/Reykjavik'])(
    'has no choice in %s, where local time is UTC',
    async (timezoneId) => {
      await open('/runs', { timezoneId, locale: 'de-CH' });
      expect(await page.getByRole('group', { name: 'Times' }).count()).toBe(0);
      await page.locator('footer').getByText('Times are in UTC.').waitFor();
      // A choice of a time when the browser was elsewhere.
      await page.evaluate("localStorage.setItem('times', 'utc')");
      await page.goto(`${site.url}/runs/${livedIn.runs.failed}`);
      expect(await started().textContent()).toBe('01.03.2026, 08:30:00');
    },
  );

  it('is local in a part that htmx replaces', async () => {
    await open('/runs');
    const status = page.getByLabel('Status');
    await status.selectOption('failed');
    await page.waitForURL(/status=failed/);
    const shown = await page.locator('td.when a time').allTextContents();
    expect(shown.length).toBeGreaterThan(0);
    for (const time of shown) expect(time).toMatch(/^\d\d\.\d\d\.\d{4}, \d\d:\d\d:\d\d$/);
  });
});

describe('a relative time', () => {
  it.each([
    ['in a row whose link has the focus', '/providers', 'td a', 'td time[data-relative]'],
    ['that has the focus itself', '/', '.figures time', '.figures time'],
  ])('shows the exact time, %s', async (_where, path, focused, time) => {
    await open(path);
    expect(await styleOf(page, time, 'content', '::after')).toBe('none');
    await page.locator('.skip').focus();
    await page.keyboard.press('Tab');
    await page.locator(focused).first().focus();
    const exact = await page.locator(time).first().getAttribute('data-exact');
    expect(exact).toMatch(/ GMT\+9$/);
    expect(await styleOf(page, time, 'content', '::after')).toBe(`"${exact}"`);
  });
});

it.each(['/', '/providers', '/runs', '/partners', '/rejected-records'])(
  'moves nothing on %s while a slow computer loads it',
  async (path) => {
    ({ page, complaints } = await openPage(browser, TOKYO));
    const devtools = await page.context().newCDPSession(page);
    await devtools.send('Emulation.setCPUThrottlingRate', { rate: 6 });
    await page.addInitScript(`{
      window.moved = [];
      const nameOf = ({ node }) => node?.outerHTML ?? node?.nodeValue;
      new PerformanceObserver((list) => {
        window.moved.push(...list.getEntries().flatMap(({ sources }) => sources.map(nameOf)));
      }).observe({ type: 'layout-shift', buffered: true });
    }`);
    await page.goto(site.url + path);
    await page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');
    expect(await page.evaluate('window.moved')).toEqual([]);
  },
);

it('shows the times of a schedule in words, and the next five', async () => {
  await open('/partners');
  const card = page.locator('#brightwater');
  await card.getByText('Every day at 05:30 (UTC).').waitFor();
  const next = await card.getByRole('listitem').allInnerTexts();
  expect(next).toHaveLength(5);
  for (const time of next) expect(time).toMatch(/, 14:30:00 GMT\+9 = \w{3} 05:30 in UTC/);
});

it.each([
  ['the zone of the schedule', { timezoneId: 'Europe/Zurich' }, /, 0?7:15:00 (MEZ|MESZ)( \(.*\))?$/],
  ['another zone', {}, /, 1[45]:15:00 GMT\+9 = \w{3} 07:15 in Europe\/Zurich( \(.*\))?$/],
  [
    'no zone that is known',
    { javaScriptEnabled: false },
    / 0[56]:15:00 UTC = \w{3} 07:15 in Europe\/Zurich( \(.*\))?$/,
  ],
])('shows the next runs of a schedule to a reader in %s', async (_reader, options, expected) => {
  await open('/partners', { ...TOKYO, ...options });
  const next = await page.locator('#alpine').getByRole('listitem').allInnerTexts();
  expect(next).toHaveLength(5);
  for (const time of next) expect(time).toMatch(expected);
});
