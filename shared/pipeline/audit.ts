import { findClusters, type FoundClusters } from '../facts/find-clusters.ts';
import type { InferenceCluster } from '../facts/inference-cluster.ts';
import { managementGroupsAbove } from '../facts/management-groups.ts';
import { readFacts } from '../facts/read-facts.ts';
import { notRead } from '../facts/row-reader.ts';
import { tagOf, tagsOf } from '../facts/rows/tags.ts';
import { misreadServiceTags } from '../facts/read-service-tags.ts';
import type { InventorySnapshot } from '../inventory/inventory-snapshot.ts';
import type { ResourceType } from '../inventory/resource-types.ts';
import { isTenantWide } from '../inventory/coverage.ts';
import { typeInId } from '../inventory/row-type.ts';
import type { Check } from '../model/check.ts';
import { type ResourceId, nameOf, resourceId, subscriptionIdOf } from '../model/resource-id.ts';
import type { Missing } from '../model/verdict.ts';
import { clusterReport, verdictReport } from '../reports/assemble-report.ts';
import type { AuditedCluster } from '../reports/explain-cluster.ts';
import type { GapReport } from '../reports/report.ts';
import type { ShardResult } from '../reports/scan.ts';
import { nearestFew } from '../settings/nearest.ts';
import { checkNames, settingsFor } from '../settings/resolve.ts';
import type { Settings } from '../settings/settings.ts';
import { problemText } from '../settings/settings-problems.ts';
import { callersTag } from '../settings/tagged-callers.ts';
import { UsageError } from '../settings/usage-error.ts';
import { type CheckDefect, evaluate } from './evaluate.ts';
import { exemptionWarnings, importedExemptions } from './policy-exemptions.ts';

/** The types an audit reads: what facts are made of, and what may exempt or protect. */
export const auditedTypes: readonly ResourceType[] = [
  'microsoft.authorization/denyassignments',
  'microsoft.authorization/locks',
  'microsoft.authorization/policyexemptions',
  'microsoft.authorization/roleassignments',
  'microsoft.authorization/roledefinitions',
  'microsoft.compute/virtualmachinescalesets',
  'microsoft.containerinstance/containergroups',
  'microsoft.containerregistry/registries',
  'microsoft.containerservice/managedclusters',
  'microsoft.containerservice/managedclusters/trustedaccessrolebindings',
  'microsoft.graph/groups',
  'microsoft.graph/serviceprincipals',
  'microsoft.keyvault/vaults',
  'microsoft.kubernetesconfiguration/extensions',
  'microsoft.machinelearningservices/workspaces',
  'microsoft.machinelearningservices/workspaces/computes',
  'microsoft.machinelearningservices/workspaces/onlineendpoints',
  'microsoft.network/applicationsecuritygroups',
  'microsoft.network/effectivesecurityadminrules',
  'microsoft.network/loadbalancers',
  'microsoft.network/networkinterfaces',
  'microsoft.network/networksecuritygroups',
  'microsoft.network/privateendpoints',
  'microsoft.network/publicipaddresses',
  'microsoft.network/routetables',
  'microsoft.network/servicetags',
  'microsoft.network/virtualnetworks',
  'microsoft.resources/subscriptions',
  'microsoft.storage/storageaccounts',
  'portcullis/assignedto',
];

/** No shard holds more clusters: what a shard needs must fit one worker's memory. */
const shardSize = 100;

/** Which clusters and checks, and what is laid over their verdicts. */
export interface AuditPlan {
  readonly snapshot: InventorySnapshot;
  readonly catalogue: readonly Check<InferenceCluster>[];
  readonly settings: Settings;
  /** Ids of the checks to run; all that the settings enable where absent. */
  readonly checks?: readonly string[];
  /** Ids or names of the clusters to report; all where absent. */
  readonly clusters?: readonly string[];
  /** Ids of the subscriptions whose clusters to report; all where absent. */
  readonly subscriptions?: readonly string[];
  /** Names or ids of the management groups below which to report clusters; all where absent. */
  readonly managementGroups?: readonly string[];
  /** `YYYY-MM-DD` in UTC: exemptions end. */
  readonly today: string;
  readonly onDefect: (defect: CheckDefect) => void;
}

