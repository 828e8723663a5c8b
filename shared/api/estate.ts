import { clusterKey } from '../findings/fingerprint.ts';
import type { Finding } from '../model/finding.ts';
import { type ResourceId, nameOf, resourceId, subscriptionIdOf } from '../model/resource-id.ts';
import { type Severity, severities } from '../model/verdict.ts';
import { type ClusterReport, reportParts } from '../reports/report.ts';
import type { ClusterState, KeptVerdict, Stores } from '../store-ports.ts';
import { everyRow } from './every-row.ts';

/** As many verdicts of each kind; those that are exempt are counted as that alone. */
export interface VerdictCounts {
  readonly fail: number;
  readonly unknown: number;
  readonly pass: number;
  readonly notApplicable: number;
  readonly exempt: number;
}

/** A cluster as lists show it. */
export interface ClusterRow {
  readonly key: string;
  readonly id: ResourceId;
  readonly report: ClusterReport;
  /** Undefined until this version has checked it. */
  readonly verdicts: readonly KeptVerdict[] | undefined;
  readonly counts: VerdictCounts | undefined;
  /** Of its failures that are not exempt. */
  readonly worst: Severity | null;
  readonly readAt: string | null;
  readonly checkedBy: 'scan' | 'event' | null;
  readonly modeTag: string | undefined;
  /** Whether its last check was given up. */
  readonly hasFailed: boolean;
  /** What a search looks through, in lower case. */
  readonly words: string;
}

/** A finding as lists show it, and where its cluster is. */
export interface FindingRow {
  readonly finding: Finding;
  readonly clusterKey: string;
  readonly clusterName: string;
  /** Empty where the cluster is gone. */
  readonly location: string;
  readonly subscriptionId: string;
}

/** Every cluster and finding, as they were when they were read. */
export interface Estate {
  readonly clusters: readonly ClusterRow[];
  readonly byKey: ReadonlyMap<string, ClusterRow>;
  readonly findings: readonly FindingRow[];
  readonly byFingerprint: ReadonlyMap<string, FindingRow>;
  readonly heatMap: readonly HeatMapCell[];
}

/** Verdicts of one check in one location. */
export interface HeatMapCell extends VerdictCounts {
  readonly checkId: string;
  readonly location: string;
}

const findingsAtOnce = 1000;

/** Reads every cluster that was ever reported and is not gone, and every finding. */
export async function readEstate({
  clusters,
  findings,
}: Pick<Stores, 'clusters' | 'findings'>): Promise<Estate> {
  const shared = sharedTexts();
  const rows: ClusterRow[] = [];
  const byId = new Map<string, ClusterRow>();
  for await (const { value } of clusters.list()) {
    const row = clusterRow(value, shared);
    if (row === undefined) continue;
    rows.push(row);
    byId.set(row.id, row);
  }
  const all = await everyRow((from) => findings.page(findingsAtOnce, from));
  const found = all.map((finding) => findingRow(finding, byId, shared));
  return {
    clusters: rows,
    byKey: new Map(rows.map((row) => [row.key, row])),
    findings: found,
    byFingerprint: new Map(found.map((row) => [row.finding.fingerprint, row])),
    heatMap: heatMapOf(rows),
  };
}

/** Check by location, in the order of their names. */
function heatMapOf(clusters: readonly ClusterRow[]): readonly HeatMapCell[] {
  const cells: HeatMapCell[] = [];
  for (const [location, own] of Map.groupBy(clusters, ({ report }) => report.location)) {
    const verdicts = own.flatMap((row) => row.verdicts ?? []);
    for (const [checkId, some] of Map.groupBy(verdicts, (verdict) => verdict.checkId)) {
      cells.push({ checkId, location, ...countsOf(some) });
    }
  }
  return cells.toSorted((a, b) =>
    a.checkId === b.checkId ? (a.location < b.location ? -1 : 1) : a.checkId < b.checkId ? -1 : 1,
  );
}

/** The same text once: rows that come from a store hold a copy each. */
type Shared = <T extends string>(text: T) => T;

function sharedTexts(): Shared {
  const texts = new Map<string, string>();
  return (text) => {
    const before = texts.get(text);
    if (before === undefined) texts.set(text, text);
    // Equal to what was given.
    return (before ?? text) as typeof text;
  };
}

/** Undefined where a cluster was named by an event and is not checked yet. */
export function clusterRow(
  state: ClusterState,
  shared: Shared = (text) => text,
): ClusterRow | undefined {
  const { id, verdicts, readAt, checkedBy, modeTag, failed } = state;
  const report = reportParts.cluster.safeParse(state.report).data;
  if (report === undefined) return undefined;
  const failing = (verdicts ?? []).filter(({ kind, isExempt }) => kind === 'fail' && !isExempt);
  const worst = severities.find((each) => failing.some(({ severity }) => severity === each));
  return {
    key: clusterKey(id),
    id,
    report: {
      ...report,
      location: shared(report.location),
      subscriptionId: shared(report.subscriptionId),
      workspaces: report.workspaces.map((each) => shared(each)),
    },
    verdicts: verdicts?.map((verdict) => ({ ...verdict, checkId: shared(verdict.checkId) })),
    counts: verdicts === undefined ? undefined : countsOf(verdicts),
    worst: worst ?? null,
    readAt: readAt ?? null,
    checkedBy: checkedBy ?? null,
    modeTag,
    hasFailed: failed !== undefined,
    words: [
      id,
      report.subscriptionName ?? '',
      report.location,
      ...report.workspaces.map((each) => nameOf(resourceId(each))),
    ]
      .join(' ')
      .toLowerCase(),
  };
}

function findingRow(
  finding: Finding,
  clusters: ReadonlyMap<string, ClusterRow>,
  shared: Shared,
): FindingRow {
  const { clusterId } = finding;
  const cluster = clusters.get(clusterId);
  return {
    finding: { ...finding, clusterId: shared(clusterId), checkId: shared(finding.checkId) },
    clusterKey: cluster?.key ?? shared(clusterKey(clusterId)),
    clusterName: cluster?.report.name ?? nameOf(clusterId),
    location: cluster?.report.location ?? '',
    subscriptionId: subscriptionIdOf(clusterId) ?? '',
  };
}

/** How many of each; every verdict is counted once. */
function countsOf(verdicts: readonly KeptVerdict[]): VerdictCounts {
  const counts = { fail: 0, unknown: 0, pass: 0, notApplicable: 0, exempt: 0 };
  for (const { kind, isExempt } of verdicts) counts[isExempt ? 'exempt' : kind] += 1;
  return counts;
}
