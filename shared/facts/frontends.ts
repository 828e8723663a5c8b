import { type ResourceId, nameOf, resourceId, segmentAfter } from '../model/resource-id.ts';
import {
  type Known,
  type Listing,
  type Missing,
  foundIn,
  known,
  listing,
  unknown,
} from '../model/verdict.ts';
import { formatAddress, parseAddress, parsePrefix } from '../packets/address.ts';
import type { ClusterToRead } from './cluster-subnets.ts';
import { noInterface } from './node-interfaces.ts';
import type { ClusterSubnet, Frontend, LoadBalancerRule } from './inference-cluster.ts';
import { missingOf, type RowReader } from './row-reader.ts';
import { type BackendPool, type LoadBalancerRow, loadBalancerRow } from './rows/load-balancer.ts';
import { publicIpRow } from './rows/public-ip.ts';

const balancersType = 'microsoft.network/loadbalancers';

/** The load balancer frontends of one cluster, asked by address. */
export interface Frontends {
  /** The frontend of an address, and the side of the load balancer that proves it is on. */
  of(address: string): {
    readonly frontend: Known<Frontend>;
    readonly side: 'public' | 'private' | undefined;
  };
}

/**
 * The frontends of the load balancers in the node resource group: a public one by the address of its
 * public IP resource, an internal one by its private address.
 */
export function readFrontends(
  reader: RowReader,
  cluster: ClusterToRead,
  subnets: Listing<ClusterSubnet>,
): Frontends {
  const group = cluster.nodeGroup;
  const balancers =
    group === undefined
      ? { found: [], missing: [] }
      : reader.all(loadBalancerRow, balancersType, group);
  const missing: Missing[] = [
    ...(group === undefined ? [] : missingOf(reader.snapshot.wasReadWithin(balancersType, group))),
    ...balancers.missing,
  ];
  const byAddress = new Map<string, ReturnType<Frontends['of']>>();
  for (const { row, value } of balancers.found) {
    for (const frontend of value.properties.frontendIPConfigurations) {
      const { publicIPAddress, privateIPAddress } = frontend.properties ?? {};
      if (frontend.id === undefined) continue;
      let address: string | undefined;
      if (publicIPAddress === undefined) {
        address = privateIPAddress;
      } else {
        const publicIp = reader.follow(publicIpRow, publicIPAddress, 'public IP address');
        if (publicIp.known) address = publicIp.value.properties.ipAddress;
        else missing.push(...publicIp.missing);
      }
      const parsed = address === undefined ? undefined : parseAddress(address);
      if (parsed === undefined) continue;
      byAddress.set(formatAddress(parsed.family, parsed.value), {
        side: publicIPAddress === undefined ? 'private' : 'public',
        frontend: known(readFrontend(row.id, value, frontend.id, cluster, subnets)),
      });
    }
  }
  return {
    of: (address) =>
      byAddress.get(address) ?? {
        side: undefined,
        frontend: unknown(
          {
            what: `load balancer frontend of ${address}`,
            scope: group ?? cluster.id,
            why: 'no load balancer that was read has it',
          },
          ...missing,
        ),
      },
  };
}

function readFrontend(
  balancerId: ResourceId,
  { properties, sku }: LoadBalancerRow,
  frontendId: ResourceId,
  cluster: ClusterToRead,
  subnets: Listing<ClusterSubnet>,
): Frontend {
  const rules = properties.loadBalancingRules.filter(
    (rule) => rule.properties.frontendIPConfiguration === frontendId,
  );
  const poolIds = new Set(
    rules.flatMap((rule) => [
      ...(rule.properties.backendAddressPool === undefined
        ? []
        : [rule.properties.backendAddressPool]),
      ...rule.properties.backendAddressPools,
    ]),
  );
  return {
    loadBalancerId: balancerId,
    ...(sku?.name === undefined ? {} : { sku: sku.name }),
    rules: rules.map((rule): LoadBalancerRule => {
      const { probe } = rule.properties;
      return {
        name: rule.name,
        protocol: rule.properties.protocol,
        frontendPort: rule.properties.frontendPort,
        backendPort: rule.properties.backendPort ?? rule.properties.frontendPort,
        floatingIp: rule.properties.enableFloatingIP ?? false,
        ...(probe === undefined ? {} : { probePort: probePortOf(probe, properties.probes) }),
      };
    }),
    backendSubnetIds: backendSubnets(
      balancerId,
      properties.backendAddressPools.filter(({ id }) => id !== undefined && poolIds.has(id)),
      poolIds,
      cluster,
      subnets,
    ),
  };
}

