import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { createApiToken, hashToken, ROLES, type Role } from '../../src/process/api-tokens';
import { listRuns } from '../../src/store/runs/read-runs';
import { launchBrowser, openPage } from '../support/browser';
import { type Site, startSite } from '../support/site';

const tokens = { viewer: createApiToken('viewer').token, operator: createApiToken('operator').token };
let browser: Browser;
let site: Site;
let page: Page;
let complaints: string[];
/** One session for each role, because an address may log in only a few times a minute. */
const sessions = new Map<Role, Awaited<ReturnType<BrowserContext['storageState']>>>();

beforeAll(async () => {
  browser = await launchBrowser();
  site = await startSite({
    http: {
      tokens: [
        { role: 'viewer', hash: hashToken(tokens.viewer) },
        { role: 'operator', hash: hashToken(tokens.operator) },
      ],
    },
  });
  await site.system.sync();
  for (const role of ROLES) {
    ({ page } = await openPage(browser));
    await logIn(tokens[role]);
    sessions.set(role, await page.context().storageState());
    await page.context().close();
  }
});
afterAll(async () => {
  await browser?.close();
  await site?.close();
});
beforeEach(async () => {
  ({ page, complaints } = await openPage(browser));
});
afterEach(async () => {
  await page.context().close();
  expect(complaints).toEqual([]);
});

async function logIn(token: string, path = '/'): Promise<void> {
  await page.goto(`${site.url}${path}`);
  await page.getByLabel('Token').fill(token);
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.getByRole('button', { name: 'Log out' }).waitFor();
}

/** Opens a page with the session of this role. */
async function goAs(role: Role, path = '/'): Promise<void> {
  await page.context().addCookies(sessions.get(role)?.cookies ?? []);
  await page.goto(`${site.url}${path}`);
  await page.getByRole('banner').getByText(`Signed in as ${role}`).waitFor();
}

/** Posts a form from the open page, also if the page has no such form. */
async function post(path: string, to = site.url): Promise<void> {
  const answered = page.waitForResponse((response) => response.request().method() === 'POST');
  await page.evaluate(`{
    const form = document.createElement('form');
    form.method = 'post';
    form.action = '${to}${path}';
    document.body.append(form);
    form.submit();
  }`);
  await answered;
}

async function countRuns(): Promise<number> {
  return (await listRuns(site.system.dataSource, { limit: 100 })).items.length;
}

it('asks for a token first, then opens the requested page', async () => {
  await page.goto(`${site.url}/providers?search=zoe&title=NP`);
  expect(new URL(page.url()).pathname).toBe('/login');
  expect(await page.getByRole('navigation').count()).toBe(0);
  await page.getByLabel('Token').fill(tokens.viewer);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Providers' }).waitFor();
  expect(new URL(page.url()).search).toBe('?search=zoe&title=NP');
  const [cookie] = await page.context().cookies();
  expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Lax', path: '/' });
  expect(cookie?.value).not.toContain(tokens.viewer);
});

it('refuses an unknown token with a message, and accepts a known one afterwards', async () => {
  await page.goto(`${site.url}/runs`);
  await page.getByLabel('Token').fill(`${tokens.viewer}x`);
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.getByRole('alert').getByText('This token is unknown.').waitFor();
  expect(await page.getByLabel('Token').inputValue()).toBe('');
  expect(await page.context().cookies()).toEqual([]);
  await page.getByLabel('Token').fill(` ${tokens.viewer} `);
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.getByRole('heading', { name: 'Runs' }).waitFor();
});

it.each(['//evil.example/', '/\\evil.example/', 'javascript:alert(1)'])(
  'leads nowhere else after a login: %s',
  async (next) => {
    await logIn(tokens.viewer, `/login?next=${encodeURIComponent(next)}`);
    expect(page.url()).toBe(`${site.url}/`);
  },
);

