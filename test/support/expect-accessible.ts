import { readFileSync } from 'node:fs';
import axe, { type AxeResults, type RunOnly } from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { type OpenPage, openPage } from './browser';

const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const WIDTHS = [360, 1280];
/** The width of a page that is enlarged four times (WCAG 1.4.10). */
const NARROWEST = 320;
const ABOUT_COLOURS = axe.getRules(RULES).filter(({ tags }) => tags.includes('cat.color'));
/** What axe checks in each theme. */
const THEMES: readonly [colorScheme: 'light' | 'dark', RunOnly][] = [
  ['light', { type: 'tag', values: RULES }],
  ['dark', { type: 'rule', values: ABOUT_COLOURS.map(({ ruleId }) => ruleId) }],
];
/** See {@link pageOf}. */
const OPEN_PAGES = new WeakMap<Browser, Promise<OpenPage>>();

/**
 * Checks a page with axe, narrow and wide, in both themes; it must fit on the narrowest screen, and no text lies on
 * another. The themes differ in colours only, so the dark one is held to the rules about colours.
 */
export async function expectAccessible(browser: Browser, address: string): Promise<void> {
  const { page, complaints } = await pageOf(browser);
  complaints.length = 0;
  await page.emulateMedia({ colorScheme: 'light' });
  await page.goto(address);
  await page.evaluate(AXE);
  const found: string[] = [];
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 800 });
    found.push(...(await overlapsOf(page)).map((texts) => `${width}: texts overlap: ${texts}`));
    for (const [colorScheme, rules] of THEMES) {
      await page.emulateMedia({ colorScheme });
      found.push(...(await audit(page, rules)).map((objection) => `${width}, ${colorScheme}: ${objection}`));
    }
  }
  expect(found).toEqual([]);
  await page.setViewportSize({ width: NARROWEST, height: 800 });
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(NARROWEST);
  expect(complaints).toEqual([]);
}

/** The page of all checks with a browser: a new one takes 0.4 s of CPU time. */
function pageOf(browser: Browser): Promise<OpenPage> {
  const open = OPEN_PAGES.get(browser) ?? openPage(browser);
  OPEN_PAGES.set(browser, open);
  return open;
}

/** The violations that axe reports, each with its first places. */
async function audit(page: Page, runOnly: RunOnly): Promise<string[]> {
  const { violations } = (await page.evaluate(
    `axe.run(document, { runOnly: ${JSON.stringify(runOnly)} })`,
  )) as AxeResults;
  return violations.map(
    ({ id, help, nodes }) => `${id}: ${help}: ${nodes.slice(0, 3).map(({ html }) => html)}`,
  );
}

/** Pairs of visible texts that lie on each other. */
function overlapsOf(page: Page): Promise<string[]> {
  return page.evaluate(`(() => {
    const lines = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const node = walker.currentNode;
      const isVisible = node.parentElement.checkVisibility({ opacityProperty: true, visibilityProperty: true });
      if (!node.data.trim() || !isVisible || node.parentElement.closest('.visually-hidden, .skip')) continue;
      const range = document.createRange();
      range.selectNodeContents(node);
      for (const { left, right, top, bottom } of range.getClientRects()) {
        lines.push({ text: node.data.trim().slice(0, 40), left, right, top, bottom });
      }
    }
    const overlap = (a, b) =>
      Math.min(a.right, b.right) - Math.max(a.left, b.left) > 2 &&
      Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 0.3 * (a.bottom - a.top);
    return lines.flatMap((a, index) =>
      lines.slice(index + 1).filter((b) => overlap(a, b)).map((b) => a.text + ' | ' + b.text));
  })()`);
}
