import { type IntervalSet, intervals } from '../packets/interval-set.ts';
import { allPorts } from '../packets/packet.ts';
import type { PortRange } from './security-rule.ts';

/** Port ranges as an interval set; no range means every port. */
export function portSet(ranges: readonly PortRange[]): IntervalSet {
  return ranges.length === 0
    ? allPorts
    : intervals(ranges.map((range) => [range.from, range.to + 1] as const));
}
