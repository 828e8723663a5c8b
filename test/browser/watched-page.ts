/** A page of the dashboard, and all that is wrong with how it behaves in a browser. */
import axe, { type AxeResults } from 'axe-core';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';

/** A browser that has signed in. */
export interface Visit {
  readonly page: Page;
  readonly context: BrowserContext;
  /** What went wrong so far: violations of the policy, errors, failed or foreign requests. */
  readonly faults: string[];
  close(): Promise<void>;
}

/** Opens the link that signs in, as a person with this screen and these wishes would. */
export async function visit(
  browser: Browser,
  signInUrl: string,
  options: BrowserContextOptions = {},
): Promise<Visit> {
  const { origin } = new URL(signInUrl);
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    locale: 'en-GB',
    timezoneId: 'UTC',
    reducedMotion: 'reduce',
    permissions: ['clipboard-read', 'clipboard-write'],
    ...options,
  });
  const page = await context.newPage();
  const faults: string[] = [];
  await context.exposeBinding('tellViolation', (_, says: string) => {
    faults.push(`policy: ${says}`);
  });
  await context.addInitScript({ content: tellsViolations });
  await context.addInitScript({ content: axe.source });
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => faults.push(`error: ${error.message}`));
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (url.origin !== origin && url.protocol !== 'data:') faults.push(`foreign: ${url.href}`);
  });
  await page.goto(signInUrl);
  return { page, context, faults, close: () => context.close() };
}

/** Goes to an address of the dashboard, and waits until what it shows is there. */
export async function open({ page }: Visit, path: string): Promise<void> {
  await page.goto(new URL(`/dashboard/${path}`, page.url()).href);
  await shown(page);
}

/** Resolves when the view is there and nothing of it is still being read. */
async function shown(page: Page): Promise<void> {
  await page.locator('main h1').waitFor();
  await page.locator('main [aria-label="Being read"]').first().waitFor({ state: 'detached' });
}

/** What axe objects to on the page as it is, one line for each element. */
export async function objections(page: Page): Promise<readonly string[]> {
  const { violations } = await page.evaluate<AxeResults>(
    "axe.run(document, { resultTypes: ['violations'] })",
  );
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ html, failureSummary = '' }) => `${id}: ${help}: ${html} ${failureSummary}`),
  );
}

// Texts, because they run in the page, of whose names this program knows nothing.
const tellsViolations = `
  document.addEventListener('securitypolicyviolation', (violation) => {
    tellViolation(violation.violatedDirective + ' ' + violation.blockedURI);
  });
`;
