/**
 * The dashboard as people use it: a browser, the host with the built app, a storage account and an
 * Azure that is simulated. One of each for all tests, which follow each other.
 */
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { groupOf, type Stack, startStack } from '../e2e/stack.ts';
import { chromiumPath, noChromium, openChromium } from './chromium.ts';
import { type Visit, objections, open, shown, visit } from './watched-page.ts';

/** One that is put right by mouse, one by keyboard, one that somebody breaks, and some others. */
const [byMouse, byKeys, broken] = [
  'allow-names-yesterdays-ip',
  'no-allow-rule',
  'scoring-ok-public',
] as const;
const clusters = [
  byMouse,
  byKeys,
  broken,
  'scoring-ok-internal',
  'caller-denied-by-node-nsg',
  'load-balancer-not-exported',
  'identity-holds-reader-only',
  'granted-through-group',
];
const person = 'Ada Nkemelu';
const soon = { timeout: 60_000, interval: 200 };
/** A list of the API is asked for again every ten seconds. */
const byItself = { timeout: 30_000 };

let stack: Stack;
let browser: Browser;
let ada: Visit;

async function startAll(): Promise<void> {
  [browser, stack] = await Promise.all([
    openChromium(),
    startStack({
      clusters,
      checkDelay: '1',
      remediates: true,
      dashboardFor: person,
      settings: { mode: 'remediate', guard: { approval: 'always', cooldownMinutes: 0 } },
    }),
  ]);
  await stack.scan();
  await vi.waitFor(async () => {
    expect((await stack.health()).lastScan?.state).toBe('complete');
  }, soon);
  await stack.keepHouse(stack.host.ready);
  ada = await visit(browser, stack.host.ready.signInUrl ?? '');
  for (const name of [byMouse, byKeys]) await planFor(name);
}

/** What the API tells whoever is signed in. */
async function told<T>(path: string): Promise<T> {
  const response = await ada.context.request.get(`${stack.host.ready.url}/dashboard/api/${path}`);
  if (!response.ok()) throw new Error(`${path}: ${response.status()} ${await response.text()}`);
  return response.json();
}

interface Named {
  readonly key: string;
  readonly name: string;
}
interface Head {
  readonly id: string;
  readonly fingerprint: string;
  readonly checkId: string;
  readonly clusterName: string;
}

async function keyOf(name: string): Promise<string> {
  const { clusters: found } = await told<{ clusters: readonly Named[] }>(`clusters?search=${name}`);
  return found.find((cluster) => cluster.name === name)?.key ?? '';
}

/** The plan for the callers of a cluster, once it waits for an approval. */
async function planFor(name: string): Promise<Head> {
  return vi.waitFor(async () => {
    const { remediations } = await told<{ remediations: readonly Head[] }>(
      'remediations?state=awaitingApproval',
    );
    const head = remediations.find(
      ({ clusterName, checkId }) => clusterName === name && checkId === 'scoring-inbound-allowed',
    );
    if (head === undefined) throw new Error(`no plan for ${name} waits`);
    return head;
  }, soon);
}

const isCi = process.env['CI'] === 'true';
const canRun = isCi || chromiumPath() !== undefined;
const title = canRun ? 'the dashboard' : `the dashboard, which was not tried: ${noChromium}`;

describe.skipIf(!canRun)(title, () => {
  beforeAll(startAll, 300_000);
  afterAll(async () => {
    await browser.close();
    await stack.stop();
  });
  afterEach(() => {
    expect(ada.faults.splice(0)).toEqual([]);
  });

  /** Every view, by what its address is made of. */
  const views: readonly (readonly [string, string | RegExp, () => string | Promise<string>])[] = [
    ['the overview', 'Overview', () => ''],
    ['the clusters', 'Clusters', () => 'clusters'],
    ['a cluster', byMouse, async () => `clusters/${await keyOf(byMouse)}`],
    [
      'a cluster of which not everything is known',
      'load-balancer-not-exported',
      async () => `clusters/${await keyOf('load-balancer-not-exported')}`,
    ],
    ['the findings', 'Findings', () => 'findings'],
    ['a finding', / on /, async () => `findings/${(await planFor(byMouse)).fingerprint}`],
  ];

  describe.each(views)('%s', (_, heading, path) => {
    test.each(['light', 'dark'] as const)(
      'is there by its address, and clean: %s',
      async (scheme) => {
        const { page } = ada;
        await page.emulateMedia({ colorScheme: scheme });
        await open(ada, await path());
        await expect.poll(() => page.locator('main h1').textContent()).toMatch(heading);
        expect(await objections(page)).toEqual([]);
      },
    );
  });
});
