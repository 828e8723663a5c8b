import type { Gap, Row, TenantReader } from '../ports.ts';
import { ownershipTypes } from '../facts/ownership-facts.ts';
import { keptBy } from '../checks/kept-by.ts';
import { snapshotOf } from '../inventory/inventory-snapshot.ts';
import type { ResourceId } from '../model/resource-id.ts';
import type { Before } from '../remediation/journal.ts';
import { type Plan, type Planned, type ReservedPlace, canonical } from '../remediation/plan.ts';
import { idIn, targetOf, withoutWrites } from '../remediation/without-writes.ts';
import { type AuditPlan, auditCluster, auditScope, auditedTypes } from './audit.ts';
import type { PlannedAgain, Verification } from './carry-out.ts';
import { placesOf } from './dependencies.ts';
import { inParallel } from './in-parallel.ts';
import { planFindings } from './plan-findings.ts';

/** What is known of who shares what, and where a live read of a cluster sets out. */
export interface Neighbourhood {
  /** The clusters that depend on any of these. */
  clustersOf(places: readonly ResourceId[]): Promise<readonly ResourceId[]>;
  /** The workspaces that attach a cluster. */
  rootsOf(cluster: ResourceId): Promise<readonly ResourceId[]>;
}

/** How plans are made and judged on what is there now. */
export interface LivePlanning {
  /** One that reads what tells whose a resource is, too. */
  readonly tenant: Pick<TenantReader, 'readCluster'>;
  readonly neighbourhood: Neighbourhood;
  readonly judging: Pick<AuditPlan, 'catalogue' | 'settings' | 'today' | 'onDefect'>;
  /** Plans that were made, and asked for, together with the one in hand. */
  readonly siblings: readonly Plan[];
}

/** As many clusters are read at once: a group may be shared by hundreds. */
const readAtOnce = 4;

type Items = readonly (Row | Gap)[];

/** What a reader of live clusters has to be asked for, that plans can be made. */
const plannedOn = [...auditedTypes, ...ownershipTypes];
/** One for all findings that are planned for on the same rows: what is read of them is kept by it. */
const plannedSnapshot = keptBy((items: Items) => snapshotOf(items, undefined, plannedOn));
type Finding = Pick<Plan, 'clusterId' | 'checkId' | 'fingerprint' | 'expiresAt'>;

/** All that bears on the cluster of a plan, and on every cluster that shares with it what is changed. */
export async function readAround(planning: LivePlanning, plan: Plan): Promise<Items> {
  return readClusters(planning, await clustersAround(planning.neighbourhood, plan));
}

/** All that bears on any of these clusters. */
export async function readClusters(
  { tenant, neighbourhood }: Pick<LivePlanning, 'tenant' | 'neighbourhood'>,
  clusters: readonly ResourceId[],
): Promise<Items> {
  const parts: Items[] = [];
  await inParallel(clusters, readAtOnce, async (cluster) => {
    parts.push(await tenant.readCluster(cluster, await neighbourhood.rootsOf(cluster)));
  });
  return parts.flat();
}

/** The cluster of a plan, and every cluster that shares with it what is changed. */
export async function clustersAround(
  neighbourhood: Neighbourhood,
  { changes, clusterId }: Plan,
): Promise<readonly ResourceId[]> {
  const places = changes.flatMap((write) => placesOf(idIn(write)));
  return [...new Set([...(await neighbourhood.clustersOf(places)), clusterId])];
}

/**
 * The plan again, on what is there now less what it has written itself. What its siblings wrote is
 * proven both ways: without it the plan rests on the state that was approved, with it the same requests
 * must still follow.
 */
export async function planAgain(planning: LivePlanning, plan: Plan): Promise<PlannedAgain> {
  const items = withoutWrites(await readAround(planning, plan), plan.changes);
  const before = beforeIn(planning, plan, items);
  const planned = planOn(planning, plan, items);
  const alone = withoutWrites(
    items,
    planning.siblings.flatMap(({ changes }) => changes),
  );
  const asApproved = isUnchanged(items, alone) ? planned : planOn(planning, plan, alone);
  const told = isSameRequests(planned, asApproved) ? asApproved : planned;
  return { ...(told === undefined ? {} : { planned: told }), before };
}

/**
 * The plan for a finding on these rows; undefined where its check passes on them.
 * `reserved` are priorities that others mean to take.
 */
