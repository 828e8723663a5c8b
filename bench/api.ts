/**
 * What the API costs on a large tenant: reading the copy that lists come from, and its memory; then
 * each list, filtered, sorted and paged, the overview, and the CSV. Stores are in memory, so that the
 * figures are ours and not a storage account's; the count of its transactions is printed beside. The
 * arguments are the numbers of clusters and of findings; 10,000 and 50,000 where absent.
 */
import { memoryFiles } from '../shared/adapters/store/memory-files.ts';
import { memoryQueues } from '../shared/adapters/store/memory-queues.ts';
import { memoryTables } from '../shared/adapters/store/memory-tables.ts';
import { storesOn } from '../shared/adapters/store/stores.ts';
import type { TableRow } from '../shared/adapters/store/table-store.ts';
import { admit } from '../shared/api/admit.ts';
import { answer, isAnswered } from '../shared/api/answers.ts';
import type { ApiContext } from '../shared/api/context.ts';
import { readEstate } from '../shared/api/estate.ts';
import { liveReads } from '../shared/api/live-reads.ts';
import { readModels } from '../shared/api/read-models.ts';
import { catalogue } from '../shared/checks/catalogue.ts';
import { fingerprint } from '../shared/findings/fingerprint.ts';
import { rolesFrom } from '../shared/model/caller.ts';
import { type ResourceId, resourceId } from '../shared/model/resource-id.ts';
import { severities } from '../shared/model/verdict.ts';
import { defaultSettings } from '../shared/settings/settings.ts';
import type { ClusterState } from '../shared/store-ports.ts';

const [clusters = 10_000, findings = 50_000] = process.argv.slice(2).map(Number);
const now = () => new Date();
const at = '2026-11-24T02:00:00.000Z';
const locations = ['westeurope', 'northeurope', 'germanywestcentral', 'eastus2', 'uksouth'];
const perCluster = Math.ceil(findings / clusters);

function idOf(index: number): ResourceId {
  const subscription = `00000000-0000-4000-8000-${String(index % 50).padStart(12, '0')}`;
  return resourceId(
    `/subscriptions/${subscription}/resourceGroups/rg-inference-${index}/providers/Microsoft.ContainerService/managedClusters/aks-inference-${index}`,
  );
}

function stateOf(index: number): ClusterState {
  const id = idOf(index);
  const [, , subscriptionId = '', , resourceGroup = ''] = id.split('/');
  const near = id.replace(/\/providers\/.*/, '/providers');
  const shared = id.replace(/\/resourcegroups\/.*/, '/resourcegroups/rg-ml/providers');
  const workspace = `${shared}/microsoft.machinelearningservices/workspaces/mlw-${index % 200}`;
  const failing = index % 3 === 0 ? 0 : perCluster;
  return {
    id,
    report: {
      id,
      name: `aks-inference-${index}`,
      location: locations[index % locations.length],
      subscriptionId,
      resourceGroup,
      knownBy: [
        {
          kind: 'mlCompute',
          id: `${workspace}/computes/c`,
        },
      ],
      apiServer: 'privateLink',
      workspaces: [workspace],
      subnets: [`${near}/microsoft.network/virtualnetworks/vnet/subnets/nodes`],
      scoringEndpoints: [{ ip: '20.1.2.3', visibility: 'public', ports: [443], source: 'service' }],
      posture: failing > 0 ? 'nonCompliant' : index % 7 === 0 ? 'unknown' : 'compliant',
    },
    verdicts: catalogue.map(({ id: checkId, severity }, each) => ({
      checkId,
      kind: each < failing ? 'fail' : 'pass',
      severity,
      isExempt: false,
    })),
    readAt: at,
    checkedBy: 'scan',
    dependencies: Array.from({ length: 25 }, (_, each) =>
      resourceId(`${near}/microsoft.network/networksecuritygroups/nsg-${each}`),
    ),
    roots: [],
  };
}

const transactions = new Map<string, number>();
const tables = memoryTables();
/** In the order of their keys, once everything is written: tables in memory sort for every page. */
const sorted = new Map<string, readonly TableRow[]>();
const places = new Map<string, ReadonlyMap<string, number>>();
const placeOf = ({ partition, row }: Pick<TableRow, 'partition' | 'row'>): string =>
  `${partition}\n${row}`;
const counted: typeof tables = {
  ...tables,
  async *list(table, range) {
    const all = sorted.get(table);
    const { partition, from = '', to = '\u{10ffff}', after } = range;
    const start = after === undefined ? 0 : (places.get(table)?.get(placeOf(after)) ?? 0) + 1;
    if (all === undefined || partition !== undefined) {
      yield* tables.list(table, range);
      return;
    }
    for (let index = start, rows = 0; index < all.length; index += 1) {
      const row = all[index];
      if (row === undefined || row.row < from || row.row >= to) continue;
      if (rows % 1000 === 0) transactions.set(table, (transactions.get(table) ?? 0) + 1);
      rows += 1;
      yield row;
    }
  },
};
const files = memoryFiles();
const stores = storesOn({
  tables: counted,
  files,
  snapshots: files,
  queues: memoryQueues(now),
  now,
});

