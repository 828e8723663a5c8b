import { portSet } from './rule-packets.ts';
import type { AddressMatch, PortRange, SecurityRule } from './security-rule.ts';

/** A place in two lists of rules laid beside each other; a rule that both have is one place. */
export interface Place {
  readonly rule: SecurityRule;
  readonly isIn: 'both' | 'before' | 'after';
}

/** The rules of one direction, first the one that is read first. */
export function inOrder(
  rules: readonly SecurityRule[],
  direction: SecurityRule['direction'],
): readonly SecurityRule[] {
  return rules
    .filter((rule) => rule.direction === direction)
    .toSorted((a, b) => a.priority - b.priority);
}

/**
 * Two ordered lists laid beside each other along a longest common subsequence: a packet that matches
 * only rules that both have meets the same first rule in either. Rules are the same where they
 * match and do the same, whatever their names and priorities are.
 */
export function aligned(
  before: readonly SecurityRule[],
  after: readonly SecurityRule[],
): readonly Place[] {
  // Most of two versions is the same at either end, and the table is as large as what is between.
  const start = sharedStart(before, after);
  const end = sharedStart(before.slice(start).toReversed(), after.slice(start).toReversed());
  const both = (rules: readonly SecurityRule[]): readonly Place[] =>
    rules.map((rule) => ({ rule, isIn: 'both' }));
  return [
    ...both(before.slice(0, start)),
    ...alignedBetween(
      before.slice(start, before.length - end),
      after.slice(start, after.length - end),
    ),
    ...both(before.slice(before.length - end)),
  ];
}

function sharedStart(a: readonly SecurityRule[], b: readonly SecurityRule[]): number {
  const differs = a.findIndex((rule, index) => {
    const other = b[index];
    return other === undefined || (rule !== other && contentOf(rule) !== contentOf(other));
  });
  return differs < 0 ? a.length : differs;
}

function alignedBetween(
  before: readonly SecurityRule[],
  after: readonly SecurityRule[],
): readonly Place[] {
  const left = before.map(contentOf);
  const right = after.map(contentOf);
  // lengths[i][j] is the longest common subsequence of what follows i and j.
  const lengths = Array.from({ length: left.length + 1 }, () => new Uint16Array(right.length + 1));
  const lengthAt = (i: number, j: number): number => lengths[i]?.[j] ?? 0;
  for (let i = left.length - 1; i >= 0; i -= 1) {
    const row = lengths[i];
    if (row === undefined) continue;
    for (let j = right.length - 1; j >= 0; j -= 1) {
      row[j] =
        left[i] === right[j]
          ? lengthAt(i + 1, j + 1) + 1
          : Math.max(lengthAt(i + 1, j), lengthAt(i, j + 1));
    }
  }
  const places: Place[] = [];
  let i = 0;
  let j = 0;
  for (;;) {
    const [mine, theirs] = [before[i], after[j]];
    if (mine !== undefined && theirs !== undefined && left[i] === right[j]) {
      places.push({ rule: mine, isIn: 'both' });
      i += 1;
      j += 1;
    } else if (
      mine !== undefined &&
      (theirs === undefined || lengthAt(i + 1, j) >= lengthAt(i, j + 1))
    ) {
      places.push({ rule: mine, isIn: 'before' });
      i += 1;
    } else if (theirs === undefined) {
      return places;
    } else {
      places.push({ rule: theirs, isIn: 'after' });
      j += 1;
    }
  }
}

/** What a rule matches and does, written one way, once. */
function contentOf(rule: SecurityRule): string {
  const before = contents.get(rule);
  if (before !== undefined) return before;
  const made = JSON.stringify([
    rule.access,
    rule.protocol,
    matchesText(rule.sources),
    portsText(rule.sourcePorts),
    matchesText(rule.destinations),
    portsText(rule.destinationPorts),
  ]);
  contents.set(rule, made);
  return made;
}

const contents = new WeakMap<SecurityRule, string>();

function matchesText(matches: readonly AddressMatch[]): readonly string[] {
  return [...new Set(matches.map(matchText))].toSorted();
}

function matchText(match: AddressMatch): string {
  switch (match.kind) {
    case 'any':
      return '*';
    case 'prefix':
      return match.text;
    case 'serviceTag':
      return `tag ${match.name.toLowerCase()}`;
    case 'applicationSecurityGroup':
      return `group ${match.id}`;
    case 'unclear':
      return `unclear ${match.text}`;
    default:
      return match satisfies never;
  }
}

/** No range and the whole range differ: the former matches portless protocols too. */
function portsText(ranges: readonly PortRange[]): string {
  return ranges.length === 0 ? '*' : portSet(ranges).join();
}