export function planOn(
  { judging, siblings }: Pick<LivePlanning, 'judging' | 'siblings'>,
  { clusterId, checkId, fingerprint, expiresAt }: Finding,
  items: Items,
): Planned | undefined {
  const plan: AuditPlan = { ...judging, snapshot: plannedSnapshot(items) };
  const unplanned = (because: string): Planned => ({
    kind: 'unplanned',
    unplanned: { checkId, clusterId, fingerprint, because },
  });
  if (!auditScope(plan).ids.includes(clusterId)) {
    return unplanned('The cluster is gone, could not be read, or serves Azure ML no more.');
  }
  const [verdict] = auditCluster({ ...plan, checks: [checkId] }, clusterId)?.verdicts ?? [];
  if (verdict?.kind === 'pass' || verdict?.kind === 'notApplicable') return undefined;
  if (verdict?.kind !== 'fail') {
    return unplanned(
      `Whether the check fails is not known: ${verdict?.summary ?? 'it was not run'}`,
    );
  }
  const [planned] = planFindings(
    { ...plan, clusters: [clusterId], checks: [checkId] },
    expiresAt,
    reservedBy(siblings),
  );
  return planned ?? unplanned('Somebody has accepted the failure, or it counts for nothing.');
}

function reservedBy(siblings: readonly Plan[]): readonly ReservedPlace[] {
  return siblings.flatMap(({ places }) => places);
}

function isUnchanged(some: Items, others: Items): boolean {
  return some.every((item, index) => item === others[index]);
}

function isSameRequests(one: Planned | undefined, other: Planned | undefined): boolean {
  return (
    one?.kind === 'plan' &&
    other?.kind === 'plan' &&
    canonical([one.plan.changes, one.plan.diff]) ===
      canonical([other.plan.changes, other.plan.diff])
  );
}

/** What is changed, as it is, and what passes, of every cluster that was read. */
function beforeIn({ judging }: LivePlanning, plan: Plan, items: Items): Before {
  const snapshot = snapshotOf(items);
  const targets = new Set(plan.changes.map(targetOf));
  const passing = [...verdictsOn({ judging }, items)].map(([id, verdicts]) => [
    id,
    [...verdicts].flatMap(([checkId, kind]) => (kind === 'pass' ? [checkId] : [])),
  ]);
  return {
    images: [...targets].flatMap((id) => {
      const row = snapshot.get(id);
      return row === undefined ? [] : [row.body];
    }),
    passing: Object.fromEntries(passing),
  };
}

/** Every verdict on these rows, by cluster and check. */
function verdictsOn(
  { judging }: Pick<LivePlanning, 'judging'>,
  items: Items,
): ReadonlyMap<string, ReadonlyMap<string, string>> {
  const plan: AuditPlan = {
    ...judging,
    snapshot: snapshotOf(items),
    checks: judging.catalogue.map(({ id }) => id),
  };
  return new Map(
    auditScope(plan).ids.map((id) => {
      const verdicts = auditCluster(plan, id)?.verdicts ?? [];
      return [id, new Map(verdicts.map(({ checkId, kind }) => [checkId, kind]))];
    }),
  );
}

/**
 * Whether the change led to what was proven: the check passes, no check that passed before fails, and
 * the plan still holds on what is there now less the change itself, whatever others did meanwhile.
 */
export async function verifyLive(
  planning: LivePlanning,
  plan: Plan,
  before: Before,
): Promise<Verification> {
  const items = await readAround(planning, plan);
  const verdicts = verdictsOn(planning, items);
  const own = verdicts.get(plan.clusterId)?.get(plan.checkId);
  // Where the default rules are kept again, nothing is left to ask of restricted outbound.
  if (own !== 'pass' && own !== 'notApplicable') {
    const says = `${plan.checkId} is ${wordFor(own)} after the change.`;
    return { kind: own === 'fail' ? 'fail' : 'unknown', says };
  }
  const isWhole = items.every(({ kind }) => kind === 'row');
  const worse = worseThan(before, verdicts, isWhole);
  if (worse !== undefined) return worse;
  const again = planOn(planning, plan, withoutWrites(items, plan.changes));
  const holds = again?.kind === 'plan' && canonical(again.plan.changes) === canonical(plan.changes);
  return holds
    ? { kind: 'pass' }
    : {
        kind: 'fail',
        says: 'Somebody else changed what it rests on meanwhile, and it is no longer what was proven.',
      };
}

/**
 * The first check that passed before and does not now; a fail before what is unknown. A cluster that
 * is gone has nothing left to break, but only where everything was read it is gone.
 */
function worseThan(
  { passing }: Before,
  verdicts: ReadonlyMap<string, ReadonlyMap<string, string>>,
  isWhole: boolean,
): Verification | undefined {
  const worse = Object.entries(passing).flatMap(([cluster, checks]) => {
    const now = verdicts.get(cluster);
    if (now === undefined && isWhole) return [];
    return checks.flatMap((checkId) => {
      const kind = now?.get(checkId);
      return kind === 'pass' || kind === 'notApplicable' ? [] : [{ cluster, checkId, kind }];
    });
  });
  const first = worse.find(({ kind }) => kind === 'fail') ?? worse[0];
  if (first === undefined) return undefined;
  const says = `${first.checkId} of ${first.cluster} passed before the change and is ${wordFor(first.kind)} after it.`;
  return { kind: first.kind === 'fail' ? 'fail' : 'unknown', says };
}

function wordFor(kind: string | undefined): string {
  return kind === 'fail' ? 'failing' : 'unknown';
}
