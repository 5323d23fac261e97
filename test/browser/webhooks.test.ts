import type { Browser, Page } from 'playwright-core';
import { WEBHOOK_EVENTS } from '../../src/contract/webhooks';
import { startTestApi, type TestApi } from '../support/api';
import { launchBrowser, openPage } from '../support/browser';
import { expectAccessible } from '../support/expect-accessible';
import { openTestStore, type TestStore } from '../support/store-fixtures';

let browser: Browser;
let store: TestStore;
let api: TestApi;
let page: Page;

/** A receiver in each state, with the longest texts that a page has to hold. */
async function addReceivers(): Promise<void> {
  await store.dataSource.query(
    `INSERT INTO webhook_receivers
       (name, host, events, partners, configured, last_delivered_at, failing_since, failure, disabled_at)
     VALUES
       ('archive', 'archive.example', $1, NULL, true, now(), NULL, NULL, NULL),
       ('pager', 'hooks.on-call.hospital.example:8443', $2, ARRAY['noteworth', 'brightwater-north'], true, now(), now(),
         'HTTP 302: redirects are not followed', NULL),
       ('records', 'records.example', $1, NULL, true, NULL, now(), 'HTTP 410: the receiver wants nothing more', now()),
       ('former', 'former.example', $2, NULL, false, NULL, NULL, NULL, NULL)`,
    [WEBHOOK_EVENTS, WEBHOOK_EVENTS.slice(0, -1)],
  );
  await store.dataSource.query(
    `INSERT INTO webhook_messages (receiver, event, partner, subject_id, data)
     SELECT receiver, 'run.failed', 'noteworth', gen_random_uuid(), '{}'
     FROM unnest(ARRAY['pager', 'records', 'former']) AS receiver, generate_series(1, 1200)`,
  );
}

beforeAll(async () => {
  browser = await launchBrowser();
  store = await openTestStore();
  await addReceivers();
  api = await startTestApi({ dataSource: store.dataSource });
});
afterAll(async () => {
  await browser?.close();
  await api?.close();
  await store?.close();
});
afterEach(() => page?.context().close());

const open = async (width: number) => {
  ({ page } = await openPage(browser, { viewport: { width, height: 800 } }));
  await page.goto(`${api.url}/webhooks`);
};

describe('the page of webhooks', () => {
  it('is accessible with receivers in each state, narrow and wide, in both themes', async () => {
    await expectAccessible(browser, `${api.url}/webhooks`);
  });

  it.each([360, 1280])('is not wider than a screen of %i pixels', async (width) => {
    await open(width);
    expect(await page.locator('tbody').getByRole('row').count()).toBe(4);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
    const table = page.locator('.table-wrap');
    expect(await table.evaluate((wrap) => wrap.scrollWidth - wrap.clientWidth)).toBe(0);
  });

  it('sends again with the keyboard', async () => {
    await open(1280);
    const buttons = page.getByRole('button', { name: /^Send again to / });
    expect(await buttons.evaluateAll((all) => all.map(({ id }) => id))).toEqual([
      'replay-pager',
      'replay-records',
    ]);
    await buttons.first().press('Shift+Tab');
    await page.keyboard.press('Tab');
    const request = page.waitForRequest((sent) => sent.method() === 'POST');
    await page.keyboard.press('Enter');
    expect(new URL((await request).url()).pathname).toBe('/webhooks/pager/replay');
  });
});
