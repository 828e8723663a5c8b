import type { ResourceId } from '../model/resource-id.ts';
import { nothingToTakeBack } from '../pipeline/decide-remediation.ts';
import { placesOf } from '../pipeline/dependencies.ts';
import { foreseeRollback } from '../pipeline/foresee-rollback.ts';
import { whyHeld } from '../pipeline/guard-change.ts';
import { type JournalRow, progressOf, toTakeBack } from '../remediation/journal.ts';
import { idIn } from '../remediation/without-writes.ts';
import { type ForeseenRollback, isForeseen } from '../reports/rollback-effects.ts';
import { counted } from '../reports/text-layout.ts';
import { refused } from './admit.ts';
import { type Answering, type ApiContext, json } from './context.ts';
import { type LiveAudit, auditNow, sentChange, unknownsIn } from './live-audit.ts';

/** Reasons that are named why something could not be read. */
const mostReasons = 3;

export const rollbackPreview: Answering<'rollbackPreview'> = async (
  context,
  { params, caller },
) => {
  const kept = await context.remediations.get(params.id);
  if (kept === undefined) return refused(404, 'There is no such remediation.');
  const { rows, head } = kept;
  const { plan } = progressOf(rows);
  const indexes = toTakeBack(rows);
  if (indexes.length === 0) return refused(409, nothingToTakeBack);
  const places = indexes.flatMap((index) => {
    const change = plan.changes[index];
    return change === undefined ? [] : placesOf(idIn(change));
  });
  const dependents = await context.stores.dependencies.clustersOf([...new Set(places)]);
  // The cluster that it was made for comes first: it is looked at however many share the rest.
  const all = [...new Set([plan.clusterId, ...dependents])];
  const audit = await auditNow(context, all, head.updatedAt);
  const foreseen = foreseeRollback(audit.plan, rows, { offline: false, strict: false });
  return json({
    removals: foreseen.removals,
    held: await whyItWouldBeHeld(context, audit, rows, caller.name),
    readAt: audit.readAt.toISOString(),
    dependents: all.length,
    examined: audit.examined,
    isTold: isForeseen(foreseen) && audit.examined === all.length,
    remark: remarkOn(foreseen, audit, all.length),
    clusters: foreseen.found.clusters.map((cluster) => sentChange(context, cluster)),
  });
};

/** Why nothing would be taken back although it were asked for now, as the service judges it then; null where it would be. */
async function whyItWouldBeHeld(
  { maxMode, now }: ApiContext,
  { plan: { snapshot, settings } }: LiveAudit,
  rows: readonly JournalRow[],
  by: string,
): Promise<string | null> {
  const asked: JournalRow = { step: 'rollbackAsked', by, because: '', at: now().toISOString() };
  // The cluster as it was read already: Azure is read once a minute, whoever asks.
  const tenant = { readResource: async (id: ResourceId) => snapshot.get(id) };
  return (await whyHeld({ tenant, settings, maxMode }, [...rows, asked])) ?? null;
}

function remarkOn(
  { found }: ForeseenRollback,
  { plan, examined }: LiveAudit,
  dependents: number,
): string | null {
  const reasons = plan.snapshot.gaps.map(({ what, why }) => `${what}: ${why}`);
  const named = [...new Set(reasons)].slice(0, mostReasons);
  const parts = [
    ...(examined < dependents
      ? [
          `Of ${counted(dependents, 'cluster')} that may rely on it, ${examined} could be looked at; portcullis rollback looks at all.`,
          ...named.map((reason) => `Not read: ${reason}.`),
        ]
      : []),
    ...unknownsIn(found),
  ];
  return parts.length === 0 ? null : parts.join(' ');
}