/** What is known once the clusters are found: how many, and what cannot be said of the rest. */
export interface AuditScope {
  readonly ids: readonly ResourceId[];
  /** Clusters that are there, and that nobody asked for or nobody knows whether somebody did. */
  readonly leftOut: readonly ResourceId[];
  readonly outOfScope: FoundClusters['outOfScope'];
  readonly gaps: readonly GapReport[];
  readonly warnings: readonly string[];
}

/**
 * The clusters to audit.
 * @throws UsageError where a cluster asked for does not exist, or the settings name one ambiguously.
 */
export function auditScope(plan: AuditPlan): AuditScope {
  return wholeScope(plan, [scopePart(plan)]);
}

/** What one part of a scope contributes: whole subscriptions, whose rows are not held any longer. */
export interface ScopePart {
  /** Every cluster there that serves Azure ML, with the names that settings may use of it. */
  readonly everything: readonly {
    readonly id: ResourceId;
    readonly name: string;
    readonly callersTag?: string;
    readonly inScope: 'yes' | 'no' | 'unread';
  }[];
  readonly outOfScope: FoundClusters['outOfScope'];
  readonly misread: FoundClusters['misread'];
  readonly gaps: readonly GapReport[];
  readonly warnings: readonly string[];
  /** Subscriptions of which something was read, and the management groups above them. */
  readonly present: readonly string[];
  readonly above: readonly string[];
}

/** The clusters of a part of the scope, or of all of it. */
export function scopePart(plan: AuditPlan): ScopePart {
  const { snapshot, settings } = plan;
  const found = findClusters(snapshot, settings.scope.clusters);
  const everything = found.clusters.map(({ id }) => ({
    id,
    name: nameOf(id),
    inScope: inScope(id, plan),
    ...callersTagOf(tagsOf(snapshot.get(id)?.body['tags'])),
  }));
  const present = [...subscriptionsIn(snapshot)];
  return {
    everything,
    outOfScope: found.outOfScope,
    misread: found.misread,
    gaps: [...snapshot.gaps, ...found.missing, ...misreadServiceTags(snapshot)],
    warnings: exemptionWarnings(
      importedExemptions(snapshot, settings, checkIdsOf(plan)),
      settings,
      plan.today,
    ),
    present,
    above: present.flatMap((subscription) => {
      const groups = managementGroupsAbove(snapshot, subscription);
      return groups.known ? groups.value.map(nameOf) : [];
    }),
  };
}

/** The clusters of a part that are in scope, in the order of their ids. */
export function idsInScope({ everything }: ScopePart): readonly ResourceId[] {
  return everything.flatMap(({ id, inScope: isIn }) => (isIn === 'yes' ? [id] : [])).toSorted();
}

/**
 * The clusters to audit, of all parts.
 * @throws UsageError where a cluster asked for does not exist, or the settings name one ambiguously.
 */
