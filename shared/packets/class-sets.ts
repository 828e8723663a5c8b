import { type Work, spend } from './work.ts';

/**
 * A set of the classes of one line (`line.ts`). Where the classes are few it is a mask of bits, else
 * the number of a set in the line's pool. Either way equal sets are equal numbers.
 */
export type ClassSet = number;

/** The sets of classes of one line. */
export interface ClassSets {
  /** How many classes there are. */
  readonly size: number;
  /** 32-bit words a set takes in the pool; 0 where sets are masks. */
  readonly width: number;
  readonly none: ClassSet;
  readonly all: ClassSet;
  readonly pool: Pool | undefined;
}

/** Sets are kept once each, in the order in which they were first made. */
interface Pool {
  words: Int32Array;
  count: number;
  readonly hashes: number[];
  /** Open addressing: the number of a set plus one, or 0. */
  slots: Int32Array;
  readonly work: Work;
}

const mostInMask = 31;

/** The sets of `size` classes; those with many classes count what they cost. */
export function classSets(size: number, work: Work): ClassSets {
  if (size <= mostInMask) return masks(size, size === mostInMask ? 0x7fff_ffff : 2 ** size - 1);
  const width = Math.ceil(size / 32);
  const pool: Pool = {
    words: new Int32Array(width * 16),
    count: 0,
    hashes: [],
    slots: new Int32Array(64),
    work,
  };
  const none = intern(pool, width);
  room(pool, width);
  for (let i = 0; i < size; i += 1) addBit(pool, width, i);
  const all = intern(pool, width);
  return { size, width, none, all, pool };
}

/** Sets that are masks of at most 31 bits, of which `all` are in use. */
export function masks(size: number, all: number): ClassSets {
  return { size, width: 0, none: 0, all, pool: undefined };
}

/** The set of the classes in `members`, which the caller sets bit by bit. */
export function classSetOf(sets: ClassSets, members: Iterable<number>): ClassSet {
  const { pool, width } = sets;
  if (pool === undefined) {
    let mask = 0;
    for (const member of members) mask |= 1 << member;
    return mask;
  }
  room(pool, width);
  for (const member of members) addBit(pool, width, member);
  return intern(pool, width);
}

export function hasClass(sets: ClassSets, set: ClassSet, member: number): boolean {
  const { pool, width } = sets;
  const word = pool === undefined ? set : (pool.words[set * width + (member >>> 5)] ?? 0);
  return ((word >>> (member & 31)) & 1) === 1;
}

/** The classes of a set, ascending. */
export function membersOf({ pool, width }: ClassSets, set: ClassSet): number[] {
  const members: number[] = [];
  const words = pool === undefined ? 1 : width;
  for (let i = 0; i < words; i += 1) {
    let word = pool === undefined ? set : (pool.words[set * width + i] ?? 0);
    for (; word !== 0; word &= word - 1) members.push(i * 32 + 31 - Math.clz32(word & -word));
  }
  return members;
}

/** Classes of both sets. */
export function bothOf(sets: ClassSets, a: ClassSet, b: ClassSet): ClassSet {
  const { pool, width, all, none } = sets;
  if (pool === undefined) return a & b;
  if (a === b || b === all) return a;
  if (a === all) return b;
  if (a === none || b === none) return none;
  const next = room(pool, width);
  const { words } = pool;
  for (let i = 0; i < width; i += 1) {
    words[next + i] = (words[a * width + i] ?? 0) & (words[b * width + i] ?? 0);
  }
  return intern(pool, width);
}

/** Classes of either set. */
export function eitherOf(sets: ClassSets, a: ClassSet, b: ClassSet): ClassSet {
  const { pool, width, all, none } = sets;
  if (pool === undefined) return a | b;
  if (a === b || b === none || a === all) return a;
  if (a === none || b === all) return b;
  const next = room(pool, width);
  const { words } = pool;
  for (let i = 0; i < width; i += 1) {
    words[next + i] = (words[a * width + i] ?? 0) | (words[b * width + i] ?? 0);
  }
  return intern(pool, width);
}

/** Classes of `a` that are not in `b`. */
export function restOf(sets: ClassSets, a: ClassSet, b: ClassSet): ClassSet {
  const { pool, width, all, none } = sets;
  if (pool === undefined) return a & ~b;
  if (b === none) return a;
  if (a === b || a === none || b === all) return none;
  const next = room(pool, width);
  const { words } = pool;
  for (let i = 0; i < width; i += 1) {
    words[next + i] = (words[a * width + i] ?? 0) & ~(words[b * width + i] ?? 0);
  }
  return intern(pool, width);
}

/** Whether some class is in both sets. */
export function meet(sets: ClassSets, a: ClassSet, b: ClassSet): boolean {
  const { pool, width, none } = sets;
  if (pool === undefined) return (a & b) !== 0;
  if (a === none || b === none) return false;
  if (a === b) return true;
  const { words } = pool;
  const [i, j] = [a * width, b * width];
  for (let k = 0; k < width; k += 1) {
    if (((words[i + k] ?? 0) & (words[j + k] ?? 0)) !== 0) {
      pool.work.spent += k;
      return true;
    }
  }
  spend(pool.work, width);
  return false;
}

/** The place behind the last set, where the next one is written before it is looked up. */
function room(pool: Pool, width: number): number {
  spend(pool.work, width);
  const next = pool.count * width;
  if (next + width > pool.words.length) {
    const more = new Int32Array(pool.words.length * 2);
    more.set(pool.words);
    pool.words = more;
  }
  return next;
}

function addBit(pool: Pool, width: number, bit: number): void {
  const at = pool.count * width + (bit >>> 5);
  pool.words[at] = (pool.words[at] ?? 0) | (1 << (bit & 31));
}

/** The number of the set that stands behind the last one: an equal one's, or a new one. */
function intern(pool: Pool, width: number): ClassSet {
  const next = pool.count * width;
  const { words, hashes, slots } = pool;
  let hash = 0;
  for (let i = 0; i < width; i += 1) hash = Math.imul(hash ^ (words[next + i] ?? 0), 0x9e37_79b1);
  hash ^= hash >>> 15;
  const mask = slots.length - 1;
  let slot = hash & mask;
  for (;;) {
    const found = (slots[slot] ?? 0) - 1;
    if (found < 0) break;
    if (hashes[found] === hash && areEqual(words, found * width, next, width)) {
      words.fill(0, next, next + width);
      return found;
    }
    slot = (slot + 1) & mask;
  }
  const id = pool.count;
  pool.count += 1;
  hashes.push(hash);
  slots[slot] = id + 1;
  if (pool.count * 2 > slots.length) grow(pool);
  return id;
}

function areEqual(words: Int32Array, a: number, b: number, width: number): boolean {
  for (let i = 0; i < width; i += 1) if (words[a + i] !== words[b + i]) return false;
  return true;
}

function grow(pool: Pool): void {
  const slots = new Int32Array(pool.slots.length * 2);
  const mask = slots.length - 1;
  for (const [id, hash] of pool.hashes.entries()) {
    let slot = hash & mask;
    while (slots[slot] !== 0) slot = (slot + 1) & mask;
    slots[slot] = id + 1;
  }
  pool.slots = slots;
}
