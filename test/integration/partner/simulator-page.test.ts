import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startSimulator } from '../../../src/simulator/simulator';
import { call, fetchProviders, newToken, simulator, useSimulator } from '../../support/simulator-caller';

useSimulator();

const FORM = { 'Content-Type': 'application/x-www-form-urlencoded' };

/** Sends a form as a browser or a program does. */
const submit = (path: string, fields: Record<string, string>, headers: Record<string, string> = {}) =>
  call(path, {
    method: 'POST',
    headers: { ...FORM, ...headers },
    body: new URLSearchParams(fields).toString(),
  });
const plan = (fields: Record<string, string>) =>
  submit('/plan', { partner: 'noteworth', endpoint: 'providers', count: '1', ...fields });
const shown = async () => (await call('/')).body.toString();

describe('the page', () => {
  it('has a strict policy, its style and its script', async () => {
    await call('/auth?<b>');
    const page = await call('/');
    const policy = String(page.headers['content-security-policy']);
    expect(policy).toMatch(/^default-src 'none'; style-src 'self'; script-src 'self'; /);
    expect(policy).toMatch(/form-action 'self'; base-uri 'none'; frame-ancestors 'none'$/);
    expect(page.body.toString()).toContain('GET /auth?&lt;b&gt;');
    expect((await call('/style.css')).headers['content-type']).toMatch(/^text\/css/);
    expect((await call('/page.js')).headers['content-type']).toMatch(/^text\/javascript/);
    const other = await call('/', { method: 'POST' });
    expect([other.status, other.headers.allow]).toEqual([405, 'GET, HEAD']);
    expect((await call('/plan')).status).toBe(405);
  });

  it('does not count itself as a call', async () => {
    await shown();
    expect(simulator.calls).toEqual([]);
  });
});

describe('the buttons', () => {
  it('plan the next answers, one after the other, and lead back to the page', async () => {
    const { status, headers } = await plan({ answer: 'fail', count: '2' });
    expect([status, headers.location]).toEqual([303, '/#plan-providers']);
    await plan({ answer: 'busy' });
    expect(await shown()).toContain('<li>Fail (500) × 2</li><li>Too many requests (429)</li>');
    const token = await newToken();
    const statuses: number[] = [];
    for (let made = 0; made < 4; made += 1) statuses.push((await fetchProviders(token)).status);
    expect(statuses).toEqual([500, 500, 429, 200]);
  });

  it('cut an answer, and let a call hang', async () => {
    simulator.configure({ hangMs: 5 });
    await plan({ answer: 'cut' });
    await plan({ answer: 'hang' });
    const token = await newToken();
    const { body } = await fetchProviders(token);
    expect(() => JSON.parse(body.toString())).toThrow(SyntaxError);
    expect((await fetchProviders(token)).status).toBe(408);
  });

  it('steal the token: another caller gets one just before', async () => {
    await plan({ answer: 'steal' });
    expect((await fetchProviders(await newToken())).status).toBe(403);
    expect((await fetchProviders(await newToken())).status).toBe(200);
  });

  it('clear the plan, change the settings, and reset', async () => {
    await plan({ answer: 'fail' });
    await plan({ answer: 'clear' });
    expect((await fetchProviders(await newToken())).status).toBe(200);
    expect((await submit('/settings', { set: 'measured' })).status).toBe(303);
    expect((await submit('/settings', { set: 'short' })).status).toBe(303);
    expect(await shown()).toMatch(/by chance, .*<b>on<\/b>[\s\S]*silent for <b>2 s<\/b>/);
    await submit('/settings', { set: 'none' });
    await plan({ answer: 'fail' });
    expect((await submit('/reset', {})).headers.location).toBe('/#calls');
    expect(simulator.calls).toEqual([]);
    expect((await fetchProviders(await newToken())).status).toBe(200);
  });

  it('plan answers of another partner, also for one page', async () => {
    await plan({ partner: 'nppes', answer: 'fail', page: '2' });
    await plan({ partner: 'acme', answer: 'steal' });
    const page = await shown();
    expect(page).toContain('page 2: Fail (500)');
    expect(page).toContain('any page: Steal the token');
    const address = (skip: number) => `/nppes/api/?version=2.1&state=OR&limit=10&skip=${skip}`;
    expect((await call(address(10))).status).toBe(500);
    expect((await call(address(10))).status).toBe(200);
    await submit('/reset', {});
    expect(await shown()).not.toContain('any page: Steal the token');
  });

  it.each([
    [{ answer: 'boom' }, /answer/],
    [{ answer: 'fail', count: '21' }, /count: .*20/],
    [{ answer: 'fail', count: 'x' }, /count/],
    [{ answer: 'fail', endpoint: 'other' }, /endpoint/],
    [{ answer: 'fail', partner: 'other' }, /partner/],
    [{ answer: 'fail', more: '1' }, /more/],
    [{ answer: 'steal', endpoint: 'auth' }, /exists for \/providers, not for \/auth/],
    [{ answer: 'steal', partner: 'county' }, /county gives no tokens/],
  ])('refuse %j on the page, with the reason', async (fields, reason) => {
    const reply = await plan(fields);
    expect(reply.status).toBe(400);
    const [, trouble = ''] = /role="alert">(.*?)<\/div>/.exec(reply.body.toString()) ?? [];
    expect(trouble).toMatch(reason);
  });

  it('plan at most 100 calls to an endpoint', async () => {
    for (let pressed = 0; pressed < 5; pressed += 1) await plan({ answer: 'ok', count: '20' });
    const reply = await plan({ answer: 'ok' });
    expect(reply.status).toBe(400);
    expect(reply.body.toString()).toContain('At most 100 calls can be planned. Clear the plan first.');
    expect((await plan({ answer: 'clear' })).status).toBe(303);
  });

  it.each<[string, Record<string, string>]>([
    ['another origin', { Origin: 'http://example.org' }],
    ['a hidden origin', { Origin: 'null' }],
    ['another site', { 'Sec-Fetch-Site': 'cross-site' }],
    ['another port', { 'Sec-Fetch-Site': 'same-site' }],
    ['another host', { Host: 'example.org' }],
  ])('are refused to pages of %s', async (_what, headers) => {
    expect((await submit('/reset', {}, headers)).status).toBe(403);
    expect(
      (
        await call('/control/reset', {
          method: 'POST',
          headers: { ...headers, 'Content-Type': 'application/json' },
        })
      ).status,
    ).toBe(403);
  });

  it('are open to the page itself, and take no large body', async () => {
    const own = { Origin: simulator.url, 'Sec-Fetch-Site': 'same-origin' };
    expect((await submit('/reset', {}, own)).status).toBe(303);
    expect((await submit('/reset', { more: 'x'.repeat(5_000) })).status).toBe(413);
  });
});

