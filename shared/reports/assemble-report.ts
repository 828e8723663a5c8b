import type { InferenceCluster } from '../facts/inference-cluster.ts';
import { fingerprint } from '../findings/fingerprint.ts';
import type { Check } from '../model/check.ts';
import type { ResourceId } from '../model/resource-id.ts';
import { type Judgement, type Severity, compareSeverity, foundIn } from '../model/verdict.ts';
import { type Exemption, exemptionFor } from '../settings/resolve.ts';
import type { Settings } from '../settings/settings.ts';
import type { ClusterReport, Posture, Report, Summary, VerdictReport } from './report.ts';
import type { ScanHeader, ShardResult, Tail } from './scan.ts';

/** What of a check the report needs. */
export type ReportedCheck = Pick<Check<never>, 'id' | 'severity' | 'remediation'>;

/** The exemption that covers a check on a cluster on a day. */
export type ExemptionFor = (
  checkId: string,
  clusterId: ResourceId,
  today: string,
) => Exemption | null;

/**
 * One check's judgement of one cluster with the settings laid over it: severity, exemption,
 * fingerprint. `today` is `YYYY-MM-DD` in UTC; `imported` are exemptions from elsewhere than the
 * settings, which go before them.
 */
export function verdictReport(
  check: ReportedCheck,
  cluster: Pick<InferenceCluster, 'id'>,
  judgement: Judgement,
  settings: Settings,
  today: string,
  imported: ExemptionFor = () => null,
): VerdictReport {
  const mayBeExempt = judgement.kind === 'fail' || judgement.kind === 'unknown';
  return {
    checkId: check.id,
    clusterId: cluster.id,
    subjectId: cluster.id,
    kind: judgement.kind,
    severity: severityOf(check, judgement, settings),
    exempt: mayBeExempt
      ? (exemptionFor(check.id, cluster.id, settings, today) ??
        imported(check.id, cluster.id, today))
      : null,
    fingerprint: fingerprint(check.id, cluster.id),
    summary: judgement.summary,
    evidence: judgement.evidence,
    missing: judgement.missing.length === 0 ? null : judgement.missing,
    remediation: remediationOf(check, judgement),
  };
}

/** What the report says of a cluster; `verdicts` are all of its own. */
export function clusterReport(
  cluster: InferenceCluster,
  verdicts: readonly VerdictReport[],
): ClusterReport {
  const lists = {
    workspaces: cluster.workspaces,
    subnets: cluster.subnets,
    scoringEndpoints: cluster.scoringEndpoints,
  };
  const unread = (['workspaces', 'subnets', 'scoringEndpoints'] as const).filter(
    (list) => !lists[list].known,
  );
  return {
    id: cluster.id,
    name: cluster.name,
    location: cluster.location,
    subscriptionId: cluster.subscriptionId,
    ...(cluster.subscriptionName === undefined
      ? {}
      : { subscriptionName: cluster.subscriptionName }),
    resourceGroup: cluster.resourceGroup,
    knownBy: cluster.knownBy,
    apiServer: cluster.apiServer,
    workspaces: cluster.workspaces.known ? cluster.workspaces.value.map(({ id }) => id) : [],
    subnets: foundIn(cluster.subnets).map(({ id }) => id),
    scoringEndpoints: foundIn(cluster.scoringEndpoints).map(
      ({ address, visibility, frontend, source }) => ({
        ip: address,
        visibility,
        ports: frontend.known ? portsOf(frontend.value.rules) : [],
        source,
      }),
    ),
    ...(unread.length === 0 ? {} : { unread }),
    posture: postureOf(verdicts),
  };
}

/** The worst that a cluster's verdicts say of it; exempt verdicts and `info` do not count. */
export function postureOf(verdicts: readonly VerdictReport[]): Posture {
  const counted = verdicts.filter(({ exempt, severity }) => exempt === null && severity !== 'info');
  if (counted.some(({ kind }) => kind === 'fail')) return 'nonCompliant';
  return counted.some(({ kind }) => kind === 'unknown') ? 'unknown' : 'compliant';
}

/** A running count over shards: its size depends on the number of checks, not of clusters. */
export interface SummaryCount {
  add(shard: ShardResult): void;
  summary(): Summary;
}

