import {
  type ClassSet,
  type ClassSets,
  classSetOf,
  classSets,
  hasClass,
  masks,
} from './class-sets.ts';
import {
  type Coordinate,
  type IntervalSet,
  equalSets,
  holds,
  isEmptySet,
  noInterval,
} from './interval-set.ts';
import {
  type Boundaries,
  addBoundary,
  emptyBoundaries,
  rankedBoundaries,
  sorted,
} from './boundaries.ts';
import { type Work, spend } from './work.ts';

/**
 * One side of a question (its ports, its addresses), cut into classes: points that no set in play
 * tells apart. A tag of ten thousand prefixes that one rule names makes two classes, not ten thousand.
 */
export interface Line {
  /** The points there are: the classes are disjoint and hold exactly these. */
  readonly asked: IntervalSet;
  readonly sets: ClassSets;
  /** Where each segment starts, ascending; a segment reaches to the next one, the last to infinity. */
  readonly starts: readonly Coordinate[];
  /** The class of each segment, or -1 where nothing is asked. */
  readonly classes: readonly number[];
}

/** A line and each of the sets it was cut by, in classes. */
export interface CutLine {
  readonly line: Line;
  readonly parts: readonly ClassSet[];
}

/** A line that nothing cuts. */
export function wholeLine(asked: IntervalSet): Line {
  return { asked, sets: oneClass, starts: [], classes: [] };
}

const oneClass = masks(1, 1);

/**
 * Cuts what is asked by the parts, each within it. Classes are numbered by their lowest point, and
 * are exact: two points are in one class only where every part holds both or neither.
 * @throws TooComplexError where that costs too much.
 */
export function cutLine(asked: IntervalSet, parts: readonly IntervalSet[], work: Work): CutLine {
  if (parts.length === 0) return { line: wholeLine(asked), parts: [] };
  const members = [asked, ...parts];
  const boundaries = members.reduce((sum, set) => sum + set.length, 0);
  const width = Math.ceil(members.length / 32);
  spend(work, boundaries * (1 + (width >>> 2)));
  // IPv6 addresses are too wide for numbers: they are swept by rank, which is all that classes need.
  const ranked = typeof asked[0] === 'bigint' ? rankedBoundaries(members) : undefined;
  const { starts, classes, count, holding } = sweep(ranked?.ranks ?? boundariesOf(members), width);
  const sets = classSets(count, work);
  return {
    line: {
      asked,
      sets,
      starts: ranked === undefined ? starts : starts.map((rank) => ranked.ascending[rank] ?? 0n),
      classes,
    },
    parts: partsOf(sets, holding, width, parts.length),
  };
}

/** One set of a line, behind those before it. */
export interface Layer {
  readonly part: IntervalSet;
  /** Whether nothing is left of its points for the layers behind it. */
  readonly isOpaque: boolean;
}

/**
 * Cuts what is asked by layers, the first in front: points are in one class where the same layers
 * are seen, down to the first opaque one. What layers there are behind that makes no difference, so
 * that a thousand long lists of prefixes make few classes. Each part is where its layer is seen.
 * @throws TooComplexError where that costs too much.
 */
export function cutLayers(asked: IntervalSet, layers: readonly Layer[], work: Work): CutLine {
  const members = [asked, ...layers.map(({ part }) => part)];
  const boundaries = members.reduce((sum, set) => sum + set.length, 0);
  spend(work, boundaries * 2);
  const width = Math.ceil(members.length / 32);
  const opaque = new Int32Array(width);
  for (const [i, { isOpaque }] of layers.entries()) {
    const bit = i + 1;
    if (isOpaque) opaque[bit >>> 5] = (opaque[bit >>> 5] ?? 0) | (1 << (bit & 31));
  }
  const ranked = typeof asked[0] === 'bigint' ? rankedBoundaries(members) : undefined;
  const seen = sweepLayers(ranked?.ranks ?? boundariesOf(members), opaque);
  spend(work, seen.holding.length);
  const sets = classSets(seen.count, work);
  return {
    line: {
      asked,
      sets,
      starts:
        ranked === undefined
          ? seen.starts
          : seen.starts.map((rank) => ranked.ascending[rank] ?? 0n),
      classes: seen.classes,
    },
    parts: partsOf(sets, seen.holding, width, layers.length),
  };
}

