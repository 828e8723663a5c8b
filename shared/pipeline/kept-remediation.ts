import type { ResourceId } from '../model/resource-id.ts';
import { isOfWrongClock } from '../model/wrong-clock.ts';
import { progressOf } from '../remediation/journal.ts';
import type { Plan } from '../remediation/plan.ts';
import type {
  Remediation,
  RemediationHead,
  RemediationStore,
} from '../remediation/remediation-store.ts';
import { targetOf } from '../remediation/without-writes.ts';
import type { CarriedOut } from './carry-out.ts';
import { type RemediationParts, remediate } from './remediate.ts';

/** What carrying out a remediation that is kept in a store takes. */
export interface KeptParts {
  readonly store: RemediationStore;
  /** A name for this attempt that no other has. */
  readonly holder: string;
  readonly now: () => Date;
  /** The virtual networks that a network security group is in; none for other resources. */
  readonly networksOf: (target: ResourceId) => Promise<readonly ResourceId[]>;
  /** What depends on the plan. */
  readonly partsFor: (plan: Plan) => Promise<Omit<RemediationParts, 'write' | 'remediationId'>>;
}

/** `idle` where there is nothing to do now, `busy` where somebody else writes to a resource or a network of it. */
export type KeptOutcome = CarriedOut | { readonly kind: 'idle' | 'busy' };

/** Longer than any request takes; renewed with every row. A run that broke off is gone on with after it. */
const leaseMs = 600_000;

/**
 * Carries out a remediation from its rows, as the only one who writes to its resources and to the
 * virtual networks that they are in: Azure refuses two writes to groups of one network at once.
 * Repeating it is harmless: what has ended stays as it is.
 */
export async function carryOutKept(parts: KeptParts, id: string): Promise<KeptOutcome> {
  const { store, holder, now } = parts;
  const found = await store.get(id);
  if (found === undefined || !isDue(found, now())) return { kind: 'idle' };
  const { plan } = progressOf(found.rows);
  const targets = [...new Set(plan.changes.map(targetOf))];
  const networks = await Promise.all(targets.map(parts.networksOf));
  // In one order for everybody, so that of several one always goes on.
  const resources = [...new Set([...targets, ...networks.flat()])].toSorted();
  try {
    for (const resource of resources) {
      if (!(await store.lease(resource, holder, leaseMs))) return { kind: 'busy' };
    }
    // Whoever wrote until now may have gone on with it.
    let kept = await store.get(id);
    if (kept === undefined || !isDue(kept, now())) return { kind: 'idle' };
    const current = { ...(await parts.partsFor(plan)), remediationId: id };
    return await remediate(
      {
        ...current,
        write: async (row) => {
          for (const resource of resources) {
            if (await store.lease(resource, holder, leaseMs)) continue;
            throw new Error(`somebody else has begun to write to ${resource}; ${id} goes on later`);
          }
          if (kept === undefined) throw new Error(`the remediation ${id} is gone`);
          kept = await store.append(kept, row);
        },
      },
      kept.rows,
    );
  } finally {
    for (const resource of resources) await store.release(resource, holder);
  }
}

/** Whether there is something to do that need not wait for anybody, nor for a moment to come. */
function isDue({ head }: Remediation, now: Date): boolean {
  if (head.state === 'waiting') return isWaitOver(head, now);
  return ['queued', 'approved', 'running'].includes(head.state);
}

/** Whether a remediation has waited long enough; a wrong clock cannot say until when. */
export function isWaitOver(
  { until = '', updatedAt }: Pick<RemediationHead, 'until' | 'updatedAt'>,
  now: Date,
): boolean {
  return until <= now.toISOString() || isOfWrongClock(updatedAt, now);
}
