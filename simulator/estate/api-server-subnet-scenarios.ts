import type { ClusterDraft, Expected } from './cluster-draft.ts';
import { failHigh, pass, unknown, within } from './cluster-draft.ts';
import { newNsg } from './draft-cluster.ts';
import { inboundRule, missingGroup } from './inbound-scenarios.ts';
import { inside, ranges } from './inside-scenarios.ts';
import type { LayoutScenario, Situation } from './layout-scenarios.ts';
import type { NsgDraft } from './security-rules.ts';

const anywhere = ['*'];
const loadBalancer = ['AzureLoadBalancer'];

/**
 * What becomes of packets from nodes and pods to an API server in a subnet of the network, at TCP 443
 * and 4443, and of the load balancer's probes there, at TCP 9988: `intra-network-traffic-allowed`.
 * https://learn.microsoft.com/azure/aks/api-server-vnet-integration
 */
export const apiServerSubnetScenarios: readonly LayoutScenario[] = [
  integrated('api-server-inside-by-default-rules', pass, () => {}),
  integrated('api-server-inside-without-nsg', pass, undefined),
  integrated('api-server-inside-allowed-before-denied', pass, (draft, { deciders }) => {
    deciders.push(
      inboundRule('allow-nodes', 'Allow', ranges(draft), anywhere, ['443', '4443']),
      inboundRule('allow-probes', 'Allow', loadBalancer, anywhere, ['9988']),
      inboundRule('deny-all', 'Deny', anywhere, anywhere, anywhere, '*'),
    );
  }),
  integrated('api-server-inside-other-ports-denied', pass, (_, { deciders }) => {
    const others = ['1-442', '444-4442', '4444-9987', '9989-65535'];
    deciders.push(inboundRule('deny-others', 'Deny', anywhere, anywhere, others));
  }),
  ...['443', '4443'].map((port) =>
    integrated(`api-server-inside-denied-at-${port}`, failHigh, (draft, { deciders }) => {
      const sources = draft.random.pick([anywhere, ['VirtualNetwork'], ['10.0.0.0/8']]);
      deciders.push(inboundRule('deny-api', 'Deny', sources, anywhere, [port]));
    }),
  ),
  integrated('api-server-inside-probes-denied', failHigh, (_, { deciders }) => {
    deciders.push(inboundRule('deny-probes', 'Deny', loadBalancer, anywhere, ['9988']));
  }),
  integrated('api-server-inside-all-but-nodes-denied', failHigh, (draft, { deciders }) => {
    deciders.push(
      inboundRule('allow-nodes', 'Allow', ranges(draft), anywhere, ['443', '4443']),
      inboundRule('deny-all', 'Deny', anywhere, anywhere, anywhere, '*'),
    );
  }),
  integrated('api-server-inside-perhaps-denied', unknown, (draft, { deciders }) => {
    deciders.push({
      ...inboundRule('deny-quarantined', 'Deny', [], anywhere, ['4443']),
      sourceGroups: [missingGroup(draft, 'asg-quarantined-nodes')],
    });
  }),
  integrated('api-server-inside-nsg-not-exported', unknown, ({ hidden }, { id }) => {
    hidden.add(id.toLowerCase());
  }),
];

function integrated(
  name: string,
  expected: Expected,
  plantRules: ((draft: ClusterDraft, nsg: NsgDraft) => void) | undefined,
): LayoutScenario {
  return inside(
    name,
    expected,
    (draft) => {
      const nsg = plantRules === undefined ? undefined : addSubnet(draft, true);
      if (nsg === undefined) addSubnet(draft, false);
      else plantRules?.(draft, nsg);
    },
    takesSubnet,
  );
}

/** Whether a subnet more leaves true what grants made true of each subnet. */
function takesSubnet({ draft: { network, assignments } }: Situation): boolean {
  return network === 'own' && !assignments.some(({ scope }) => scope.includes('/subnets/'));
}

function addSubnet(draft: ClusterDraft, hasNsg: boolean): NsgDraft | undefined {
  const label = 'snet-apiserver';
  const id = `${draft.networkId}/subnets/${label}`;
  const name = `nsg-${draft.name}-apiserver`;
  const nsg = hasNsg
    ? newNsg(draft.networkGroupId, name, draft.region, draft.networkSubscription)
    : undefined;
  nsg?.subnetIds.push(id);
  draft.subnets.push({
    id,
    name: label,
    prefix: `${within(draft, 10, 0)}/28`,
    role: 'apiServer',
    ...(nsg === undefined ? {} : { nsg }),
  });
  draft.layout.delegations.set(id, 'Microsoft.ContainerService/managedClusters');
  return nsg;
}
