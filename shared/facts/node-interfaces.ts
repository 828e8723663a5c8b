import type { ResourceId } from '../model/resource-id.ts';
import type { Missing } from '../model/verdict.ts';
import { missingOf, type RowReader } from './row-reader.ts';
import type { ManagedClusterRow } from './rows/managed-cluster.ts';
import { networkInterfaceRow } from './rows/network-interface.ts';
import { scaleSetRow } from './rows/scale-set.ts';

const scaleSets = 'microsoft.compute/virtualmachinescalesets';
const interfaces = 'microsoft.network/networkinterfaces';

/** A network interface of nodes: of one machine, or the model of a whole scale set's. */
export interface NodeInterface {
  /** The scale set or the network interface. */
  readonly at: ResourceId;
  readonly securityGroupId: ResourceId | undefined;
  readonly ipConfigurations: readonly {
    readonly name: string | undefined;
    readonly subnetId: ResourceId | undefined;
    readonly poolIds: readonly ResourceId[];
  }[];
}

export interface NodeInterfaces {
  readonly seen: readonly NodeInterface[];
  /** What kept us from seeing all of them; empty where all were seen. */
  readonly missing: readonly Missing[];
}

/**
 * The interfaces of the cluster's nodes: those of the scale sets and network interfaces in the node
 * resource group. Interfaces without a scale set exist where nodes are provisioned automatically or
 * pools are of single machines; elsewhere nobody needs to have read them.
 */
export function readNodeInterfaces(
  reader: RowReader,
  id: ResourceId,
  cluster: ManagedClusterRow,
  nodeGroup: ResourceId | undefined,
): NodeInterfaces {
  if (nodeGroup === undefined) {
    return {
      seen: [],
      missing: [
        {
          what: 'network interfaces of the nodes',
          scope: id,
          gap: true,
          why: 'the cluster does not name its node resource group',
        },
      ],
    };
  }
  const sets = reader.all(scaleSetRow, scaleSets, nodeGroup);
  const single = reader.all(networkInterfaceRow, interfaces, nodeGroup);
  const seen: NodeInterface[] = [];
  for (const { row, value } of sets.found) {
    const profile = value.properties.virtualMachineProfile?.networkProfile;
    for (const { properties } of profile?.networkInterfaceConfigurations ?? []) {
      seen.push(nodeInterface(row.id, properties));
    }
  }
  for (const { row, value } of single.found) {
    const { properties } = value;
    // A private cluster's API endpoint has its interface in this resource group too; it is no node's.
    if (properties.privateEndpoint === undefined && properties.privateLinkService === undefined) {
      seen.push(nodeInterface(row.id, properties));
    }
  }
  return {
    seen,
    missing: [
      ...missingOf(reader.snapshot.wasReadWithin(scaleSets, nodeGroup)),
      ...sets.missing,
      ...single.missing,
      ...(hasSingleMachines(cluster)
        ? missingOf(reader.snapshot.wasReadWithin(interfaces, nodeGroup))
        : []),
    ],
  };
}

/** That nodes are in a subnet, and none of their interfaces was read. */
export function noInterface(subnet: ResourceId): Missing {
  return {
    what: 'network interfaces of the nodes',
    scope: subnet,
    gap: true,
    why: 'no scale set or network interface in this subnet was read',
  };
}

/** Whether Karpenter makes nodes of its own beside the agent pools. */
export function provisionsNodes(cluster: ManagedClusterRow): boolean {
  return cluster.properties.nodeProvisioningProfile?.mode === 'auto';
}

function hasSingleMachines(cluster: ManagedClusterRow): boolean {
  return (
    provisionsNodes(cluster) ||
    cluster.properties.agentPoolProfiles.some(
      (pool) => pool.type === 'availabilityset' || pool.type === 'virtualmachines',
    )
  );
}

function nodeInterface(
  at: ResourceId,
  properties: {
    readonly networkSecurityGroup: ResourceId | undefined;
    readonly ipConfigurations: readonly {
      readonly name?: string | undefined;
      readonly properties?:
        | {
            readonly subnet: ResourceId | undefined;
            readonly loadBalancerBackendAddressPools: readonly ResourceId[];
          }
        | undefined;
    }[];
  },
): NodeInterface {
  return {
    at,
    securityGroupId: properties.networkSecurityGroup,
    ipConfigurations: properties.ipConfigurations.map((configuration) => ({
      name: configuration.name,
      subnetId: configuration.properties?.subnet,
      poolIds: configuration.properties?.loadBalancerBackendAddressPools ?? [],
    })),
  };
}
