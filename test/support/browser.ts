import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

/** Milliseconds for the start of Chromium on a busy machine. */
const LAUNCH_MS = 120_000;

/** Keeps Chromium from sending requests to other machines. */
const QUIET = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Starts a headless Chromium with a new profile: the program of CHROMIUM_PATH, or Debian's. */
export function launchBrowser(more: readonly string[] = []): Promise<Browser> {
  const executablePath = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';
  return chromium.launch({ executablePath, args: [...QUIET, ...more], timeout: LAUNCH_MS });
}

/** A page, and its complaints so far: errors, violations of its Content-Security-Policy, dialogs. */
export interface OpenPage {
  readonly page: Page;
  readonly complaints: string[];
}

/** A page of a new visitor. */
export async function openPage(browser: Browser, options: BrowserContextOptions = {}): Promise<OpenPage> {
  const context = await browser.newContext({ timezoneId: 'UTC', reducedMotion: 'reduce', ...options });
  context.setDefaultTimeout(60_000);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(`error: ${error.message}`));
  page.on('console', (message) => {
    // A page about a failure is served with the status of the failure.
    const isStatus = message.text().startsWith('Failed to load resource: the server responded');
    if (message.type() === 'error' && !isStatus) complaints.push(`console: ${message.text()}`);
  });
  page.on('dialog', (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  return { page, complaints };
}

/** A style of the first element with this selector, as the browser computes it. */
export function styleOf(page: Page, selector: string, name: string, pseudo = ''): Promise<string> {
  return page.evaluate(
    `getComputedStyle(document.querySelector(${JSON.stringify(selector)}), '${pseudo}').getPropertyValue('${name}')`,
  );
}
