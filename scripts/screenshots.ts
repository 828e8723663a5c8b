/**
 * Writes docs/dashboard/*.png: the views of the dashboard over the demo, just built, as a browser
 * shows them. What is random in them is when they were made, and the ids of plans.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startDemo } from '../cli/demo-stack.ts';
import type { Demo } from '../cli/world.ts';
import { openChromium } from '../test/browser/chromium.ts';
import { type Visit, open, visit } from '../test/browser/watched-page.ts';

const folder = join(import.meta.dirname, '../docs/dashboard');
const cluster = 'allow-names-yesterdays-ip';
const wide = { width: 1280, height: 800 };
const narrow = { width: 390, height: 780 };

interface Shot {
  readonly name: string;
  /** Below `/dashboard/`. */
  readonly path: string;
  readonly scheme?: 'light' | 'dark';
  readonly size?: typeof wide;
}

async function told(demo: Demo, { context }: Visit, path: string): Promise<unknown> {
  const url = new URL(`/dashboard/api/${path}`, demo.dashboardUrl);
  const response = await context.request.get(url.href);
  // Health is 503 where something takes too long, and has a body all the same.
  if (!response.ok() && response.status() !== 503) {
    throw new Error(`${path}: ${response.status()}`);
  }
  return response.json();
}

interface Waiting {
  readonly remediations: readonly {
    readonly id: string;
    readonly fingerprint: string;
    readonly clusterKey: string;
    readonly clusterName: string;
    readonly checkId: string;
  }[];
}

/** The plans of the scan, once all of them are made. */
async function plansOf(demo: Demo, seen: Visit): Promise<Waiting['remediations']> {
  for (;;) {
    // As the API answers.
    const health = (await told(demo, seen, 'health')) as {
      readonly queues: { readonly remediations: { readonly waiting: number } } | null;
    };
    const { remediations } = (await told(
      demo,
      seen,
      'remediations?state=awaitingApproval&limit=250',
    )) as Waiting;
    if (health.queues?.remediations.waiting === 0 && remediations.length > 0) return remediations;
    await sleep(1000);
  }
}

function shotsFor(plans: Waiting['remediations']): readonly Shot[] {
  const plan = plans.find(
    ({ clusterName, checkId }) => clusterName === cluster && checkId === 'scoring-inbound-allowed',
  );
  if (plan === undefined) throw new Error(`nothing is planned for ${cluster}`);
  const ofCluster = `clusters/${plan.clusterKey}`;
  const finding = `findings/${plan.fingerprint}`;
  return [
    { name: 'overview-light', path: '' },
    { name: 'overview-dark', path: '', scheme: 'dark' },
    { name: 'overview-narrow', path: '', size: narrow },
    { name: 'clusters-light', path: 'clusters' },
    { name: 'cluster-light', path: ofCluster },
    { name: 'cluster-dark', path: ofCluster, scheme: 'dark' },
    { name: 'cluster-narrow', path: ofCluster, size: narrow },
    { name: 'finding-light', path: finding },
    { name: 'finding-dark', path: finding, scheme: 'dark' },
    { name: 'remediations-light', path: 'remediations' },
    { name: 'alerts-light', path: 'alerts' },
  ];
}

async function take(seen: Visit, { name, path, scheme = 'light', size = wide }: Shot) {
  const { page } = seen;
  await page.emulateMedia({ colorScheme: scheme });
  await page.setViewportSize(size);
  await open(seen, path);
  await page.waitForLoadState('networkidle');
  await page.screenshot({ path: join(folder, `${name}.png`), animations: 'disabled' });
  console.log(`docs/dashboard/${name}.png`);
}

const stopping = new AbortController();
const browser = await openChromium();
const demo = await startDemo({
  env: process.env,
  signal: stopping.signal,
  onStarted: () => {},
  onTrouble: (line) => {
    console.error(line);
  },
  onProgress: () => {},
  onChange: () => {},
});
try {
  await demo.scan();
  const seen = await visit(browser, demo.dashboardUrl, { viewport: wide });
  const plans = await plansOf(demo, seen);
  mkdirSync(folder, { recursive: true });
  for (const shot of shotsFor(plans)) await take(seen, shot);
} finally {
  await browser.close();
  await demo.stop();
}
