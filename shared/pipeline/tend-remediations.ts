import type { Finding } from '../model/finding.ts';
import type { ResourceId } from '../model/resource-id.ts';
import { isOfWrongClock } from '../model/wrong-clock.ts';
import type { NoPlan, RemediationHead } from '../remediation/remediation-store.ts';
import { planners } from '../remediation/planners.ts';
import { ConflictError } from '../store-ports.ts';
import { isUnderWay, mayPlan, mayPlanFor } from './ask-remediation.ts';
import { isWaitOver } from './kept-remediation.ts';
import { dueAt, settingsDigest, standsFor } from './no-plans.ts';
import { endTrouble } from './note-trouble.ts';
import type { ServiceContext } from './service-context.ts';

/** What should be under way and has not moved for so long has lost its message. */
const overdueMs = 15 * 60_000;
const looked = 200;

/**
 * Ends plans that nobody approved in time, and goes on with what waits or was left half-done. Returns all
 * remediations as they are then.
 */
export async function tendRemediations(
  context: ServiceContext,
): Promise<readonly RemediationHead[]> {
  const { remediations } = context;
  const heads: RemediationHead[] = [];
  for (let from: string | undefined, more = true; more;) {
    const page = await remediations.page(looked, from);
    for (const head of page.items) heads.push((await tend(context, head)) ?? head);
    from = page.next;
    more = from !== undefined;
  }
  await endTrouble(context, heads);
  return heads;
}

/** Returns the remediation as it is afterwards, where that is something else. */
async function tend(
  context: ServiceContext,
  head: RemediationHead,
): Promise<RemediationHead | undefined> {
  const { stores, now, tell } = context;
  const at = now();
  const { id, state, expiresAt, createdAt, updatedAt } = head;
  if (state === 'awaitingApproval') {
    // Of a wrong clock's plan nobody would let the end pass.
    const isOver = expiresAt <= at.toISOString() || isOfWrongClock(createdAt, at);
    return isOver ? expire(context, id) : undefined;
  }
  const isLost = at.getTime() - Date.parse(updatedAt) > overdueMs || isOfWrongClock(updatedAt, at);
  const isDue =
    state === 'waiting'
      ? isWaitOver(head, at)
      : isLost && (state === 'queued' || state === 'approved' || state === 'running');
  if (!isDue) return undefined;
  tell('remediation woken', { id, state });
  await stores.queues.send('remediations', { remediationId: id });
  return undefined;
}

async function expire(
  { remediations, now, tell }: ServiceContext,
  id: string,
): Promise<RemediationHead | undefined> {
  const kept = await remediations.get(id);
  if (kept?.head.state !== 'awaitingApproval') return kept?.head;
  const at = now().toISOString();
  try {
    const expired = await remediations.append(kept, { step: 'expired', at });
    const { head } = await remediations.append(expired, { step: 'ended', outcome: 'expired', at });
    tell('remediation', { id, state: 'expired' });
    return head;
  } catch (error) {
    // Somebody decided in the last moment.
    if (!(error instanceof ConflictError)) throw error;
    return undefined;
  }
}

/**
 * Asks again for every open finding that may be planned for, as a request may be lost, or a mode raised:
 * but not where a remediation is under way, nor where there was no plan a short while ago (`dueAt`).
 */
export async function askForOpenFindings(
  context: ServiceContext,
  remediations: readonly RemediationHead[],
): Promise<void> {
  const { stores } = context;
  const settings = await context.settings();
  if (![...planners.keys()].some((id) => mayPlan(context, settings, id))) return;
  const isDue = await dueFindings(context, settingsDigest(context, settings), remediations);
  const due = new Map<ResourceId, string[]>();
  for (let from: string | undefined, more = true; more;) {
    const page = await stores.findings.page(looked, from);
    for (const finding of page.items) {
      const { checkId, clusterId } = finding;
      if (!mayPlanFor(context, settings, finding) || !isDue(finding)) continue;
      due.set(clusterId, [...(due.get(clusterId) ?? []), checkId]);
    }
    from = page.next;
    more = from !== undefined;
  }
  for (const [clusterId, checkIds] of due) {
    await stores.queues.send('remediations', { clusterId, checkIds });
  }
}

/** Tells which findings are to be planned for again. */
async function dueFindings(
  context: ServiceContext,
  settings: string,
  heads: readonly RemediationHead[],
): Promise<(finding: Finding) => boolean> {
  const { remediations, now } = context;
  const latest = latestIn(heads, now());
  /** Of findings of which it is too early to ask again, unless they came back since. */
  const resting = new Map<string, NoPlan>();
  for await (const said of remediations.noPlans()) {
    const { fingerprint } = said;
    if (now() < dueAt(said, latest.get(fingerprint))) resting.set(fingerprint, said);
  }
  return (finding) => {
    const head = latest.get(finding.fingerprint);
    if (head !== undefined && isUnderWay(head)) return false;
    const said = resting.get(finding.fingerprint);
    return said === undefined || !standsFor(said, finding, { latest: head, settings }, now());
  };
}

/** The latest remediation of each finding; one that a wrong clock made comes before all others. */
function latestIn(
  heads: readonly RemediationHead[],
  now: Date,
): ReadonlyMap<string, RemediationHead> {
  const madeAt = ({ createdAt }: RemediationHead) =>
    isOfWrongClock(createdAt, now) ? '' : createdAt;
  const latest = new Map<string, RemediationHead>();
  for (const head of heads) {
    const known = latest.get(head.fingerprint);
    if (known === undefined || madeAt(known) <= madeAt(head)) latest.set(head.fingerprint, head);
  }
  return latest;
}
