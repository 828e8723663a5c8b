/**
 * The dashboard as people use it: a browser, the host with the built app, a storage account and an
 * Azure that is simulated. One of each for all tests, which follow each other.
 */
import { gzipSync } from 'node:zlib';
import type { Browser, Response } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { groupOf, type Stack, startStack } from '../e2e/stack.ts';
import { chromiumPath, noChromium, openChromium } from './chromium.ts';
import { type Visit, objections, open, visit } from './watched-page.ts';

/** One that is put right by mouse, one by keyboard, one that somebody breaks, one that cannot be put right, and some others. */
const [byMouse, byKeys, broken, bound] = [
  'allow-names-yesterdays-ip',
  'no-allow-rule',
  'scoring-ok-public',
  'caller-denied-by-node-nsg',
] as const;
const clusters = [
  byMouse,
  byKeys,
  broken,
  bound,
  'scoring-ok-internal',
  'load-balancer-not-exported',
  'identity-holds-reader-only',
  'granted-through-group',
];
const person = 'Ada Nkemelu';
const soon = { timeout: 250_000, interval: 200 };
/** The page asks every ten seconds. */
const byItself = { timeout: 100_000 };
const wide = { width: 1280, height: 800 };
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
  ada = await visit(browser, stack.host.ready.signInUrl ?? '', { viewport: wide });
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

/** The finding about the callers of a cluster, once it is said that there is no plan for it. */
async function withoutPlan(name: string): Promise<string> {
  return vi.waitFor(async () => {
    const { findings } = await told<{ findings: readonly Head[] }>(`findings?search=${name}`);
    const { fingerprint = '' } =
      findings.find(({ checkId }) => checkId === 'scoring-inbound-allowed') ?? {};
    const { noPlan } = await told<{ noPlan: object | null }>(`findings/${fingerprint}`);
    if (noPlan === null) throw new Error(`nobody has looked for a plan for ${name}`);
    return fingerprint;
  }, soon);
}

const isCi = process.env['CI'] === 'true';
const canRun = isCi || chromiumPath() !== undefined;
const title = canRun ? 'the dashboard' : `the dashboard, which was not tried: ${noChromium}`;

