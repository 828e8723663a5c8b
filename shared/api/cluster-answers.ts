import { fingerprint } from '../findings/fingerprint.ts';
import type { Finding } from '../model/finding.ts';
import { nameOf, resourceId } from '../model/resource-id.ts';
import { type Severity, severities } from '../model/verdict.ts';
import { csvRecord } from '../reports/csv-report.ts';
import type { Posture } from '../reports/report.ts';
import type { KeptVerdict } from '../store-ports.ts';
import { type Refused, refused } from './admit.ts';
import {
  type Answering,
  type ApiContext,
  type Question,
  type SettingsReading,
  json,
} from './context.ts';
import { type ClusterRow, clusterRow } from './estate.ts';
import { sentFinding, sentTransition } from './finding-answers.ts';
import { modeNow } from './modes.ts';
import { type Ordering, among, pageOf, searching, sorted } from './page.ts';
import { sentHead } from './remediation-answers.ts';

const postures: readonly Posture[] = ['nonCompliant', 'unknown', 'compliant'];
const worstFirst = (worst: Severity | null): number =>
  worst === null ? severities.length : severities.indexOf(worst);

/** How clusters are ordered; by posture: those that need a look first. */
const clusterOrdering: Ordering<ClusterRow> = {
  fields: {
    name: ({ report }) => report.name,
    posture: ({ report, worst, counts }) =>
      (postures.indexOf(report.posture) * 10 + worstFirst(worst)) * 1000 -
      Math.min(counts?.fail ?? 0, 999),
    severity: ({ worst }) => worstFirst(worst),
    fail: ({ counts }) => counts?.fail ?? 0,
    unknown: ({ counts }) => counts?.unknown ?? 0,
    location: ({ report }) => report.location,
    subscription: ({ report }) => report.subscriptionId,
    readAt: ({ readAt }) => readAt ?? '',
  },
  idOf: ({ key }) => key,
};

type Filter = Question<'clustersCsv'>['query'];

/** Whether a cluster fits all that is asked for. */
function fitting(filter: Filter): (row: ClusterRow) => boolean {
  const isSearched = searching(filter.search);
  const [isUnder, isIn] = [among(filter.subscription), among(filter.location)];
  const [hasPosture, isAttached] = [among(filter.posture), among(filter.workspace)];
  const [isAsked, isDoubted] = [among(filter.check), among(filter.unknown)];
  const has = (row: ClusterRow, kind: KeptVerdict['kind'], isOne: (id: string) => boolean) =>
    (row.verdicts ?? []).some(
      (verdict) => verdict.kind === kind && !verdict.isExempt && isOne(verdict.checkId),
    );
  return (row) =>
    isUnder(row.report.subscriptionId) &&
    isIn(row.report.location) &&
    hasPosture(row.report.posture) &&
    (filter.workspace === undefined ||
      placesOf(row.report.workspaces).some((each) => isAttached(each))) &&
    (filter.check === undefined || has(row, 'fail', isAsked)) &&
    (filter.unknown === undefined || has(row, 'unknown', isDoubted)) &&
    isSearched(row.words);
}

/** By what a workspace can be asked for. */
function placesOf(workspaces: readonly string[]): readonly string[] {
  return workspaces.length === 0
    ? ['none']
    : workspaces.flatMap((each) => [each, nameOf(resourceId(each))]);
}

function sentCluster(context: ApiContext, settings: SettingsReading, row: ClusterRow) {
  const { key, id, report, counts, worst, readAt, checkedBy, modeTag } = row;
  const { name, location, subscriptionId, resourceGroup, workspaces, posture, apiServer } = report;
  const { subscriptionName } = report;
  return {
    key,
    id,
    name,
    location,
    subscriptionId,
    ...(subscriptionName === undefined ? {} : { subscriptionName }),
    resourceGroup,
    workspaces,
    posture,
    worst,
    counts: counts ?? null,
    readAt,
    checkedBy,
    apiServer,
    mode: modeNow(context, settings, { tag: modeTag }).mode,
  };
}

export const clusters: Answering<'clusters'> = async (context, { query }) => {
  const estate = await context.models.estate.get();
  const settings = await context.models.settings.get();
  const page = pageOf(estate.clusters, fitting(query), query, clusterOrdering);
  if (page.kind === 'refused') return page;
  const { items, next, total } = page;
  return json({ clusters: items.map((row) => sentCluster(context, settings, row)), next, total });
};