it('shows a viewer all data without a form that changes something, and refuses the requests of a viewer', async () => {
  await goAs('viewer');
  const { items } = await listRuns(site.system.dataSource, { limit: 1 });
  const runs = await countRuns();
  for (const path of ['/', '/runs', `/runs/${items[0]?.id}`, '/partners']) {
    await page.goto(`${site.url}${path}`);
    await page.getByRole('banner').getByText('Signed in as viewer').waitFor();
    expect(await page.locator('main form[method=post]').count()).toBe(0);
  }
  for (const path of ['/runs', `/runs/${items[0]?.id}/cancel`, '/partners/noteworth/schedule/pause']) {
    await post(path);
    await page.getByText('This needs the token of an operator; yours is a viewer’s.').waitFor();
    await page.getByRole('link', { name: 'To the overview' }).click();
    await page.getByRole('heading', { name: 'The directory is fresh' }).waitFor();
  }
  expect(await countRuns()).toBe(runs);
  expect(await page.getByText('is paused').count()).toBe(0);
});

it('shows an operator the buttons', async () => {
  await goAs('operator', '/partners');
  expect(await page.getByRole('button', { name: 'Pause the schedule of noteworth' }).count()).toBe(1);
  await page.getByRole('button', { name: 'Sync noteworth now' }).click();
  await page.locator('h1 .status', { hasText: 'succeeded' }).waitFor();
});

it.each([360, 1280])('has the role and the logout at the top right, %d pixels wide', async (width) => {
  await page.setViewportSize({ width, height: 800 });
  await goAs('operator');
  const box = await page.getByRole('button', { name: 'Log out' }).boundingBox();
  const brand = await page.getByRole('link', { name: 'Provider Sync' }).boundingBox();
  const middle = (of: typeof box) => (of?.y ?? 0) + (of?.height ?? 0) / 2;
  expect(Math.abs(middle(box) - middle(brand))).toBeLessThan(2);
  const left = brand?.x ?? 0;
  expect(Math.abs(width - left - ((box?.x ?? 0) + (box?.width ?? 0)))).toBeLessThan(20);
});

it('logs out, and refuses a copy of the cookie afterwards', async () => {
  // A separate session, because the logout ends it on the server too.
  await logIn(tokens.operator);
  const copied = await page.context().cookies();
  await page.getByRole('button', { name: 'Log out' }).click();
  await page.getByRole('heading', { name: 'Log in' }).waitFor();
  expect(await page.context().cookies()).toEqual([]);
  await page.goBack();
  await page.getByRole('heading', { name: 'Log in' }).waitFor();
  await page.context().addCookies(copied);
  await page.goto(`${site.url}/runs`);
  await page.getByRole('heading', { name: 'Log in' }).waitFor();
});

it('asks for a login after the end of a session, for every kind of request', async () => {
  await goAs('operator');
  await page.context().clearCookies();
  await page.getByRole('button', { name: 'Sync noteworth now' }).click();
  await page.getByRole('heading', { name: 'Log in' }).waitFor();
});

describe('a page of another origin', () => {
  let elsewhere: Server;
  let url: string;

  beforeAll(async () => {
    elsewhere = createServer((_request, response) => {
      response.setHeader('Content-Type', 'text/html').end('<!doctype html><title>Elsewhere</title><body>');
    });
    await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}/`;
  });
  afterAll(() => elsewhere.close());

  it('cannot change anything with the session of an operator', async () => {
    await goAs('operator');
    const runs = await countRuns();
    for (const path of ['/runs', '/partners/noteworth/schedule/pause', '/logout', '/login']) {
      await page.goto(url);
      await post(path);
      await page.getByText('Pages of other origins may not change anything here.').waitFor();
    }
    expect(await countRuns()).toBe(runs);
    await page.goto(site.url);
    expect(await page.getByText('is paused').count()).toBe(0);
    await page.getByRole('banner').getByText('Signed in as operator').waitFor();
  });

  it('cannot show these pages in a frame', async () => {
    await goAs('operator');
    await page.goto(url);
    await page.evaluate(`document.body.innerHTML = '<iframe src="${site.url}/"></iframe>'`);
    const frame = page.frameLocator('iframe');
    await page.waitForFunction('document.querySelector("iframe").contentDocument === null');
    expect(await frame.getByText('Provider Sync').count()).toBe(0);
    expect(complaints.splice(0)).toEqual([expect.stringContaining('frame-ancestors')]);
  });
});

it('limits the login attempts of an address', async () => {
  await page.goto(`${site.url}/login`);
  for (let tries = 0; tries < 12 && (await page.getByLabel('Token').count()) > 0; tries += 1) {
    await page.getByLabel('Token').fill(`guess ${tries}`);
    await page.getByRole('button', { name: 'Log in' }).click();
  }
  await page.getByText('Too many requests from your address').waitFor();
});
