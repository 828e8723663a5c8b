import { isOfWrongClock } from '../model/wrong-clock.ts';
import type { RemediationHead } from '../remediation/remediation-store.ts';
import { planners } from '../remediation/planners.ts';
import { ConflictError } from '../store-ports.ts';
import { mayPlan } from './ask-remediation.ts';
import { isWaitOver } from './kept-remediation.ts';
import { endTrouble } from './note-trouble.ts';
import type { ServiceContext } from './service-context.ts';

/** What should be under way and has not moved for so long has lost its message. */
const overdueMs = 15 * 60_000;
const looked = 200;

/** Ends plans that nobody approved in time, and goes on with what waits or was left half-done. */
export async function tendRemediations(context: ServiceContext): Promise<void> {
  const { remediations } = context;
  const heads: RemediationHead[] = [];
  for (let from: string | undefined, more = true; more;) {
    const page = await remediations.page(looked, from);
    for (const head of page.items) await tend(context, head);
    heads.push(...page.items);
    from = page.next;
    more = from !== undefined;
  }
  await endTrouble(context, heads);
}

async function tend(context: ServiceContext, head: RemediationHead): Promise<void> {
  const { stores, now, tell } = context;
  const at = now();
  const { id, state, expiresAt, createdAt, updatedAt } = head;
  if (state === 'awaitingApproval') {
    // Of a wrong clock's plan nobody would let the end pass.
    const isOver = expiresAt <= at.toISOString() || isOfWrongClock(createdAt, at);
    if (isOver) await expire(context, id);
    return;
  }
  const isLost = at.getTime() - Date.parse(updatedAt) > overdueMs || isOfWrongClock(updatedAt, at);
  const isDue =
    state === 'waiting'
      ? isWaitOver(head, at)
      : isLost && (state === 'queued' || state === 'approved' || state === 'running');
  if (!isDue) return;
  tell('remediation woken', { id, state });
  await stores.queues.send('remediations', { remediationId: id });
}

async function expire({ remediations, now, tell }: ServiceContext, id: string): Promise<void> {
  const kept = await remediations.get(id);
  if (kept?.head.state !== 'awaitingApproval') return;
  const at = now().toISOString();
  try {
    const expired = await remediations.append(kept, { step: 'expired', at });
    await remediations.append(expired, { step: 'ended', outcome: 'expired', at });
    tell('remediation', { id, state: 'expired' });
  } catch (error) {
    // Somebody decided in the last moment.
    if (!(error instanceof ConflictError)) throw error;
  }
}

/** Asks again for every open finding that may be planned for: a request may be lost, a mode raised. */
export async function askForOpenFindings(context: ServiceContext): Promise<void> {
  const { stores } = context;
  const settings = await context.settings();
  const checks = [...planners.keys()].filter((id) => mayPlan(context, settings, id));
  if (checks.length === 0) return;
  for (let from: string | undefined, more = true; more;) {
    const page = await stores.findings.page(looked, from);
    for (const { state, exempt, severity, checkId, clusterId } of page.items) {
      const counts = state === 'open' && exempt === null && severity !== 'info';
      if (!counts || !checks.includes(checkId)) continue;
      await stores.queues.send('remediations', { clusterId, checkId });
    }
    from = page.next;
    more = from !== undefined;
  }
}