export function wholeScope(
  plan: Omit<AuditPlan, 'snapshot'>,
  parts: readonly ScopePart[],
): AuditScope {
  const { settings } = plan;
  const everything = parts.flatMap((part) => part.everything);
  const { problems, warnings } = checkNames(settings, everything);
  if (problems.length > 0) throw new UsageError(problems.map(problemText));
  const within = everything.filter((cluster) => cluster.inScope === 'yes');
  // A compute may name a cluster of another part, which is missing from its own alone.
  const named = new Set(everything.map(({ id }) => gapKey(notRead('AKS cluster', id))));
  const foundElsewhere = (gap: GapReport) => parts.length > 1 && named.has(gapKey(gap));
  const asked = plan.clusters?.map((text) => ({ text, id: clusterNamed(text, within) }));
  const unmatched = asked?.filter(({ id }) => id.length === 0) ?? [];
  if (unmatched.length > 0) {
    const names = within.map(({ name }) => name);
    throw new UsageError(unmatched.map(({ text }) => noCluster(text, names)));
  }
  const ids = asked === undefined ? within.map(({ id }) => id) : asked.flatMap(({ id }) => id);
  const audited = new Set(ids);
  return {
    ids: [...audited].toSorted(),
    leftOut: everything.flatMap(({ id }) => (audited.has(id) ? [] : [id])),
    outOfScope: parts.flatMap((part) => part.outOfScope),
    gaps: distinct([
      ...parts.flatMap((part) => part.gaps.filter((gap) => !foundElsewhere(gap))),
      ...scopeGaps(plan, parts),
    ]),
    // What is read for all parts alike warns once.
    warnings: [...warnings, ...new Set(parts.flatMap((part) => part.warnings))],
  };
}

function checkIdsOf({ catalogue }: AuditPlan): readonly string[] {
  return catalogue.map(({ id }) => id);
}

/** The cluster's own word on who calls it; Azure compares tag names without regard to case. */
function callersTagOf(tags: InferenceCluster['tags']): { readonly callersTag?: string } {
  const value = tagOf(tags, callersTag);
  return value === undefined ? {} : { callersTag: value };
}

/** Each gap once, as it was first told. */
function distinct(gaps: readonly GapReport[]): readonly GapReport[] {
  const byKey = new Map<string, GapReport>();
  for (const { scope, what, why } of gaps) {
    const key = gapKey({ scope, what });
    if (!byKey.has(key)) byKey.set(key, { scope, what, why });
  }
  return [...byKey.values()];
}

/**
 * What verdicts needed and nobody read, or nobody understood: rows that are referred to and not
 * here, rows of the wrong shape, groups without members. `seen` keeps one gap for each, over all
 * shards.
 */
export function gapsOf(
  missing: readonly Missing[],
  snapshot: InventorySnapshot,
  seen: Set<string>,
): readonly GapReport[] {
  return missing
    .filter(({ what, scope, gap }) => {
      const id = resourceId(scope);
      const absent = rowTypes.has(typeInId(id)) && snapshot.get(id) === undefined;
      const key = absent ? id : gapKey({ what, scope });
      if (seen.has(key) || seen.has(gapKey({ what, scope })) || !(absent || gap)) return false;
      seen.add(key);
      return true;
    })
    .map(({ scope, what, why }) => ({ scope, what, why }));
}

/** Subnets, rules and resource groups are no rows of an estate: to miss one says nothing of the reading. */
const rowTypes: ReadonlySet<string | undefined> = new Set(auditedTypes);

/** What tells one gap from another. */
export function gapKey({ what, scope }: Pick<GapReport, 'what' | 'scope'>): string {
  return `${what}\n${scope}`;
}

/** A shard's verdicts, and all that was missing for them. */
export interface AuditedShard extends ShardResult {
  readonly missing: readonly Missing[];
  /** The clusters that are stopped, or in the middle of an operation: a pass resolves nothing there. */
  readonly unsettled: readonly ResourceId[];
}

/** The verdicts of at most a hundred clusters at a time, each cluster in exactly one shard. */
export function* auditShards(
  plan: AuditPlan,
  ids: readonly ResourceId[],
): Generator<AuditedShard, void> {
  const checks = plan.catalogue.filter((check) => isAsked(check.id, plan));
  for (let start = 0; start < ids.length; start += shardSize) {
    const clusters = readFacts(plan.snapshot, ids.slice(start, start + shardSize));
    const judged = clusters.map((cluster) => judgeCluster(cluster, checks, plan));
    yield {
      clusters: judged.map(({ cluster }) => cluster),
      verdicts: judged.flatMap(({ verdicts }) => verdicts),
      missing: judged.flatMap(({ missing }) => missing),
      unsettled: clusters.filter((cluster) => !isSettled(cluster)).map(({ id }) => id),
    };
  }
}

