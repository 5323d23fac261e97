import { readFileSync } from 'node:fs';
import type { AxeResults } from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { openPage } from './browser';

const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const WIDTHS = [360, 1280];
/** The width of a page that is enlarged four times (WCAG 1.4.10). */
const NARROWEST = 320;
const THEMES = ['light', 'dark'] as const;

/** Checks a page with axe, narrow and wide, in both themes; it must also fit on the narrowest screen. */
export async function expectAccessible(browser: Browser, address: string): Promise<void> {
  const { page, complaints } = await openPage(browser);
  await page.goto(address);
  await page.evaluate(AXE);
  const found: string[] = [];
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 800 });
    for (const colorScheme of THEMES) {
      await page.emulateMedia({ colorScheme });
      found.push(...(await audit(page)).map((objection) => `${width}, ${colorScheme}: ${objection}`));
    }
  }
  expect(found).toEqual([]);
  await page.setViewportSize({ width: NARROWEST, height: 800 });
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(NARROWEST);
  expect(complaints).toEqual([]);
  await page.context().close();
}

/** The violations that axe reports, each with its first places. */
async function audit(page: Page): Promise<string[]> {
  const { violations } = (await page.evaluate(
    `axe.run(document, { runOnly: ${JSON.stringify(RULES)} })`,
  )) as AxeResults;
  return violations.map(
    ({ id, help, nodes }) => `${id}: ${help}: ${nodes.slice(0, 3).map(({ html }) => html)}`,
  );
}
