import type { Browser, Page } from 'playwright-core';
import { type Simulator, startSimulator } from '../../src/simulator/simulator';
import { launchBrowser, openPage } from '../support/browser';
import { expectAccessible } from '../support/expect-accessible';

let browser: Browser;
let simulator: Simulator;

beforeAll(async () => {
  [browser, simulator] = await Promise.all([
    launchBrowser(),
    startSimulator({ seed: 1, rates: { auth: {}, providers: {} } }),
  ]);
});
beforeEach(() => simulator.reset());
afterAll(async () => {
  await browser?.close();
  await simulator?.close();
});

/** Makes a call to the simulator as a sync does. */
const callAuth = async () => (await fetch(`${simulator.url}/auth`)).status;

async function pressInAuth(page: Page, button: string): Promise<void> {
  await page.locator('#plan-auth').getByRole('button', { name: button, exact: true }).click();
}

it('has no accessibility violation, narrow and wide, in both themes', async () => {
  simulator.script('auth', ['hang', 'error500']);
  simulator.family.acme.script({ endpoint: 'providers', page: 3, steps: ['cut'] });
  await fetch(`${simulator.url}/providers`);
  await expectAccessible(browser, simulator.url);
});

it.each([true, false])('plans answers with its buttons, with JavaScript: %s', async (javaScriptEnabled) => {
  const { page, complaints } = await openPage(browser, { javaScriptEnabled });
  await page.goto(simulator.url);
  await page.locator('#count-auth').fill('2');
  await pressInAuth(page, 'Fail (500)');
  await page.locator('#planned-auth li', { hasText: 'Fail (500) × 2' }).waitFor();
  expect([await callAuth(), await callAuth(), await callAuth()]).toEqual([500, 500, 200]);
  await page.getByRole('button', { name: '2 s' }).click();
  await page.getByText('A hang is silent for 2 s').waitFor();
  expect(complaints).toEqual([]);
  await page.context().close();
});

it('shows calls and the plan while it is open, and keeps the focus', async () => {
  const { page, complaints } = await openPage(browser);
  await page.goto(simulator.url);
  await page.evaluate('window.isStill = true');
  await pressInAuth(page, 'Hang');
  await page.getByRole('status').filter({ hasText: 'Hang' }).waitFor({ state: 'attached' });
  const hanging = fetch(`${simulator.url}/auth`, { signal: AbortSignal.timeout(30_000) }).catch(() => null);
  await page.getByText('no answer yet').waitFor();
  await page.locator('#planned-auth').filter({ hasNotText: 'Hang' }).waitFor();
  await page.locator('#set-short').focus();
  simulator.configure({ hangMs: 7_000 });
  await page.getByText('A hang is silent for 7 s').waitFor();
  expect(await page.evaluate('document.activeElement.id')).toBe('set-short');
  expect(await page.evaluate('window.isStill')).toBe(true);
  expect(complaints).toEqual([]);
  simulator.configure({ hangMs: 30_000 });
  await page.context().close();
  simulator.reset();
  await Promise.race([hanging, Promise.resolve()]);
});

it('says why a form was refused', async () => {
  const { page } = await openPage(browser);
  await page.goto(simulator.url);
  await page.getByLabel('Partner', { exact: true }).selectOption('county');
  await page.locator('#plan-family').getByRole('button', { name: 'Steal the token' }).click();
  await page.getByRole('alert').filter({ hasText: 'county gives no tokens' }).waitFor();
  await page.context().close();
});

it('says that the simulator does not answer, until it does', async () => {
  const other = await startSimulator({ rates: { auth: {}, providers: {} } });
  const { page } = await openPage(browser);
  await page.goto(other.url);
  await other.close();
  await page.getByRole('alert').filter({ hasText: 'does not answer' }).waitFor();
  const again = await startSimulator({ port: other.port });
  await page.getByRole('alert').filter({ hasNotText: 'does not answer' }).waitFor({ state: 'attached' });
  await page.context().close();
  await again.close();
});

it('moves nothing when calls arrive', async () => {
  const { page } = await openPage(browser, { viewport: { width: 1280, height: 900 } });
  await page.goto(simulator.url);
  const top = () =>
    page.evaluate('document.getElementById("settings").getBoundingClientRect().top + scrollY');
  const before = await top();
  for (let made = 0; made < 9; made += 1) await callAuth();
  await page.locator('#latest-calls tr').nth(7).waitFor();
  expect(await top()).toBe(before);
  await page.context().close();
});