function isSettled({ unreadable, powerState, provisioningState }: InferenceCluster): boolean {
  const runs = powerState === undefined || powerState.toLowerCase() === 'running';
  const isDone = provisioningState === undefined || provisioningState.toLowerCase() === 'succeeded';
  return unreadable === undefined && runs && isDone;
}

/** One cluster by itself: its facts, the settings that hold for it, and its verdicts. */
export function auditCluster(plan: AuditPlan, id: ResourceId): AuditedCluster | undefined {
  const [cluster] = readFacts(plan.snapshot, [id]);
  if (cluster === undefined) return undefined;
  const checks = plan.catalogue.filter((check) => isAsked(check.id, plan));
  const { cluster: report, verdicts, settings } = judgeCluster(cluster, checks, plan);
  return { cluster, settings, report, verdicts };
}

function judgeCluster(
  cluster: InferenceCluster,
  checks: readonly Check<InferenceCluster>[],
  plan: AuditPlan,
) {
  const { snapshot, settings, today, onDefect } = plan;
  const own = settingsFor({ ...cluster, ...callersTagOf(cluster.tags) }, settings);
  const imported = importedExemptions(snapshot, settings, checkIdsOf(plan));
  const missing: Missing[] = [];
  const verdicts = checks.map((check) => {
    const judgement = evaluate(check, cluster, own, onDefect);
    missing.push(...judgement.missing);
    const written = judgement.missing.map(({ what, scope, why }) => ({ what, scope, why }));
    return verdictReport(
      check,
      cluster,
      { ...judgement, missing: written },
      settings,
      today,
      imported.exemptionFor,
    );
  });
  return { cluster: clusterReport(cluster, verdicts), verdicts, missing, settings: own };
}

function isAsked(checkId: string, { checks, settings }: AuditPlan): boolean {
  if (checks !== undefined) return checks.includes(checkId);
  return settings.checks[checkId]?.enabled ?? true;
}

/**
 * Settings and flags both narrow; management groups by the ancestry of the subscription's row, and
 * where that was not read nobody knows.
 */
export function inScope(
  id: ResourceId,
  { snapshot, settings, subscriptions = [], managementGroups = [] }: AuditPlan,
): 'yes' | 'no' | 'unread' {
  const subscription = subscriptionIdOf(id) ?? '';
  const answers = [{ subscriptions, managementGroups }, settings.scope].map((asked) =>
    isAskedFor(subscription, asked, snapshot),
  );
  if (answers.includes('no')) return 'no';
  return answers.includes('unread') ? 'unread' : 'yes';
}

/** Whether a subscription is named, or lies below a group that is; where nothing is named, all are. */
function isAskedFor(
  subscription: string,
  asked: {
    readonly subscriptions: readonly string[];
    readonly managementGroups: readonly string[];
  },
  snapshot: InventorySnapshot,
): 'yes' | 'no' | 'unread' {
  if (asked.subscriptions.length + asked.managementGroups.length === 0) return 'yes';
  if (asked.subscriptions.some((one) => subscriptionOf(one) === subscription)) return 'yes';
  if (asked.managementGroups.length === 0) return 'no';
  const above = managementGroupsAbove(snapshot, subscription);
  if (!above.known) return 'unread';
  const groups = new Set(above.value.map(nameOf));
  return asked.managementGroups.some((group) => groups.has(nameOf(resourceId(group))))
    ? 'yes'
    : 'no';
}