// oxlint-disable-next-line vitest/valid-title -- it says why nothing was tried
describe.skipIf(!canRun)(title, () => {
  beforeAll(startAll, 300_000);
  afterAll(async () => {
    await browser.close();
    await stack.stop();
  });
  afterEach(async () => {
    await ada.page.setViewportSize(wide);
    // oxlint-disable-next-line vitest/no-standalone-expect -- holds of every test
    expect(ada.faults.splice(0)).toEqual([]);
  });

  /** Every view: its heading, and its address where it is not made of the name alone. */
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
    ['a finding without a plan', / on /, async () => `findings/${await withoutPlan(bound)}`],
    ['the alerts', 'Alerts', () => 'alerts'],
    ['the remediations', 'Remediations', () => 'remediations'],
    ['a remediation', / on /, async () => `remediations/${(await planFor(byMouse)).id}`],
    ['what if', 'What if', () => 'what-if'],
    ['the checks', 'Checks', () => 'checks'],
    ['a check', /callers/i, () => 'checks/scoring-inbound-allowed'],
    ['the scans', 'Scans', () => 'scans'],
    ['a scan', /^Scan of/, async () => `scans/${(await scans())[0]?.scanId}`],
    ['the settings', 'Settings', () => 'settings'],
    ['an address of nothing', 'There is nothing here', () => 'nothing'],
  ];

  describe.each(views)('%s', (_, name, path) => {
    test('is there by its address, without an objection in either theme', async () => {
      const { page } = ada;
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        await open(ada, await path());
        await heading(name).waitFor();
        expect(await objections(page)).toEqual([]);
      }
    });

    test('fits a telephone, and twice the size', async () => {
      const { page } = ada;
      await page.emulateMedia({ colorScheme: 'light' });
      await open(ada, await path());
      await heading(name).waitFor();
      for (const width of [640, 360]) {
        await page.setViewportSize({ width, height: 740 });
        await expect.poll(beyond).toEqual([]);
      }
      expect(await objections(page)).toEqual([]);
    });
  });

  test('says why there is no plan, and shows what is to be written as code', async () => {
    await open(ada, `findings/${await withoutPlan(bound)}`);
    const { page } = ada;
    await page.getByText(/^There is no plan: aks-agentpool-\d+-nsg is managed by AKS/).waitFor();
    await page.getByText(/^Looked at/).waitFor();
    expect(await page.locator('code', { hasText: /^callers$/ }).count()).toBe(1);
  });

  test('says that a script or a style that is not its own was stopped', async () => {
    const { page, faults } = ada;
    await open(ada, '');
    const inline = (tag: string) =>
      `document.head.append(Object.assign(document.createElement('${tag}'), { textContent: '/* */' }))`;
    for (const tag of ['script', 'style']) {
      await page.evaluate(inline(tag)).catch(() => {});
    }
    await vi.waitFor(() => {
      const stopped = faults.join('\n');
      expect(stopped).toMatch(/policy: require-trusted-types-for/);
      expect(stopped).toMatch(/policy: style-src-elem inline/);
    });
    faults.length = 0;
  });

  test('loads no more script for the overview than 250 kB, packed', async () => {
    const loaded: Promise<Buffer>[] = [];
    const hear = (response: Response): void => {
      if (new URL(response.url()).pathname.endsWith('.js')) loaded.push(response.body());
    };
    ada.page.on('response', hear);
    await open(ada, '');
    await heading('Overview').waitFor();
    ada.page.off('response', hear);
    const sizes = (await Promise.all(loaded)).map((body) => gzipSync(body).length);
    expect(sizes.length).toBeGreaterThan(0);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(250_000);
  });

  test('is told that nothing has changed, and reads nothing twice', async () => {
    await open(ada, '');
    const again = await ada.page.waitForResponse((response) =>
      response.url().endsWith('/dashboard/api/overview'),
    );
    expect(again.status()).toBe(304);
  });

  test('leads to every view by its navigation', async () => {
    const { page } = ada;
    await open(ada, '');
    const navigation = page.getByRole('navigation', { name: 'Views' });
    for (const name of [
      'Clusters',
      'Findings',
      'Alerts',
      'Remediations',
      'What if',
      'Checks',
      'Scans',
      'Settings',
      'Overview',
    ]) {
      await navigation.getByRole('link', { name: new RegExp(`^${name}`) }).click();
      await heading(name).waitFor();
    }
    await page.goBack();
    await heading('Settings').waitFor();
    expect(new URL(page.url()).pathname).toBe('/dashboard/settings');
  });

  test('leads from the list to a cluster, and on to its finding', async () => {
    const { page } = ada;
    await open(ada, 'clusters');
    await page.getByRole('link', { name: byMouse, exact: true }).click();
    await heading(byMouse).waitFor();
    await page
      .getByRole('main')
      .getByText(/^(Proof and fix|Review and approve the fix)$/)
      .first()
      .click();
    await heading(/ on allow-names-yesterdays-ip/).waitFor();
    await page.getByText('203.0.113.1').first().waitFor();
    expect(new URL(page.url()).pathname).toMatch(/^\/dashboard\/findings\/[0-9a-f]+$/);
  });

  test('opens its navigation on a telephone', async () => {
    const { page } = ada;
    await page.setViewportSize({ width: 360, height: 740 });
    await open(ada, '');
    const link = page
      .getByRole('navigation', { name: 'Views' })
      .getByRole('link', { name: 'Checks' });
    expect(await link.isVisible()).toBe(false);
    await page.getByRole('button', { name: 'Navigation' }).click();
    await link.click();
    await heading('Checks').waitFor();
  });

  test('keeps the theme that was chosen', async () => {
    const { page } = ada;
    await page.emulateMedia({ colorScheme: 'light' });
    await open(ada, '');
    const shade = page.locator('[data-shade]');
    expect(await shade.getAttribute('data-shade')).toBe('light');
    await page.getByRole('button', { name: 'Change to the dark theme' }).click();
    expect(await shade.getAttribute('data-shade')).toBe('dark');
    await page.reload();
    expect(await shade.getAttribute('data-shade')).toBe('dark');
    await page.getByRole('button', { name: 'Change to the light theme' }).click();
  });

  describe('the clusters', () => {
    const table = () => ada.page.getByRole('table', { name: 'Clusters' });
    const rows = async () => Number(await table().getAttribute('aria-rowcount')) - 1;

    test('are narrowed by words, which stand in the address', async () => {
      const { page } = ada;
      await open(ada, 'clusters');
      expect(await rows()).toBe(clusters.length);
      // Letter by letter: the list is narrowed meanwhile, and the box keeps the focus.
      await page.getByRole('main').getByRole('searchbox').click();
      await page.keyboard.type('scoring-ok', { delay: 150 });
      await expect.poll(rows, soon).toBe(2);
      expect(new URL(page.url()).searchParams.get('search')).toBe('scoring-ok');
      await page.reload();
      await expect.poll(rows, soon).toBe(2);
      await page.getByRole('button', { name: 'Clear filters' }).click();
      await expect.poll(rows, soon).toBe(clusters.length);
    });

    test('are narrowed by posture, and exported as they are narrowed', async () => {
      const { page } = ada;
      const { clusters: well } = await told<{ clusters: readonly Named[] }>(
        'clusters?posture=compliant',
      );
      await open(ada, 'clusters');
      await page.getByRole('button', { name: /^Posture: / }).click();
      await page.getByRole('checkbox', { name: 'Compliant', exact: true }).check();
      await expect.poll(rows, soon).toBe(well.length);
      const csv = page.getByRole('link', { name: 'Export to CSV' });
      const href = (await csv.getAttribute('href')) ?? '';
      const exported = await ada.context.request.get(new URL(href, page.url()).href);
      expect(exported.headers()['content-type']).toMatch(/^text\/csv/);
      const text = await exported.text();
      for (const { name } of well) expect(text).toContain(name);
      expect(text).not.toContain(byMouse);
    });
  });

  test('shows at a hop of the path which rule decides, and the packet', async () => {
    const { page } = ada;
    await open(ada, `clusters/${await keyOf(byMouse)}`);
    const main = page.getByRole('main');
    await main
      .getByRole('button', { name: /nsg-allow-names-yesterdays-ip/i })
      .first()
      .click();
    await main.getByText('DenyAllInBound').first().waitFor();
    expect(await main.getByText('203.0.113.1').count()).toBeGreaterThan(0);
  });

  test('tells what a rule would break before it is written', async () => {
    const { page } = ada;
    const group = groupOf(broken);
    await open(ada, `what-if?nsg=${encodeURIComponent(group)}`);
    const rule = {
      name: 'keep-out',
      properties: {
        access: 'Deny',
        direction: 'Inbound',
        priority: 100,
        protocol: '*',
        sourceAddressPrefix: '*',
        sourcePortRange: '*',
        destinationAddressPrefix: '*',
        destinationPortRange: '*',
      },
    };
    await page.getByRole('textbox', { name: /as JSON/ }).fill(JSON.stringify(rule));
    await page.getByRole('button', { name: 'Show what it would do' }).click();
    const answer = page.getByRole('main').locator('[aria-live=polite]');
    await answer.getByText(broken).first().waitFor();
    await answer.getByText('scoring-inbound-allowed').first().waitFor();
    expect(await objections(page)).toEqual([]);
    expect(await stack.rulesOf(group)).not.toContain('keep-out');
  });

  test('shows a break by itself, and its end', async () => {
    const { page } = ada;
    const group = groupOf(broken);
    await open(ada, `findings?search=${broken}`);
    const found = page.getByRole('table').getByText('scoring-inbound-allowed').first();
    expect(await found.isVisible()).toBe(false);
    await stack.writeRule(group, 'keeps-callers-out', 100);
    await found.waitFor(byItself);
    await stack.removeRule(group, 'keeps-callers-out');
    await found.waitFor({ ...byItself, state: 'detached' });
  });

  const portcullisRule = 'portcullis-scoring-inbound-allowed';

  test('has a plan approved, carried out, and the finding resolved by itself', async () => {
    const { page } = ada;
    const { id, fingerprint } = await planFor(byMouse);
    expect(await stack.rulesOf(groupOf(byMouse))).not.toContain(portcullisRule);
    await open(ada, `findings/${fingerprint}`);
    await page.getByRole('button', { name: 'Approve…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Approve this plan?' });
    expect(await objections(page)).toEqual([]);
    await dialog.getByRole('textbox', { name: /^Reason/ }).fill('Looked at the proof');
    await dialog.getByRole('button', { name: 'Approve', exact: true }).click();
    await dialog.waitFor({ state: 'detached' });
    await expect.poll(() => stack.rulesOf(groupOf(byMouse)), soon).toContain(portcullisRule);
    await page
      .getByRole('status')
      .filter({ hasText: /^Resolved$/ })
      .waitFor(byItself);
    const { journal } = await told<{ journal: readonly { step: string; by?: string }[] }>(
      `remediations/${id}`,
    );
    expect(journal).toContainEqual(expect.objectContaining({ step: 'approved', by: person }));
  });

  describe('a rollback', () => {
    const dialog = () =>
      ada.page.getByRole('dialog', { name: 'Take back what this remediation made?' });
    const confirm = () => dialog().getByRole('button', { name: 'Roll back', exact: true });
    const previews = '**/rollback-preview';

    async function ask(): Promise<void> {
      // The finding may be resolved a moment before the remediation says that it is done.
      const id = await vi.waitFor(async () => {
        const { remediations } = await told<{ remediations: readonly Head[] }>(
          'remediations?state=done',
        );
        const head = remediations.find(({ clusterName }) => clusterName === byMouse);
        if (head === undefined) throw new Error(`nothing is done for ${byMouse}`);
        return head.id;
      }, soon);
      await open(ada, `remediations/${id}`);
      await ada.page.getByRole('button', { name: 'Roll back…' }).click();
      await dialog().waitFor();
    }

    test('is foreseen before it can be confirmed: what goes, and which check of which cluster fails by it', async () => {
      const { page } = ada;
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        let answer = (): void => {};
        const asked = new Promise<void>((resolve) => {
          answer = resolve;
        });
        await page.route(previews, async (route) => {
          await asked;
          await route.continue();
        });
        await ask();
        await dialog()
          .getByText(/^Azure is being read/)
          .waitFor();
        expect(await confirm().getAttribute('aria-disabled')).toBe('true');
        await dialog()
          .getByRole('textbox', { name: /^Reason/ })
          .fill('Too early');
        // It can have the focus, so that whoever cannot see it hears of it; it does nothing.
        await confirm().dispatchEvent('click');
        expect(await objections(page)).toEqual([]);
        answer();
        await dialog().getByText('1 check of 1 cluster comes to fail').waitFor();
        expect(await confirm().getAttribute('aria-disabled')).not.toBe('true');
        // A button that comes to be enabled is on its way from grey for a moment.
        await expect.poll(() => objections(page), { timeout: 10_000 }).toEqual([]);
        await page.unroute(previews);
      }
      const undone = dialog().getByRole('listitem').filter({ hasText: 'Will be removed' });
      expect(await undone.textContent()).toMatch(
        new RegExp(`DELETE /subscriptions/.*/securityRules/${portcullisRule}-[0-9a-f]{8}`, 'i'),
      );
      const cluster = dialog().getByRole('region', { name: byMouse });
      const lines = await cluster.getByRole('listitem').allTextContents();
      expect(lines[0]).toMatch(/^Breaksscoring-inbound-allowedPasses→Fails/);
      expect(lines.at(-1)).toMatch(/^Newly stopped, inbound.*203\.0\.113\.0\/24/);
      await page.emulateMedia({ colorScheme: 'light' });
      for (const width of [640, 360]) {
        await page.setViewportSize({ width, height: 740 });
        await expect.poll(beyond).toEqual([]);
        expect(
          await dialog().evaluate(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth),
        ).toBe(0);
      }
      expect(await objections(page)).toEqual([]);
      const reason = dialog().getByRole('textbox', { name: /^Reason/ });
      await reason.fill('');
      await confirm().click();
      await dialog().getByText('Say why').waitFor();
      // However long the dialog is, what is wrong is in sight.
      expect(await reason.evaluate((box) => box === box.ownerDocument.activeElement)).toBe(true);
      expect(await stack.rulesOf(groupOf(byMouse))).toContain(portcullisRule);
    });

    test('that cannot be foreseen is said to be so, and keeps nobody from it', async () => {
      const { page, faults } = ada;
      const error = 'Azure did not give what the answer needs.';
      await page.route(previews, (route) => route.fulfill({ status: 502, json: { error } }));
      await ask();
      await dialog().getByText('Nothing was foreseen.').waitFor();
      await dialog().getByText(`${error} You can still roll back`).waitFor();
      expect(await confirm().getAttribute('aria-disabled')).not.toBe('true');
      await expect.poll(() => objections(page), { timeout: 10_000 }).toEqual([]);
      expect(faults.splice(0)).toEqual([expect.stringContaining('502')]);
      await page.unroute(previews);
      await dialog().getByRole('button', { name: 'Try again' }).click();
      await dialog().getByText('1 check of 1 cluster comes to fail').waitFor();
    });

    test('that would be held says why, although all that it may do is known', async () => {
      const { page } = ada;
      const held = 'The mode is plan: the settings say so (mode).';
      await page.route(previews, async (route) => {
        const response = await route.fetch();
        const told: unknown = await response.json();
        expect(told).toMatchObject({ isTold: true, held: null });
        await route.fulfill({ response, json: { ...Object(told), held } });
      });
      await ask();
      await dialog().getByText('For now, nothing would be taken back.').waitFor();
      await dialog().getByText(held).waitFor();
      await dialog().getByText('1 check of 1 cluster comes to fail').waitFor();
      expect(await confirm().getAttribute('aria-disabled')).not.toBe('true');
      await expect.poll(() => objections(page), { timeout: 10_000 }).toEqual([]);
      await page.unroute(previews);
    });

    test('is done with a reason, as it was foreseen', async () => {
      await ask();
      await dialog().getByText('1 check of 1 cluster comes to fail').waitFor();
      await dialog()
        .getByRole('textbox', { name: /^Reason/ })
        .fill('A rehearsal');
      await confirm().click();
      await dialog().waitFor({ state: 'detached' });
      await expect.poll(() => stack.rulesOf(groupOf(byMouse)), soon).not.toContain(portcullisRule);
    });
  });

  test('has a plan approved with the keyboard alone', async () => {
    const { page } = ada;
    const { fingerprint } = await planFor(byKeys);
    await open(ada, `findings/${fingerprint}`);
    await tabTo(/^Approve…$/);
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog');
    await dialog.waitFor();
    await tabTo(/^$/, 'TEXTAREA');
    await page.keyboard.type('By keyboard');
    await tabTo(/^Approve$/);
    await page.keyboard.press('Enter');
    await dialog.waitFor({ state: 'detached' });
    await expect.poll(() => stack.rulesOf(groupOf(byKeys)), soon).toContain(portcullisRule);
    await page
      .getByRole('status')
      .filter({ hasText: /^Resolved$/ })
      .waitFor(byItself);
  });

  test('lets nobody in who is not signed in', async () => {
    const stranger = await browser.newContext();
    const at = (path: string) => stack.host.ready.url + path;
    const page = await stranger.request.get(at('/dashboard/clusters'), { maxRedirects: 0 });
    expect(page.status()).toBe(302);
    expect(page.headers()['location']).toContain('/.auth/login/');
    const api = await stranger.request.get(at('/dashboard/api/overview'));
    expect(api.status()).toBe(401);
    await stranger.close();
  });

  function heading(name: string | RegExp) {
    const exact = typeof name === 'string';
    return ada.page.getByRole('main').getByRole('heading', { level: 1, name, exact });
  }

  /** What sticks out of the page to the right. */
  function beyond(): Promise<readonly string[]> {
    return ada.page.evaluate(`
      document.documentElement.scrollWidth <= innerWidth ? [] :
        [...document.querySelectorAll('body *')]
          .filter((element) => element.getBoundingClientRect().right > innerWidth + 1)
          .map((element) => element.outerHTML.slice(0, 200))`);
  }

  /** Presses Tab until what has the focus says this; whatever has it must show that it has. */
  async function tabTo(says: RegExp, tag = 'BUTTON'): Promise<void> {
    for (let pressed = 0; pressed < 100; pressed += 1) {
      await ada.page.keyboard.press('Tab');
      const focused = await ada.page.evaluate<{ tag: string; text: string; shows: boolean }>(`({
        tag: document.activeElement.tagName,
        text: document.activeElement.textContent,
        shows: document.activeElement.matches(':focus-visible'),
      })`);
      expect(focused.shows).toBe(true);
      if (focused.tag === tag && says.test(focused.text)) return;
    }
    throw new Error(`Tab does not lead to ${says}`);
  }

  async function scans() {
    return (await told<{ scans: readonly { scanId: string }[] }>('scans')).scans;
  }
});
