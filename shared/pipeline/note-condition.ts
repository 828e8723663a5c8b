import {
  type Condition,
  type ConditionId,
  observedCondition,
  observedEnd,
} from '../alerts/conditions.ts';
import { type Observed, reconcile } from '../findings/reconcile.ts';
import type { Finding } from '../model/finding.ts';
import { isOfWrongClock } from '../model/wrong-clock.ts';
import { ConflictError } from '../store-ports.ts';
import { queueAlerts } from './queue-alerts.ts';
import type { ServiceContext } from './service-context.ts';

/** What noting a condition takes. */
export type ConditionContext = Pick<ServiceContext, 'stores' | 'now' | 'tell'>;

const attempts = 20;

/**
 * Says of something outside the checks that it is wrong; whoever is to know is alerted once. It ends
 * with `endConditions`. Repeating it changes nothing.
 */
export function noteCondition(context: ConditionContext, condition: Condition): Promise<void> {
  return note(context, observedCondition(condition));
}

/**
 * Says that of all conditions of a kind only these are left: the others, as far as `about` means
 * them, have ended, and whoever heard of them hears so.
 */
export async function endConditions(
  context: ConditionContext,
  id: ConditionId,
  left: readonly Condition[],
  about: (finding: Finding) => boolean = () => true,
): Promise<void> {
  const kept = new Set(left.map((each) => observedCondition(each).fingerprint));
  const ended: Finding[] = [];
  for (let from: string | undefined, more = true; more; more = from !== undefined) {
    const page = await context.stores.conditions.page(1000, from);
    ended.push(
      ...page.items.filter(
        (each) =>
          each.checkId === id &&
          each.state === 'open' &&
          !kept.has(each.fingerprint) &&
          about(each),
      ),
    );
    from = page.next;
  }
  for (const finding of ended) await note(context, observedEnd(finding));
}

async function note({ stores, now, tell }: ConditionContext, observed: Observed): Promise<void> {
  const { clusterId: place, checkId: id, summary, kind } = observed;
  for (let attempt = 1; ; attempt += 1) {
    const { findings, version } = await stores.conditions.of(place);
    const before = findings.find(({ fingerprint }) => fingerprint === observed.fingerprint);
    // Two changes within one millisecond are still one after the other.
    const at = now();
    const isWrong = before === undefined || isOfWrongClock(before.readAt, at);
    const known = isWrong ? 0 : Date.parse(before.readAt);
    const readAt = new Date(Math.max(at.getTime(), known + 1)).toISOString();
    const observation = { readAt, now: at, isSettled: true, changes: [] };
    const after = reconcile(before, observed, observation);
    // Nobody need hear, and what is kept says the same.
    if (after?.transition === undefined) return;
    try {
      const seen = version === undefined ? {} : { version };
      await stores.conditions.record(place, { readAt, ...seen, changed: [after] });
      tell('condition', { level: 'warning', id, place, ended: kind === 'pass', summary });
      await queueAlerts(stores.queues, 'conditions', [after.transition]);
      return;
    } catch (error) {
      if (!(error instanceof ConflictError) || attempt === attempts) throw error;
    }
  }
}
