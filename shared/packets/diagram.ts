import {
  type ClassSet,
  type ClassSets,
  bothOf,
  eitherOf,
  hasClass,
  meet,
  restOf,
} from './class-sets.ts';
import { type Work, TooComplexError, spend } from './work.ts';

/**
 * A node of a diagram by its number. A node looks at one field of a packet and leads, for each class
 * of that field's points, to another node; the first four are the ends.
 */
export type Node = number;

/** Ends. A set of packets is a diagram that ends in `no` and `yes` only. */
export const no: Node = 0;
export const yes: Node = 1;
/** Not decided yet. */
export const open: Node = 2;
/** Not in question: never decided. */
export const aside: Node = 3;
const ends = 4;

/**
 * A decision diagram on fields instead of bits: edges carry sets of classes. The edges of a node
 * hold each class once and lead to distinct nodes, no node has a single edge, and no two nodes are
 * alike. So a function of packets is one node, whatever it was made from: sets are equal where
 * their nodes are.
 */
export interface Diagram {
  /** The classes of each field, in the order in which nodes look at them. */
  readonly levels: readonly ClassSets[];
  readonly levelOf: number[];
  /** Edges of node n: from `firstEdge[n]` up to `firstEdge[n + 1]`, ascending by child. */
  readonly firstEdge: number[];
  readonly edgeSet: ClassSet[];
  readonly edgeChild: Node[];
  /** Whether some packet ends in `open`. */
  readonly hasOpen: boolean[];
  readonly hashes: number[];
  /** Open addressing: nodes by hash, or 0. A few nodes need no slots. */
  slots: Int32Array | undefined;
  /** Edges that are being gathered, above those of the callers. */
  readonly stackSet: ClassSet[];
  readonly stackChild: Node[];
  /** What became of a node in the running operation (`pass`). */
  readonly seenIn: number[];
  readonly became: Node[];
  pass: number;
  /** For `combine`, which alone knows what is in it. */
  pairs: PairMemo | undefined;
  readonly work: Work;
}

/** Results of operations on pairs, each in one place only: a later one may push an earlier one out. */
export interface PairMemo {
  readonly left: Int32Array;
  readonly right: Int32Array;
  readonly result: Int32Array;
}

export function diagram(levels: readonly ClassSets[], work: Work): Diagram {
  const bottom = levels.length;
  return {
    levels,
    levelOf: [bottom, bottom, bottom, bottom],
    firstEdge: [0, 0, 0, 0, 0],
    edgeSet: [],
    edgeChild: [],
    hasOpen: [false, false, true, false],
    hashes: [0, 0, 0, 0],
    slots: undefined,
    stackSet: [],
    stackChild: [],
    seenIn: [0, 0, 0, 0],
    became: [0, 0, 0, 0],
    pass: 0,
    pairs: undefined,
    work,
  };
}

/** A product: one set of classes for each level. */
export type Span = readonly ClassSet[];

/** The packets of a product, as a set. */
export function spanNode(d: Diagram, span: Span): Node {
  let node = yes;
  for (let level = d.levels.length - 1; level >= 0; level -= 1) {
    const sets = d.levels[level];
    const wanted = span[level];
    if (sets === undefined || wanted === undefined || wanted === sets.none) return no;
    if (wanted === sets.all) continue;
    push(d, restOf(sets, sets.all, wanted), no);
    push(d, wanted, node);
    node = gather(d, level, d.stackSet.length - 2);
  }
  return node;
}

/** Decides what is still open within the span: it ends in `color` from now on. */
export function paint(d: Diagram, root: Node, span: Span, color: Node): Node {
  d.pass += 1;
  return paintFrom(d, root, 0, span, color);
}

