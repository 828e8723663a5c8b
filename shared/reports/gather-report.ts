import { type ReportOutcome, drainShards } from './json-report.ts';
import type { Audit } from './scan.ts';
import { type Row, compareRows, rowOf } from './table-clusters.ts';
import { type Failure, compareFailures } from './table-failures.ts';
import { type Kept, keepFirst } from './table-kept.ts';
import { type FailureGroup, groupOf } from './table-overview.ts';
import { type Blank, addBlanks } from './table-unknowns.ts';

/** What a report for people tells: the worst of each list, so that memory does not grow. */
export interface Gathered extends ReportOutcome {
  readonly failures: Kept<Failure>;
  readonly rows: Kept<Row>;
  readonly groups: readonly FailureGroup[];
  readonly blanks: ReadonlyMap<string, Blank>;
}

/** Reads an audit to its end and keeps the `limit` worst failures and clusters. */
export async function gatherReport(audit: Audit, limit: number): Promise<Gathered> {
  const failures = keepFirst(limit, compareFailures);
  const rows = keepFirst(limit, compareRows);
  const groups = new Map<string, FailureGroup>();
  const blanks = new Map<string, Blank>();
  const outcome = await drainShards(audit, ({ clusters, verdicts }) => {
    const byCluster = Map.groupBy(verdicts, ({ clusterId }) => clusterId);
    for (const cluster of clusters) {
      const own = byCluster.get(cluster.id) ?? [];
      rows.add(rowOf(cluster, own));
      addBlanks(blanks, own);
      for (const verdict of own) {
        if (verdict.kind === 'fail' && verdict.exempt === null) {
          const failure = { verdict, cluster: cluster.name };
          failures.add(failure);
          groupOf(groups, verdict).failures.add(failure);
        }
      }
    }
  });
  return { ...outcome, failures, rows, groups: [...groups.values()], blanks };
}
