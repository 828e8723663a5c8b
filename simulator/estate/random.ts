/** A source of choices that repeats itself exactly for the same seeds. */
export interface Random {
  /** A number in [0, 1). */
  next(): number;
  /** A whole number from `low` to `high`, both included. */
  int(low: number, high: number): number;
  chance(probability: number): boolean;
  pick<T>(items: readonly T[]): T;
  shuffled<T>(items: readonly T[]): T[];
  hex(length: number): string;
  guid(): string;
}

/** A generator (mulberry32) whose stream is fixed by all of its seeds together. */
export function createRandom(...seeds: readonly number[]): Random {
  let state = seeds.reduce((mixed, seed) => scramble((mixed ^ seed) + 0x9e3779b9), 0x5bd1e995);

  function next(): number {
    state = (state + 0x6d2b79f5) | 0;
    return (scramble(state) >>> 0) / 4294967296;
  }
  function int(low: number, high: number): number {
    return low + Math.floor(next() * (high - low + 1));
  }
  function pick<T>(items: readonly T[]): T {
    for (const item of items.slice(int(0, items.length - 1))) return item;
    throw new Error('nothing to pick from');
  }
  function shuffled<T>(items: readonly T[]): T[] {
    return items
      .map((item) => ({ item, order: next() }))
      .toSorted((a, b) => a.order - b.order)
      .map(({ item }) => item);
  }
  function hex(length: number): string {
    return Array.from({ length }, () => int(0, 15).toString(16)).join('');
  }
  function guid(): string {
    return `${hex(8)}-${hex(4)}-4${hex(3)}-a${hex(3)}-${hex(12)}`;
  }
  return { next, int, chance: (probability) => next() < probability, pick, shuffled, hex, guid };
}

function scramble(value: number): number {
  let mixed = Math.imul(value ^ (value >>> 15), value | 1);
  mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
  return mixed ^ (mixed >>> 14);
}