function paintFrom(d: Diagram, node: Node, level: number, span: Span, color: Node): Node {
  if (d.hasOpen[node] !== true) return node;
  const sets = d.levels[level];
  if (sets === undefined) return color;
  const own = d.levelOf[node] ?? 0;
  const wanted = span[level] ?? sets.none;
  if (own > level) {
    if (wanted === sets.none) return node;
    const painted = paintFrom(d, node, level + 1, span, color);
    if (wanted === sets.all || painted === node) return painted;
    push(d, restOf(sets, sets.all, wanted), node);
    push(d, wanted, painted);
    return gather(d, level, d.stackSet.length - 2);
  }
  if (d.seenIn[node] === d.pass) return d.became[node] ?? no;
  const base = d.stackSet.length;
  const end = d.firstEdge[node + 1] ?? 0;
  let isChanged = false;
  for (let edge = d.firstEdge[node] ?? 0; edge < end; edge += 1) {
    const set = d.edgeSet[edge] ?? sets.none;
    const child = d.edgeChild[edge] ?? no;
    if (d.hasOpen[child] === true && meet(sets, set, wanted)) {
      const painted = paintFrom(d, child, level + 1, span, color);
      if (painted !== child) {
        isChanged = true;
        const shared = bothOf(sets, set, wanted);
        if (shared !== set) push(d, restOf(sets, set, shared), child);
        push(d, shared, painted);
        continue;
      }
    }
    push(d, set, child);
  }
  spend(d.work, d.stackSet.length - base);
  const result = isChanged ? gather(d, level, base) : dropTo(d, node, base);
  d.seenIn[node] = d.pass;
  d.became[node] = result;
  return result;
}

function dropTo(d: Diagram, node: Node, base: number): Node {
  d.stackSet.length = base;
  d.stackChild.length = base;
  return node;
}

/** The same packets with other ends: the i-th of `to` instead of the end i. */
export function ended(d: Diagram, root: Node, to: readonly [Node, Node, Node, Node]): Node {
  d.pass += 1;
  return endedFrom(d, root, to);
}

function endedFrom(d: Diagram, node: Node, to: readonly Node[]): Node {
  if (node < ends) return to[node] ?? no;
  if (d.seenIn[node] === d.pass) return d.became[node] ?? no;
  const base = d.stackSet.length;
  const end = d.firstEdge[node + 1] ?? 0;
  for (let edge = d.firstEdge[node] ?? 0; edge < end; edge += 1) {
    push(d, d.edgeSet[edge] ?? 0, endedFrom(d, d.edgeChild[edge] ?? no, to));
  }
  const result = gather(d, d.levelOf[node] ?? 0, base);
  d.seenIn[node] = d.pass;
  d.became[node] = result;
  return result;
}

/**
 * The node at `level` with the given edges, which hold each class once: as it is made by whoever
 * knows its children.
 */
export function nodeOf(
  d: Diagram,
  level: number,
  edges: Iterable<readonly [ClassSet, Node]>,
): Node {
  const base = d.stackSet.length;
  for (const [set, child] of edges) push(d, set, child);
  return gather(d, level, base);
}

/** The edges of a node that is no end. */
export function edgesOf(d: Diagram, node: Node): (readonly [ClassSet, Node])[] {
  const edges: (readonly [ClassSet, Node])[] = [];
  const end = d.firstEdge[node + 1] ?? 0;
  for (let edge = d.firstEdge[node] ?? 0; edge < end; edge += 1) {
    edges.push([d.edgeSet[edge] ?? 0, d.edgeChild[edge] ?? no]);
  }
  return edges;
}

export function isEnd(node: Node): boolean {
  return node < ends;
}

/** Where a packet ends, given its class at each level. */
export function endOf(d: Diagram, root: Node, classes: readonly number[]): Node {
  let node = root;
  while (node >= ends) {
    const level = d.levelOf[node] ?? 0;
    const [sets, member] = [d.levels[level], classes[level]];
    const edge = edgesOf(d, node).find(
      ([set]) => sets !== undefined && member !== undefined && hasClass(sets, set, member),
    );
    node = edge?.[1] ?? no;
  }
  return node;
}

/** Puts an edge on the stack, for `gather` to make a node of. */
export function push(d: Diagram, set: ClassSet, child: Node): void {
  d.stackSet.push(set);
  d.stackChild.push(child);
}

