import { type ClassSet, type ClassSets, bothOf, classSetOf, membersOf } from './class-sets.ts';
import {
  type Diagram,
  type Node,
  type PairMemo,
  edgesOf,
  gather,
  no,
  push,
  yes,
} from './diagram.ts';
import { spend } from './work.ts';

export type SetOperation = 'union' | 'intersect' | 'subtract';

/** The operation on two sets. */
export function combine(d: Diagram, operation: SetOperation, a: Node, b: Node): Node {
  switch (operation) {
    case 'union':
      if (a === yes || b === yes) return yes;
      if (a === no || a === b) return b;
      if (b === no) return a;
      break;
    case 'intersect':
      if (a === no || b === no) return no;
      if (a === yes || a === b) return b;
      if (b === yes) return a;
      break;
    case 'subtract':
      if (a === no || b === yes || a === b) return no;
      if (b === no) return a;
      break;
    default:
      return operation satisfies never;
  }
  if (a > b && operation !== 'subtract') return combinePair(d, operation, b, a);
  return combinePair(d, operation, a, b);
}

function combinePair(d: Diagram, operation: SetOperation, a: Node, b: Node): Node {
  d.pairs = roomyMemo(d.pairs, d.levelOf.length);
  const found = remembered(d.pairs, operation, a, b);
  if (found >= 0) return found;
  const [levelA, levelB] = [d.levelOf[a] ?? 0, d.levelOf[b] ?? 0];
  const level = Math.min(levelA, levelB);
  const sets = d.levels[level];
  if (sets === undefined) throw new TypeError('two ends always decide an operation');
  const base = d.stackSet.length;
  const endA = d.firstEdge[a + 1] ?? 0;
  const endB = d.firstEdge[b + 1] ?? 0;
  if (levelA < levelB) {
    for (let edge = d.firstEdge[a] ?? 0; edge < endA; edge += 1) {
      push(d, d.edgeSet[edge] ?? 0, combine(d, operation, d.edgeChild[edge] ?? no, b));
    }
  } else if (levelB < levelA) {
    for (let edge = d.firstEdge[b] ?? 0; edge < endB; edge += 1) {
      push(d, d.edgeSet[edge] ?? 0, combine(d, operation, a, d.edgeChild[edge] ?? no));
    }
  } else if (sets.pool !== undefined && edgeCount(d, a) * edgeCount(d, b) > sets.size) {
    for (const [shared, childA, childB] of pairedEdges(d, sets, a, b)) {
      push(d, shared, combine(d, operation, childA, childB));
    }
  } else {
    for (let i = d.firstEdge[a] ?? 0; i < endA; i += 1) {
      const setA = d.edgeSet[i] ?? 0;
      const childA = d.edgeChild[i] ?? no;
      for (let j = d.firstEdge[b] ?? 0; j < endB; j += 1) {
        const shared = bothOf(sets, setA, d.edgeSet[j] ?? 0);
        d.work.spent += 1;
        if (shared !== sets.none) {
          push(d, shared, combine(d, operation, childA, d.edgeChild[j] ?? no));
        }
      }
    }
  }
  const result = gather(d, level, base);
  remember(d.pairs, operation, a, b, result);
  return result;
}

function edgeCount(d: Diagram, node: Node): number {
  return (d.firstEdge[node + 1] ?? 0) - (d.firstEdge[node] ?? 0);
}

/** The edges of both nodes laid over each other, class by class: many edges hold few classes each. */
function pairedEdges(
  d: Diagram,
  sets: ClassSets,
  a: Node,
  b: Node,
): (readonly [ClassSet, Node, Node])[] {
  spend(d.work, sets.size * 4);
  const childOfB = new Int32Array(sets.size);
  for (const [set, child] of edgesOf(d, b)) {
    for (const member of membersOf(sets, set)) childOfB[member] = child;
  }
  const pairs: (readonly [ClassSet, Node, Node])[] = [];
  for (const [set, childA] of edgesOf(d, a)) {
    const byChild = new Map<Node, number[]>();
    for (const member of membersOf(sets, set)) {
      const childB = childOfB[member] ?? no;
      const together = byChild.get(childB);
      if (together === undefined) byChild.set(childB, [member]);
      else together.push(member);
    }
    for (const [childB, members] of byChild) {
      pairs.push([classSetOf(sets, members), childA, childB]);
    }
  }
  return pairs;
}

const operations: readonly SetOperation[] = ['union', 'intersect', 'subtract'];

function roomyMemo(memo: PairMemo | undefined, nodes: number): PairMemo {
  if (memo !== undefined && memo.left.length >= nodes) return memo;
  const size = 2 ** Math.ceil(Math.log2(Math.max(16, nodes * 2)));
  const array = (): Int32Array => new Int32Array(size);
  return { left: array(), right: array(), result: array() };
}

function placeIn({ left }: PairMemo, operation: number, a: Node, b: Node): number {
  const hash = Math.imul(Math.imul(a, 0x9e37_79b1) ^ (b + operation), 0x85eb_ca6b);
  return (hash ^ (hash >>> 15)) & (left.length - 1);
}

/** The result of an earlier operation, or -1. */
function remembered(memo: PairMemo, operation: SetOperation, a: Node, b: Node): Node {
  const number = operations.indexOf(operation);
  const place = placeIn(memo, number, a, b);
  const isIt = memo.left[place] === a * 4 + number && memo.right[place] === b;
  return isIt ? (memo.result[place] ?? -1) : -1;
}

function remember(memo: PairMemo, operation: SetOperation, a: Node, b: Node, result: Node): void {
  const number = operations.indexOf(operation);
  const place = placeIn(memo, number, a, b);
  memo.left[place] = a * 4 + number;
  memo.right[place] = b;
  memo.result[place] = result;
}
