/**
 * What one question may cost. Work is counted, not timed, so that the same question gives the same
 * answer on every machine.
 */
export interface Budget {
  /** Edges tested, words written, boundaries swept and nodes made: some ten nanoseconds each. */
  readonly work: number;
  /** Nodes of one diagram: some hundred bytes each. */
  readonly nodes: number;
}

/** About a second, and well under 256 MB. */
export const defaultBudget: Budget = { work: 20_000_000, nodes: 300_000 };

/** What was spent, and where it ends. Everything that one question does counts together. */
export interface Work {
  spent: number;
  limit: number;
  nodes: number;
  /** Whether what is asked about sets counts too: then nothing refills the budget. */
  isFixed?: boolean;
}

/** Thrown where a budget runs out. What was decided before stands. */
export class TooComplexError extends Error {
  override readonly name = 'TooComplexError';
}

export function workOn({ work, nodes }: Budget): Work {
  return { spent: 0, limit: work, nodes };
}

/** A budget for sets and all that is asked about them. */
export function fixedWork({ work, nodes }: Budget): Work {
  return { spent: 0, limit: work, nodes, isFixed: true };
}

/** @throws TooComplexError where the budget runs out. */
export function spend(work: Work, units: number): void {
  work.spent += units;
  if (work.spent > work.limit) throw new TooComplexError('too complex');
}

/** Ends what counts: from now on what is asked about the sets is as free as about others. */
export function release(work: Work): void {
  work.isFixed = false;
}

/** To put together what was decided when a budget ran out. */
const grace = 10_000_000;

/** Lets a question come to its end that ran out of budget. */
export function extend(work: Work): void {
  work.limit = work.spent + grace;
  work.nodes = Math.max(work.nodes, defaultBudget.nodes) + 100_000;
}

/** For what is asked about an answer: much more than the answer may cost, so that nothing hangs. */
const afterwards: Budget = { work: 100_000_000, nodes: 2_000_000 };

/** Lets what was decided within a budget be worked with. */
export function refill(work: Work): void {
  if (work.isFixed === true) return;
  work.limit = work.spent + afterwards.work;
  work.nodes = afterwards.nodes;
}

/** Work outside a question. */
export function freeWork(): Work {
  return workOn(afterwards);
}
