/** A tenant of as many clusters as a test needs, each behind a security group that is well or not. */
import type { InferenceCluster } from '../../shared/facts/inference-cluster.ts';
import { type Check, defineCheck } from '../../shared/model/check.ts';
import { type ResourceId, resourceId } from '../../shared/model/resource-id.ts';
import { resourceTypeNamed, typeInId } from '../../shared/inventory/row-type.ts';
import type { Gap, Row, TenantReader } from '../../shared/ports.ts';
import { judged } from './made-up-judgement.ts';

const subscriptionOf = (index: number) =>
  `00000000-0000-4000-8000-${String(index % 20).padStart(12, '0')}`;

export function clusterId(index: number): ResourceId {
  return idOf(index, `microsoft.containerservice/managedclusters/aks-${index}`);
}

export function groupId(index: number): ResourceId {
  return idOf(index, `microsoft.network/networksecuritygroups/nsg-${index}`);
}

function idOf(index: number, rest: string): ResourceId {
  return resourceId(
    `/subscriptions/${subscriptionOf(index)}/resourcegroups/rg-${index}/providers/${rest}`,
  );
}

function row(id: ResourceId, body: object = {}): Row {
  const type = resourceTypeNamed(typeInId(id) ?? '');
  if (type === undefined) throw new Error(`${id} is of no type that an audit reads`);
  return { kind: 'row', id, type, body: { id, type, name: id.split('/').at(-1), ...body } };
}

/** Fails where the cluster's tag says that its security group is broken. */
export const groupIsWell: Check<InferenceCluster> = defineCheck<InferenceCluster>({
  id: 'group-is-well',
  title: 'The security group is well',
  description: 'For tests.',
  advice: 'None.',
  severity: 'high',
  kinds: ['fail', 'pass'],
  appliesTo: ['Kubernetes'],
  remediation: 'none',
  source: 'https://example.com',
  evaluate: ({ id, tags }) => judged(tags['broken'] === 'true' ? 'fail' : 'pass', id),
});

export interface MadeUpTenant {
  /** Whether the security group of a cluster is broken now; a cluster that is gone has none. */
  readonly broken: Map<number, boolean>;
  /** Tags of clusters besides those that every one has. */
  readonly tags: Map<number, Readonly<Record<string, string>>>;
  readonly gaps: Gap[];
  /** How often each cluster was read by itself. */
  readonly liveReads: Map<ResourceId, number>;
  /** Called before each read of Azure; may throw. */
  beforeRead: (cluster?: ResourceId) => Promise<void>;
  readonly reader: TenantReader;
}

export function madeUpTenant(clusters: number): MadeUpTenant {
  const broken = new Map(Array.from({ length: clusters }, (_, index) => [index, false]));
  const liveReads = new Map<ResourceId, number>();
  const tags = new Map<number, Readonly<Record<string, string>>>();

  function rowsOf(index: number): Row[] {
    const isBroken = broken.get(index);
    if (isBroken === undefined) return [];
    const network = idOf(index, `microsoft.network/virtualnetworks/vnet-${index}`);
    const subnet = `${network}/subnets/nodes`;
    return [
      row(clusterId(index), {
        location: 'westeurope',
        tags: { 'portcullis:inference': 'true', broken: String(isBroken), ...tags.get(index) },
        properties: {
          provisioningState: 'Succeeded',
          agentPoolProfiles: [{ name: 'nodes', vnetSubnetID: subnet }],
        },
      }),
      row(network, {
        properties: {
          subnets: [
            {
              id: subnet,
              name: 'nodes',
              properties: { networkSecurityGroup: { id: groupId(index) } },
            },
          ],
        },
      }),
      row(groupId(index), { properties: { securityRules: [] } }),
    ];
  }
  const indexOf = (id: ResourceId) => Number(/-(\d+)$/.exec(id)?.[1]);
  const tenant: MadeUpTenant = {
    broken,
    tags,
    gaps: [],
    liveReads,
    beforeRead: async () => {},
    reader: {
      async readScope() {
        await tenant.beforeRead();
        const rows = [...broken.keys()].flatMap((index) => rowsOf(index).slice(0, 1));
        const covered = Array.from({ length: 20 }, (_, index) => subscriptionOf(index));
        return { items: [...rows, ...tenant.gaps], covered };
      },
      async readClusters(ids) {
        await tenant.beforeRead();
        return [...ids.flatMap((id) => rowsOf(indexOf(id))), ...tenant.gaps];
      },
      async readCluster(id) {
        await tenant.beforeRead(id);
        liveReads.set(id, (liveReads.get(id) ?? 0) + 1);
        return [...rowsOf(indexOf(id)), ...tenant.gaps];
      },
      readResource: async (id) => rowsOf(indexOf(id)).find((each) => each.id === id),
    },
  };
  return tenant;
}
