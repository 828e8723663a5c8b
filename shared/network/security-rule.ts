import type { ResourceId } from '../model/resource-id.ts';

/** The protocols Azure virtual networks carry and security rules can name. */
export type Protocol = 'Tcp' | 'Udp' | 'Icmp' | 'Esp' | 'Ah';

/** One side of a rule: what an address is compared with. */
export type AddressMatch =
  | { readonly kind: 'any' }
  /** A CIDR prefix, a single address or an `a-b` range, as written. */
  | { readonly kind: 'prefix'; readonly text: string }
  | { readonly kind: 'serviceTag'; readonly name: string }
  | { readonly kind: 'applicationSecurityGroup'; readonly id: ResourceId }
  /** Something Azure accepted and whose addresses cannot be told: it may match anything, or nothing. */
  | { readonly kind: 'unclear'; readonly text: string };

/** Inclusive on both ends, 0 to 65535. */
export interface PortRange {
  readonly from: number;
  readonly to: number;
}

export interface RuleMatch {
  readonly protocol: Protocol | '*';
  readonly sources: readonly AddressMatch[];
  /** Empty means every port, and then also protocols without ports. */
  readonly sourcePorts: readonly PortRange[];
  readonly destinations: readonly AddressMatch[];
  readonly destinationPorts: readonly PortRange[];
}

/** A security rule of a network security group, singular and plural members united. */
export interface SecurityRule extends RuleMatch {
  readonly name: string;
  readonly priority: number;
  readonly direction: 'Inbound' | 'Outbound';
  readonly access: 'Allow' | 'Deny';
}

/** A security admin rule of a virtual network manager; it is read before every network security group. */
export interface AdminRule extends RuleMatch {
  readonly name: string;
  readonly priority: number;
  readonly direction: 'Inbound' | 'Outbound';
  readonly access: 'Allow' | 'AlwaysAllow' | 'Deny';
}

export interface NetworkSecurityGroup {
  readonly id: ResourceId;
  readonly name: string;
  /** In no particular order, default rules included. */
  readonly rules: readonly SecurityRule[];
  /** Names of the rules Azure made (priority 65000 and up). */
  readonly defaultRuleNames: ReadonlySet<string>;
}
