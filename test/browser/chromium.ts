/** A real browser, where this machine has one. */
import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const usualPlaces = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

/** Where a Chromium is: `PORTCULLIS_CHROMIUM`, or the first of the usual places. */
export function chromiumPath(): string | undefined {
  const named = process.env['PORTCULLIS_CHROMIUM'];
  return named ?? usualPlaces.find((path) => existsSync(path));
}

/** What is said where there is none. */
export const noChromium =
  'there is no Chromium: install it ("apt-get install chromium"), or name one by PORTCULLIS_CHROMIUM';

/** @throws Error where there is no Chromium. */
export function openChromium(): Promise<Browser> {
  const executablePath = chromiumPath();
  if (executablePath === undefined) throw new Error(noChromium);
  // Its sandbox refuses to start for root, which CI is.
  const isRoot = process.getuid?.() === 0;
  return chromium.launch({
    executablePath,
    args: ['--disable-gpu', '--font-render-hinting=none', ...(isRoot ? ['--no-sandbox'] : [])],
  });
}
