/** Two Azures that the service is tried on: one by wire, one in this process. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { azureClients } from '../../shared/adapters/azure/azure-clients.ts';
import { azureTenant } from '../../shared/adapters/azure/azure-tenant.ts';
import { azureWriter } from '../../shared/adapters/azure/azure-writer.ts';
import { openEstate } from '../../shared/adapters/files/estate-files.ts';
import { liveTypes } from '../../shared/compose-live.ts';
import { ownershipTypes } from '../../shared/facts/ownership-facts.ts';
import { isTenantWide } from '../../shared/inventory/coverage.ts';
import { subscriptionIdOf } from '../../shared/model/resource-id.ts';
import { auditedTypes } from '../../shared/pipeline/audit.ts';
import type { ServiceContext } from '../../shared/pipeline/service-context.ts';
import type { Gap, Row, TenantReader } from '../../shared/ports.ts';
import type { ArmWrite, AzureWriter, WriteAnswer } from '../../shared/remediation/arm-write.ts';
import type { Random } from '../../simulator/estate/random.ts';
import { startSimulator } from '../../simulator/start-simulator.ts';
import { afterWrite } from '../pipeline/written-estate.ts';
import type { Fault } from '../../simulator/http/faults.ts';
import { type Drift, keyOf } from './drifting-estate.ts';
import type { Trouble as AzureTrouble } from '../../simulator/control.ts';
import type { Happened, Life, Trouble } from './trouble.ts';

/** An Azure under trouble. */
export interface HeldAzure {
  /** Reads for one invocation. */
  tenant(life: Life): ServiceContext['tenant'];
  /** Writes for one invocation. */
  writer(life: Life): AzureWriter;
  calls(): Readonly<Record<string, number>>;
  /** The rows as they are. */
  rows(): readonly object[];
  /** Changes of ours that reached it, as `PUT /…`. */
  readonly sent: readonly string[];
  /** Those of them that put what was there already. */
  readonly overwritten: readonly string[];
  change(drift: Drift): void;
  trouble(trouble: Trouble): void;
  stop(): Promise<void>;
}

export interface HeldBy {
  readonly rows: readonly Readonly<Record<string, unknown>>[];
  /** Whether something is granted to a group of which nobody can tell whom it holds. */
  readonly isDirectoryOpen: () => boolean;
  readonly now: () => Date;
  readonly wait: (milliseconds: number) => Promise<void>;
  readonly random: Random;
  readonly happened: Happened;
}

type Items = readonly (Row | Gap)[];

/**
 * Who is in a group that the estate does not tell of, nobody knows: Microsoft Graph has no such group,
 * and so Resource Manager is not to say that it holds nobody.
 */
const unknownMembers: Fault = {
  path: '/roleassignments$',
  query: String.raw`assignedto\(`,
  does: { kind: 'status', status: 403 },
};