/** The points of a set of classes. */
export function pointsOf(line: Line, set: ClassSet): IntervalSet {
  const { sets, starts, classes } = line;
  if (set === sets.all) return line.asked;
  if (set === sets.none) return noInterval;
  const points: Coordinate[] = [];
  let isOpen = false;
  for (let i = 0; i < starts.length; i += 1) {
    const own = classes[i] ?? -1;
    if ((own >= 0 && hasClass(sets, set, own)) === isOpen) continue;
    points.push(starts[i] ?? 0);
    isOpen = !isOpen;
  }
  if (isOpen) points.push(Infinity);
  return points;
}

/** The classes within a set of points that is a union of some. */
export function classesWithin(
  { sets, starts, classes, asked }: Line,
  points: IntervalSet,
): ClassSet {
  if (starts.length === 0) return isEmptySet(points) ? sets.none : sets.all;
  if (equalSets(points, asked)) return sets.all;
  const members = new Set<number>();
  for (let i = 0; i < starts.length; i += 1) {
    const own = classes[i] ?? -1;
    if (own >= 0 && holds(points, starts[i] ?? 0)) members.add(own);
  }
  return classSetOf(sets, members);
}

/** The class of a point, or -1 where it is not asked. */
export function classAt(line: Line, point: Coordinate): number {
  const { starts, classes, asked } = line;
  if (starts.length === 0) return holds(asked, point) ? 0 : -1;
  return classes[upTo(starts, point) - 1] ?? -1;
}

/** How many of the ascending boundaries are at or before the point. */
function upTo(boundaries: readonly Coordinate[], point: Coordinate): number {
  let before = 0;
  let after = boundaries.length;
  while (before < after) {
    const middle = (before + after) >>> 1;
    const boundary = boundaries[middle];
    if (boundary !== undefined && boundary <= point) before = middle + 1;
    else after = middle;
  }
  return before;
}

/** Every boundary of every set, ascending; `set` is the number of the set that begins or ends there. */
function boundariesOf(members: readonly IntervalSet[]): Boundaries {
  const boundaries = emptyBoundaries(members.reduce((sum, set) => sum + set.length, 0));
  for (let set = 0; set < members.length; set += 1) {
    const own = members[set] ?? noInterval;
    for (let i = 0; i < own.length; i += 1) {
      const at = own[i];
      // A set without an end just stays open.
      if (at !== undefined && at !== Infinity) addBoundary(boundaries, Number(at), set);
    }
  }
  return sorted(boundaries);
}

interface Sweep {
  readonly starts: readonly number[];
  readonly classes: readonly number[];
  /** How many classes there are, and for each which sets hold it: `width` words a class. */
  readonly count: number;
  readonly holding: Int32Array;
}

/** Walks the line once. A segment's class is found by a hash of the sets that hold it, and compared. */
function sweep({ count, at, set }: Boundaries, width: number): Sweep {
  const starts: number[] = [];
  const classes: number[] = [];
  const held = holdings(width);
  const open = new Int32Array(width);
  let hash = 0;
  for (let i = 0; i < count;) {
    const here = at[i] ?? 0;
    for (; i < count && at[i] === here; i += 1) {
      const own = set[i] ?? 0;
      open[own >>> 5] = (open[own >>> 5] ?? 0) ^ (1 << (own & 31));
      hash ^= scrambled(own);
    }
    starts.push(here);
    classes.push(((open[0] ?? 0) & 1) === 1 ? classHolding(held, hash, open) : -1);
  }
  return { starts, classes, count: held.hashes.length, holding: held.words };
}