const csvColumns: readonly (readonly [string, (row: ClusterRow) => string])[] = [
  ['cluster', ({ report }) => report.name],
  ['posture', ({ report }) => report.posture],
  ['worstSeverity', ({ worst }) => worst ?? ''],
  ['fail', ({ counts }) => String(counts?.fail ?? '')],
  ['unknown', ({ counts }) => String(counts?.unknown ?? '')],
  ['pass', ({ counts }) => String(counts?.pass ?? '')],
  ['notApplicable', ({ counts }) => String(counts?.notApplicable ?? '')],
  ['exempt', ({ counts }) => String(counts?.exempt ?? '')],
  ['location', ({ report }) => report.location],
  ['subscriptionId', ({ report }) => report.subscriptionId],
  ['subscriptionName', ({ report }) => report.subscriptionName ?? ''],
  ['resourceGroup', ({ report }) => report.resourceGroup],
  ['workspaces', ({ report }) => report.workspaces.join(' | ')],
  ['apiServer', ({ report }) => report.apiServer],
  ['readAt', ({ readAt }) => readAt ?? ''],
  ['clusterId', ({ id }) => id],
];

export const clustersCsv: Answering<'clustersCsv'> = async ({ models }, { query }) => {
  const estate = await models.estate.get();
  const rows = sorted(estate.clusters, 'posture', clusterOrdering).filter(fitting(query));
  return {
    kind: 'csv',
    name: 'clusters.csv',
    *records() {
      yield csvRecord(csvColumns.map(([name]) => name));
      for (const row of rows) yield csvRecord(csvColumns.map(([, text]) => text(row)));
    },
  };
};

export const facets: Answering<'facets'> = async ({ models }) => {
  const { clusters: rows } = await models.estate.get();
  const names = new Map(
    rows.map(({ report }) => [report.subscriptionId, report.subscriptionName] as const),
  );
  return json({
    subscriptions: facetsOf(rows, ({ report }) => [report.subscriptionId], names),
    workspaces: facetsOf(rows, ({ report }) => report.workspaces),
    locations: facetsOf(rows, ({ report }) => [report.location]),
  });
};

function facetsOf(
  rows: readonly ClusterRow[],
  valuesOf: (row: ClusterRow) => readonly string[],
  names: ReadonlyMap<string, string | undefined> = new Map(),
) {
  const counts = new Map<string, number>();
  for (const row of rows) {
    for (const value of new Set(valuesOf(row))) counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  return [...counts]
    .map(([value, many]) => ({
      value,
      name: names.get(value) ?? nameOf(resourceId(value)),
      clusters: many,
    }))
    .toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.value < b.value ? -1 : 1));
}

const historyShown = 200;

/** The row of a cluster, or that there is none. */
export async function clusterOf(
  { models }: ApiContext,
  key: string,
): Promise<ClusterRow | Refused> {
  const row = (await models.estate.get()).byKey.get(key);
  return row ?? refused(404, `There is no cluster ${key}.`, { next: 'GET clusters lists them.' });
}

export const cluster: Answering<'cluster'> = async (context, { params: { key } }) => {
  const { models, stores } = context;
  const listed = await clusterOf(context, key);
  if ('kind' in listed) return listed;
  const { id } = listed;
  // As it is now: lists may be a little behind.
  const state = (await stores.clusters.get(id))?.value;
  const row = state === undefined ? undefined : clusterRow(state);
  if (state === undefined || row === undefined) return refused(404, `The cluster ${key} is gone.`);
  const settings = await models.settings.get();
  const { findings } = await stores.findings.of(id);
  const history = await stores.findings.history({ clusterId: id });
  const heads = (await models.remediations.get()).filter(({ clusterId }) => clusterId === id);
  const { report, verdicts, modeTag } = row;
  const { pending, failed } = state;
  const placed = { clusterKey: key, clusterName: report.name, location: '', subscriptionId: '' };
  return json({
    ...sentCluster(context, settings, row),
    knownBy: report.knownBy,
    scoringEndpoints: report.scoringEndpoints,
    subnets: report.subnets,
    unread: report.unread ?? [],
    modeBecause: modeNow(context, settings, { tag: modeTag }).because,
    pending:
      pending === undefined
        ? null
        : { since: pending.firstEventAt, dueAt: pending.dueAt, changes: pending.changes },
    failed: failed ?? null,
    verdicts: (verdicts ?? []).map((verdict) => sentVerdict(context, row, verdict, findings)),
    findings: findings
      .toSorted((a, b) => (a.checkId < b.checkId ? -1 : 1))
      .map((finding) => sentFinding({ finding, ...placed })),
    history: history.toReversed().slice(0, historyShown).map(sentTransition),
    remediations: heads.toSorted((a, b) => (a.createdAt < b.createdAt ? 1 : -1)).map(sentHead),
  });
};

function sentVerdict(
  { catalogue }: ApiContext,
  { id }: ClusterRow,
  { checkId, kind, severity, isExempt, summary }: KeptVerdict,
  findings: readonly Finding[],
) {
  const found =
    kind === 'fail'
      ? findings.find((finding) => finding.checkId === checkId && finding.state === 'open')
      : undefined;
  return {
    checkId,
    title: catalogue.find((check) => check.id === checkId)?.title ?? checkId,
    kind,
    severity,
    isExempt,
    exempt: found?.exempt ?? null,
    fingerprint: fingerprint(checkId, id),
    summary: found?.summary ?? summary ?? null,
    evidence: found?.evidence ?? [],
  };
}