/** The node of the edges from `base` up, taken off the stack. */
export function gather(d: Diagram, level: number, base: number): Node {
  const { stackSet, stackChild } = d;
  const sets = d.levels[level];
  const top = stackSet.length;
  // Edges come nearly in order: those that did not change first, new nodes are higher.
  for (let i = base + 1; i < top; i += 1) {
    const [set, child] = [stackSet[i] ?? 0, stackChild[i] ?? 0];
    let j = i - 1;
    for (; j >= base && (stackChild[j] ?? 0) > child; j -= 1) {
      stackSet[j + 1] = stackSet[j] ?? 0;
      stackChild[j + 1] = stackChild[j] ?? 0;
    }
    stackSet[j + 1] = set;
    stackChild[j + 1] = child;
  }
  let kept = base;
  for (let i = base; i < top; i += 1) {
    const [set, child] = [stackSet[i] ?? 0, stackChild[i] ?? 0];
    const last = kept - 1;
    if (last >= base && stackChild[last] === child && sets !== undefined) {
      stackSet[last] = eitherOf(sets, stackSet[last] ?? 0, set);
    } else {
      stackSet[kept] = set;
      stackChild[kept] = child;
      kept += 1;
    }
  }
  const only = stackChild[base] ?? no;
  const result = kept === base + 1 ? only : interned(d, level, base, kept);
  stackSet.length = base;
  stackChild.length = base;
  return result;
}

function interned(d: Diagram, level: number, base: number, top: number): Node {
  const { stackSet, stackChild, slots } = d;
  spend(d.work, top - base);
  let hash = level;
  for (let i = base; i < top; i += 1) {
    hash = Math.imul(hash ^ (stackChild[i] ?? 0), 0x9e37_79b1);
    hash = Math.imul((hash >>> 13) ^ hash ^ (stackSet[i] ?? 0), 0x85eb_ca6b);
  }
  hash ^= hash >>> 16;
  const node = d.levelOf.length;
  let slot = 0;
  if (slots === undefined) {
    for (let found = ends; found < node; found += 1) {
      if (d.hashes[found] === hash && isMadeOf(d, found, level, base, top)) return found;
    }
  } else {
    const mask = slots.length - 1;
    slot = hash & mask;
    for (let found = slots[slot] ?? 0; found > 0; found = slots[slot] ?? 0) {
      if (d.hashes[found] === hash && isMadeOf(d, found, level, base, top)) return found;
      slot = (slot + 1) & mask;
    }
  }
  if (node > d.work.nodes) throw new TooComplexError('too complex');
  let hasOpen = false;
  for (let i = base; i < top; i += 1) {
    const child = stackChild[i] ?? no;
    d.edgeSet.push(stackSet[i] ?? 0);
    d.edgeChild.push(child);
    hasOpen ||= d.hasOpen[child] === true;
  }
  d.levelOf.push(level);
  d.firstEdge.push(d.edgeSet.length);
  d.hasOpen.push(hasOpen);
  d.hashes.push(hash);
  d.seenIn.push(0);
  d.became.push(no);
  if (slots !== undefined) slots[slot] = node;
  if (node > (slots?.length ?? fewNodes * 2) / 2) grow(d);
  return node;
}

function isMadeOf(d: Diagram, node: Node, level: number, base: number, top: number): boolean {
  const first = d.firstEdge[node] ?? 0;
  if (d.levelOf[node] !== level || (d.firstEdge[node + 1] ?? 0) - first !== top - base)
    return false;
  for (let i = base; i < top; i += 1) {
    const edge = first + i - base;
    if (d.edgeChild[edge] !== d.stackChild[i] || d.edgeSet[edge] !== d.stackSet[i]) return false;
  }
  return true;
}

const fewNodes = 16;

function grow(d: Diagram): void {
  const slots = new Int32Array(Math.max(128, (d.slots?.length ?? 0) * 4));
  const mask = slots.length - 1;
  for (let node = ends; node < d.levelOf.length; node += 1) {
    let slot = (d.hashes[node] ?? 0) & mask;
    while (slots[slot] !== 0) slot = (slot + 1) & mask;
    slots[slot] = node;
  }
  d.slots = slots;
}

/** Forgets what an operation was gathering when it was cut short; what it had made stays. */
export function abandon(d: Diagram): void {
  dropTo(d, no, 0);
}
