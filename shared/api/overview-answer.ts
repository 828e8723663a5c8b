import type { Severity } from '../model/verdict.ts';
import type { TrendPoint } from '../store-ports.ts';
import { type Answering, json } from './context.ts';
import { type ClusterRow, type FindingRow, type VerdictCounts, countsOf } from './estate.ts';
import { modeNow } from './modes.ts';
import { daysAgo, keptScans, sentPoint, sentScan, trendDays } from './scan-answers.ts';

const definition =
  'Of the inference clusters that are known, those in which no check above info fails or is unknown, unless that was accepted. What could not be read counts against the score: unknown is not compliant.';

export const overview: Answering<'overview'> = async (context) => {
  const { models, stores, about, now } = context;
  const [estate, alerts, remediations, settings, scans, points] = await Promise.all([
    models.estate.get(),
    models.alerts.get(),
    models.remediations.get(),
    models.settings.get(),
    keptScans(stores),
    stores.trend.since(daysAgo(trendDays, now())),
  ]);
  const { mode, because } = modeNow(context, settings);
  const [newest] = scans;
  const last = scans.find(({ state }) => state === 'complete' || state === 'incomplete');
  const isUnderWay = newest?.state === 'cutting' || newest?.state === 'running';
  const { clusters, findings } = estate;
  const open = findings.filter(({ finding }) => finding.state === 'open');
  const alertsIn = (state: string) => alerts.filter((alert) => alert.state === state).length;
  return json({
    version: about.version,
    mode,
    modeBecause: because,
    posture: postureOf(clusters),
    openFindings: bySeverity(open.filter(({ finding }) => finding.exempt === null)),
    exemptFindings: open.filter(({ finding }) => finding.exempt !== null).length,
    heatMap: heatMap(clusters),
    coverage: {
      complete: last?.end === undefined ? null : last.end.gaps === 0,
      gaps: last?.end?.gaps ?? 0,
      groups: last?.end?.gapGroups ?? [],
      failedChecks: clusters.filter(({ hasFailed }) => hasFailed).length,
    },
    lastScan: last === undefined ? null : sentScan(last),
    currentScan: newest !== undefined && isUnderWay ? sentScan(newest) : null,
    trend: lastOfEachDay(points).map(sentPoint),
    alerts: { open: alertsIn('open'), acknowledged: alertsIn('acknowledged') },
    remediations: {
      awaitingApproval: remediations.filter(({ state }) => state === 'awaitingApproval').length,
      running: remediations.filter(({ state }) => underWay.has(state)).length,
    },
  });
};

const underWay: ReadonlySet<string> = new Set(['queued', 'approved', 'waiting', 'running']);

function postureOf(clusters: readonly ClusterRow[]) {
  const counts = { compliant: 0, nonCompliant: 0, unknown: 0 };
  for (const { report } of clusters) counts[report.posture] += 1;
  const score = clusters.length === 0 ? null : counts.compliant / clusters.length;
  return { score, definition, clusters: clusters.length, ...counts };
}

function bySeverity(rows: readonly FindingRow[]): Readonly<Record<Severity, number>> {
  const counts = { critical: 0, high: 0, medium: 0, low: 0, info: 0 };
  for (const { finding } of rows) counts[finding.severity] += 1;
  return counts;
}

interface Cell extends VerdictCounts {
  readonly checkId: string;
  readonly location: string;
}

/** Check by location, in the order of their names. */
function heatMap(clusters: readonly ClusterRow[]): readonly Cell[] {
  const cells: Cell[] = [];
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

/** A chart of months has room for a point a day. */
function lastOfEachDay(points: readonly TrendPoint[]): readonly TrendPoint[] {
  return [...new Map(points.map((point) => [point.at.slice(0, 10), point])).values()];
}
