import {
  type ClassSet,
  type ClassSets,
  classSetOf,
  classSets,
  hasClass,
  masks,
} from './class-sets.ts';
import { type Coordinate, type IntervalSet, compare, noInterval } from './interval-set.ts';
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
  const isWide = typeof asked[0] === 'bigint';
  const ranks = isWide ? rankedBoundaries(members) : undefined;
  const sweep = sweepOf(eventsOf(members, ranks, boundaries), width);
  const sets = classSets(sweep.count, work);
  return {
    line: {
      asked,
      sets,
      starts:
        ranks === undefined
          ? sweep.starts
          : sweep.starts.map((rank) => ranks.ascending[rank] ?? 0n),
      classes: sweep.classes,
    },
    parts: partsOf(sets, sweep, width, parts.length),
  };
}

/** The points of a set of classes. */
export function pointsOf(line: Line, set: ClassSet): IntervalSet {
  const { sets, starts, classes } = line;
  if (set === sets.all) return line.asked;
  if (set === sets.none) return noInterval;
  const points: Coordinate[] = [];
  let isOpen = false;
  for (const [i, start] of starts.entries()) {
    const own = classes[i] ?? -1;
    const isIn = own >= 0 && hasClass(sets, set, own);
    if (isIn !== isOpen) points.push(start);
    isOpen = isIn;
  }
  if (isOpen) points.push(Infinity);
  return points;
}

/** The class of a point, or -1 where it is not asked. */
export function classAt(line: Line, point: Coordinate): number {
  const { starts, classes, asked } = line;
  if (starts.length === 0) return isHeld(asked, point) ? 0 : -1;
  return classes[upTo(starts, point) - 1] ?? -1;
}

function isHeld(set: IntervalSet, point: Coordinate): boolean {
  return upTo(set, point) % 2 === 1;
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

interface Ranks {
  readonly ascending: readonly Coordinate[];
  readonly of: ReadonlyMap<Coordinate, number>;
}

/** Boundaries by their order: all that emptiness, inclusion and equality depend on. */
function rankedBoundaries(sets: readonly IntervalSet[]): Ranks {
  const ascending = [...new Set(sets.flat())].filter((at) => at !== Infinity).sort(compare);
  return { ascending, of: new Map(ascending.map((at, rank) => [at, rank])) };
}

/** Room for the number of a set beside a coordinate, in the 53 bits of a number. */
const numberOfSets = 2 ** 20;

/** Where sets begin and end, ascending: coordinate and set in one number, so that numbers sort. */
function eventsOf(
  members: readonly IntervalSet[],
  ranks: Ranks | undefined,
  count: number,
): Float64Array | number[] {
  const events: Float64Array | number[] = count > 64 ? new Float64Array(count) : [];
  let next = 0;
  for (let set = 0; set < members.length; set += 1) {
    const boundaries = members[set] ?? noInterval;
    for (let i = 0; i < boundaries.length; i += 1) {
      const at = boundaries[i];
      // A set without an end just stays open.
      if (at === undefined || at === Infinity) continue;
      const coordinate = ranks === undefined ? Number(at) : (ranks.of.get(at) ?? 0);
      events[next] = coordinate * numberOfSets + set;
      next += 1;
    }
  }
  if (Array.isArray(events)) return sortFew(events);
  return events.subarray(0, next).sort();
}

/** Insertion sort: a few events come nearly in order, and calling for a sort costs more. */
function sortFew(events: number[]): number[] {
  for (let i = 1; i < events.length; i += 1) {
    const event = events[i] ?? 0;
    let j = i - 1;
    while (j >= 0 && (events[j] ?? 0) > event) {
      events[j + 1] = events[j] ?? 0;
      j -= 1;
    }
    events[j + 1] = event;
  }
  return events;
}

interface Sweep {
  readonly starts: readonly number[];
  readonly classes: readonly number[];
  /** How many classes there are, and for each which sets hold it: `width` words a class. */
  readonly count: number;
  readonly holding: readonly number[];
}

/** Walks the line once. A segment's class is found by a hash of the sets that hold it, and compared. */
function sweepOf(events: Float64Array | number[], width: number): Sweep {
  const starts: number[] = [];
  const classes: number[] = [];
  const holding: number[] = [];
  const hashes: number[] = [];
  const byHash = new Map<number, number[]>();
  const open = new Int32Array(width);
  let hash = 0;
  const classOf = (): number => {
    const same = byHash.get(hash);
    const found = same?.find((one) => isHolding(holding, one * width, open));
    if (found !== undefined) return found;
    const made = hashes.length;
    hashes.push(hash);
    for (const word of open) holding.push(word);
    if (same === undefined) byHash.set(hash, [made]);
    else same.push(made);
    return made;
  };
  for (let i = 0; i < events.length;) {
    const coordinate = Math.floor((events[i] ?? 0) / numberOfSets);
    const end = (coordinate + 1) * numberOfSets;
    for (let event = events[i]; event !== undefined && event < end; event = events[i]) {
      const set = event - coordinate * numberOfSets;
      open[set >>> 5] = (open[set >>> 5] ?? 0) ^ (1 << (set & 31));
      hash ^= scrambled(set);
      i += 1;
    }
    starts.push(coordinate);
    classes.push(((open[0] ?? 0) & 1) === 1 ? classOf() : -1);
  }
  return { starts, classes, count: hashes.length, holding };
}

function isHolding(holding: readonly number[], at: number, open: Int32Array): boolean {
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
  { count, holding }: Sweep,
  width: number,
  parts: number,
): readonly ClassSet[] {
  const members: number[][] = Array.from({ length: parts }, () => []);
  for (let own = 0; own < count; own += 1) {
    for (let w = 0; w < width; w += 1) {
      for (let word = holding[own * width + w] ?? 0; word !== 0; word &= word - 1) {
        const set = w * 32 + 31 - Math.clz32(word & -word);
        if (set > 0) members[set - 1]?.push(own);
      }
    }
  }
  return members.map((classes) => classSetOf(sets, classes));
}
