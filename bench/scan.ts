/**
 * What a scan of the service takes, against the budgets: calls of Azure and time beside what its
 * quotas force, through the SDKs over HTTPS against the simulator with its documented quotas and a
 * clock that only waiting moves; then CPU for each cluster and peak memory for tenants of 1,000 and
 * 10,000 clusters, and 100,000 with `--huge`, that are made subscription by subscription as they are
 * read, with stores that keep nothing in this process. `--save` writes the figures that
 * docs/scale.md shows. Other numbers of clusters measure work and memory for those alone, with one
 * check in place of all where `--light` says so: a hundred thousand clusters take most of an hour
 * of CPU with all checks, a quarter of an hour with one.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { azureClients, type AzureClients } from '../shared/adapters/azure/azure-clients.ts';
import { azureTenant } from '../shared/adapters/azure/azure-tenant.ts';
import { cloudNamed } from '../shared/adapters/azure/cloud.ts';
import { keepingTags } from '../shared/adapters/azure/kept-tags.ts';
import { signIn } from '../shared/adapters/azure/sign-in.ts';
import { catalogue } from '../shared/checks/catalogue.ts';
import { liveTypes } from '../shared/compose-live.ts';
import { type Settings, defaultSettings, parseSettings } from '../shared/settings/settings.ts';
import { documentedQueryQuota } from '../simulator/quotas/query-quota.ts';
import { startSimulator } from '../simulator/start-simulator.ts';
import { type LargeEstate, largeEstate } from './parts/large-estate.ts';
import { madeTenant } from './parts/made-tenant.ts';
import { scanService } from './parts/scan-service.ts';
import { type VirtualClock, virtualClock } from './parts/virtual-clock.ts';

const seed = 1;
/** For 1,000 clusters in 50 subscriptions with 200 workspaces. */
const budget = { resourceGraph: 45, nextScan: 60, wall: 1.1, peakMegabytes: 512 };
/**
 * A worker's heap, in megabytes: what is reachable has to fit. Room for new objects comes on top of
 * it, three times the semi-space, which Node lets grow to 64 MB each where nobody says otherwise.
 */
const heap = { old: 320, semiSpace: 16 };

interface CallFigures {
  readonly clusters: number;
  readonly subscriptions: number;
  readonly scan: string;
  readonly shards: number;
  readonly resourceGraph: number;
  readonly resourceManager: number;
  readonly microsoftGraph: number;
  readonly throttled: number;
  readonly waitedSeconds: number;
  readonly forcedSeconds: number;
}

interface WorkFigures {
  readonly clusters: number;
  /** How many checks judged: all, or one where only memory is measured. */
  readonly checks: number;
  readonly shards: number;
  readonly cpuMsPerCluster: number;
  readonly peakMegabytes: number;
}

/** Clients whose calls the clock stands still for. */
function timed(clients: AzureClients, clock: VirtualClock): AzureClients {
  async function* each<T>(items: AsyncIterable<T>): AsyncGenerator<T> {
    const iterator = items[Symbol.asyncIterator]();
    for (;;) {
      const next = await clock.during(() => iterator.next());
      if (next.done === true) return;
      yield next.value;
    }
  }
  return {
    ...clients,
    inHaste: () => timed(clients.inHaste(), clock),
    queryResources: (query, token) => clock.during(() => clients.queryResources(query, token)),
    serviceTags: (...of) => clock.during(() => clients.serviceTags(...of)),
    denyAssignments: (of) => each(clients.denyAssignments(of)),
    getArm: (...of) => clock.during(() => clients.getArm(...of)),
    listArm: (...of) => each(clients.listArm(...of)),
    getGraph: (of) => clock.during(() => clients.getGraph(of)),
    listGraph: (of) => each(clients.listGraph(of)),
  };
}

function settingsOf(estate: LargeEstate): Settings {
  const parsed = parseSettings(estate.settings());
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.settings;
}

/** Seconds that so many queries in windows cannot be quicker than. */
function forcedBy(queries: number): number {
  const windows = Math.ceil(queries / documentedQueryQuota.queries);
  return Math.max(0, windows - 1) * documentedQueryQuota.windowSeconds;
}

