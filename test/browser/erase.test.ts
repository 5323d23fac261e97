import type { Browser, Page } from 'playwright-core';
import { launchBrowser, openPage } from '../support/browser';
import { expectAccessible } from '../support/expect-accessible';
import { person, serving } from '../support/people';
import { type Site, startSite } from '../support/site';

let browser: Browser;
let site: Site;

const NAME = 'Dorothea';
const OTHERS = Array.from({ length: 9 }, (_, number) => person(`Ann ${number}`));

beforeAll(async () => {
  browser = await launchBrowser();
  site = await startSite();
});
afterAll(async () => {
  await browser?.close();
  await site?.close();
});
beforeEach(() => site.system.sync({ providers: [serving(person(NAME), ...OTHERS)] }));

const idOf = async (name: string): Promise<string> => {
  const [row] = await site.system.dataSource.query('SELECT id FROM providers WHERE given_name = $1', [name]);
  return row?.id;
};

/** Opens the page of the person. Fails if the browser reports an error. */
async function onPerson(javaScriptEnabled: boolean, test: (page: Page) => Promise<void>): Promise<void> {
  const { page, complaints } = await openPage(browser, { javaScriptEnabled });
  await page.goto(`${site.url}/providers/${await idOf(NAME)}`);
  await test(page);
  await page.context().close();
  expect(complaints).toEqual([]);
}

describe.each([
  ['with JavaScript', true],
  ['without JavaScript', false],
])('erasing a person, %s', (_how, javaScriptEnabled) => {
  it('needs a reason and a confirmation, leads to the receipt, and can be lifted', async () => {
    await onPerson(javaScriptEnabled, async (page) => {
      const address = page.url();
      await page.getByRole('link', { name: 'Erase this person' }).click();
      await page.getByRole('heading', { name: 'What is removed' }).waitFor();
      const erase = page.getByRole('button', { name: /^Erase Dorothea/ });
      await page.getByLabel('Reason, without the name').fill('Dorothea asked');
      await erase.click();
      // The browser asks for the confirmation.
      expect(await page.getByRole('checkbox').evaluate((box) => box.matches(':invalid'))).toBe(true);
      await page.getByRole('checkbox').check();
      await erase.click();
      await page.getByText('The reason holds the name of the person').waitFor();
      await page.getByLabel('Reason, without the name').fill('Ticket 7');
      await page.getByLabel('Your name').fill('zoe');
      await page.getByRole('checkbox').check();
      await erase.click();
      await page.getByText('The person is erased. This is the receipt.').waitFor();
      expect(await page.getByText('Ticket 7').count()).toBe(1);
      expect(await idOf(NAME)).toBeUndefined();
      const receipt = page.url().split('?')[0] ?? '';
      await page.goto(address);
      expect(page.url()).toBe(receipt);
      await page.getByRole('link', { name: 'All receipts' }).click();
      await page.getByRole('cell', { name: 'Ticket 7' }).first().waitFor();
      await page.goto(receipt);
      await page.getByLabel('Your name').fill('max');
      await page.getByRole('button', { name: 'Let the person come back' }).click();
      await page.getByText('The person may come back with the next answer').waitFor();
      expect(await page.getByRole('button', { name: 'Let the person come back' }).count()).toBe(0);
    });
  });
});

it('is done with the keyboard alone', async () => {
  await onPerson(true, async (page) => {
    await page.locator('#erase').focus();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'What is removed' }).waitFor();
    await page.getByLabel('Reason, without the name').focus();
    await page.keyboard.type('Ticket 8');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Space');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByText('The person is erased. This is the receipt.').waitFor();
  });
  await site.system.dataSource.query('TRUNCATE suppressed_people');
});

it('has no accessibility violation, before and after', async () => {
  await expectAccessible(browser, `${site.url}/providers/${await idOf(NAME)}/erase?notice=named`);
  await expectAccessible(browser, `${site.url}/erasures`);
  const [{ id }] = await site.system.dataSource.query('SELECT id FROM erasures LIMIT 1');
  await expectAccessible(browser, `${site.url}/erasures/${id}?notice=erased`);
});

it('says so if no one was erased', async () => {
  const { page } = await openPage(browser);
  await page.goto(`${site.url}/erasures?providerId=0198c2f4-6b1e-7c3a-9d52-3f0a6c1b2d4e`);
  await page.getByText('No receipt yet').waitFor();
  await page.context().close();
});
