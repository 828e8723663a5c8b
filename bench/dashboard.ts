/**
 * The dashboard over a large tenant, in a real browser: how long the overview takes until it can be
 * used, how long the list of clusters takes to be narrowed, and how it scrolls. The clusters are those
 * of the demo, scanned once and each kept many times under other names, in stores that are in memory;
 * the API and the page are the real ones. Time stands still there, so that the API's copy of the tenant
 * is read once (`npm run bench -- api` tells what that takes). The argument is the number of clusters;
 * 10,000 where absent. Needs Chromium and a built page ("npm run build").
 */
import { once } from 'node:events';
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http';
import { join } from 'node:path';
import { staticFiles } from '../shared/adapters/files/static-files.ts';
import { admit } from '../shared/api/admit.ts';
import { answer, isAnswered } from '../shared/api/answers.ts';
import { dashboardPage } from '../shared/api/dashboard-page.ts';
import { catalogue } from '../shared/checks/catalogue.ts';
import { sentCheck } from '../shared/api/service-answers.ts';
import { fingerprint } from '../shared/findings/fingerprint.ts';
import { type ResourceId, resourceId } from '../shared/model/resource-id.ts';
import { recordVerdicts } from '../shared/pipeline/record-verdicts.ts';
import type { ClusterState } from '../shared/store-ports.ts';
import { httpAnswer } from '../functions/http-answer.ts';
import { ada, servedDemo } from '../test/api/served-demo.ts';
import { openChromium } from '../test/browser/chromium.ts';

const wanted = Number(process.argv[2] ?? 10_000);
const times = 5;
const files = staticFiles(join(import.meta.dirname, '../dist/dashboard'));

/** The demo scanned, and then as often again under other names as it takes. */
async function largeTenant() {
  const demo = await servedDemo();
  const { stores } = demo.api;
  const { verdicts } = await demo.report();
  const states: ClusterState[] = [];
  for await (const { value } of stores.clusters.list()) states.push(value);
  const now = demo.api.now();
  const observation = { readAt: now.toISOString(), now, isSettled: true, changes: [] };
  for (let count = states.length, copy = 2; count < wanted; copy += 1) {
    const copies = states.slice(0, wanted - count).map((state) => renamed(state, state.id, copy));
    await stores.clusters.putAll(copies.map((value) => ({ value })));
    for (const [index, { id }] of copies.entries()) {
      const own = verdicts.filter(({ clusterId }) => clusterId === states[index]?.id);
      const theirs = own.map((verdict) => ({
        ...renamed(verdict, resourceId(verdict.clusterId), copy),
        fingerprint: fingerprint(verdict.checkId, id),
      }));
      await recordVerdicts(stores.findings, id, theirs, observation);
    }
    count += copies.length;
  }
  return demo;
}

/** The same of the cluster that stands in for another: its group, and with it all that is in it. */
function renamed<T extends object>(value: T, id: ResourceId, copy: number): T {
  const name = id.slice(id.lastIndexOf('/') + 1);
  const text = JSON.stringify(value)
    .replaceAll(`/rg-${name}/`, `/rg-${name}-${copy}/`)
    .replaceAll(`/managedclusters/${name}"`, `/managedclusters/${name}-${copy}"`)
    .replaceAll(`"name":"${name}"`, `"name":"${name}-${copy}"`);
  // The same fields with other texts in them.
  return JSON.parse(text) as T;
}

type Tenant = Awaited<ReturnType<typeof largeTenant>>;

