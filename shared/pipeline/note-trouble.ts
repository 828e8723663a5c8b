import type { Condition } from '../alerts/conditions.ts';
import { type JournalRow, wroteNothing } from '../remediation/journal.ts';
import { isOfWrongClock } from '../model/wrong-clock.ts';
import type { RemediationHead } from '../remediation/remediation-store.ts';
import { endConditions, noteCondition } from './note-condition.ts';
import type { ServiceContext } from './service-context.ts';

const id = 'remediation-succeeds';
/** A day after it was refused a change is asked for again, and then shows whether it still fails. */
const dayMs = 86_400_000;

type Told = Pick<RemediationHead, 'clusterId' | 'checkId' | 'state' | 'because'>;

function troubleOf(
  { clusterId, checkId, state, because = 'no reason was written' }: Told,
  rows: readonly JournalRow[] = [],
) {
  const failed = wroteNothing(rows) ? 'failed, and nothing was changed' : 'was taken back';
  const what = state === 'refused' ? 'is not made any more' : failed;
  const summary = `The change for ${checkId} ${what}: ${because}`;
  return { id, scope: clusterId, which: checkId, summary } as const satisfies Condition;
}

/** Whether somebody has to look, who did not ask for it to end so. */
export function isTrouble(
  { state }: Pick<RemediationHead, 'state'>,
  rows: readonly JournalRow[],
): boolean {
  const wasAsked = rows.some(({ step }) => step === 'rollbackAsked');
  return isBad(state) && !(state === 'rolledBack' && wasAsked);
}

function isBad(state: RemediationHead['state']): boolean {
  return state === 'refused' || state === 'rolledBack' || state === 'partlyRolledBack';
}

/** Alerts of a change that failed, or that is not tried any more, and says who took it back last. */
export async function noteTrouble(
  context: ServiceContext,
  head: Told,
  rows: readonly JournalRow[],
): Promise<void> {
  const { findings } = await context.stores.findings.of(head.clusterId);
  const cause = findings.find(({ checkId }) => checkId === head.checkId)?.cause;
  const condition = troubleOf(head, rows);
  const who =
    cause?.actor === undefined
      ? ''
      : ` Who last changed it: ${cause.actor} (${cause.operation}, ${cause.at}).`;
  await noteCondition(context, { ...condition, summary: `${condition.summary}${who}` });
}

/** Ends these alerts where a later change ended well, or a day has passed. */
export async function endTrouble(
  context: ServiceContext,
  heads: Iterable<RemediationHead>,
): Promise<void> {
  const now = context.now();
  const since = new Date(now.getTime() - dayMs).toISOString();
  // Nobody knows when a wrong clock made one: before all others.
  const madeAt = ({ createdAt }: RemediationHead) =>
    isOfWrongClock(createdAt, now) ? '' : createdAt;
  const latest = new Map<string, RemediationHead>();
  for (const head of heads) {
    const key = `${head.clusterId} ${head.checkId}`;
    const before = latest.get(key);
    if (before === undefined || madeAt(before) < madeAt(head)) latest.set(key, head);
  }
  const left = [...latest.values()].filter(
    ({ state, updatedAt }) => updatedAt >= since && isBad(state),
  );
  await endConditions(
    context,
    id,
    left.map((head) => troubleOf(head)),
  );
}