/** Microsoft's clients over HTTPS against the simulator. */
export async function azureByWire(
  { rows, now, wait, happened, isDirectoryOpen }: HeldBy,
  attemptMs: number,
): Promise<HeldAzure> {
  const simulator = await startSimulator({ rows, quotas: false, now });
  const cloud = { name: 'simulated', ...simulator.cloud };
  const as = (objectId: string) => ({
    getToken: () =>
      Promise.resolve({
        token: simulator.tokenOf(objectId),
        // By the simulator's clock it lasts an hour, which may be a moment here: none is kept.
        expiresOnTimestamp: Date.now(),
      }),
  });
  const userAgent = 'portcullis/0.0.0';
  const patience = { attemptMs, retryDelayMs: 1, maxRetries: 3 };
  // Whoever waits for Azure's quotas lets the time of the run pass, and no other.
  const clock = { now: () => now().getTime(), sleep: wait };
  const clients = azureClients({
    cloud,
    credential: as(simulator.reader.objectId),
    userAgent,
    patience,
    clock,
  });
  const writer = azureWriter({
    cloud,
    credential: as(simulator.remediator.objectId),
    userAgent,
    patience,
    operations: { wait },
    clock,
  });
  let counted = 0;
  let seen = 0;
  let lagMs = 0;
  let current: AzureTrouble = {};
  let isOpen: boolean | undefined;
  let isLied = false;
  function befall(next: AzureTrouble): void {
    // What goes on goes on counting.
    if (next === current && isOpen === isDirectoryOpen()) return;
    current = next;
    isOpen = isDirectoryOpen();
    const standing = isOpen ? [unknownMembers] : [];
    simulator.trouble({ ...next, faults: [...standing, ...(next.faults ?? [])] });
  }
  befall({ ...current });
  return {
    tenant:
      (life) =>
      ({ scope, deployers }, also = []) =>
        stepping(
          azureTenant(clients, [...liveTypes, ...also], {
            clusters: scope.clusters,
            principals: deployers.map(({ principalId }) => principalId),
          }),
          life,
        ),
    writer: (life) => ({
      read: (request) => life.step('writer', false, () => writer.read(request)),
      send: (request) => life.step('writer', true, () => writer.send(request)),
    }),
    calls: () => ({ ...clients.calls }),
    rows: () => simulator.rows(),
    get sent() {
      return simulator
        .writes(simulator.remediator.objectId)
        .map(({ method, path }) => `${method} ${path}`);
    },
    get overwritten() {
      // Where a proxy answers, 200 says nothing.
      if (isLied) return [];
      return simulator
        .writes(simulator.remediator.objectId)
        .flatMap(({ method, path, status }) =>
          method === 'PUT' && status === 200 ? [`${method} ${path}`] : [],
        );
    },
    change: (drift) => {
      simulator.replant(drift);
      befall(current);
    },
    trouble({ wire = {}, indexLagMs = 0 }) {
      const befallen = simulator.befallen.slice(counted);
      counted = simulator.befallen.length;
      for (const does of befallen) if (does !== unknownMembers.does) happened.note(does.kind);
      const asked = simulator.requests.slice(seen);
      seen = simulator.requests.length;
      if (lagMs > 0) {
        const queries = asked.filter(({ path }) => /resourcegraph\/resources$/i.test(path));
        happened.note('index behind', queries.length);
      }
      lagMs = indexLagMs;
      isLied ||= (wire.faults ?? []).some(
        ({ does }) => does.kind === 'status' && does.status === 200,
      );
      befall({ ...wire, indexLagMs });
    },
    stop: () => simulator.stop(),
  };
}

function stepping(tenant: TenantReader, life: Life): TenantReader {
  return {
    readScope: (scope) => life.step('azure', false, () => tenant.readScope(scope)),
    readClusters: (ids, given) => life.step('azure', false, () => tenant.readClusters(ids, given)),
    readCluster: (id, workspaces) =>
      life.step('azure', false, () => tenant.readCluster(id, workspaces)),
    readResource: (id) => life.step('azure', false, () => tenant.readResource(id)),
  };
}

const clustersType = 'microsoft.containerservice/managedclusters';
/** What an export without these rows leaves open, and this Azure does not have. */
const takenAsEmpty: ReadonlySet<string> = new Set([
  'microsoft.authorization/denyassignments',
  'microsoft.authorization/locks',
  'microsoft.authorization/policyexemptions',
  'microsoft.network/effectivesecurityadminrules',
  'microsoft.resources/deploymentstacks',
]);

