import type { AddressMatch, PortRange } from '../network/security-rule.ts';
import type { Insertion } from './repair.ts';

type Side = 'sources' | 'destinations' | 'sourcePorts' | 'destinationPorts';
const sides: readonly Side[] = ['sources', 'destinations', 'sourcePorts', 'destinationPorts'];

/**
 * The same rules in fewer: two that differ on one side only match together what one with both sides
 * matches. It stands where the earlier of the two would, so whatever either had to precede, it
 * precedes. Azure takes one service tag a side and no mixture of families, so only prefixes of one
 * family unite.
 * Source: learn.microsoft.com/azure/virtual-network/network-security-groups-overview#augmented-security-rules
 */
export function mergeInsertions(insertions: readonly Insertion[]): readonly Insertion[] {
  const merged: Insertion[] = [];
  for (const insertion of insertions) {
    const at = merged.findIndex((other) => union(other, insertion) !== undefined);
    const other = merged[at];
    const both = other === undefined ? undefined : union(other, insertion);
    if (both === undefined) merged.push(insertion);
    else merged.splice(at, 1, both);
  }
  return merged.length < insertions.length ? mergeInsertions(merged) : merged;
}

/** One insertion for both; undefined where they differ in more than one side. */
function union(a: Insertion, b: Insertion): Insertion | undefined {
  const isAlike =
    a.groupId === b.groupId &&
    a.rule.direction === b.rule.direction &&
    a.rule.access === b.rule.access &&
    a.rule.protocol === b.rule.protocol;
  if (!isAlike) return undefined;
  const differing = sides.filter((side) => keyOf(a.rule[side]) !== keyOf(b.rule[side]));
  const [side, ...others] = differing;
  if (others.length > 0) return undefined;
  const priority = Math.min(a.rule.priority, b.rule.priority);
  const overrides = [...new Set([...a.overrides, ...b.overrides])];
  if (side === undefined) return { ...a, overrides, rule: { ...a.rule, priority } };
  const united =
    side === 'sources' || side === 'destinations'
      ? unitedAddresses(a.rule[side], b.rule[side])
      : unitedPorts(a.rule[side], b.rule[side]);
  return united === undefined
    ? undefined
    : { ...a, overrides, rule: { ...a.rule, [side]: united, priority } };
}

function keyOf(members: readonly (AddressMatch | PortRange)[]): string {
  return members
    .map((member) => JSON.stringify(member))
    .toSorted()
    .join();
}

function unitedAddresses(
  a: readonly AddressMatch[],
  b: readonly AddressMatch[],
): readonly AddressMatch[] | undefined {
  const texts = new Set<string>();
  for (const match of [...a, ...b]) {
    if (match.kind !== 'prefix') return undefined;
    texts.add(match.text);
  }
  const families = new Set([...texts].map((text) => text.includes(':')));
  return families.size === 1
    ? [...texts].toSorted().map((text) => ({ kind: 'prefix', text }))
    : undefined;
}

/** No range means every port and the protocols without, which no range says. */
function unitedPorts(
  a: readonly PortRange[],
  b: readonly PortRange[],
): readonly PortRange[] | undefined {
  if (a.length === 0 || b.length === 0) return undefined;
  const byText = new Map([...a, ...b].map((range) => [`${range.from}-${range.to}`, range]));
  return [...byText.values()].toSorted(
    (left, right) => left.from - right.from || left.to - right.to,
  );
}
