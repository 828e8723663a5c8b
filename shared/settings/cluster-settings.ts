import type { Severity } from '../model/verdict.ts';

/** Who may call a cluster's scoring endpoints from outside. */
export type Callers =
  /** Nobody said; the checks then ask only whether anyone at all can call. */
  | { readonly kind: 'notConfigured' }
  /** Called only from inside the network. */
  | { readonly kind: 'none' }
  /** Prefixes and service tags, as written in the settings. */
  | {
      readonly kind: 'listed';
      readonly sources: readonly string[];
      /** Set where the cluster's own tag says so: no rule is ever planned for these. */
      readonly from?: 'tag';
    };

/** Somebody who deploys into the networks. */
export interface Deployer {
  /** Object id in Microsoft Entra, as written. */
  readonly principalId: string;
  /** A name for people. */
  readonly label?: string;
}

/** The settings as they hold for one cluster, precedence resolved. */
export interface ClusterSettings {
  readonly callers: Callers;
  readonly outbound: 'keepDefaults' | 'restricted';
  readonly requirePrivateCluster: boolean;
  readonly requireInternalLoadBalancer: boolean;
  /** Addresses of appliances whose own rules are trusted to let needed traffic through. */
  readonly trustedAppliances: readonly string[];
  /** CIDR prefixes of networks behind gateways; empty: RFC 1918 and 100.64.0.0/10 are assumed possible. */
  readonly onPremises: readonly string[];
  /** Who deploys into the networks and must be able to join them. */
  readonly deployers: readonly Deployer[];
  /** Per check id; a check that is not listed is enabled at its own severity. */
  readonly checks: Readonly<
    Record<string, { readonly enabled: boolean; readonly severity?: Severity }>
  >;
}
