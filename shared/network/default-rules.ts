import type { AdminRule, SecurityRule } from './security-rule.ts';

type Side = '*' | 'VirtualNetwork' | 'AzureLoadBalancer' | 'Internet';

/**
 * The six rules that Azure gives every network security group; they cannot be removed, only
 * preceded. Source: learn.microsoft.com/azure/virtual-network/network-security-groups-overview.
 */
export const defaultRules: readonly SecurityRule[] = [
  rule('AllowVnetInBound', 65_000, 'Inbound', 'VirtualNetwork', 'VirtualNetwork', 'Allow'),
  rule('AllowAzureLoadBalancerInBound', 65_001, 'Inbound', 'AzureLoadBalancer', '*', 'Allow'),
  rule('DenyAllInBound', 65_500, 'Inbound', '*', '*', 'Deny'),
  rule('AllowVnetOutBound', 65_000, 'Outbound', 'VirtualNetwork', 'VirtualNetwork', 'Allow'),
  rule('AllowInternetOutBound', 65_001, 'Outbound', '*', 'Internet', 'Allow'),
  rule('DenyAllOutBound', 65_500, 'Outbound', '*', '*', 'Deny'),
];

/** A rule that Azure did not make: everything but the default rules 65000, 65001 and 65500. */
export function isCustom(rule: SecurityRule | AdminRule): boolean {
  return rule.priority < 65_000;
}

function rule(
  name: string,
  priority: number,
  direction: SecurityRule['direction'],
  source: Side,
  destination: Side,
  access: SecurityRule['access'],
): SecurityRule {
  return {
    name,
    priority,
    direction,
    access,
    protocol: '*',
    sources: [side(source)],
    sourcePorts: [],
    destinations: [side(destination)],
    destinationPorts: [],
  };
}

function side(name: Side): SecurityRule['sources'][number] {
  return name === '*' ? { kind: 'any' } : { kind: 'serviceTag', name };
}
