import type { Finding, Transition } from '../model/finding.ts';
import { severities } from '../model/verdict.ts';
import { isUnderWay, mayPlanFor } from '../pipeline/ask-remediation.ts';
import { dueAt, settingsDigest, standsFor } from '../pipeline/no-plans.ts';
import { progressOf } from '../remediation/journal.ts';
import type { RemediationHead } from '../remediation/remediation-store.ts';
import { csvRecord } from '../reports/csv-report.ts';
import { refused } from './admit.ts';
import { sentAlert } from './alert-answers.ts';
import { type Answering, type ApiContext, type Question, json } from './context.ts';
import type { FindingRow } from './estate.ts';
import { type Ordering, among, ofCluster, pageOf, searching, sorted } from './page.ts';
import { sentHead } from './remediation-answers.ts';

/** How findings are ordered. */
const findingOrdering: Ordering<FindingRow> = {
  fields: {
    severity: ({ finding }) => severities.indexOf(finding.severity),
    cluster: ({ clusterName }) => clusterName,
    check: ({ finding }) => finding.checkId,
    since: ({ finding }) => finding.since,
    firstSeen: ({ finding }) => finding.firstSeen,
    lastSeen: ({ finding }) => finding.lastSeen,
    state: ({ finding }) => finding.state,
  },
  idOf: ({ finding }) => finding.fingerprint,
};

type Filter = Question<'findingsCsv'>['query'];

/** Whether a finding fits all that is asked for. */
function fitting(filter: Filter): (row: FindingRow) => boolean {
  const { state, cluster, exempt, search } = filter;
  const isOfCluster = ofCluster(cluster);
  const isSearched = searching(search);
  const [hasCheck, hasSeverity] = [among(filter.check), among(filter.severity)];
  const [isIn, isUnder] = [among(filter.location), among(filter.subscription)];
  return ({ finding, clusterKey, clusterName, location, subscriptionId }) =>
    (state === 'all' || finding.state === state) &&
    (exempt === undefined || (finding.exempt !== null) === (exempt === 'true')) &&
    isOfCluster(finding.clusterId, clusterKey) &&
    hasCheck(finding.checkId) &&
    hasSeverity(finding.severity) &&
    isIn(location) &&
    isUnder(subscriptionId) &&
    (search === undefined ||
      isSearched(`${clusterName} ${finding.checkId} ${finding.summary} ${finding.clusterId}`));
}

/** A finding as it is sent. */
export function sentFinding({ finding, clusterKey, clusterName }: FindingRow) {
  return { ...finding, clusterKey, clusterName };
}

/** A transition as it is sent: the finding as it was then, in short. */
export function sentTransition({ kind, at, sequence, fingerprint, finding }: Transition) {
  const { checkId, severity, summary, cause, resolution } = finding;
  return {
    kind,
    at,
    sequence,
    fingerprint,
    checkId,
    severity,
    summary,
    ...(cause === undefined ? {} : { cause }),
    ...(resolution === undefined ? {} : { resolution }),
  };
}

export const findings: Answering<'findings'> = async ({ models }, { query }) => {
  const estate = await models.estate.get();
  const page = pageOf(estate.findings, fitting(query), query, findingOrdering);
  if (page.kind === 'refused') return page;
  const { items, next, total } = page;
  return json({ findings: items.map(sentFinding), next, total });
};

const csvColumns: readonly (readonly [string, (row: FindingRow) => string])[] = [
  ['cluster', ({ clusterName }) => clusterName],
  ['check', ({ finding }) => finding.checkId],
  ['state', ({ finding }) => finding.state],
  ['severity', ({ finding }) => finding.severity],
  ['exempt', ({ finding }) => (finding.exempt === null ? 'no' : 'yes')],
  ['summary', ({ finding }) => finding.summary],
  ['firstSeen', ({ finding }) => finding.firstSeen],
  ['lastSeen', ({ finding }) => finding.lastSeen],
  ['since', ({ finding }) => finding.since],
  ['reopened', ({ finding }) => String(finding.reopened)],
  ['resolution', ({ finding }) => finding.resolution ?? ''],
  ['changedBy', ({ finding }) => finding.cause?.actor ?? ''],
  ['changedWhat', ({ finding }) => finding.cause?.resourceId ?? ''],
  ['location', ({ location }) => location],
  ['subscriptionId', ({ subscriptionId }) => subscriptionId],
  ['clusterId', ({ finding }) => finding.clusterId],
  ['fingerprint', ({ finding }) => finding.fingerprint],
];

export const findingsCsv: Answering<'findingsCsv'> = async ({ models }, { query }) => {
  const estate = await models.estate.get();
  const fits = fitting(query);
  const rows = sorted(estate.findings, 'severity', findingOrdering).filter(fits);
  return {
    kind: 'csv',
    name: 'findings.csv',
    *records() {
      yield csvRecord(csvColumns.map(([name]) => name));
      for (const row of rows) yield csvRecord(csvColumns.map(([, text]) => text(row)));
    },
  };
};

export const finding: Answering<'finding'> = async (context, { params: { fingerprint } }) => {
  const { models, stores, remediations, catalogue } = context;
  const row = (await models.estate.get()).byFingerprint.get(fingerprint);
  if (row === undefined) return refused(404, `There is no finding ${fingerprint}.`);
  const { clusterId } = row.finding;
  const isOne = (each: Finding): boolean => each.fingerprint === fingerprint;
  // As it is now: lists may be a little behind.
  const now = (await stores.findings.of(clusterId)).findings.find(isOne) ?? row.finding;
  const check = catalogue.find(({ id }) => id === now.checkId);
  const history = await stores.findings.history({ clusterId, fingerprint });
  const alert = await stores.alerts.get(fingerprint);
  const heads = (await models.remediations.get()).filter(
    (each) => each.fingerprint === fingerprint,
  );
  const latest = await remediations.latestOf(fingerprint);
  const kept = latest === undefined ? undefined : await remediations.get(latest.id);
  const plan = kept === undefined ? null : progressOf(kept.rows).plan;
  return json({
    ...sentFinding({ ...row, finding: now }),
    title: check?.title ?? now.checkId,
    advice: check?.advice ?? '',
    history: history.map(sentTransition),
    alert: alert === undefined || alert.value.times === 0 ? null : sentAlert(alert.value),
    remediations: heads.toSorted((a, b) => (a.createdAt < b.createdAt ? 1 : -1)).map(sentHead),
    plan,
    snippets: plan?.snippets ?? null,
    noPlan: await noPlanFor(context, now, latest),
  });
};

/** Why there is no plan; null where the service looks for none, there is one, or it has to look again. */
async function noPlanFor(
  { models, remediations, maxMode, now }: ApiContext,
  finding: Finding,
  latest: RemediationHead | undefined,
) {
  const { settings } = await models.settings.get();
  if (settings === undefined || !mayPlanFor({ maxMode }, settings, finding)) return null;
  if (latest !== undefined && isUnderWay(latest)) return null;
  const said = await remediations.noPlanFor(finding.fingerprint);
  const inForce = { latest, settings: settingsDigest({ maxMode }, settings) };
  if (said === undefined || !standsFor(said, finding, inForce, now())) return null;
  const { because, at } = said;
  return { because, at, next: dueAt(said, latest).toISOString() };
}
