import type { ClusterDraft, Expected } from './cluster-draft.ts';
import { failHigh, failLow, nodeSubnets, notApplicable, pass, unknown } from './cluster-draft.ts';
import type { LayoutScenario, Situation } from './layout-scenarios.ts';
import { hidesBalancer } from './probe-scenarios.ts';

/** Where the nodes are: `cluster-in-virtual-network`. */
export const placementScenarios: readonly LayoutScenario[] = [
  {
    name: 'nodes-in-subnets-of-the-customer',
    needs: isOwn,
    plant() {},
    truth: () => ({ 'cluster-in-virtual-network': pass }),
  },
  {
    name: 'nodes-in-network-of-aks',
    needs: ({ draft }) => draft.network === 'managed',
    plant() {},
    truth: () => ({ 'cluster-in-virtual-network': failLow }),
  },
  {
    name: 'node-subnet-delegated',
    needs: isOwn,
    plant(draft) {
      const subnet = draft.random.pick(nodeSubnets(draft));
      const services = ['Microsoft.ContainerInstance/containerGroups', 'Microsoft.Web/serverFarms'];
      draft.layout.delegations.set(subnet.id, draft.random.pick(services));
    },
    truth: () => ({ 'cluster-in-virtual-network': failHigh }),
  },
  {
    name: 'virtual-network-not-exported',
    needs: ({ draft, inbound }) =>
      draft.network === 'own' && hasNoWorkspace(draft) && inbound.nodesDeny !== true,
    plant(draft) {
      draft.hidden.add(draft.networkId.toLowerCase());
    },
    truth: (situation) => ({
      'cluster-in-virtual-network': unknown,
      ...Object.fromEntries(
        ['scoring-inbound-allowed', 'default-outbound-kept', 'network-contributor-granted'].map(
          (checkId) => [checkId, withoutNetwork(checkId, situation)],
        ),
      ),
      'restricted-outbound-allows-dependencies': unknown,
      'restricted-outbound-allows-registry': unknown,
      // Without either, a public address may be the network's own.
      ...(hidesBalancer(situation.draft) ? { 'internal-load-balancer': unknown } : {}),
    }),
  },
];

function isOwn({ draft }: Situation): boolean {
  return draft.network === 'own';
}

/** Then no check of a workspace asks for the network. */
function hasNoWorkspace({ attachment }: ClusterDraft): boolean {
  return attachment === 'extension' || attachment === 'publicIp';
}

/**
 * Without the network nobody knows the subnets' addresses, security groups and route tables: what
 * applies to nothing still does, and a grant that route tables cannot add to stays what it is.
 */
function withoutNetwork(checkId: string, { truth }: Situation): Expected {
  const before = truth.get(checkId) ?? unknown;
  if (before === notApplicable) return before;
  const stands = checkId === 'network-contributor-granted' && before !== failLow;
  return stands ? before : unknown;
}