function probePortOf(
  id: ResourceId,
  probes: LoadBalancerRow['properties']['probes'],
): Known<number> {
  const port = probes.find((one) => one.id === id)?.properties?.port;
  if (port !== undefined) return known(port);
  const what = `port of the health probe ${nameOf(id)}`;
  return unknown({ what, scope: id, why: 'its load balancer does not list it', gap: true });
}

/**
 * The subnets behind the pools: of the interfaces that name a pool, of the interfaces that a pool
 * names, and of the bare addresses that a pool lists.
 */
function backendSubnets(
  balancerId: ResourceId,
  pools: readonly BackendPool[],
  poolIds: ReadonlySet<ResourceId>,
  cluster: ClusterToRead,
  subnets: Listing<ClusterSubnet>,
): Listing<ResourceId> {
  const found = new Set<ResourceId>();
  const missing: Missing[] = [];
  for (const configuration of cluster.interfaces.seen.flatMap((one) => one.ipConfigurations)) {
    if (
      configuration.subnetId !== undefined &&
      configuration.poolIds.some((id) => poolIds.has(id))
    ) {
      found.add(configuration.subnetId);
    }
  }
  for (const { properties } of pools) {
    for (const id of properties?.backendIPConfigurations ?? []) {
      add(subnetsOfConfiguration(cluster, id), id);
    }
    for (const { properties: backend } of properties?.loadBalancerBackendAddresses ?? []) {
      const interfaceId = backend?.networkInterfaceIPConfiguration;
      if (backend?.subnet !== undefined) found.add(backend.subnet);
      else if (interfaceId !== undefined) {
        add(subnetsOfConfiguration(cluster, interfaceId), interfaceId);
      } else if (backend?.ipAddress !== undefined) {
        add(subnetsOfAddress(subnets, backend.ipAddress), backend.ipAddress);
      }
    }
  }
  function add(ids: readonly ResourceId[], of: string): void {
    for (const id of ids) found.add(id);
    if (ids.length === 0) {
      missing.push({
        what: 'subnet of a load balancer backend',
        scope: of,
        why: 'the interface or address is in no subnet that was read',
      });
    }
  }
  // Interfaces that were not read may name the pools too.
  const ids = [...found].toSorted();
  const unread = [...missing, ...unreadInterfaces(cluster, subnets)];
  if (ids.length > 0) return listing(ids, unread);
  return listing(ids, [
    {
      what: 'subnets behind the load balancer',
      scope: balancerId,
      why: 'its backend pools name nobody, and no interface that was read names them',
    },
    ...unread,
  ]);
}

/** What kept us from the interfaces of the nodes: all of them, or those in one of their subnets. */
function unreadInterfaces(
  { interfaces }: ClusterToRead,
  subnets: Listing<ClusterSubnet>,
): readonly Missing[] {
  const seen = new Set(
    interfaces.seen.flatMap((one) =>
      one.ipConfigurations.flatMap(({ subnetId }) => subnetId ?? []),
    ),
  );
  const unseen = foundIn(subnets).filter(
    ({ id, usedBy }) => usedBy.includes('nodes') && !seen.has(id),
  );
  return [
    ...interfaces.missing,
    ...(subnets.known ? [] : subnets.missing),
    ...unseen.map(({ id }) => noInterface(id)),
  ];
}

/** An interface's configuration is named below its machine; the scale set's model says its subnet. */
function subnetsOfConfiguration(cluster: ClusterToRead, id: ResourceId): readonly ResourceId[] {
  const scaleSet = segmentAfter(id, 'virtualmachinescalesets');
  const owner =
    scaleSet === undefined
      ? ownerOf(id, 'networkinterfaces')
      : ownerOf(id, 'virtualmachinescalesets');
  const configurations = cluster.interfaces.seen
    .filter((one) => one.at === owner)
    .flatMap((one) => one.ipConfigurations);
  const named = configurations.filter(({ name }) => name?.toLowerCase() === nameOf(id));
  return (named.length > 0 ? named : configurations).flatMap(({ subnetId }) => subnetId ?? []);
}

function ownerOf(id: ResourceId, collection: string): ResourceId {
  const parts = id.split('/');
  return resourceId(parts.slice(0, parts.indexOf(collection) + 2).join('/'));
}

function subnetsOfAddress(subnets: Listing<ClusterSubnet>, written: string): readonly ResourceId[] {
  const address = parseAddress(written);
  if (address === undefined) return [];
  return foundIn(subnets)
    .filter(({ prefixes }) =>
      (prefixes.known ? prefixes.value : []).some((prefix) => {
        const range = parsePrefix(prefix);
        return (
          range?.family === address.family &&
          range.from <= address.value &&
          address.value < range.to
        );
      }),
    )
    .map(({ id }) => id);
}
