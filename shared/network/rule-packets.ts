import { type PacketSet, allPorts } from '../packets/packet-set.ts';
import { type IntervalSet, intervals } from '../packets/interval-set.ts';
import type { PortRange } from './security-rule.ts';

/** The packets a rule matches for certain and at the most. */
export interface PacketBounds {
  readonly atLeast: PacketSet;
  readonly atMost: PacketSet;
}

/** Port ranges as an interval set; no range means every port. */
export function portSet(ranges: readonly PortRange[]): IntervalSet {
  return ranges.length === 0
    ? allPorts
    : intervals(ranges.map((range) => [range.from, range.to + 1] as const));
}
