import { surroundingsOf } from '../checks/subnet-rules.ts';
import type { ClusterSubnet, InferenceCluster } from '../facts/inference-cluster.ts';
import { findClusters } from '../facts/find-clusters.ts';
import { rowReader } from '../facts/row-reader.ts';
import type { Reading } from '../inventory/coverage.ts';
import { type InventorySnapshot, snapshotOf } from '../inventory/inventory-snapshot.ts';
import { mayHideService } from '../inventory/root-types.ts';
import { resourceTypes } from '../inventory/resource-types.ts';
import { resourceTypeNamed, typeInId } from '../inventory/row-type.ts';
import { type ResourceId, nameOf, resourceId } from '../model/resource-id.ts';
import { type Missing, compareSeverity, foundIn } from '../model/verdict.ts';
import { diffLists } from '../network/diff.ts';
import type { NetworkSecurityGroup, SecurityRule } from '../network/security-rule.ts';
import type { Row } from '../ports.ts';
import { canonical } from '../remediation/plan.ts';
import type { VerdictReport } from '../reports/report.ts';
import type {
  ChangedCluster,
  Effect,
  JudgedChange,
  PacketChange,
  UnjudgedChange,
  VerdictChange,
  WhatIf,
} from '../reports/what-if.ts';
import { type AuditPlan, auditCluster, auditScope, auditShards } from './audit.ts';
import { linksOf, mayBeBehind, placesOf } from './dependencies.ts';
import type { ProposedChange } from './proposed-change.ts';
import { changedBody, holderOf, isRead } from './proposed-changes.ts';

/** Clusters judged at a time, before and after. */
const shardSize = 100;

/**
 * What the changes would do to every cluster of the plan: the whole audit is made on what was read,
 * and on what it would be, so nothing depends on knowing which clusters a change bears on.
 * @throws UsageError where a cluster asked for does not exist.
 */
export function whatIf(
  plan: AuditPlan,
  changes: readonly ProposedChange[],
  reading: Reading,
): WhatIf {
  const { snapshot } = plan;
  const proposal = applied(snapshot, changes, reading);
  const after = { ...plan, snapshot: proposal.snapshot };
  const ids = distinct([...auditScope(plan).ids, ...idsIn(after)]);
  const { dependents, perhaps } = dependentsOf(changes, ids, [snapshot, proposal.snapshot]);
  const dependent = new Set([...dependents.values()].flat());
  const clusters: ChangedCluster[] = [];
  let stillUnknown = 0;
  for (let start = 0; start < ids.length; start += shardSize) {
    const shard = ids.slice(start, start + shardSize);
    const [was, willBe] = [verdictsOf(plan, shard), verdictsOf(after, shard)];
    for (const id of shard) {
      const verdicts = verdictChanges(was.get(id) ?? [], willBe.get(id) ?? []);
      const packets = dependent.has(id) ? packetChanges(plan, after, id) : [];
      if (dependent.has(id) || perhaps.has(id)) {
        stillUnknown += unknownInBoth(was.get(id) ?? [], willBe.get(id) ?? []);
      }
      if (verdicts.length + packets.length > 0) {
        clusters.push({ id, name: nameOf(id), verdicts, packets });
      }
    }
  }
  return {
    changes: proposal.judged.map((one) => ({
      ...one,
      clusters: isFollowed(one.id) ? (dependents.get(one.id) ?? []) : null,
    })),
    unjudged: proposal.unjudged.map(({ id, because, isMissing, matters }) => ({
      id,
      because,
      // What nobody refers to bears on nobody, read or not.
      matters: matters && (!isMissing || (dependents.get(id) ?? []).length > 0),
    })),
    clusters,
    examined: ids.length,
    stillUnknown,
    hiding: plan.clusters === undefined ? hidingIn(plan) : [],
    assumptions: snapshot.assumptions,
  };
}

/** What may hide a cluster that depends on a change. */
function hidingIn({ snapshot, settings }: AuditPlan): readonly Missing[] {
  return [
    ...snapshot.gaps.filter(mayHideService).map(({ what, scope, why }) => ({ what, scope, why })),
    ...findClusters(snapshot, settings.scope.clusters).misread,
  ];
}

/** A change may take away the very cluster that was asked for. */
function idsIn(plan: AuditPlan): readonly ResourceId[] {
  const { clusters: _, ...everything } = plan;
  const asked = plan.clusters?.map(resourceId);
  const { ids } = auditScope(everything);
  return asked === undefined
    ? ids
    : ids.filter((id) => asked.some((one) => one === id || one === nameOf(id)));
}