describe('the runs on the page', () => {
  const answers: Record<string, RequestListener> = {
    'a list': (_request, response) => {
      const run = {
        id: 'the-run',
        partner: 'noteworth',
        status: 'running',
        trigger: 'web',
        finishedAt: null,
      };
      const startedAt = new Date(Date.now() - 60_000).toISOString();
      response.end(JSON.stringify({ items: [{ ...run, startedAt }], nextCursor: null }));
    },
    'a refusal': (_request, response) => response.writeHead(401).end(),
    'a redirect': (_request, response) => response.writeHead(302, { Location: '/login' }).end(),
    'no JSON': (_request, response) => response.end('<html>'),
    'another list': (_request, response) => response.end('{"items":[{"id":"../../x"}]}'),
    'too much': (_request, response) => response.end(' '.repeat(2_000_000)),
    silence: () => undefined,
  };

  /** The page of a simulator that knows Provider Sync at an address with this answer. */
  async function pageBeside(answer: string): Promise<string> {
    const server = createServer(answers[answer]).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const pages = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const beside = await startSimulator({ rates: { auth: {}, providers: {} }, pages });
    try {
      await fetch(`${beside.url}/auth`);
      const page = await (await fetch(beside.url)).text();
      return page.replaceAll(pages, 'PAGES');
    } finally {
      await beside.close();
      server.closeAllConnections();
      server.close();
    }
  }

  it('are linked to their pages', async () => {
    const page = await pageBeside('a list');
    expect(page).toContain(
      'A sync of noteworth is running: <a id="running-the-run" href="PAGES/runs/the-run">',
    );
    expect(page).toContain('<a id="run-of-noteworth-1" href="PAGES/runs/the-run">running</a>');
  });

  it.each([
    ['a refusal', 'it answered 401'],
    ['a redirect', 'it does not answer'],
    ['no JSON', 'its answer is not a list of runs'],
    ['another list', 'its answer is not a list of runs'],
    ['too much', 'its answer is too large'],
    ['silence', 'it did not answer within 1.5 s'],
  ])('are not linked after %s, and the page says why', async (answer, reason) => {
    const page = await pageBeside(answer);
    expect(page).toContain(`Provider Sync at PAGES has a problem, ${reason}.`);
    expect(page).toContain('GET /auth');
  });
});