/** What was asked for and is not in the estate, and the clusters of which nobody knows whether they were. */
function scopeGaps(
  plan: Omit<AuditPlan, 'snapshot'>,
  parts: readonly ScopePart[],
): readonly GapReport[] {
  const { settings, subscriptions = [], managementGroups = [] } = plan;
  const present = new Set(parts.flatMap((part) => part.present));
  const clusters = parts.flatMap((part) => part.everything);
  const asked = [...subscriptions, ...settings.scope.subscriptions].map(subscriptionOf);
  const absent = [...new Set(asked)].filter((subscription) => !present.has(subscription));
  const above = new Set(parts.flatMap((part) => part.above));
  const groups = [...managementGroups, ...settings.scope.managementGroups].filter(
    (group) => !above.has(nameOf(resourceId(group))),
  );
  return [
    ...absent.map((subscription) => ({
      scope: `/subscriptions/${subscription}`,
      what: `the resources of subscription ${subscription}`,
      why: 'it was asked for, and nothing of it was read',
    })),
    ...groups.map((group) => ({
      scope: group,
      what: `the subscriptions below the management group ${nameOf(resourceId(group))}`,
      why: 'it was asked for, and no subscription that was read is known to lie below it',
    })),
    ...clusters
      .filter((cluster) => cluster.inScope === 'unread')
      .map(({ id, name }) => ({
        scope: id,
        what: `whether cluster ${name} lies below the management groups asked for`,
        why: 'the management groups above its subscription were not read; it is left out',
      })),
  ];
}

/**
 * Tells whether what was read proves that a cluster no longer exists: all clusters of its subscription
 * were read, something of the subscription is there, and the cluster is not.
 */
export function proofOfAbsence(snapshot: InventorySnapshot): (clusterId: string) => boolean {
  const present = subscriptionsIn(snapshot);
  return (clusterId) => {
    const id = resourceId(clusterId);
    return (
      present.has(subscriptionIdOf(id) ?? '') &&
      snapshot.get(id) === undefined &&
      snapshot.wasReadWithin('microsoft.containerservice/managedclusters', id).known
    );
  };
}

function subscriptionsIn(snapshot: InventorySnapshot): ReadonlySet<string> {
  return new Set(
    auditedTypes
      .filter((type) => !isTenantWide(type))
      .flatMap((type) => snapshot.rowsOf(type).flatMap(({ id }) => subscriptionIdOf(id) ?? [])),
  );
}

function subscriptionOf(text: string): string {
  return resourceId(text).replace(/^\/subscriptions\//, '');
}

function clusterNamed(
  text: string,
  clusters: readonly { readonly id: ResourceId; readonly name: string }[],
): readonly ResourceId[] {
  const wanted = resourceId(text);
  return clusters.filter(({ id, name }) => id === wanted || name === wanted).map(({ id }) => id);
}

/**
 * The cluster that a person means by an id or a name.
 * @throws UsageError where none is meant, or several.
 */
export function oneCluster(text: string, ids: readonly ResourceId[]): ResourceId {
  const clusters = ids.map((id) => ({ id, name: nameOf(id) }));
  const [found, ...others] = clusterNamed(text, clusters);
  if (found === undefined) {
    const near = nearestFew(
      text,
      clusters.map(({ name }) => name),
      3,
    );
    const hint =
      near.length > 0
        ? `did you mean ${near.join(' or ')}?`
        : 'portcullis scan lists those there are';
    throw new UsageError([`"${text}" is no inference cluster here; ${hint}`]);
  }
  if (others.length > 0) {
    throw new UsageError([
      `${others.length + 1} clusters are called "${text}"; name one by its id:`,
      ...[found, ...others].map((id) => `  ${id}`),
    ]);
  }
  return found;
}

function noCluster(text: string, names: readonly string[]): string {
  const near = nearestFew(text, names, 3);
  const hint =
    near.length > 0
      ? `did you mean ${near.join(' or ')}?`
      : 'scan without --cluster to see those there are';
  return `--cluster "${text}" fits no inference cluster; ${hint}`;
}