/** The rows themselves, as the files adapter reads them, with a past for an index that lies behind. */
export async function azureInMemory({
  rows: given,
  now,
  random,
  happened,
}: HeldBy): Promise<HeldAzure> {
  let rows: readonly object[] = given;
  let trouble: Trouble = {};
  const past: { readonly until: number; readonly rows: readonly object[] }[] = [];
  const sent: string[] = [];
  const overwritten: string[] = [];
  const read = new WeakMap<readonly object[], Promise<Items>>();
  let calls = 0;

  function become(after: readonly object[]): void {
    past.push({ until: now().getTime(), rows });
    // An index that lies further behind is nobody's.
    while (past.length > 10) past.shift();
    rows = after;
  }

  function rowsAt(lagMs: number): readonly object[] {
    const then = now().getTime() - lagMs;
    return past.find(({ until }) => then < until)?.rows ?? rows;
  }

  function itemsOf(these: readonly object[]): Promise<Items> {
    const known = read.get(these) ?? itemsIn(these);
    read.set(these, known);
    return known;
  }

  /** What a read shows, less what it says that it could not. */
  async function shown(these: readonly object[]): Promise<Items> {
    calls += 1;
    const items = await itemsOf(these);
    if (!happened.strikes(random, trouble.gaps ?? 0, 'gap')) return items;
    const types = [...new Set(items.flatMap((item) => (item.kind === 'row' ? [item.type] : [])))];
    const type = random.pick(types.filter((one) => !isTenantWide(one)));
    return [
      ...items.filter((item) => item.kind === 'gap' || item.type !== type),
      {
        kind: 'gap',
        type,
        scope: '/',
        what: `rows of ${type}`,
        why: '503',
        tried: true,
        passing: true,
      },
    ];
  }

  const tenant: TenantReader = {
    async readScope() {
      const items = await shown(rowsAt(trouble.indexLagMs ?? 0));
      const ids = items.flatMap((item) => (item.kind === 'row' ? [item.id] : []));
      const covered = new Set(ids.flatMap((id) => subscriptionIdOf(id) ?? []));
      return { items, covered: [...covered].toSorted() };
    },
    readClusters: () => shown(rowsAt(trouble.indexLagMs ?? 0)),
    async readCluster(cluster) {
      // Other clusters are not told of, as a live read of one does not.
      const items = await shown(rows);
      return items.filter(
        (item) => item.kind === 'gap' || item.type !== clustersType || item.id === cluster,
      );
    },
    async readResource(id) {
      calls += 1;
      const items = await itemsOf(rows);
      return items.find((item): item is Row => item.kind === 'row' && item.id === id);
    },
  };

  /** The properties of what a request speaks of. */
  function propertiesAt({ url }: ArmWrite): Readonly<Record<string, unknown>> | undefined {
    const [path = ''] = url.split('?');
    const [, group, name = ''] =
      /^(.*\/networksecuritygroups\/[^/]+)\/securityrules\/([^/]+)$/i.exec(path) ?? [];
    const holder = rows.find((row) => keyOf(row) === (group ?? path).toLowerCase());
    const properties: unknown =
      holder === undefined ? undefined : Reflect.get(holder, 'properties');
    if (typeof properties !== 'object' || properties === null) return undefined;
    if (group === undefined) return { ...properties };
    const rules: unknown = Reflect.get(properties, 'securityRules');
    const found = (Array.isArray(rules) ? rules : []).find(
      (rule: unknown) =>
        typeof rule === 'object' &&
        rule !== null &&
        String(Reflect.get(rule, 'name')).toLowerCase() === name.toLowerCase(),
    );
    return found === undefined ? undefined : { ...Reflect.get(found, 'properties') };
  }

  async function send(request: ArmWrite): Promise<WriteAnswer> {
    if (happened.strikes(random, trouble.busyWrites ?? 0, 'busy write')) {
      return random.chance(0.8)
        ? { kind: 'busy', says: '409 AnotherOperationInProgress' }
        : { kind: 'refused', says: '403 ScopeLocked' };
    }
    const isThere = propertiesAt(request) !== undefined;
    const told = `${request.method} ${request.url.split('?')[0] ?? ''}`;
    sent.push(told);
    if (request.method === 'PUT' && isThere) overwritten.push(told);
    become(afterWrite(rows, request));
    if (request.method === 'PUT' && happened.strikes(random, trouble.rivals ?? 0, 'rival')) {
      become(afterWrite(rows, { ...request, method: 'DELETE' }));
    }
    const isNew = request.method === 'PUT' ? !isThere : isThere;
    return { kind: isNew ? 'made' : 'alreadyThere' };
  }

  return {
    tenant: (life) => () => stepping(tenant, life),
    writer: (life) => ({
      read: (request) => life.step('writer', false, async () => propertiesAt(request)),
      send: async (request) => {
        try {
          return await life.step('writer', true, () => send(request));
        } catch (error) {
          // The adapter knows an answer that did not come.
          if (error instanceof Error && error.name === 'Mishap') {
            return { kind: 'lost', says: error.message };
          }
          throw error;
        }
      },
    }),
    calls: () => ({ armReads: calls }),
    rows: () => rows,
    sent,
    overwritten,
    change({ put, removed }) {
      const gone = new Set(removed);
      const own = new Map(put.map((row) => [keyOf(row), row]));
      const kept = rows.filter((row) => !gone.has(keyOf(row)) && !own.has(keyOf(row)));
      become([...kept, ...put]);
    },
    trouble: (next) => {
      trouble = next;
    },
    stop: async () => {},
  };
}

/** The rows as the files adapter gives them; role assignments and rules as they were written. */
async function itemsIn(rows: readonly object[]): Promise<Items> {
  const folder = await mkdtemp(join(tmpdir(), 'portcullis-'));
  try {
    const path = join(folder, 'estate.jsonl');
    await writeFile(path, rows.map((row) => JSON.stringify(row)).join('\n'));
    const items: (Row | Gap)[] = [];
    for await (const item of (await openEstate(path)).read(
      [...auditedTypes, ...ownershipTypes],
      {},
    )) {
      if (item.kind === 'row' || !takenAsEmpty.has(item.type ?? '')) items.push(item);
    }
    return items;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
