import type { InferenceCluster } from '../facts/inference-cluster.ts';
import { readOwnership } from '../facts/ownership-facts.ts';
import { readFacts } from '../facts/read-facts.ts';
import { type ResourceId, parentOf, resourceGroupIdOf } from '../model/resource-id.ts';
import { compareSeverity, foundIn } from '../model/verdict.ts';
import { groupsOf } from '../remediation/changed-facts.ts';
import type { JudgedCluster } from '../remediation/failing-check.ts';
import { keptFromDenials, keptFromOthers, ownershipOf } from '../remediation/ownership.ts';
import { type Planned, type ReservedPlace, unplannedOf } from '../remediation/plan.ts';
import { planners } from '../remediation/planners.ts';
import { type AuditPlan, auditCluster, auditScope } from './audit.ts';

/** Facts are read for so many clusters at a time. */
const shardSize = 100;

/**
 * A plan, or why there is none, for every failing verdict above `info` that nobody exempted, cluster
 * by cluster. What a plan must not break is looked for among all clusters that were read, not only
 * those asked for. What is not proven to be nobody else's is never planned for: the snapshot has to
 * hold `ownershipTypes`, and to know that it was asked for them. `expiresAt` is ISO 8601; `taken` are
 * places that other plans mean to take.
 */
export function* planFindings(
  plan: AuditPlan,
  expiresAt: string,
  taken: readonly ReservedPlace[] = [],
): Generator<Planned, void> {
  const { catalogue, snapshot, settings } = plan;
  const { clusters: _, checks: __, ...everything } = plan;
  const neighbours = neighboursIn(everything);
  const ownership = readOwnership(snapshot);
  const ownerOf = (id: ResourceId) => ownershipOf(ownership(id), settings.guard);
  const { priorityBand: band } = settings.guard;
  const reserved: ReservedPlace[] = [...taken];
  for (const id of auditScope(plan).ids) {
    const audited = auditCluster(plan, id);
    if (audited === undefined) continue;
    // The gravest is planned first: of a place that two plans could take, it takes the better.
    const failing = audited.verdicts
      .filter(
        ({ kind, severity, exempt }) => kind === 'fail' && severity !== 'info' && exempt === null,
      )
      .toSorted((a, b) => compareSeverity(a.severity, b.severity));
    if (failing.length === 0) continue;
    const others = readFacts(snapshot, neighbours(audited.cluster)).flatMap(
      (cluster): readonly JudgedCluster[] => {
        const own = auditCluster({ ...everything, checks: [] }, cluster.id);
        return own === undefined ? [] : [{ cluster, settings: own.settings }];
      },
    );
    for (const { checkId, fingerprint } of failing) {
      const check = catalogue.find((one) => one.id === checkId);
      if (check === undefined) continue;
      const finding = { ...audited, check, fingerprint, others, checks: catalogue };
      const planner = planners.get(checkId);
      const proposed =
        planner === undefined
          ? unplannedOf(
              finding,
              `Nothing that can be changed in place puts it right; docs/checks/${checkId}.md says what to do.`,
            )
          : planner(finding, { band, expiresAt, reserved });
      const planned = keptFromDenials(keptFromOthers(proposed, ownerOf), audited.cluster.access);
      if (planned.kind === 'plan') reserved.push(...planned.plan.places);
      yield planned;
    }
  }
}

/** Who else is behind the same security groups, or in networks of the same resource groups. */
function neighboursIn(plan: AuditPlan): (cluster: InferenceCluster) => readonly ResourceId[] {
  const byPlace = new Map<ResourceId, Set<ResourceId>>();
  const { ids } = auditScope(plan);
  for (let start = 0; start < ids.length; start += shardSize) {
    for (const cluster of readFacts(plan.snapshot, ids.slice(start, start + shardSize))) {
      for (const place of placesOf(cluster)) {
        byPlace.set(place, (byPlace.get(place) ?? new Set()).add(cluster.id));
      }
    }
  }
  return (cluster) => {
    const all = new Set(placesOf(cluster).flatMap((place) => [...(byPlace.get(place) ?? [])]));
    all.delete(cluster.id);
    return [...all].toSorted();
  };
}

function placesOf(cluster: InferenceCluster): readonly ResourceId[] {
  return [
    ...groupsOf(cluster).keys(),
    ...foundIn(cluster.subnets).flatMap(({ id }) => resourceGroupIdOf(parentOf(id)) ?? []),
  ];
}
