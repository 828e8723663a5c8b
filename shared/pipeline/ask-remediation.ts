import { fingerprint as fingerprintOf } from '../findings/fingerprint.ts';
import { tagOf } from '../facts/rows/tags.ts';
import type { Finding } from '../model/finding.ts';
import { lazily } from '../network/lazily.ts';
import type { ResourceId } from '../model/resource-id.ts';
import { type Plan, type Planned, canonical, planLifetime } from '../remediation/plan.ts';
import { planners } from '../remediation/planners.ts';
import type { RemediationHead } from '../remediation/remediation-store.ts';
import type { VerdictReport } from '../reports/report.ts';
import { effectiveMode, modeTag } from '../settings/effective-mode.ts';
import type { Mode } from '../settings/mode.ts';
import type { Settings } from '../settings/settings.ts';
import { ConflictError } from '../store-ports.ts';
import { isTurnedDown, noPlan, settingsDigest } from './no-plans.ts';
import { type LivePlanning, clustersAround, planOn, readClusters } from './plan-live.ts';
import type { ServiceContext } from './service-context.ts';

/** Failing checks of a cluster, for which somebody is to look whether they can be put right. */
interface AskedFindings {
  readonly clusterId: ResourceId;
  readonly checkIds: readonly string[];
}

/** What came of asking. */
export type Asked =
  | { readonly kind: 'kept'; readonly head: RemediationHead }
  /** The mode allows no plan, or none can be made. */
  | { readonly kind: 'nothing'; readonly because: string }
  /** There is one already. */
  | { readonly kind: 'taken'; readonly because: string };

/** Whether settings let a failing check be planned for at all; its cluster's tag may still restrict that. */
export function mayPlan(
  { maxMode }: Pick<ServiceContext, 'maxMode'>,
  settings: Settings,
  checkId: string,
): boolean {
  return planners.has(checkId) && isPlanning(effectiveMode(maxMode, settings, checkId, undefined));
}

/** Whether an open finding may be planned for: nobody accepted it, and it is more than information. */
export function mayPlanFor(
  context: Pick<ServiceContext, 'maxMode'>,
  settings: Settings,
  { state, exempt, severity, checkId }: Pick<Finding, 'state' | 'exempt' | 'severity' | 'checkId'>,
): boolean {
  const counts = state === 'open' && exempt === null && severity !== 'info';
  return counts && mayPlan(context, settings, checkId);
}

function isPlanning({ mode }: { readonly mode: Mode }): boolean {
  return mode === 'plan' || mode === 'remediate';
}

/**
 * Asks for whatever of these verdicts fails, counts, and may be planned for. That there was no plan before
 * is forgotten: something has changed, and where the request is lost, housekeeping asks again.
 */
export async function askForRemediations(
  context: Pick<ServiceContext, 'maxMode' | 'stores' | 'remediations'>,
  settings: Settings,
  clusterId: ResourceId,
  verdicts: readonly Pick<VerdictReport, 'checkId' | 'kind' | 'severity' | 'exempt'>[],
): Promise<void> {
  const checkIds = verdicts.flatMap(({ checkId, kind, severity, exempt }) => {
    const counts = kind === 'fail' && severity !== 'info' && exempt === null;
    return counts && mayPlan(context, settings, checkId) ? [checkId] : [];
  });
  if (checkIds.length === 0) return;
  for (const checkId of checkIds) {
    await context.remediations.forgetNoPlan(fingerprintOf(checkId, clusterId));
  }
  await context.stores.queues.send('remediations', { clusterId, checkIds });
}

/**
 * Plans for failing checks of a cluster on one live reading, and keeps the plans: to be carried out where
 * the mode is remediate and neither the plan nor the settings ask anybody, else to wait for an approval;
 * where there is none, keeps why. Repeating it is harmless.
 * @throws what went wrong with the first check that could not be planned for, once all others are.
 */
export async function planRemediations(
  context: ServiceContext,
  planning: LivePlanning,
  { clusterId, checkIds }: AskedFindings,
): Promise<readonly { readonly checkId: string; readonly outcome: Asked }[]> {
  const findings = checkIds.map((checkId) => ({
    clusterId,
    checkId,
    fingerprint: fingerprintOf(checkId, clusterId),
  }));
  const isUnchanged = await latestBefore(context, findings);
  const reading = clusterReading(context, planning, clusterId);
  const asked: { readonly checkId: string; readonly outcome: Asked }[] = [];
  const failed: unknown[] = [];
  for (const finding of findings) {
    const { checkId } = finding;
    try {
      const latest = await context.remediations.latestOf(finding.fingerprint);
      // What somebody has done meanwhile is not in the reading.
      const own = isUnchanged(finding, latest)
        ? reading
        : clusterReading(context, planning, clusterId);
      const outcome = await planRemediation(context, planning, { finding, reading: own, latest });
      asked.push({ checkId, outcome });
    } catch (error) {
      const why = error instanceof Error ? (error.stack ?? error.message) : String(error);
      context.tell('planning failed', { level: 'error', checkId, clusterId, why });
      failed.push(error);
    }
  }
  if (failed.length > 0) throw failed[0];
  return asked;
}

/** Which finding is planned for. */
type FindingKey = Pick<Plan, 'clusterId' | 'checkId' | 'fingerprint'>;

/** A finding, what is read to plan for it, and its latest remediation before that. */
interface Planning {
  readonly finding: FindingKey;
  readonly reading: ClusterReading;
  readonly latest: RemediationHead | undefined;
}

