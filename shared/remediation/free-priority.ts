import type { SecurityRule } from '../network/security-rule.ts';

/** Priorities reserved for our security rules, both ends inclusive. */
export interface PriorityBand {
  readonly from: number;
  readonly to: number;
}

/** The smallest priority that a rule may have, and the largest: learn.microsoft.com/azure/virtual-network/network-security-groups-overview. */
const firstPriority = 100;
const lastPriority = 4096;

/**
 * A priority that no rule of the direction has and that is read before `before`: the first free one
 * of the band where the band begins before it, else the free one nearest to it. Undefined where
 * every one is taken.
 */
export function freePriority(
  rules: readonly Pick<SecurityRule, 'direction' | 'priority'>[],
  direction: SecurityRule['direction'],
  before: number,
  band: PriorityBand,
): number | undefined {
  const taken = new Set(
    rules.filter((rule) => rule.direction === direction).map(({ priority }) => priority),
  );
  const last = Math.min(before - 1, lastPriority);
  for (let priority = band.from; priority <= Math.min(band.to, last); priority += 1) {
    if (!taken.has(priority)) return priority;
  }
  for (let priority = last; priority >= firstPriority; priority -= 1) {
    if (!taken.has(priority)) return priority;
  }
  return undefined;
}
