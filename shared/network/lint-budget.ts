import { type Work, defaultBudget, fixedWork } from '../packets/work.ts';

/** Gives what one rule costs to work with. */
export type Budgeted = <T>(ask: (work: Work) => T) => T;

/**
 * What one rule may cost, and what a list may cost before rules have to do with less: so that all of
 * them end, and a few costly ones among many are still worked out.
 */
const mostForOne = 1_000_000;
const mostForAll = 150_000_000;
const leastForOne = 100_000;

/** Gives each rule a budget of its own, which depends on what the rules before it have cost. */
export function budgets(): Budgeted {
  let left = mostForAll;
  return (ask) => {
    const limit = Math.max(leastForOne, Math.min(mostForOne, Math.floor(left / 100)));
    const work = fixedWork({ work: limit, nodes: defaultBudget.nodes });
    try {
      return ask(work);
    } finally {
      left = Math.max(0, left - work.spent);
    }
  };
}
