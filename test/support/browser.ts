import { type Browser, chromium } from 'playwright-core';

/** Keeps Chromium from asking anybody outside of this machine. */
const QUIET = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** A Chromium without a window and with a new profile: that of CHROMIUM_PATH, or Debian's. */
export function launchBrowser(): Promise<Browser> {
  const executablePath = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';
  return chromium.launch({ executablePath, args: QUIET });
}