/** The same walk; what lies behind an opaque set is not told apart. */
function sweepLayers({ count, at, set }: Boundaries, opaque: Int32Array): Sweep {
  const starts: number[] = [];
  const classes: number[] = [];
  const width = opaque.length;
  const held = holdings(width);
  const open = new Int32Array(width);
  const seen = new Int32Array(width);
  let words = width;
  /** The last set that is seen: what changes behind it changes nothing. */
  let last = Infinity;
  let own = -1;
  for (let i = 0; i < count;) {
    const here = at[i] ?? 0;
    let isChanged = false;
    for (; i < count && at[i] === here; i += 1) {
      const one = set[i] ?? 0;
      open[one >>> 5] = (open[one >>> 5] ?? 0) ^ (1 << (one & 31));
      isChanged ||= one <= last;
    }
    if (!isChanged) continue;
    seen.fill(0, 0, words);
    last = Infinity;
    let hash = 0;
    for (words = 0; words < width && last === Infinity; words += 1) {
      let word = open[words] ?? 0;
      const first = word & (opaque[words] ?? 0);
      if (first !== 0) {
        const lowest = first & -first;
        word &= lowest | (lowest - 1);
        last = words * 32 + 31 - Math.clz32(lowest);
      }
      seen[words] = word;
      if (word !== 0) hash ^= scrambled(Math.imul(word, words + 1));
    }
    const next = ((seen[0] ?? 0) & 1) === 1 ? classHolding(held, hash, seen) : -1;
    if (next === own && starts.length > 0) continue;
    own = next;
    starts.push(here);
    classes.push(own);
  }
  return { starts, classes, count: held.hashes.length, holding: held.words };
}

/** Which sets hold each class: `width` words a class, found by hash. */
interface Holdings {
  readonly width: number;
  words: Int32Array;
  readonly hashes: number[];
  /** Open addressing: the number of a class plus one, or 0. A few classes need no slots. */
  slots: Int32Array | undefined;
}

const fewClasses = 8;

function holdings(width: number): Holdings {
  return { width, words: new Int32Array(width * fewClasses), hashes: [], slots: undefined };
}

function classHolding(held: Holdings, hash: number, open: Int32Array): number {
  const { width, words, hashes, slots } = held;
  const made = hashes.length;
  if (slots === undefined) {
    for (let one = 0; one < made; one += 1) {
      if (hashes[one] === hash && isHolding(words, one * width, open)) return one;
    }
  } else {
    const mask = slots.length - 1;
    let slot = hash & mask;
    for (let found = slots[slot] ?? 0; found > 0; found = slots[slot] ?? 0) {
      if (hashes[found - 1] === hash && isHolding(words, (found - 1) * width, open)) {
        return found - 1;
      }
      slot = (slot + 1) & mask;
    }
    slots[slot] = made + 1;
  }
  hashes.push(hash);
  if ((made + 1) * width > words.length) held.words = withRoom(words, words.length * 2);
  held.words.set(open, made * width);
  if (made + 1 > (slots?.length ?? fewClasses * 2) / 2) {
    held.slots = withMoreSlots(hashes, Math.max(64, (slots?.length ?? 0) * 4));
  }
  return made;
}

function withRoom(words: Int32Array, size: number): Int32Array {
  const more = new Int32Array(size);
  more.set(words);
  return more;
}

function withMoreSlots(hashes: readonly number[], size: number): Int32Array {
  const slots = new Int32Array(size);
  for (let i = 0; i < hashes.length; i += 1) {
    let slot = (hashes[i] ?? 0) & (size - 1);
    while (slots[slot] !== 0) slot = (slot + 1) & (size - 1);
    slots[slot] = i + 1;
  }
  return slots;
}

function isHolding(holding: Int32Array, at: number, open: Int32Array): boolean {
  for (let i = 0; i < open.length; i += 1) if (holding[at + i] !== open[i]) return false;
  return true;
}

function scrambled(set: number): number {
  let bits = Math.imul(set + 1, 0x9e37_79b1);
  bits = Math.imul(bits ^ (bits >>> 15), 0x85eb_ca6b);
  return bits ^ (bits >>> 13);
}

/** Each part in classes: the classes that it holds. Set 0 is what is asked, so part i is set i + 1. */
function partsOf(
  sets: ClassSets,
  holding: Int32Array,
  width: number,
  parts: number,
): readonly ClassSet[] {
  const members: number[][] = Array.from({ length: parts }, () => []);
  for (let i = 0; i < sets.size * width; i += 1) {
    const own = width === 1 ? i : Math.floor(i / width);
    const first = width === 1 ? 0 : (i % width) * 32;
    for (let word = holding[i] ?? 0; word !== 0; word &= word - 1) {
      const set = first + 31 - Math.clz32(word & -word);
      if (set > 0) members[set - 1]?.push(own);
    }
  }
  return members.map((classes) => classSetOf(sets, classes));
}
