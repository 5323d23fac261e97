import type { Browser, Page } from 'playwright-core';
import { startTestApi, type TestApi } from '../support/api';
import { launchBrowser, openPage } from '../support/browser';
import { openTestStore, provider, sync, type TestStore } from '../support/store-fixtures';

let browser: Browser;
let store: TestStore;
let api: TestApi;
let runId: string;

beforeAll(async () => {
  browser = await launchBrowser();
  store = await openTestStore();
  api = await startTestApi({ dataSource: store.dataSource });
  const people = Array.from({ length: 60 }, (_, number) =>
    provider(`p${number}`, { clinic: `A clinic with a rather long name, number ${number % 3}` }),
  );
  await sync(store.dataSource, 'snapshot', people);
  ({ runId } = await sync(store.dataSource, 'snapshot', [
    { ...people[0], title: 'NP', attributes: { phone: '0123456789012345678901234567890123456789' } },
    ...people.slice(1, 59),
  ] as typeof people));
});
afterAll(async () => {
  await browser?.close();
  await api?.close();
  await store?.close();
});

/** The names in the list, each with what happened. */
const rows = (page: Page) => page.locator('#changes tbody').allInnerTexts();

async function opened(path: string, options: Parameters<typeof openPage>[1] = {}) {
  const { page, complaints } = await openPage(browser, options);
  await page.goto(api.url + path);
  return { page, complaints };
}

describe('the changes', () => {
  it('are filtered in place, with the filter in the address', async () => {
    const { page, complaints } = await opened('/changes');
    await page.evaluate('window.isTheSame = true');
    await page.getByLabel('What changed').selectOption('title');
    await page.locator('#kind-changed[href*="field=title"]').waitFor();
    expect(await rows(page)).toEqual([expect.stringMatching(/Family p0, Given p0.*title.*Dr\..*NP/s)]);
    expect(new URL(page.url()).search).toBe('?field=title');
    await page.getByLabel('To day').fill('2001-01-01');
    await page.getByText('No changes match these filters').waitFor();
    expect(await page.locator('#period').innerText()).toContain('2001');
    expect(await page.evaluate('window.isTheSame')).toBe(true);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it('need no script: filters, kinds, pages and unmapped fields', async () => {
    const { page } = await opened('/', { javaScriptEnabled: false });
    await page.locator('#figure-changes').click();
    await page.getByRole('link', { name: 'Left 1' }).click();
    expect(await rows(page)).toEqual([expect.stringContaining('left the partner’s list')]);
    await page.getByRole('link', { name: 'Changed 1' }).click();
    await page.getByText('1 other field').click();
    await page.getByText('0123456789').waitFor();
    await page.getByLabel('What changed').selectOption('clinic');
    await page.getByRole('button', { name: 'Filter' }).click();
    await page.getByRole('link', { name: 'Clear filters' }).click();
    await page.getByRole('link', { name: 'Next page' }).click();
    await page.getByRole('link', { name: 'First page' }).waitFor();
    await page.context().close();
  });

  it('of a run are reached from its page, and lead back', async () => {
    const { page } = await opened(`/runs/${runId}`);
    await page.getByRole('link', { name: '1 left' }).click();
    expect(await rows(page)).toEqual([expect.stringContaining('Family p59')]);
    await page.getByRole('link', { name: 'Back to the sync of noteworth' }).click();
    await page.waitForURL(`**/runs/${runId}`);
    await page.context().close();
  });

  it.each([360, 1280])('fit on a page of %d pixels', async (width) => {
    const { page } = await opened('/changes?field=other', { viewport: { width, height: 800 } });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
    await page.context().close();
  });
});
