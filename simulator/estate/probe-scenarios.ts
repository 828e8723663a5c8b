import type { ClusterDraft, Expected } from './cluster-draft.ts';
import { failHigh, notApplicable, pass, plant, subnetNsgs, unknown } from './cluster-draft.ts';
import { inboundRule, missingGroup, nodePrefixes } from './inbound-scenarios.ts';
import { everyNode } from './inside-scenarios.ts';
import type { LayoutScenario, Situation } from './layout-scenarios.ts';
import type { RuleDraft } from './security-rules.ts';

const probes = 'AzureLoadBalancer';

/**
 * What becomes of the load balancer's probes: `load-balancer-probe-allowed`. Every rule is about
 * packets from 168.63.129.16 alone, which no other check asks about.
 */
export const probeScenarios: readonly LayoutScenario[] = [
  probeScenario('probes-by-default-rules', pass, () => {}),
  probeScenario('probes-allowed-before-denied', pass, (draft) => {
    const before = draft.random.pick([
      inboundRule('allow-probes', 'Allow', [probes], ['*'], ['*'], '*'),
      inboundRule('allow-probe-port', 'Allow', [probes], nodePrefixes(draft), [probePort(draft)]),
      inboundRule('allow-host', 'Allow', ['168.63.129.16'], ['*'], ['30000-32767'], '*'),
    ]);
    plant(
      everyNode(draft),
      before,
      inboundRule('deny-probes', 'Deny', [probes], ['*'], ['*'], '*'),
    );
  }),
  probeScenario('probes-denied-to-endpoint-only', pass, (draft) => {
    plant(
      everyNode(draft),
      inboundRule('deny-probes', 'Deny', [probes], [draft.endpoint.formerIp], ['*']),
    );
  }),
  probeScenario('probes-denied-on-other-ports', pass, (draft) => {
    const port = Number(probePort(draft));
    const ports = ['1-29999', `${port + 1}-65535`];
    plant(everyNode(draft), inboundRule('deny-probes', 'Deny', [probes], ['*'], ports));
  }),
  probeScenario('probes-denied-by-subnet-nsg', failHigh, (draft) => {
    plant(subnetNsgs(draft, 'node'), denyProbes(draft));
  }),
  probeScenario('probes-denied-by-node-nsg', failHigh, (draft) => {
    plant([draft.nodeNsg], denyProbes(draft));
  }),
  probeScenario('probes-allowed-on-service-port-only', failHigh, (draft) => {
    plant(
      [draft.nodeNsg],
      inboundRule('allow-probes', 'Allow', [probes], ['*'], ['443', '80']),
      denyProbes(draft),
    );
  }),
  probeScenario('probes-perhaps-denied', unknown, (draft) => {
    plant([draft.nodeNsg], {
      ...inboundRule('deny-probes-to-quarantine', 'Deny', [probes], [], ['*']),
      destinationGroups: [missingGroup(draft, 'asg-quarantined-nodes')],
    });
  }),
];

function probeScenario(
  name: string,
  expected: Expected,
  plantRules: (draft: ClusterDraft) => void,
): LayoutScenario {
  return {
    name,
    needs: (situation) => {
      // Where probes are not asked about or nobody can tell, the rules would show nothing.
      if (overridden(situation) !== undefined) return name === 'probes-by-default-rules';
      const { draft } = situation;
      // An internal endpoint's address is one that a node could have.
      if (name === 'probes-denied-to-endpoint-only') return draft.endpoint.visibility === 'public';
      return name !== 'probes-denied-by-subnet-nsg' || subnetNsgs(draft, 'node').length > 0;
    },
    plant: plantRules,
    truth: (situation) => ({ 'load-balancer-probe-allowed': overridden(situation) ?? expected }),
  };
}

/** What is true whatever the rules say of probes. */
function overridden({ draft, outbound, hidesNetwork }: Situation): Expected | undefined {
  const { visibility } = draft.endpoint;
  if (visibility === 'none') return notApplicable;
  const hidden = hidesBalancer(draft) || hidesNetwork || outbound.hidesInbound === true;
  return visibility === 'unaddressed' || hidden ? unknown : undefined;
}

/** Whether a load balancer of the cluster is not among the rows. */
export function hidesBalancer({ nodeGroupId, hidden }: ClusterDraft): boolean {
  const balancer = `${nodeGroupId}/providers/microsoft.network/loadbalancers/`.toLowerCase();
  return [...hidden].some((id) => id.startsWith(balancer));
}

function denyProbes(draft: ClusterDraft): RuleDraft {
  return draft.random.pick([
    inboundRule('deny-probes', 'Deny', [probes], ['*'], ['*'], '*'),
    inboundRule('deny-host', 'Deny', ['168.63.129.16/32'], ['*'], ['*'], '*'),
    inboundRule('deny-probe-port', 'Deny', [probes], nodePrefixes(draft), [probePort(draft)]),
  ]);
}

/** The load balancer probes at the port that the nodes listen on. */
function probePort({ endpoint }: ClusterDraft): string {
  return String(endpoint.nodePort);
}