export function countSummary(): SummaryCount {
  const postures = { compliant: 0, nonCompliant: 0, unknown: 0 };
  const bySeverity = { critical: 0, high: 0, medium: 0, low: 0, info: 0 };
  const byCheck = new Map<string, Record<VerdictReport['kind'] | 'exempt', number>>();
  let clusters = 0;
  return {
    add(shard) {
      clusters += shard.clusters.length;
      for (const { posture } of shard.clusters) postures[posture] += 1;
      for (const { checkId, kind, severity, exempt } of shard.verdicts) {
        const counts = byCheck.get(checkId) ?? {
          pass: 0,
          fail: 0,
          unknown: 0,
          notApplicable: 0,
          exempt: 0,
        };
        byCheck.set(checkId, counts);
        counts[kind] += 1;
        if (exempt !== null) counts.exempt += 1;
        else if (kind === 'fail') bySeverity[severity] += 1;
      }
    },
    summary: () => ({
      clusters,
      ...postures,
      bySeverity: { ...bySeverity },
      byCheck: Object.fromEntries(
        [...byCheck]
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([id, counts]) => [id, { ...counts }]),
      ),
    }),
  };
}

/** The report's members around `clusters` and `verdicts`, in the order of the contract. */
export function frameOf(
  header: ScanHeader,
  tail: Tail,
  summary: Summary,
): {
  readonly head: Omit<Report, keyof ReturnType<typeof restOf> | 'clusters' | 'verdicts'>;
  readonly rest: ReturnType<typeof restOf>;
} {
  return {
    head: {
      schemaVersion: 1,
      scanId: header.scanId,
      startedAt: header.startedAt,
      finishedAt: tail.finishedAt,
      source: header.source,
      ...(header.cloud === undefined ? {} : { cloud: header.cloud }),
      complete: isComplete(tail),
    },
    rest: restOf(tail, summary),
  };
}

/** Whether everything could be read. */
export function isComplete(tail: Pick<Tail, 'gaps'>): boolean {
  return tail.gaps.length === 0;
}

function restOf(
  tail: Tail,
  summary: Summary,
): Pick<
  Report,
  'gaps' | 'assumptions' | 'estate' | 'outOfScope' | 'warnings' | 'summary' | 'baseline' | 'cost'
> {
  return {
    gaps: tail.gaps,
    assumptions: tail.assumptions,
    ...(tail.estate === undefined ? {} : { estate: tail.estate }),
    outOfScope: tail.outOfScope,
    ...(tail.warnings === undefined || tail.warnings.length === 0
      ? {}
      : { warnings: tail.warnings }),
    summary,
    ...(tail.baseline === undefined ? {} : { baseline: tail.baseline }),
    cost: tail.cost,
  };
}

/**
 * The judgement's own severity where a part is milder or worse than the check's, else the one from
 * the settings, else the check's. Settings that make a check milder also cap its worse parts.
 */
function severityOf(check: ReportedCheck, judgement: Judgement, settings: Settings): Severity {
  const own = check.severity;
  const override = Object.hasOwn(settings.checks, check.id)
    ? settings.checks[check.id]?.severity
    : undefined;
  const part = judgement.severity ?? own;
  const said = part === own ? (override ?? own) : part;
  const eased = override !== undefined && compareSeverity(override, own) > 0;
  return eased && compareSeverity(said, override) < 0 ? override : said;
}

function remediationOf(check: ReportedCheck, judgement: Judgement): VerdictReport['remediation'] {
  if (judgement.kind !== 'fail')
    return { available: false, because: 'There is nothing to change.' };
  const advice = `docs/checks/${check.id}.md says what to do.`;
  switch (check.remediation) {
    case 'automatic':
    case 'approval':
      return {
        available: true,
        summary:
          'portcullis plan shows the change, exactly what it opens and how to undo it, or why none can be proven.',
      };
    case 'snippet':
      return { available: false, because: `A person has to change this; ${advice}` };
    case 'none':
      return { available: false, because: `This cannot be changed in place; ${advice}` };
    default:
      return check.remediation satisfies never;
  }
}

function portsOf(rules: readonly { readonly frontendPort: number }[]): number[] {
  return [...new Set(rules.map(({ frontendPort }) => frontendPort))].sort((a, b) => a - b);
}