/** Types that clusters depend on without naming a resource: what all share, and what holds for a network. */
const unfollowed: ReadonlySet<string | undefined> = new Set([
  'microsoft.authorization/roledefinitions',
  'microsoft.graph/groups',
  'microsoft.graph/serviceprincipals',
  'microsoft.network/effectivesecurityadminrules',
  'microsoft.network/servicetags',
  'microsoft.resources/subscriptions',
]);

function isFollowed(id: ResourceId): boolean {
  return !unfollowed.has(typeInId(id));
}

interface Applied {
  readonly snapshot: InventorySnapshot;
  readonly judged: readonly Omit<JudgedChange, 'clusters'>[];
  readonly unjudged: readonly (UnjudgedChange & { readonly isMissing: boolean })[];
}

/** What was read, as it would be once everything is changed. */
function applied(
  snapshot: InventorySnapshot,
  changes: readonly ProposedChange[],
  reading: Reading,
): Applied {
  const rows = new Map<ResourceId, Row>();
  for (const type of resourceTypes) for (const row of snapshot.rowsOf(type)) rows.set(row.id, row);
  const judged: Omit<JudgedChange, 'clusters'>[] = [];
  const unjudged: Applied['unjudged'][number][] = [];
  for (const change of changes) {
    const { id, type, outcome } = change;
    const leave = (because: string, matters: boolean, isMissing = false) =>
      unjudged.push({ id, because, matters, isMissing });
    if (outcome.kind === 'none') {
      judged.push({ id, change: 'none' });
      continue;
    }
    if (outcome.kind === 'unjudged') {
      leave(outcome.because, outcome.matters);
      continue;
    }
    if (!isRead(type)) {
      leave('no audit reads resources of this type', false);
      continue;
    }
    if (outcome.kind === 'untold') {
      leave(outcome.because, true);
      continue;
    }
    const holder = holderOf(change);
    const at = holder ?? id;
    const row = rows.get(at);
    if (row === undefined && (holder !== undefined || outcome.kind !== 'put')) {
      const what = holder === undefined ? 'it' : `${nameOf(holder)}, in which it lies,`;
      leave(`${what} is not among what was read`, true, true);
      continue;
    }
    const body = changedBody(row?.body, change);
    const rowType = row?.type ?? resourceTypeNamed(type ?? '');
    if (body === undefined || rowType === undefined) rows.delete(at);
    else rows.set(at, { kind: 'row', id: at, type: rowType, body: { type: rowType, ...body } });
    judged.push({ id, change: wordFor(change, row, holder) });
  }
  const asked = snapshot.asked === undefined ? undefined : [...snapshot.asked];
  const items = [...rows.values(), ...snapshot.gaps];
  return { snapshot: snapshotOf(items, reading, asked), judged, unjudged };
}

function wordFor(
  { outcome }: ProposedChange,
  row: Row | undefined,
  holder: ResourceId | undefined,
): JudgedChange['change'] {
  if (outcome.kind === 'delete') return 'delete';
  return row === undefined && holder === undefined ? 'create' : 'modify';
}

/** The clusters that depend on what changes, in either state; and those that may, by what was not read. */
function dependentsOf(
  changes: readonly ProposedChange[],
  ids: readonly ResourceId[],
  snapshots: readonly InventorySnapshot[],
): {
  readonly dependents: ReadonlyMap<ResourceId, readonly ResourceId[]>;
  readonly perhaps: ReadonlySet<ResourceId>;
} {
  const changesAt = new Map<ResourceId, ResourceId[]>();
  for (const { id } of changes) {
    for (const place of placesOf(id)) changesAt.set(place, [...(changesAt.get(place) ?? []), id]);
  }
  const changed = [...new Set(changes.map((change) => holderOf(change) ?? change.id))];
  const found = new Map<ResourceId, Set<ResourceId>>();
  const perhaps = new Set<ResourceId>();
  for (const snapshot of snapshots) {
    const reader = rowReader(snapshot);
    for (const cluster of ids) {
      const links = linksOf(snapshot, cluster, reader);
      if (changed.some((id) => mayBeBehind(links, id))) perhaps.add(cluster);
      for (const place of links.dependencies) {
        for (const id of changesAt.get(place) ?? []) {
          found.set(id, (found.get(id) ?? new Set()).add(cluster));
        }
      }
    }
  }
  const dependents = new Map([...found].map(([id, clusters]) => [id, [...clusters].toSorted()]));
  return { dependents, perhaps };
}

