import type { Browser, Page } from 'playwright-core';
import { startTestApi, type TestApi } from '../support/api';
import { launchBrowser, openPage, styleOf } from '../support/browser';
import { openTestStore, provider, sync, type TestStore } from '../support/store-fixtures';

let browser: Browser;
let store: TestStore;
let api: TestApi;
let page: Page;

beforeAll(async () => {
  browser = await launchBrowser();
  store = await openTestStore();
  api = await startTestApi({ dataSource: store.dataSource });
  await sync(store.dataSource, 'sample', [provider('Ann')]);
});
afterAll(async () => {
  await browser?.close();
  await api?.close();
  await store?.close();
});
beforeEach(async () => {
  ({ page } = await openPage(browser));
  await page.emulateMedia({ forcedColors: 'active' });
  await page.goto(api.url);
});
afterEach(() => page.context().close());

/** Red, green and blue of a computed colour. */
const withoutAlpha = (colour: string) => colour.match(/\d+/g)?.slice(0, 3);

describe('with forced colours', () => {
  it('the current tab differs from the others', async () => {
    const [current, other] = await Promise.all(
      ['.nav a[aria-current]', '.nav a:not([aria-current])'].map((tab) =>
        styleOf(page, tab, 'border-bottom-color'),
      ),
    );
    expect(current).not.toBe(other);
  });

  it('the marks of the last runs differ from the page', async () => {
    const [mark, behind] = [
      await styleOf(page, '.strip .mark', 'background-color'),
      await styleOf(page, 'body', 'background-color'),
    ];
    expect(withoutAlpha(mark)).not.toEqual(withoutAlpha(behind));
  });
});