async function callsOf(clusters: number): Promise<readonly CallFigures[]> {
  const estate = largeEstate(seed, clusters);
  const rows = Array.from({ length: estate.subscriptions }, (_, at) => estate.rowsOf(at)).flat();
  const start = Date.now();
  const clock = virtualClock(start);
  const simulator = await startSimulator({
    rows: [...estate.common, ...rows],
    now: () => new Date(clock.now()),
  });
  const folder = mkdtempSync(join(tmpdir(), 'portcullis-bench-'));
  try {
    const cloudFile = join(folder, 'cloud.json');
    writeFileSync(cloudFile, JSON.stringify(simulator.cloud));
    const { tenantId, clientId, clientSecret } = simulator.reader;
    Object.assign(process.env, {
      AZURE_TENANT_ID: tenantId,
      AZURE_CLIENT_ID: clientId,
      AZURE_CLIENT_SECRET: clientSecret,
    });
    const cloud = cloudNamed(cloudFile);
    const clients = azureClients({
      cloud,
      credential: signIn(cloud, undefined),
      userAgent: 'portcullis/bench',
      clock,
    });
    const settings = settingsOf(estate);
    const kept = keepingTags(timed(clients, clock), () => new Date(clock.now()));
    const service = scanService(
      {
        tenant: () => azureTenant(kept, liveTypes, { clusters: settings.scope.clusters }),
        calls: () => ({ ...clients.calls }),
      },
      settings,
    );
    const figures: CallFigures[] = [];
    for (const scan of ['first', 'next']) {
      const before = { ...clients.calls };
      const since = clock.slept();
      const { shards, clusters: found } = await service.scan();
      const queries = clients.calls.resourceGraphCalls - before.resourceGraphCalls;
      figures.push({
        clusters: found,
        subscriptions: estate.subscriptions,
        scan,
        shards,
        resourceGraph: queries,
        resourceManager: clients.calls.armReads - before.armReads,
        microsoftGraph: clients.calls.graphCalls - before.graphCalls,
        throttled: clients.calls.throttled - before.throttled,
        waitedSeconds: (clock.slept() - since) / 1000,
        forcedSeconds: forcedBy(queries),
      });
      // The next one begins with quotas that nobody has touched.
      await clock.sleep(60_000);
    }
    service.close();
    if (process.env['BENCH_REQUESTS'] !== undefined) {
      const lines = simulator.requests.map(({ method, path, body }) => `${method} ${path} ${body}`);
      writeFileSync(process.env['BENCH_REQUESTS'], lines.join('\n'));
    }
    return figures;
  } finally {
    await simulator.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

function showCalls(figures: readonly CallFigures[]): void {
  console.log(
    'scan   clusters  subscriptions  shards  Resource Graph  Resource Manager  Microsoft Graph  throttled  waited s  forced s',
  );
  for (const one of figures) {
    console.log(
      [
        one.scan.padEnd(5),
        String(one.clusters).padStart(8),
        String(one.subscriptions).padStart(13),
        String(one.shards).padStart(6),
        String(one.resourceGraph).padStart(14),
        String(one.resourceManager).padStart(16),
        String(one.microsoftGraph).padStart(15),
        String(one.throttled).padStart(9),
        one.waitedSeconds.toFixed(1).padStart(8),
        one.forcedSeconds.toFixed(1).padStart(8),
      ].join('  '),
    );
  }
  const [first, next] = figures;
  if (first === undefined || next === undefined) return;
  const all = next.resourceGraph + next.resourceManager + next.microsoftGraph;
  const ratio = first.waitedSeconds / first.forcedSeconds;
  showBudget(
    `${budget.resourceGraph} calls of Resource Graph`,
    first.resourceGraph,
    budget.resourceGraph,
  );
  showBudget(`${budget.nextScan} calls in all the next time`, all, budget.nextScan);
  showBudget(`${budget.wall} x the time that quotas force`, Number(ratio.toFixed(2)), budget.wall);
}

function showBudget(what: string, found: number, most: number): void {
  console.log(`budget: ${what}: ${found}, ${found <= most ? 'kept' : 'MISSED'}`);
}

async function workOf(clusters: number, checks: number): Promise<WorkFigures> {
  const made = madeTenant(largeEstate(seed, clusters));
  const service = scanService(
    { tenant: () => made.reader, calls: () => ({}) },
    defaultSettings(),
    catalogue.slice(0, checks),
  );
  try {
    const before = process.cpuUsage();
    const { shards } = await service.scan();
    const { user, system } = process.cpuUsage(before);
    return {
      clusters,
      checks,
      shards,
      cpuMsPerCluster: ((user + system) / 1000 - made.makingMs()) / clusters,
      peakMegabytes: Math.round(process.resourceUsage().maxRSS / 1024),
    };
  } finally {
    service.close();
  }
}

/** In a process of its own: its peak of memory is the scan's. */
function workInProcess(clusters: number, checks: number): WorkFigures {
  const file = join(mkdtempSync(join(tmpdir(), 'portcullis-bench-')), 'figures.json');
  const own = [
    `--max-old-space-size=${heap.old}`,
    `--max-semi-space-size=${heap.semiSpace}`,
    import.meta.filename,
    `--work=${clusters}`,
    String(checks),
    file,
  ];
  const { status } = spawnSync(process.execPath, own, { stdio: 'inherit' });
  if (status !== 0) throw new Error(`the scan of ${clusters} clusters ended with ${status}`);
  const figures: WorkFigures = JSON.parse(readFileSync(file, 'utf8'));
  return figures;
}

function showWork(figures: WorkFigures): void {
  console.log(
    [
      String(figures.clusters).padStart(8),
      String(figures.checks).padStart(6),
      String(figures.shards).padStart(6),
      figures.cpuMsPerCluster.toFixed(1).padStart(18),
      String(figures.peakMegabytes).padStart(7),
    ].join('  '),
  );
}

const asked = process.argv.slice(2);
const [work = '', checked = '', file = ''] = asked;
if (work.startsWith('--work=')) {
  writeFileSync(
    file,
    JSON.stringify(await workOf(Number(work.slice('--work='.length)), Number(checked))),
  );
} else {
  const given = asked.map(Number).filter((number) => number > 0);
  const calls = given.length > 0 ? [] : await callsOf(1000);
  if (calls.length > 0) showCalls(calls);
  console.log(
    `\nclusters  checks  shards  CPU ms a cluster  peak MB  (a heap of ${heap.old} MB, semi-spaces of ${heap.semiSpace} MB)`,
  );
  const sizes =
    given.length > 0 ? given : [1000, 10_000, ...(asked.includes('--huge') ? [100_000] : [])];
  const checks = asked.includes('--light') ? 1 : catalogue.length;
  const works = sizes.map((clusters) => {
    const figures = workInProcess(clusters, checks);
    showWork(figures);
    return figures;
  });
  const peak = Math.max(...works.map(({ peakMegabytes }) => peakMegabytes));
  showBudget(`${budget.peakMegabytes} MB at most`, peak, budget.peakMegabytes);
  if (asked.includes('--save')) {
    const saved = join(import.meta.dirname, '../docs/scale-figures.json');
    writeFileSync(saved, `${JSON.stringify({ calls, works }, null, 2)}\n`);
  }
}