function verdictsOf(
  plan: AuditPlan,
  ids: readonly ResourceId[],
): ReadonlyMap<string, readonly VerdictReport[]> {
  const present = ids.filter((id) => plan.snapshot.get(id) !== undefined);
  const verdicts = [...auditShards(plan, present)].flatMap((shard) => shard.verdicts);
  return Map.groupBy(verdicts, ({ clusterId }) => clusterId);
}

function verdictChanges(
  was: readonly VerdictReport[],
  willBe: readonly VerdictReport[],
): readonly VerdictChange[] {
  const [before, after] = [was, willBe].map(
    (verdicts) => new Map(verdicts.map((verdict) => [verdict.checkId, verdict])),
  );
  const checkIds = distinct([...was, ...willBe].map(({ checkId }) => checkId));
  return checkIds.flatMap((checkId): readonly VerdictChange[] => {
    const change = {
      checkId,
      before: before?.get(checkId) ?? null,
      after: after?.get(checkId) ?? null,
    };
    const effect = effectOf(change);
    return effect === undefined ? [] : [{ ...change, effect }];
  });
}

/** Undefined where the verdict says what it said; a pass has nothing to say but that it is one. */
function effectOf({ before, after }: Omit<VerdictChange, 'effect'>): Effect | undefined {
  const [from, to] = [before?.kind, after?.kind];
  if (to === 'fail') {
    if (from !== 'fail' || before === null || after === null) return 'breaks';
    if (compareSeverity(after.severity, before.severity) < 0) return 'breaks';
    return after.severity === before.severity && after.summary === before.summary
      ? undefined
      : 'alters';
  }
  if (from === to) return undefined;
  if (to === 'unknown') return 'doubts';
  return from === 'fail' && to !== undefined ? 'mends' : 'alters';
}

function unknownInBoth(was: readonly VerdictReport[], willBe: readonly VerdictReport[]): number {
  const before = new Set(was.flatMap(({ kind, checkId }) => (kind === 'unknown' ? [checkId] : [])));
  return willBe.filter(({ kind, checkId }) => kind === 'unknown' && before.has(checkId)).length;
}

/** What subnet by subnet the rules decide otherwise; where the rules are not known, the verdicts are not either. */
function packetChanges(
  before: AuditPlan,
  after: AuditPlan,
  id: ResourceId,
): readonly PacketChange[] {
  const judged = auditCluster({ ...after, checks: [] }, id);
  const was = auditCluster({ ...before, checks: [] }, id);
  if (judged === undefined || was === undefined) return [];
  const { cluster, settings } = judged;
  const earlier = subnetsOf(was.cluster);
  const changes = [...subnetsOf(cluster).values()].flatMap((subnet): readonly PacketChange[] => {
    const old = earlier.get(subnet.id)?.securityGroup;
    const { securityGroup } = subnet;
    if (old?.known !== true || !securityGroup.known) return [];
    const [from, to] = [old.value, securityGroup.value];
    if (canonical(rulesOf(from)) === canonical(rulesOf(to))) return [];
    const diff = diffLists(rulesOf(from), rulesOf(to), surroundingsOf(subnet, cluster, settings));
    return [{ subnetId: subnet.id, before: from?.id ?? null, after: to?.id ?? null, diff }];
  });
  return withoutRepeats(changes);
}

/** Subnets of one network with the same groups are let through alike: the first speaks for all. */
function withoutRepeats(changes: readonly PacketChange[]): readonly PacketChange[] {
  const seen = new Set<string>();
  return changes.filter(({ before, after, diff }) => {
    const key = canonical([before, after, diff.answer]);
    return !seen.has(key) && seen.add(key);
  });
}

function subnetsOf(cluster: InferenceCluster): ReadonlyMap<ResourceId, ClusterSubnet> {
  return new Map(foundIn(cluster.subnets).map((subnet) => [subnet.id, subnet]));
}

/** Without a group, everything passes. */
function rulesOf(group: NetworkSecurityGroup | null): readonly SecurityRule[] {
  return group?.rules ?? [everythingIn('Inbound'), everythingIn('Outbound')];
}

function everythingIn(direction: SecurityRule['direction']): SecurityRule {
  return {
    name: 'no network security group',
    direction,
    access: 'Allow',
    protocol: '*',
    priority: 65_500,
    sources: [{ kind: 'any' }],
    sourcePorts: [],
    destinations: [{ kind: 'any' }],
    destinationPorts: [],
  };
}

function distinct<T extends string>(texts: readonly T[]): readonly T[] {
  return [...new Set(texts)].toSorted();
}
