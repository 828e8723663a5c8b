import { type PacketSet, allPorts, packets, protocols } from './packet-set.ts';
import { type IntervalSet, intervals } from '../../../shared/packets/interval-set.ts';
import type { AddressBounds } from '../../../shared/network/address-bounds.ts';
import type { PortRange, Protocol, RuleMatch } from '../../../shared/network/security-rule.ts';

/** The packets a rule matches for certain and at the most. */
export interface PacketBounds {
  readonly atLeast: PacketSet;
  readonly atMost: PacketSet;
}

const portless: ReadonlySet<Protocol> = new Set(['Icmp', 'Esp', 'Ah']);

/**
 * The packets of a rule. A rule that restricts ports does not match protocols that have none.
 * Source: learn.microsoft.com/azure/virtual-network/network-security-groups-overview.
 */
export function rulePackets(
  rule: RuleMatch,
  sources: AddressBounds,
  destinations: AddressBounds,
): PacketBounds {
  const restrictsPorts = rule.sourcePorts.length > 0 || rule.destinationPorts.length > 0;
  const named: readonly Protocol[] = rule.protocol === '*' ? protocols : [rule.protocol];
  const shared = {
    protocols: restrictsPorts ? named.filter((protocol) => !portless.has(protocol)) : named,
    sourcePorts: portSet(rule.sourcePorts),
    destinationPorts: portSet(rule.destinationPorts),
  };
  const atMost = packets({
    ...shared,
    sources: sources.atMost,
    destinations: destinations.atMost,
  });
  const exact = sources.atLeast === sources.atMost && destinations.atLeast === destinations.atMost;
  return {
    atMost,
    atLeast: exact
      ? atMost
      : packets({ ...shared, sources: sources.atLeast, destinations: destinations.atLeast }),
  };
}

/** Port ranges as an interval set; no range means every port. */
export function portSet(ranges: readonly PortRange[]): IntervalSet {
  return ranges.length === 0
    ? allPorts
    : intervals(ranges.map((range) => [range.from, range.to + 1] as const));
}
