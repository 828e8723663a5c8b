import type { CallerContext } from '../checks/caller-questions.ts';
import { restrictionOf } from '../checks/outbound-restriction.ts';
import { dependencyReaches } from '../checks/restricted-outbound-allows-dependencies.ts';
import { registryReaches } from '../checks/restricted-outbound-allows-registry.ts';
import { workloadSubnets } from '../checks/subnet-rules.ts';
import { notApplicable, worstOr } from '../checks/judgement.ts';
import type { InferenceCluster } from '../facts/inference-cluster.ts';
import type { Check } from '../model/check.ts';
import { type Judgement, foundIn } from '../model/verdict.ts';
import type { ClusterSettings } from '../settings/cluster-settings.ts';
import { explainAccess } from './explain-access.ts';
import { explainFacts, written } from './explain-facts.ts';
import type { PriorityBand } from '../remediation/free-priority.ts';
import { fixOf } from './explain-fix.ts';
import { inboundPaths, outboundPaths } from './explain-paths.ts';
import type { ExplainedNeed, ExplainedPath, Explanation } from './explanation.ts';
import type { ClusterReport, VerdictReport } from './report.ts';

/** What an audit knows of one cluster and says of it. */
export interface AuditedCluster {
  readonly cluster: InferenceCluster;
  /** As they hold for this cluster. */
  readonly settings: ClusterSettings;
  readonly report: ClusterReport;
  readonly verdicts: readonly VerdictReport[];
}

/** What surrounds an explanation. */
export interface ExplanationFrame {
  readonly catalogue: readonly Check<InferenceCluster>[];
  /** ISO 8601, UTC. */
  readonly explainedAt: string;
  readonly source: Explanation['source'];
  readonly priorityBand: PriorityBand;
  readonly assumptions: readonly string[];
}

/** One cluster in full, from its facts and the answers of the engines. */
export function explainCluster(audited: AuditedCluster, frame: ExplanationFrame): Explanation {
  const { cluster, settings, report, verdicts } = audited;
  const context: CallerContext = { cluster, settings, subnets: cluster.subnets };
  // Of a cluster whose own row could not be read, nothing can be drawn.
  const isRead = cluster.unreadable === undefined;
  const inbound = isRead ? inboundPaths(context) : [];
  const { restriction, needs } = isRead ? needsOf(context) : unreadNeeds;
  const fixing = { catalogue: frame.catalogue, band: frame.priorityBand };
  return {
    schemaVersion: 1,
    explainedAt: frame.explainedAt,
    source: frame.source,
    cluster: report,
    facts: explainFacts(cluster, settings),
    inbound: inbound.map(({ path }) => published(path)),
    outbound: isRead ? outboundPaths(context).map(published) : [],
    restriction,
    needs,
    access: isRead ? explainAccess(cluster) : [],
    verdicts: verdicts.map((verdict) => {
      const check = frame.catalogue.find(({ id }) => id === verdict.checkId);
      return {
        ...verdict,
        title: check?.title ?? verdict.checkId,
        advice: check?.advice ?? '',
        fix:
          check === undefined || verdict.kind !== 'fail'
            ? null
            : fixOf(check, verdict.fingerprint, audited, fixing),
      };
    }),
    assumptions: frame.assumptions,
  };
}

const unreadNeeds = { restriction: 'perhaps', needs: [] } as const;

function published(path: ExplainedPath): ExplainedPath {
  return {
    ...path,
    missing: written(path.missing),
    hops: path.hops.map((hop) => ({ ...hop, missing: written(hop.missing) })),
  };
}

/** Whether outbound is restricted, and then each thing that must be reached all the same. */
function needsOf(context: CallerContext): Pick<Explanation, 'restriction' | 'needs'> {
  const all = foundIn(context.subnets);
  const outbound = { ...context, all };
  const { kind } = restrictionOf(outbound);
  if (kind === 'none') return { restriction: kind, needs: [] };
  const registries = registryReaches(outbound).map(({ label, parts }) =>
    need(
      `${label} (TCP 443)`,
      false,
      worstOr(parts, notApplicable('No subnet of nodes is known.')),
    ),
  );
  const dependencies = dependencyReaches(workloadSubnets(all), outbound).map(
    ({ text, isOptional, part }) => need(text, isOptional, part),
  );
  return { restriction: kind, needs: [...registries, ...dependencies] };
}

function need(what: string, isOptional: boolean, part: Judgement): ExplainedNeed {
  const { kind, summary, evidence, missing } = part;
  return { what, isOptional, kind, summary, evidence, missing: written(missing) };
}
