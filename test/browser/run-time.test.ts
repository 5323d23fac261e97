import type { Browser, Page } from 'playwright-core';
import { launchBrowser, openPage } from '../support/browser';
import { until } from '../support/scenario';
import { type Site, startSite } from '../support/site';

let browser: Browser;
let site: Site;

beforeAll(async () => {
  browser = await launchBrowser();
  site = await startSite({ partners: { noteworth: { deadline: '5m' } } });
});
afterAll(async () => {
  await browser?.close();
  await site?.close();
});
beforeEach(() => site.system.simulator.reset());

/** Opens the page of a run and fails if the browser complains. */
async function onRun(id: string, options: object, look: (page: Page) => Promise<void>): Promise<void> {
  const { page, complaints } = await openPage(browser, options);
  await page.goto(`${site.url}/runs/${id}`);
  await look(page);
  expect(complaints).toEqual([]);
  await page.context().close();
}

async function whileCalling(look: (workflowId: string) => Promise<void>): Promise<void> {
  const { client, config, simulator, calls } = site.system;
  simulator.script('providers', ['error500', 'hangForever']);
  const before = calls('providers');
  const handle = await client.workflow.start('syncProviders', {
    taskQueue: config.taskQueue,
    workflowId: `${config.taskQueue}-${Math.random()}`,
    memo: { partner: 'noteworth' },
  });
  try {
    await until(() => calls('providers') === before + 2);
    await look(handle.workflowId);
  } finally {
    await handle.cancel();
    await handle.result().catch(() => undefined);
  }
}

describe('the time of a run', () => {
  it('is one table with a bar for each part, and its sum', async () => {
    const { run } = await site.system.sync({ auth: ['error500'] });
    await onRun(run.id, {}, async (page) => {
      const rows = page.locator('.gantt tbody tr');
      expect(await rows.locator('th').allTextContents()).toEqual([
        'Wait for a worker',
        'Claim the partner',
        'Authenticate, attempt 1 of 3',
        'Wait before the next attempt',
        'Authenticate, attempt 2 of 3',
        'Fetch providers, attempt 1 of 3',
        'Store',
        expect.stringMatching(/^Temporal and worker in \d places$/),
      ]);
      expect(await page.locator('.gantt tbody tr .bar rect:not(.track)').count()).toBe(run.parts.length);
      // Every bar ends within the scale.
      const ends = await page
        .locator('.gantt .bar rect:not(.track)')
        .evaluateAll((bars) =>
          bars.map((bar) => Number(bar.getAttribute('x')) + Number(bar.getAttribute('width'))),
        );
      expect(Math.max(...ends)).toBeLessThanOrEqual(1_004);
      expect(await page.locator('#call-1').textContent()).toContain('PartnerError · HTTP 500');
    });
  });

  it('has a link to each call, and buttons that copy links, ids and commands', async () => {
    const { run } = await site.system.sync();
    await onRun(run.id, {}, async (page) => {
      await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
      const copied = async (name: string) => {
        await page.getByRole('button', { name, exact: true }).click();
        await page.getByRole('button', { name, exact: true }).filter({ hasText: 'Copied' }).waitFor();
        expect(await page.getByRole('status').last().textContent()).toBe('Copied.');
        return page.evaluate('navigator.clipboard.readText()');
      };
      await page.getByRole('link', { name: 'Call 2', exact: true }).click();
      expect(page.url()).toBe(`${site.url}/runs/${run.id}#call-2`);
      expect(await copied('Copy link to call 1')).toBe(`${site.url}/runs/${run.id}#call-1`);
      expect(await copied('Copy: Workflow')).toBe(run.workflowId);
      expect(await copied('Copy: In the API')).toBe(`curl ${site.url}/api/v1/syncs/${run.id}`);
      expect(await copied('Copy: In Temporal')).toBe(
        `temporal workflow show --workflow-id ${run.workflowId} --run-id ${run.runId} --address ${site.system.config.connection.address} --namespace default`,
      );
    });
    await onRun(run.id, { javaScriptEnabled: false }, async (page) => {
      expect(await page.getByRole('button', { name: /Copy/ }).count()).toBe(0);
      expect(await page.getByText('temporal workflow show').isVisible()).toBe(true);
    });
  });

  it.each([{ reducedMotion: 'no-preference' }, { reducedMotion: 'reduce' }])(
    'has a clock and a bar for the call that is running (%j)',
    async (options) => {
      await whileCalling((id) =>
        onRun(id, options, async (page) => {
          const now = page.locator('#now');
          await now.filter({ hasText: 'Fetch providers, attempt 2 of 3' }).waitFor();
          expect(await now.locator('.aside').textContent()).toMatch(/^\d+ s of at most 5 min 0 s$/);
          const width = async () => Number(await now.locator('[data-grows]').getAttribute('width'));
          // The bar first: if both change between the two readings, the clock is the newer one.
          const [before, text] = [await width(), await now.locator('[data-clock]').textContent()];
          await until(async () => (await now.locator('[data-clock]').textContent()) !== text);
          expect(await width()).toBeGreaterThan(before);
          expect(await page.locator('#call-2').textContent()).toContain('PartnerError');
        }),
      );
    },
  );

  it('says in words how long a call has been running, without JavaScript', async () => {
    await whileCalling((id) =>
      onRun(id, { javaScriptEnabled: false }, async (page) => {
        // The call is prepared first, and the page may be read at that moment.
        await until(async () => {
          await page.reload();
          const [now = ''] = await page.locator('#now').allTextContents();
          return /Fetch providers, attempt 2 of 3.*\d+ s of at most 5 min 0 s/.test(now);
        });
      }),
    );
  });

  it('names who cancelled the run, and the run that a replay replays', async () => {
    const { run } = await site.system.sync();
    await onRun(run.id, {}, async (page) => {
      await page.getByRole('button', { name: 'Replay' }).click();
      await page.getByRole('heading', { name: 'Replay of a run of noteworth' }).waitFor();
      await page.locator('h1 .status', { hasText: 'succeeded' }).waitFor();
      // A page that is updated in the middle of a click loses it.
      await page.reload();
      await page.getByRole('heading').getByRole('link', { name: 'a run' }).click();
      await page.getByRole('link', { name: 'See the replay' }).waitFor();
    });
    await whileCalling((id) =>
      onRun(id, {}, async (page) => {
        await page.locator('#now').filter({ hasText: 'Fetch providers, attempt 2 of 3' }).waitFor();
        await page.getByRole('button', { name: 'Cancel' }).click();
        await page.locator('h1 .status', { hasText: 'cancelled' }).waitFor();
        await page.getByText('Cancelled by an operator (web page)').waitFor();
      }),
    );
  });
});
