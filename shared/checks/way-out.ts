import type { ClusterSubnet, InferenceCluster } from '../facts/inference-cluster.ts';
import type { ResourceId } from '../model/resource-id.ts';
import type { Evidence, Severity } from '../model/verdict.ts';
import type { Route } from '../network/route-table.ts';
import { isDefaultRoute } from '../network/virtual-network.ts';
import { formatAddress, parseAddress } from '../packets/address.ts';
import type { ClusterSettings } from '../settings/cluster-settings.ts';
import { type Part, fail, pass, unknownPart } from './judgement.ts';

/** Where a route leads packets to `target`, and who vouches for what is there. */
export interface WayOut {
  /** Null for Azure's system routes. */
  readonly route: Route | null;
  /** Whether some packet certainly takes it. */
  readonly certain: boolean;
  /** The route table, or the subnet where there is none. */
  readonly at: ResourceId;
  readonly target: string;
  readonly subnet: ClusterSubnet;
  /** Of packets that are dropped. */
  readonly severity: Severity;
}

/** Whether AKS itself provides the way out; undefined means its default, a load balancer. */
export function leavesByItself(outboundType: string | undefined): boolean {
  return !['userdefinedrouting', 'none', 'block'].includes((outboundType ?? '').toLowerCase());
}

/**
 * Whether packets that the rules admit get out: Azure's own egress lets them, a trusted appliance is
 * assumed to, another appliance or a gateway may do anything, and next hop None drops them.
 */
export function judgeWayOut(
  { route, certain, at, target, subnet, severity }: WayOut,
  cluster: InferenceCluster,
  settings: ClusterSettings,
): Part {
  if (route === null || route.nextHopType === 'Internet') {
    if (leavesByItself(cluster.outboundType)) {
      return pass(
        `The way to ${target} leaves through Azure's own egress.`,
        route === null ? gatewayRemarks(subnet) : [],
      );
    }
    return unknownPart([
      {
        what: `the way out to ${target}`,
        scope: at,
        why: `outbound type ${cluster.outboundType ?? ''} provides none, and no route leads to an appliance`,
      },
    ]);
  }
  const address = route.nextHopIpAddress;
  const evidence: Evidence = {
    at,
    rule: route.name,
    says: `route ${route.name} leads ${route.addressPrefix} to ${hopText(route)}`,
  };
  if (route.nextHopType === 'VirtualAppliance' && isTrusted(address, settings)) {
    return pass(`The appliance at ${address ?? ''} is trusted to let ${target} through.`, [
      { ...evidence, says: `${evidence.says}, which the settings trust (assumed, not proven)` },
    ]);
  }
  if (route.nextHopType === 'None') {
    if (!certain)
      return unknownPart([
        { what: `whether ${evidence.says}`, scope: at, why: 'its service tag is not resolved' },
      ]);
    return fail(
      severity,
      `The nodes cannot reach ${target}: route ${route.name} drops ${route.addressPrefix}. Give it a next hop.`,
      [evidence],
    );
  }
  const what =
    route.nextHopType === 'VirtualAppliance'
      ? `rules of the appliance at ${address ?? 'an address that is not set'}`
      : `what lies behind ${hopText(route)}`;
  const why = `route ${route.name} sends ${target} there; if it lets that through, name it in egress.trustedAppliances`;
  return unknownPart([{ what, scope: at, why }], undefined, [evidence]);
}

/** A gateway may learn a default route from the other side; nothing that is read here shows it. */
function gatewayRemarks({ virtualNetwork, routeTable }: ClusterSubnet): readonly Evidence[] {
  if (!virtualNetwork.known || !routeTable.known) return [];
  const { id, name, hasGateway, peerings } = virtualNetwork.value;
  const learns = hasGateway || peerings.some(({ useRemoteGateways }) => useRemoteGateways);
  const table = routeTable.value;
  const decides =
    table?.ignoresGatewayRoutes === true ||
    table?.routes.some(({ addressPrefix }) => isDefaultRoute(addressPrefix)) === true;
  return learns && !decides
    ? [
        {
          at: id,
          says: `the gateway of ${name} is taken to advertise no default route (assumed, not proven)`,
        },
      ]
    : [];
}

function isTrusted(address: string | undefined, settings: ClusterSettings): boolean {
  return (
    address !== undefined &&
    settings.trustedAppliances.some((one) => canonical(one) === canonical(address))
  );
}

/** One address has one text. */
function canonical(text: string): string {
  const address = parseAddress(text.trim());
  return address === undefined ? text : formatAddress(address.family, address.value);
}

/** Where a route leads, in words. */
export function hopText({ nextHopType, nextHopIpAddress }: Route): string {
  switch (nextHopType) {
    case 'VirtualAppliance':
      return `the appliance at ${nextHopIpAddress ?? 'an address that is not set'}`;
    case 'VirtualNetworkGateway':
      return 'the virtual network gateway';
    case 'None':
      return 'nowhere (next hop None)';
    case 'VnetLocal':
      return 'the virtual network itself';
    case 'Internet':
      return 'the Internet';
    default:
      return nextHopType satisfies never;
  }
}
