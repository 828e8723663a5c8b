import type {
  ClusterSubnet,
  InferenceCluster,
  ScoringEndpoint,
  Workspace,
} from '../facts/inference-cluster.ts';
import type { Known, Listing, Missing } from '../model/verdict.ts';
import type { NetworkSecurityGroup } from '../network/security-rule.ts';
import type { ClusterSettings } from '../settings/cluster-settings.ts';
import type { ExplainedFacts } from './explanation.ts';

/** What is known of the cluster, and what kept us from the rest. */
export function explainFacts(cluster: InferenceCluster, settings: ClusterSettings): ExplainedFacts {
  return {
    nodeResourceGroup: cluster.nodeResourceGroup ?? null,
    provisioningState: cluster.provisioningState ?? null,
    powerState: cluster.powerState ?? null,
    publicFqdn: factOf(cluster.controlPlane.publicFqdn, (name) => name),
    authorizedRanges: cluster.controlPlane.authorizedRanges,
    outboundType: cluster.outboundType ?? null,
    identity: factOf(cluster.identity, ({ kind, principalId }) => ({ kind, principalId })),
    subnets: listOf(cluster.subnets, subnetOf),
    scoringEndpoints: listOf(cluster.scoringEndpoints, endpointOf),
    computes: listOf(cluster.computes, ({ id, workspaceId, type }) => ({ id, workspaceId, type })),
    workspaces: listOf(cluster.workspaces, workspaceOf),
    settings: {
      callers:
        settings.callers.kind === 'listed'
          ? { kind: 'listed', sources: settings.callers.sources }
          : { kind: settings.callers.kind },
      outbound: settings.outbound,
    },
  };
}

type Fact<T> =
  | { readonly known: true; readonly value: T }
  | { readonly known: false; readonly missing: readonly Missing[] };

type List<T> =
  | { readonly known: true; readonly value: readonly T[] }
  | { readonly known: false; readonly found: readonly T[]; readonly missing: readonly Missing[] };

function factOf<A, B>(fact: Known<A>, map: (value: A) => B): Fact<B> {
  return fact.known
    ? { known: true, value: map(fact.value) }
    : { known: false, missing: written(fact.missing) };
}

function listOf<A, B>(list: Listing<A>, map: (value: A) => B): List<B> {
  return list.known
    ? { known: true, value: list.value.map(map) }
    : { known: false, found: (list.found ?? []).map(map), missing: written(list.missing) };
}

/** Without our own mark on what is a gap. */
export function written(missing: readonly Missing[]): readonly Missing[] {
  return missing.map(({ what, scope, why }) => ({ what, scope, why }));
}

function groupOf(group: NetworkSecurityGroup | null) {
  return group === null ? null : { id: group.id, rules: group.rules.length };
}

function subnetOf(subnet: ClusterSubnet) {
  return {
    id: subnet.id,
    usedBy: [...subnet.usedBy],
    managedByAks: subnet.managedByAks,
    prefixes: factOf(subnet.prefixes, (prefixes) => prefixes),
    virtualNetwork: factOf(
      subnet.virtualNetwork,
      ({ id, addressPrefixes, peerings, hasGateway }) => ({
        id,
        addressPrefixes,
        peerings: peerings.map(({ name, state, remoteNetworkId }) => ({
          name,
          state,
          remote: remoteNetworkId,
        })),
        hasGateway,
      }),
    ),
    securityGroup: factOf(subnet.securityGroup, groupOf),
    nodeSecurityGroups: listOf(subnet.nodeSecurityGroups, groupOf),
    routeTable: factOf(subnet.routeTable, (table) =>
      table === null ? null : { id: table.id, routes: table.routes.length },
    ),
    adminRules: factOf(subnet.adminRules, (rules) => rules.length),
  };
}

function endpointOf({ address, visibility, at, source, frontend }: ScoringEndpoint) {
  return {
    address,
    visibility,
    at,
    source,
    frontend: factOf(frontend, ({ loadBalancerId, sku, rules, backendSubnetIds }) => ({
      loadBalancerId,
      sku: sku ?? null,
      rules: rules.map(({ name, protocol, frontendPort, backendPort, floatingIp }) => ({
        name,
        protocol,
        frontendPort,
        backendPort,
        floatingIp,
      })),
      backendSubnetIds: listOf(backendSubnetIds, (id) => id),
    })),
  };
}

function workspaceOf({ id, location, hubId, storage, vault, registry }: Workspace) {
  return {
    id,
    location,
    hubId: hubId ?? null,
    storage: factOf(storage, (one) => one.id),
    vault: factOf(vault, (one) => one.id),
    registry: factOf(registry, (one) => one?.id ?? null),
  };
}
