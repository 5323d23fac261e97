import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { PACKAGE_ROOT } from '../../src/process/package-root';
import { launchBrowser, openPage } from '../support/browser';
import { fillDirectory, LIVED_IN } from '../support/lived-in-directory';
import { startSite } from '../support/site';
import startServers from '../support/start-servers';
import stopServers from '../support/stop-servers';

const DOCS = join(PACKAGE_ROOT, 'docs');

/** A day without a successful run is not yet an alarm. */
const PARTNERS = { ...LIVED_IN, brightwater: { ...LIVED_IN.brightwater, freshFor: '2d' } };

/** Takes the screenshots of the README again, with invented data. */
async function takePictures(): Promise<void> {
  const site = await startSite({ partners: PARTNERS });
  const browser = await launchBrowser();
  try {
    const livedIn = await fillDirectory(site.system.dataSource);
    const { page } = await openPage(browser, { viewport: { width: 1280, height: 800 } });
    await mkdir(DOCS, { recursive: true });
    for (const [name, path] of [
      ['overview', '/'],
      ['run', `/runs/${livedIn.retried}`],
    ]) {
      await page.goto(`${site.url}${path}`);
      await page.screenshot({ path: join(DOCS, `${name}.png`), fullPage: true });
    }
  } finally {
    await browser.close();
    await site.close();
  }
}

async function main(): Promise<void> {
  await startServers();
  try {
    await takePictures();
  } finally {
    await stopServers();
  }
}

void main();