for (let index = 0; index < clusters; index += 1) {
  const state = stateOf(index);
  await stores.clusters.putAll([{ value: state }]);
  const changed = catalogue.slice(0, perCluster).map(({ id: checkId }, each) => ({
    finding: {
      fingerprint: fingerprint(checkId, state.id),
      checkId,
      clusterId: state.id,
      state: index % 3 === 0 ? ('resolved' as const) : ('open' as const),
      exempt: null,
      severity: severities[(index + each) % severities.length] ?? 'info',
      summary: `A rule keeps callers out of the scoring endpoint of aks-inference-${index}: it names an address of yesterday.`,
      evidence: [0, 1].map((one) => ({
        at: resourceId(`${state.id}/evidence/${one}`),
        rule: 'deny-everything-else',
        says: 'denies TCP from 203.0.113.0/24 to 20.1.2.3 port 443, which the callers of this cluster need',
        witness: {
          direction: 'inbound' as const,
          protocol: 'Tcp',
          source: '203.0.113.9',
          sourcePort: 49_152,
          destination: '20.1.2.3',
          destinationPort: 443,
        },
      })),
      firstSeen: at,
      lastSeen: at,
      since: at,
      readAt: at,
      reopened: 0,
      sequence: 1,
    },
  }));
  await stores.findings.record(state.id, { readAt: at, changed });
}

for (const table of ['Clusters', 'Findings']) {
  const rows: TableRow[] = [];
  for await (const row of tables.list(table, {})) rows.push(row);
  sorted.set(table, rows);
  places.set(table, new Map(rows.map((row, index) => [placeOf(row), index])));
}

/** In megabytes, of what is still in use. */
function inUse(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed / 1e6;
}

/** Time of a processor, which is the same on a machine that is busy with other things. */
function spentMs(since: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1000;
}

function line(what: string, value: string): void {
  console.log(`  ${what.padEnd(44)} ${value.padStart(12)}`);
}

console.log(`  ${clusters} clusters, ${clusters * perCluster} findings`);
const before = inUse();
const started = process.cpuUsage();
let estate: Awaited<ReturnType<typeof readEstate>> | undefined = await readEstate(stores);
line('reading the copy', `${Math.round(spentMs(started))} ms`);
if (globalThis.gc !== undefined) line('its memory', `${Math.round(inUse() - before)} MB`);
line('transactions of Clusters and Findings', [...transactions.values()].join(' + '));
line('findings in it', String(estate.findings.length));
estate = undefined;

const reading = { from: 'defaults', settings: defaultSettings(), problems: [] };
const context: ApiContext = {
  stores,
  remediations: stores.remediations,
  models: readModels(
    stores,
    async () => reading,
    () => new Date(at),
  ),
  live: liveReads(now),
  catalogue,
  maxMode: 'alert',
  about: { version: '0', cloud: 'public', scanSchedule: '' },
  now,
  step: () => Promise.reject(new Error('nothing is read live here')),
};
const caller = { name: 'bench', provider: 'bench', roles: rolesFrom(['Reader']), hasKey: false };

async function ask(address: string): Promise<number> {
  const { pathname, searchParams: query } = new URL(address, 'http://localhost/');
  const asked = { method: 'GET', path: pathname.slice(1), query, header: () => null };
  const admitted = admit(asked, caller);
  if (admitted.kind === 'refused' || !isAnswered(admitted.name)) throw new Error(address);
  const reply = await answer(context, admitted, admitted.name, '');
  if (reply.kind === 'refused') throw new Error(reply.problem.error);
  return reply.kind === 'json'
    ? JSON.stringify(reply.json).length
    : [...reply.records()].reduce((sum, record) => sum + record.length, 0);
}

console.log(
  `\n  ${'time of a processor, median of 9'.padEnd(56)} ${'ms'.padStart(7)} ${'first'.padStart(7)} ${'kB'.padStart(7)}`,
);
await ask('overview');
for (const address of [
  'overview',
  'clusters',
  'clusters?limit=1000',
  'clusters?search=inference-77&sort=name',
  'clusters?posture=unknown&location=westeurope&sort=-readAt',
  'clusters?check=private-cluster',
  'findings',
  'findings?severity=critical,high&sort=-since&limit=200',
  'findings?search=aks-inference-4242%20callers',
  'findings?state=all&cluster=aks-inference-77',
  'facets',
  'clusters.csv',
  'findings.csv',
]) {
  const times: number[] = [];
  let length = 0;
  for (let time = 0; time < 10; time += 1) {
    const begun = process.cpuUsage();
    length = await ask(address);
    times.push(spentMs(begun));
  }
  const [first = 0, ...others] = times;
  const median = others.toSorted((a, b) => a - b)[4] ?? 0;
  console.log(
    `  ${address.padEnd(56)} ${median.toFixed(1).padStart(7)} ${first.toFixed(1).padStart(7)} ${String(Math.round(length / 1000)).padStart(7)}`,
  );
}
