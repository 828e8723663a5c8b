/** The first few of a long series, in order, and how many there were. */
export interface Kept<T> {
  readonly total: number;
  add(item: T): void;
  items(): readonly T[];
}

/** The first `limit` of a series; memory does not grow with it. */
export function keepFirst<T>(limit: number, compare: (a: T, b: T) => number): Kept<T> {
  let kept: T[] = [];
  let total = 0;
  return {
    get total() {
      return total;
    },
    add(item) {
      total += 1;
      kept.push(item);
      // Sorting only now and then keeps a long series linear.
      if (kept.length > 4 * limit) kept = kept.sort(compare).slice(0, limit);
    },
    items: () => kept.sort(compare).slice(0, limit),
  };
}

/** The order of texts by their code units, the same on every machine. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