/** Tells whether the latest remediation of a finding is what it is now; not where that cannot be read. */
async function latestBefore(
  { remediations }: Pick<ServiceContext, 'remediations'>,
  findings: readonly FindingKey[],
): Promise<(finding: FindingKey, latest: RemediationHead | undefined) => boolean> {
  const before = new Map<string, RemediationHead | undefined>();
  for (const { fingerprint } of findings) {
    try {
      before.set(fingerprint, await remediations.latestOf(fingerprint));
    } catch {
      // It is read again for the finding, where a failure is told.
    }
  }
  return ({ fingerprint }, latest) =>
    before.has(fingerprint) && isSameHead(before.get(fingerprint), latest);
}

function isSameHead(one: RemediationHead | undefined, other: RemediationHead | undefined): boolean {
  return (
    one?.id === other?.id && one?.state === other?.state && one?.updatedAt === other?.updatedAt
  );
}

async function planRemediation(
  context: ServiceContext,
  planning: LivePlanning,
  asked: Planning,
): Promise<Asked> {
  const { remediations, now } = context;
  const { finding, latest } = asked;
  if (latest !== undefined && isUnderWay(latest)) return taken('it is under way already');
  const outcome = await planAfter(context, planning, asked);
  if (outcome.kind === 'nothing') {
    const { fingerprint } = finding;
    const { because } = outcome;
    const before = await remediations.noPlanFor(fingerprint);
    const state = { latest, settings: settingsDigest(context, planning.judging.settings) };
    await remediations.keepNoPlan(noPlan({ fingerprint, because }, state, before, now()));
  }
  return outcome;
}

async function planAfter(
  context: ServiceContext,
  planning: LivePlanning,
  { finding, reading, latest }: Planning,
): Promise<Asked> {
  const { remediations, maxMode, now, tell, stores } = context;
  const { clusterId, checkId } = finding;
  const { settings } = planning.judging;
  const row = await reading.row();
  if (row === undefined) return nothing('the cluster is gone, or could not be read');
  const tag = tagOf(row.body['tags'], modeTag);
  const effective = effectiveMode(maxMode, settings, checkId, tag);
  if (!isPlanning(effective)) return nothing(`the mode is ${effective.mode}: ${effective.because}`);
  const expiresAt = new Date(now().getTime() + planLifetime).toISOString();
  const planned = await planLive(planning, { ...finding, expiresAt }, reading);
  if (planned === undefined) return nothing('the check passes');
  if (planned.kind === 'unplanned') return nothing(planned.unplanned.because);
  const { plan } = planned;
  if (latest !== undefined && (await wasTurnedDown(context, latest, plan))) {
    const why = latest.because === undefined ? '' : `: ${latest.because}`;
    return nothing(`it was ${latest.state} a short while ago${why}`);
  }
  const isTakenBack = latest?.state === 'rolledBack' || latest?.state === 'partlyRolledBack';
  const isAskedAlways = settings.guard.approval === 'always';
  const held = effective.mode === 'plan' || isTakenBack || isAskedAlways;
  const at = now().toISOString();
  const isOutrun = !isSameHead(latest, await remediations.latestOf(plan.fingerprint));
  if (isOutrun) return taken('somebody else has just asked for it');
  try {
    const { head } = await remediations.create(plan.id, {
      step: 'requested',
      plan,
      by: 'service',
      ...(held ? { held } : {}),
      at,
    });
    tell('remediation', { id: plan.id, state: head.state, checkId, clusterId });
    if (head.state === 'queued') {
      await stores.queues.send('remediations', { remediationId: plan.id });
    }
    return { kind: 'kept', head };
  } catch (error) {
    if (!(error instanceof ConflictError)) throw error;
    return taken('somebody else has just asked for it');
  }
}

function taken(because: string): Asked {
  return { kind: 'taken', because };
}

function nothing(because: string): Asked {
  return { kind: 'nothing', because };
}

/** Whether a remediation has not ended. */
export function isUnderWay({ state }: RemediationHead): boolean {
  return ['queued', 'awaitingApproval', 'approved', 'waiting', 'running'].includes(state);
}

/** What is read of a cluster to plan for it, once for all of its checks. */
type ClusterReading = ReturnType<typeof clusterReading>;

function clusterReading(
  context: ServiceContext,
  { tenant, neighbourhood, judging }: LivePlanning,
  clusterId: ResourceId,
) {
  const around = new Map<string, ReturnType<typeof readClusters>>();
  return {
    row: lazily(() => context.tenant(judging.settings).readResource(clusterId)),
    alone: lazily(async () =>
      tenant.readCluster(clusterId, await neighbourhood.rootsOf(clusterId)),
    ),
    /** All of these clusters together. */
    of(clusters: readonly ResourceId[]) {
      const key = clusters.toSorted().join();
      const known = around.get(key) ?? readClusters({ tenant, neighbourhood }, clusters);
      around.set(key, known);
      return known;
    },
  };
}

/** First on the cluster alone, then on all who share with it what the plan would change. */
async function planLive(
  planning: LivePlanning,
  finding: Parameters<typeof planOn>[1],
  reading: ClusterReading,
): Promise<Planned | undefined> {
  const first = planOn(planning, finding, await reading.alone());
  if (first?.kind !== 'plan') return first;
  const around = await clustersAround(planning.neighbourhood, first.plan);
  return around.length === 1 ? first : planOn(planning, finding, await reading.of(around));
}

/** Whether just this was refused or rejected of late: then it is not asked for again and again. */
async function wasTurnedDown(
  { remediations, now }: Pick<ServiceContext, 'remediations' | 'now'>,
  latest: RemediationHead,
  { changes }: Plan,
): Promise<boolean> {
  if (!isTurnedDown(latest, now())) return false;
  const [row] = (await remediations.get(latest.id))?.rows ?? [];
  return row?.step === 'requested' && canonical(row.plan.changes) === canonical(changes);
}
