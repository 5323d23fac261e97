import type { Browser, Page } from 'playwright-core';
import { startTestApi, type TestApi } from '../support/api';
import { launchBrowser, openPage } from '../support/browser';
import { EXAMPLE_SECRETS, examplePartners } from '../support/example-partners';
import { expectAccessible } from '../support/expect-accessible';
import { openTestStore, type TestStore } from '../support/store-fixtures';

let browser: Browser;
let store: TestStore;
let api: TestApi;
let page: Page;
let complaints: string[];

beforeAll(async () => {
  browser = await launchBrowser();
  store = await openTestStore();
  api = await startTestApi({
    dataSource: store.dataSource,
    partners: examplePartners('http://127.0.0.1:4010'),
  });
});
afterAll(async () => {
  await browser?.close();
  await api?.close();
  await store?.close();
});
beforeEach(async () => {
  ({ page, complaints } = await openPage(browser, { viewport: { width: 1280, height: 800 } }));
  await page.goto(`${api.url}/partners`);
});
afterEach(async () => {
  await page.context().close();
  expect(complaints).toEqual([]);
});

/** The text of a fact of a partner, such as `Request`. */
const fact = (partner: string, name: string) =>
  page
    .locator(`#${partner} dt`, { hasText: new RegExp(`^${name}$`) })
    .locator('+ dd')
    .innerText();

describe('the page of the partners', () => {
  it('shows how each kind of partner is read', async () => {
    expect(await fact('acme', 'Authentication')).toBe('OAuth 2.0 client credentials from POST /oauth/token');
    expect(await fact('acme', 'Request')).toBe('GET /v1/clinicians, header Authorization');
    expect(await fact('acme', 'Answer')).toBe('JSON, the list at data');
    expect(await fact('acme', 'Pages')).toBe('by the link in each answer');
    expect(await fact('acme', 'Limits')).toBe(
      'At most 4 MiB a page, 100,000 records, 10,000 pages, 20 % may leave without approval',
    );
    expect(await fact('nppes', 'Request')).toBe('GET /api/, parameters version, limit');
    expect(await fact('county', 'Answer')).toBe('CSV with a header row');
    expect(await fact('noteworth', 'Authentication')).toBe('A token from GET /auth');
  });

  it('shows our fields beside those of the partner, also those that it does not send', async () => {
    const rows = page.getByRole('table', { name: 'Fields of noclist' }).getByRole('row');
    expect(await rows.allInnerTexts()).toEqual([
      'Our field\tTheir field',
      'Given name\tnot sent',
      'Family name\tline',
      'Title\tnot sent',
      'Clinic\tnot sent',
    ]);
  });

  it('shows no secret', async () => {
    const html = await page.content();
    for (const secret of Object.values(EXAMPLE_SECRETS)) expect(html).not.toContain(secret);
  });

  it('is accessible and fits on narrow screens with all kinds of partners', () =>
    expectAccessible(browser, `${api.url}/partners`));
});