async function serve(
  { api }: Tenant,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { method, url = '/' } = request;
  const { href, pathname, searchParams: query } = new URL(url, 'http://localhost/');
  const path = decodeURIComponent(pathname.replace(/^\/dashboard\/?/, ''));
  const headers = new Headers(
    Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
  );
  if (method !== 'GET') {
    response.writeHead(405).end();
    return;
  }
  if (!path.startsWith('api/')) {
    const page = dashboardPage(files, { url: href, path, headers }, 'signedIn');
    response.writeHead(page.status, page.headers).end(page.body);
    return;
  }
  const admitted = admit(
    { method, path: path.slice(4), query, header: (name) => headers.get(name) },
    ada,
  );
  const reply =
    admitted.kind === 'refused'
      ? admitted
      : isAnswered(admitted.name)
        ? await answer(api, admitted, admitted.name, '')
        : ({ kind: 'json', json: catalogue.map(sentCheck) } as const);
  const answered = httpAnswer(reply, { method, headers });
  if (reply.kind === 'refused') throw new Error(`${href}: ${JSON.stringify(reply)}`);
  const sent = Object.entries(answered.headers ?? {}).map(([name, value]) => [name, String(value)]);
  response.writeHead(answered.status ?? 200, Object.fromEntries(sent));
  response.end(
    typeof answered.body === 'string' ? answered.body : JSON.stringify(answered.jsonBody),
  );
}

/** In the page: milliseconds from a word in the search box until the list has another length. */
const narrowing = (word: string): string => `new Promise((resolve) => {
  const length = () => document.querySelector('[role=table]')?.getAttribute('aria-rowcount');
  const box = document.querySelector('main [role=search] input');
  const before = length();
  const start = performance.now();
  Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set.call(box, '${word}');
  box.dispatchEvent(new Event('input', { bubbles: true }));
  const look = () =>
    length() === before ? requestAnimationFrame(look) : resolve(performance.now() - start);
  look();
})`;

/** In the page: milliseconds between frames while the list runs by, a screen for each. */
const scrolling = `new Promise((resolve) => {
  const gaps = [];
  let last = performance.now();
  const step = (now) => {
    gaps.push(now - last);
    last = now;
    scrollBy(0, innerHeight);
    if (gaps.length < 120) requestAnimationFrame(step);
    else resolve(gaps.slice(1));
  };
  requestAnimationFrame(step);
})`;

function line(name: string, values: readonly number[]): void {
  const sorted = values.toSorted((a, b) => a - b);
  const [median, most] = [sorted[Math.floor(sorted.length / 2)] ?? 0, sorted.at(-1) ?? 0];
  console.log(`  ${name.padEnd(58)}${median.toFixed(0).padStart(6)}${most.toFixed(0).padStart(8)}`);
}

const tenant = await largeTenant();
const server = createServer((request, response) => {
  serve(tenant, request, response).catch((error: unknown) => {
    console.error(error);
    response.destroy();
  });
}).listen(0, '127.0.0.1');
await once(server, 'listening');
const bound = server.address();
const port = typeof bound === 'object' && bound !== null ? bound.port : 0;
const origin = `http://127.0.0.1:${port}`;
const browser = await openChromium();
try {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  const opened = async (path: string): Promise<number> => {
    await page.goto(`${origin}/dashboard/${path}`);
    await page.locator('main h1').waitFor();
    await page.locator('main [aria-label="Being read"]').first().waitFor({ state: 'detached' });
    await page
      .locator(path === '' ? 'main table' : 'main [role=table]')
      .first()
      .waitFor();
    return page.evaluate<number>('performance.now()');
  };
  const first = await opened('');
  const overviews: number[] = [];
  const lists: number[] = [];
  const narrowed: number[] = [];
  for (let round = 0; round < times; round += 1) {
    overviews.push(await opened(''));
    lists.push(await opened('clusters'));
    for (const word of ['granted', 'route-to-nowhere', '']) {
      narrowed.push(await page.evaluate<number>(narrowing(word)));
    }
  }
  const frames = await page.evaluate<readonly number[]>(scrolling);
  const { total } = await tenant.found('clusters');
  console.log(`${total} clusters, in milliseconds${' '.repeat(36)}median    most`);
  line('overview, until it can be used: nothing read or cached', [first]);
  line('overview, again', overviews);
  line('list of clusters, until it can be used', lists);
  line('list narrowed, from the word (120 ms of them waited for more)', narrowed);
  line('between two frames, scrolling by a screen for each', frames);
} finally {
  await browser.close();
  server.close();
  server.closeAllConnections();
}
