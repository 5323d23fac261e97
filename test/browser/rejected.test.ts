import type { Browser, Page } from 'playwright-core';
import { launchBrowser, openPage } from '../support/browser';
import { expectAccessible } from '../support/expect-accessible';
import { rejectingSync, rejection } from '../support/rejected';
import { type Site, startSite } from '../support/site';
import { provider, sync } from '../support/store-fixtures';

const OLGA = {
  ...{ givenName: 'Olga', familyName: 'Hernandez', field: 'clinic' },
  raw: '{"name_given":"Olga","name_family":"Hernandez"}',
};
const NAMELESS = { reason: 'NotAnObject', field: null, givenName: null, familyName: null, raw: '7' } as const;

let browser: Browser;
let site: Site;

beforeAll(async () => {
  browser = await launchBrowser();
  site = await startSite();
});
afterAll(async () => {
  await browser?.close();
  await site?.close();
});
beforeEach(async () => {
  const { dataSource } = site.system;
  await dataSource.query('TRUNCATE rejected_records');
  for (const _ of [1, 2, 3]) {
    await rejectingSync(dataSource, [rejection('olga', OLGA), rejection('ann'), rejection(null, NAMELESS)]);
  }
  await sync(dataSource, 'sample', [provider('ann')]);
});

/** Opens the records of Olga from the list. Fails if the browser reports an error. */
async function onOlga(javaScriptEnabled: boolean, test: (page: Page) => Promise<void>): Promise<void> {
  const { page, complaints } = await openPage(browser, { javaScriptEnabled });
  await page.goto(site.url);
  await page.getByRole('link', { name: 'Rejected', exact: true }).click();
  await page.getByText('Came 3 times').first().waitFor();
  await page.getByRole('link', { name: 'Olga Hernandez: clinic is missing' }).click();
  await page.getByRole('heading', { name: 'Olga Hernandez: clinic is missing' }).waitFor();
  await test(page);
  await page.context().close();
  expect(complaints).toEqual([]);
}

describe.each([
  ['with JavaScript', true],
  ['without JavaScript', false],
])('the records of a person with one fault, %s', (_how, javaScriptEnabled) => {
  it('are dismissed together with a reason, and reopened', async () => {
    await onOlga(javaScriptEnabled, async (page) => {
      const all = page.getByRole('region', { name: 'Decide about all of them' });
      await all.getByLabel('Why nothing is to be done').fill('She has no clinic');
      await all.getByLabel('Your name').fill('zoe');
      await page.getByRole('button', { name: 'Dismiss all open records of this person and fault' }).click();
      await page.getByText('Your decision is recorded. The open records are dismissed.').waitFor();
      expect(await page.getByText(/By zoe.*: She has no clinic/).count()).toBe(3);
      await page.getByRole('link', { name: 'Rejected', exact: true }).click();
      await page.getByText('Unknown person').first().waitFor();
      expect(await page.getByRole('link', { name: /^Olga/ }).count()).toBe(0);
      await page.goBack();
      await page.getByRole('button', { name: 'Reopen all dismissed records' }).click();
      await page.getByText('The dismissed records are reopened.').waitFor();
    });
  });

  it('are dismissed one by one', async () => {
    await onOlga(javaScriptEnabled, async (page) => {
      const last = page.locator('.records > li').last();
      await last.getByText('Dismiss only record 1').click();
      await last.getByLabel('Why nothing is to be done').fill('An old one');
      await last.getByRole('button', { name: 'Dismiss record 1' }).click();
      await page.getByText(/By an operator \(web page\).*: An old one/).waitFor();
      await page.getByRole('button', { name: 'Reopen record 1' }).click();
      await page.getByText('The dismissed records are reopened.').waitFor();
    });
  });

  it('are filtered by their state', async () => {
    const { page } = await openPage(browser, { javaScriptEnabled });
    await page.goto(`${site.url}/rejected-records`);
    await page.getByLabel('State').selectOption('gone');
    if (!javaScriptEnabled) await page.getByRole('button', { name: 'Filter' }).click();
    await page.getByRole('link', { name: 'Given ann Family ann: title is missing' }).waitFor();
    await page.getByText('In the directory. See Given ann Family ann').waitFor();
    expect(await page.getByRole('link', { name: /^Olga/ }).count()).toBe(0);
    await page.context().close();
  });
});

describe('the message to the partner', () => {
  it('is copied by its button', async () => {
    await onOlga(true, async (page) => {
      await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
      await page.getByRole('button', { name: 'Copy the message' }).click();
      await page.getByText('Copied.').waitFor();
      const copied = (await page.evaluate('navigator.clipboard.readText()')) as string;
      expect(copied).toContain('1. Olga Hernandez: clinic is missing (received 3 times)');
      expect(copied.split(OLGA.raw)).toHaveLength(4);
    });
  });

  it('is copied from the list too, after a filter', async () => {
    const { page, complaints } = await openPage(browser);
    await page.goto(`${site.url}/rejected-records`);
    await page.getByLabel('Reason').selectOption('NotAnObject');
    await page.getByRole('link', { name: /^Olga/ }).waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Copy the message' }).click();
    await page.getByText('Copied.').waitFor();
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it('is a text without JavaScript, and has no button', async () => {
    await onOlga(false, async (page) => {
      const text = page.getByRole('textbox', { name: 'Message to noteworth' });
      expect(await text.inputValue()).toMatch(/^Hello,\n\n.*1\. Olga Hernandez/s);
      expect(await page.getByRole('button', { name: 'Copy the message' }).isVisible()).toBe(false);
    });
  });
});

it.each([
  ['the groups', '/rejected-records?state=all'],
  ['the records of a run', ''],
])('has no accessibility violation on %s', async (_name, path) => {
  const [{ id }] = await site.system.dataSource.query('SELECT run_id AS id FROM rejected_records LIMIT 1');
  await expectAccessible(browser, `${site.url}${path || `/rejected-records?runId=${id}`}`);
});

it('has no accessibility violation on a group, open and dismissed', async () => {
  const { dataSource } = site.system;
  const [{ id }] = await dataSource.query(
    `SELECT encode(group_key, 'hex') AS id FROM rejected_records WHERE given_name = 'Olga' LIMIT 1`,
  );
  await dataSource.query(
    `UPDATE rejected_records SET dismissed_at = now(), dismissed_by = 'zoe', dismissed_reason = 'x'
     WHERE given_name = 'Olga' AND run_id IN (SELECT run_id FROM rejected_records LIMIT 1)`,
  );
  await expectAccessible(browser, `${site.url}/rejected-records?group=${id}`);
});
