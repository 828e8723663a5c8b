import type { ClusterDraft, Expected } from './cluster-draft.ts';
import { failHigh, failLow, pass, plant, subnetNsgs, unknown, within } from './cluster-draft.ts';
import { inboundRule, missingGroup, nodePrefixes } from './inbound-scenarios.ts';
import type { LayoutScenario, Situation } from './layout-scenarios.ts';

/** A port that no caller, probe or other question is about. */
const kubelet = ['10250'];

/**
 * What becomes of packets among nodes and pods: `intra-network-traffic-allowed`. The rules are about
 * packets from nodes and pods, which are no callers, or about ports that nothing else is.
 */
export const insideScenarios: readonly LayoutScenario[] = [
  inside('inside-by-default-rules', pass, () => {}),
  inside('inside-allowed-before-denied', pass, (draft) => {
    const own = ranges(draft);
    plant(
      everyNode(draft),
      inboundRule('allow-inside', 'Allow', own, own, ['*'], '*'),
      inboundRule('deny-nodes', 'Deny', nodePrefixes(draft), ['*'], ['*'], '*'),
    );
  }),
  inside('kubelet-denied-from-elsewhere', pass, (draft) => {
    const elsewhere = [`${within(draft, 12, 0)}/24`, '192.168.0.0/16'];
    plant(everyNode(draft), inboundRule('deny-kubelet', 'Deny', elsewhere, ['*'], kubelet));
  }),
  inside(
    'nodes-denied-to-nodes',
    failHigh,
    (draft) => {
      const nodes = nodePrefixes(draft);
      const rule = inboundRule('deny-lateral', 'Deny', nodes, nodes, ['*'], '*');
      plant(subnetNsgs(draft, 'node'), rule);
    },
    ({ draft }) => subnetNsgs(draft, 'node').length > 0,
  ),
  inside('kubelet-denied-by-node-nsg', failHigh, (draft) => {
    plant([draft.nodeNsg], inboundRule('deny-kubelet', 'Deny', ['10.0.0.0/8'], ['*'], kubelet));
  }),
  inside('remote-desktop-denied-inside', failLow, (draft) => {
    const rule = inboundRule('deny-rdp-inside', 'Deny', ['VirtualNetwork'], ['*'], ['3389']);
    plant([draft.nodeNsg], rule);
  }),
  inside(
    'pods-denied',
    failHigh,
    (draft) => {
      const { podCidr } = draft.layout;
      plant(everyNode(draft), inboundRule('deny-pods', 'Deny', [podCidr], ['*'], ['*'], '*'));
    },
    ({ draft }) => carriesPods(draft),
  ),
  inside(
    'overlay-pods-perhaps-denied',
    unknown,
    (draft) => {
      const network = ['VirtualNetwork'];
      plant(
        everyNode(draft),
        inboundRule('allow-kubelet-inside', 'Allow', network, network, kubelet),
        inboundRule('deny-kubelet', 'Deny', [draft.layout.podCidr], ['*'], kubelet),
      );
    },
    ({ draft }) => draft.plugin === 'overlay',
  ),
  inside('nodes-perhaps-denied', unknown, (draft) => {
    plant([draft.nodeNsg], {
      ...inboundRule('deny-quarantined-nodes', 'Deny', [], nodePrefixes(draft), kubelet),
      sourceGroups: [missingGroup(draft, 'asg-quarantined-senders')],
    });
  }),
];

/** A scenario that decides what becomes of packets inside, and of nothing else. */
export function inside(
  name: string,
  expected: Expected,
  plantRules: (draft: ClusterDraft) => void,
  needs: (situation: Situation) => boolean = () => true,
): LayoutScenario {
  return {
    name,
    needs: (situation) =>
      isHidden(situation) ? name === 'inside-by-default-rules' : needs(situation),
    plant: plantRules,
    truth: (situation) => ({
      'intra-network-traffic-allowed': isHidden(situation)
        ? unknown
        : worst(expected, byOthers(situation)),
    }),
  };
}

function isHidden({ outbound, hidesNetwork }: Situation): boolean {
  return hidesNetwork || outbound.hidesInbound === true;
}

/** What inbound and outbound scenarios do to packets that stay inside. */
function byOthers({ draft, inbound, outbound }: Situation): Expected {
  const perhaps =
    inbound.name === 'caller-perhaps-in-unexported-group' ||
    outbound.name.startsWith('deny-names-unexported-group');
  const deniesInside = subnetNsgs(draft, 'node').some(({ deciders }) =>
    deciders.some(
      ({ direction, access, name, destinations }) =>
        direction === 'Outbound' &&
        access === 'Deny' &&
        // Nothing is left of it after the rule that allows any.
        name !== 'deny-any' &&
        destinations.some((one) => ['*', '0.0.0.0/0', '0.0.0.0/1', 'VirtualNetwork'].includes(one)),
    ),
  );
  const forOthersOnly = outbound.name === 'deny-for-other-sources-only';
  return worst(perhaps ? unknown : pass, deniesInside && !forOthersOnly ? failHigh : pass);
}

function worst(...all: readonly Expected[]): Expected {
  return [failHigh, failLow, unknown].find((one) => all.includes(one)) ?? pass;
}

/** The security groups of the node subnets and of the nodes. */
export function everyNode(draft: ClusterDraft) {
  return [...new Set([...subnetNsgs(draft, 'node'), draft.nodeNsg])];
}

function carriesPods({ plugin }: ClusterDraft): boolean {
  return plugin === 'overlay' || plugin === 'kubenet';
}

/** Where the cluster's nodes and pods are. */
export function ranges(draft: ClusterDraft): readonly string[] {
  const pods = draft.subnets.filter(({ role }) => role === 'pod').map(({ prefix }) => prefix);
  return [...nodePrefixes(draft), ...pods, ...(carriesPods(draft) ? [draft.layout.podCidr] : [])];
}
