import type { ClusterDraft, EstateConditions, Expected } from './cluster-draft.ts';
import {
  failHigh,
  failMedium,
  nodeSubnets,
  notApplicable,
  pass,
  plant,
  subnetNsgs,
  unknown,
  within,
} from './cluster-draft.ts';
import { prefixesOfTag } from './service-tag-list.ts';
import type { RuleDraft } from './security-rules.ts';

/** One way for `scoring-inbound-allowed` to be true, false, unknowable or beside the point. */
export interface InboundScenario {
  readonly name: string;
  readonly expected: Expected;
  readonly visibility: 'public' | 'private';
  /** Where floating IP must be on or off; undefined: either. */
  readonly floatingIp?: boolean;
  /** Holds however far VirtualNetwork and Internet reach, so beside a default route to an appliance. */
  readonly boundsProof?: true;
  /** Holds where the security group of the nodes is also the one of their subnet. */
  readonly oneNsgEnough?: true;
  /** The nodes' own security group denies as well: certain without the subnets'. */
  readonly nodesDeny?: true;
  readonly needs?: (draft: ClusterDraft) => boolean;
  readonly possible?: (conditions: EstateConditions) => boolean;
  plant(draft: ClusterDraft): void;
}

const office = '203.0.113.0/24';
const branch = '198.51.100.0/25';
/** What noise leads to an appliance, and so into the virtual network. */
export const labNetwork = '10.248.0.0/16';
const frontDoor = 'AzureFrontDoor.Backend';

export const inboundScenarios: readonly InboundScenario[] = [
  {
    name: 'scoring-ok-public',
    expected: pass,
    visibility: 'public',
    floatingIp: true,
    boundsProof: true,
    plant(draft) {
      // Callers that cannot address the endpoint ask nothing of it: another family, a private range.
      const beside = draft.random.pick([[], [], ['2001:db8:77::/48'], ['10.250.8.0/24']]);
      draft.callers = [office, ...beside];
      allow(draft, 'allow-office', [office], [draft.endpoint.ip]);
    },
  },
  {
    name: 'allow-names-any-destination',
    expected: pass,
    visibility: 'public',
    boundsProof: true,
    plant(draft) {
      draft.callers = [office];
      plant(
        ownNsgs(draft),
        inboundRule('allow-office', 'Allow', [office], ['*'], [askedPort(draft)]),
      );
    },
  },
  {
    name: 'allow-from-internet',
    expected: pass,
    visibility: 'public',
    floatingIp: true,
    plant(draft) {
      draft.callers = [office, branch];
      allow(draft, 'allow-internet', ['Internet'], [draft.endpoint.ip]);
    },
  },
  {
    name: 'allow-covers-more-than-callers',
    expected: pass,
    visibility: 'public',
    floatingIp: true,
    boundsProof: true,
    plant(draft) {
      draft.callers = [office];
      allow(draft, 'allow-campus', ['203.0.112.0/23'], [`${draft.endpoint.ip}/32`]);
    },
  },
  {
    name: 'allow-in-one-augmented-rule',
    expected: pass,
    visibility: 'public',
    floatingIp: true,
    boundsProof: true,
    plant(draft) {
      draft.callers = [office, branch];
      const ports = ['8080-8090', String(draft.endpoint.port), '9443'];
      const destinations = [draft.endpoint.formerIp, draft.endpoint.ip];
      plant(
        ownNsgs(draft),
        inboundRule('allow-all-sites', 'Allow', [office, branch], destinations, ports),
      );
    },
  },
  {
    name: 'allow-split-over-two-rules',
    expected: pass,
    visibility: 'public',
    floatingIp: true,
    boundsProof: true,
    plant(draft) {
      draft.callers = [office];
      allow(draft, 'allow-office-east', ['203.0.113.0/25'], [draft.endpoint.ip]);
      allow(draft, 'allow-office-west', ['203.0.113.128/25'], [draft.endpoint.ip]);
    },
  },
  {
    name: 'others-denied-before-callers-allowed',
    expected: pass,
    visibility: 'public',
    floatingIp: true,
    boundsProof: true,
    plant(draft) {
      draft.callers = [office];
      plant(ownNsgs(draft), inboundRule('deny-branch', 'Deny', [branch], ['*'], ['*'], '*'));
      allow(draft, 'allow-office', [office], [draft.endpoint.ip]);
    },
  },
  {
    name: 'callers-not-named-but-some-allowed',
    expected: pass,
    visibility: 'public',
    floatingIp: true,
    plant(draft) {
      // Private callers cannot address a public endpoint: as if none were configured.
      draft.callers = draft.random.pick([[], [], ['10.250.8.0/24']]);
      allow(draft, 'allow-office', [office], [draft.endpoint.ip]);
    },
  },
  {
    name: 'front-door-tag-allowed',
    expected: pass,
    visibility: 'public',
    floatingIp: true,
    possible: ({ tagList }) => tagList,
    plant(draft) {
      draft.callers = [frontDoor];
      const bySource = draft.random.chance(0.5) ? [frontDoor] : prefixesOfTag(frontDoor);
      allow(draft, 'allow-front-door', bySource, [draft.endpoint.ip]);
    },
  },
  {
    name: 'subnets-without-security-group',
    expected: pass,
    visibility: 'public',
    floatingIp: true,
    boundsProof: true,
    needs: (draft) => ownNsgs(draft).length === 0,
    plant(draft) {
      draft.callers = [office];
    },
  },
  {
    name: 'allow-names-node-subnets-without-floating-ip',
    expected: pass,
    visibility: 'public',
    floatingIp: false,
    boundsProof: true,
    plant(draft) {
      draft.callers = [office];
      plant(
        ownNsgs(draft),
        inboundRule('allow-office', 'Allow', [office], nodePrefixes(draft), [askedPort(draft)]),
      );
    },
  },
  {
    name: 'caller-denied-by-subnet-nsg',
    expected: failHigh,
    visibility: 'public',
    floatingIp: true,
    boundsProof: true,
    oneNsgEnough: true,
    plant(draft) {
      draft.callers = [office];
      const [nsg] = subnetNsgs(draft, 'node');
      if (nsg !== undefined) {
        plant([nsg], inboundRule('deny-office', 'Deny', ['203.0.112.0/22'], ['*'], ['*'], '*'));
      }
      allow(draft, 'allow-office', [office], [draft.endpoint.ip]);
    },
  },
  {
    name: 'no-allow-rule',
    expected: failHigh,
    visibility: 'public',
    plant(draft) {
      draft.callers = [office];
    },
  },
  {
    name: 'allow-names-yesterdays-ip',
    expected: failHigh,
    visibility: 'public',
    floatingIp: true,
    plant(draft) {
      draft.callers = [office];
      allow(draft, 'allow-office', [office], [draft.endpoint.formerIp]);
    },
  },
  {
    name: 'allow-names-nodes-instead-of-frontend',
    expected: failHigh,
    visibility: 'public',
    floatingIp: true,
    plant(draft) {
      draft.callers = [office];
      allow(draft, 'allow-office', [office], nodePrefixes(draft));
    },
  },
  {
    name: 'allow-names-virtual-network-instead-of-frontend',
    expected: failHigh,
    visibility: 'public',
    floatingIp: true,
    plant(draft) {
      draft.callers = [office];
      allow(draft, 'allow-office', [office], ['VirtualNetwork']);
    },
  },
  {
    name: 'allow-names-half-of-the-callers',
    expected: failHigh,
    visibility: 'public',
    floatingIp: true,
    plant(draft) {
      draft.callers = draft.random.pick([[office, branch], [office]]);
      allow(draft, 'allow-office-east', ['203.0.113.0/25'], [draft.endpoint.ip]);
    },
  },
  {
    name: 'allow-on-wrong-port',
    expected: failHigh,
    visibility: 'public',
    floatingIp: true,
    plant(draft) {
      draft.callers = [office];
      const port = draft.endpoint.port === 443 ? '8443' : '443';
      plant(
        ownNsgs(draft),
        inboundRule('allow-office', 'Allow', [office], [draft.endpoint.ip], [port]),
      );
    },
  },
  {
    name: 'allow-is-udp-only',
    expected: failHigh,
    visibility: 'public',
    floatingIp: true,
    plant(draft) {
      draft.callers = [office];
      plant(
        ownNsgs(draft),
        inboundRule(
          'allow-office',
          'Allow',
          [office],
          [draft.endpoint.ip],
          [askedPort(draft)],
          'Udp',
        ),
      );
    },
  },
  {
    name: 'caller-denied-by-node-nsg',
    expected: failHigh,
    nodesDeny: true,
    visibility: 'public',
    boundsProof: true,
    plant(draft) {
      draft.callers = [office];
      plant(
        [draft.nodeNsg],
        inboundRule('deny-public', 'Deny', [office], ['*'], [askedPort(draft)]),
      );
      plant(
        ownNsgs(draft),
        inboundRule('allow-office', 'Allow', [office], ['*'], [askedPort(draft)]),
      );
    },
  },
  {
    name: 'node-nsg-never-opened',
    expected: failHigh,
    nodesDeny: true,
    visibility: 'public',
    plant(draft) {
      draft.callers = [office];
      draft.serviceRuleAbsent = true;
      plant(
        ownNsgs(draft),
        inboundRule('allow-office', 'Allow', [office], ['*'], [askedPort(draft)]),
      );
    },
  },
  {
    name: 'one-of-two-node-subnets-denies',
    expected: failHigh,
    visibility: 'public',
    boundsProof: true,
    needs: (draft) => ownNsgs(draft).length === 2,
    plant(draft) {
      draft.callers = [office];
      plant(
        ownNsgs(draft).slice(1),
        inboundRule('deny-sites-web', 'Deny', ['192.0.0.0/3'], ['*'], [askedPort(draft)]),
      );
      plant(
        ownNsgs(draft),
        inboundRule('allow-office', 'Allow', [office], ['*'], [askedPort(draft)]),
      );
    },
  },
  {
    name: 'allow-names-one-node-only',
    expected: failHigh,
    visibility: 'public',
    floatingIp: false,
    plant(draft) {
      draft.callers = [office];
      const oneNode = nodePrefixes(draft).map((prefix) => prefix.replace('.0/24', '.5'));
      plant(
        ownNsgs(draft),
        inboundRule('allow-office', 'Allow', [office], oneNode, [askedPort(draft)]),
      );
    },
  },
  {
    name: 'allow-names-frontend-without-floating-ip',
    expected: failHigh,
    visibility: 'public',
    floatingIp: false,
    plant(draft) {
      draft.callers = [office];
      const ports = [String(draft.endpoint.port), askedPort(draft)];
      plant(
        ownNsgs(draft),
        inboundRule('allow-office', 'Allow', [office], [draft.endpoint.ip], ports),
      );
    },
  },
  {
    name: 'nobody-outside-can-call',
    expected: failMedium,
    visibility: 'public',
    plant(draft) {
      draft.callers = draft.random.pick([[], ['10.250.8.0/24']]);
    },
  },
  {
    name: 'source-tag-cannot-be-resolved',
    expected: unknown,
    visibility: 'public',
    floatingIp: true,
    possible: ({ tagList }) => !tagList,
    plant(draft) {
      draft.callers = [office];
      allow(draft, 'allow-front-door', [frontDoor], [draft.endpoint.ip]);
    },
  },
  {
    name: 'front-door-tag-does-not-cover-callers',
    expected: failHigh,
    visibility: 'public',
    floatingIp: true,
    possible: ({ tagList }) => tagList,
    plant(draft) {
      draft.callers = [office];
      allow(draft, 'allow-front-door', [frontDoor], [draft.endpoint.ip]);
    },
  },
  {
    name: 'allow-names-unexported-group-of-nodes',
    expected: unknown,
    visibility: 'public',
    floatingIp: false,
    plant(draft) {
      draft.callers = [office];
      plant(ownNsgs(draft), {
        ...inboundRule('allow-office', 'Allow', [office], [], [askedPort(draft)]),
        destinationGroups: [missingGroup(draft, 'asg-scoring-nodes')],
      });
    },
  },
  {
    name: 'load-balancer-not-exported',
    expected: unknown,
    visibility: 'public',
    floatingIp: true,
    boundsProof: true,
    oneNsgEnough: true,
    plant(draft) {
      draft.callers = [office];
      allow(draft, 'allow-office', [office], [draft.endpoint.ip]);
      draft.hidden.add(
        `${draft.nodeGroupId}/providers/Microsoft.Network/loadBalancers/kubernetes`.toLowerCase(),
      );
    },
  },
  {
    name: 'endpoint-behind-custom-name',
    expected: unknown,
    visibility: 'public',
    boundsProof: true,
    oneNsgEnough: true,
    needs: ({ attachment }) => attachment === 'v2',
    plant(draft) {
      draft.callers = [office];
      draft.endpoint.visibility = 'unaddressed';
    },
  },
  {
    name: 'computes-not-read',
    expected: unknown,
    visibility: 'public',
    boundsProof: true,
    oneNsgEnough: true,
    possible: ({ unread }) => unread.includes(computesType),
    plant(draft) {
      draft.attachment = draft.random.pick(['extension', 'tag']);
      draft.endpoint.visibility = 'unaddressed';
    },
  },
  {
    name: 'tagged-but-nothing-deployed',
    expected: notApplicable,
    visibility: 'public',
    boundsProof: true,
    oneNsgEnough: true,
    needs: ({ attachment }) => attachment === 'tag',
    plant(draft) {
      draft.callers = draft.random.pick([[], [office]]);
      draft.endpoint.visibility = 'none';
    },
  },
  {
    name: 'scoring-behind-own-ingress',
    expected: notApplicable,
    visibility: 'public',
    boundsProof: true,
    oneNsgEnough: true,
    needs: ({ attachment }) => attachment === 'v2',
    plant(draft) {
      draft.extensionServiceType = draft.random.pick(['ClusterIP', 'NodePort']);
      draft.endpoint.visibility = 'none';
    },
  },
  {
    name: 'called-only-from-inside',
    expected: notApplicable,
    visibility: 'public',
    boundsProof: true,
    oneNsgEnough: true,
    plant(draft) {
      draft.callers = 'none';
    },
  },
  {
    name: 'internal-scoring-default-rules',
    expected: pass,
    visibility: 'private',
    boundsProof: true,
    oneNsgEnough: true,
    plant() {},
  },
  {
    name: 'internal-scoring-called-from-hub',
    expected: pass,
    visibility: 'private',
    boundsProof: true,
    needs: ({ peers }) => peers.length > 0,
    plant(draft) {
      draft.callers = draft.peers.map(({ addressSpace }) => addressSpace);
    },
  },
  {
    name: 'internal-scoring-only-hub-admitted',
    expected: pass,
    visibility: 'private',
    needs: (draft) => draft.peers.length > 0 && ownNsgs(draft).length > 0,
    plant(draft) {
      draft.callers = draft.peers.map(({ addressSpace }) => addressSpace);
      plant(
        ownNsgs(draft),
        inboundRule('deny-other-subnets', 'Deny', notNodes(draft), ['*'], ['*'], '*'),
      );
    },
  },
  {
    name: 'hub-callers-denied',
    expected: failHigh,
    visibility: 'private',
    boundsProof: true,
    needs: (draft) => draft.peers.length > 0 && ownNsgs(draft).length > 0,
    plant(draft) {
      draft.callers = draft.peers.map(({ addressSpace }) => addressSpace);
      plant(ownNsgs(draft), inboundRule('deny-hub', 'Deny', draft.callers, ['*'], ['*'], '*'));
    },
  },
  {
    name: 'hub-peering-disconnected',
    expected: failHigh,
    nodesDeny: true,
    visibility: 'private',
    needs: ({ peers }) => peers.length > 0,
    plant(draft) {
      draft.callers = draft.peers.map(({ addressSpace }) => addressSpace);
      for (const peer of draft.peers) peer.state = 'Disconnected';
    },
  },
  {
    name: 'data-centre-callers-not-in-any-rule',
    expected: failHigh,
    nodesDeny: true,
    visibility: 'private',
    needs: ({ peers }) => peers.length > 0,
    plant(draft) {
      draft.callers = ['192.168.40.0/24'];
    },
  },
  {
    name: 'caller-perhaps-in-unexported-group',
    expected: unknown,
    visibility: 'private',
    boundsProof: true,
    needs: (draft) => draft.network === 'own' && ownNsgs(draft).length > 0,
    plant(draft) {
      draft.callers = draft.subnets
        .filter(({ role }) => role === 'callers')
        .map(({ prefix }) => prefix);
      plant(ownNsgs(draft), {
        ...inboundRule('deny-quarantine', 'Deny', [], ['*'], ['*'], '*'),
        sourceGroups: [missingGroup(draft, 'asg-quarantine')],
      });
    },
  },
];

export const computesType = 'microsoft.machinelearningservices/workspaces/computes';

/** Whether the scenario can be planted on this draft in such an estate and stay true. */
export function fitsInbound(scenario: InboundScenario, draft: ClusterDraft): boolean {
  const { floatingIp, visibility } = draft.endpoint;
  const needsSubnetNsg =
    scenario.expected.kind !== 'notApplicable' &&
    scenario.visibility === 'public' &&
    scenario.name !== 'subnets-without-security-group' &&
    scenario.name !== 'computes-not-read';
  // Without the computes, an endpoint that nobody sees may exist: only a fail is certain then.
  const computesUnread = draft.conditions.unread.includes(computesType);
  return (
    scenario.visibility === visibility &&
    (scenario.floatingIp ?? floatingIp) === floatingIp &&
    (draft.network === 'own' || scenario.oneNsgEnough === true) &&
    (!needsSubnetNsg || subnetNsgs(draft, 'node').length > 0) &&
    (draft.attachment !== 'tag' ||
      scenario.name === 'tagged-but-nothing-deployed' ||
      scenario.name === 'computes-not-read') &&
    (!computesUnread || scenario.name === 'computes-not-read') &&
    (scenario.needs?.(draft) ?? true) &&
    (scenario.possible?.(draft.conditions) ?? true)
  );
}

/** Subnet security groups that are not also the nodes' own. */
function ownNsgs(draft: ClusterDraft) {
  return subnetNsgs(draft, 'node');
}

export function nodePrefixes(draft: ClusterDraft): readonly string[] {
  return nodeSubnets(draft).map(({ prefix }) => prefix);
}

/** All that is in the virtual network and neither a node, a pod nor a peer. */
function notNodes(draft: ClusterDraft): readonly string[] {
  const [, , third] = draft.addressSpace.split('.');
  const taken = draft.subnets.filter(({ role }) => role === 'node' || role === 'pod');
  const used = taken.flatMap(({ prefix, role }) => {
    const first = Number(prefix.split('.')[2]) - Number(third);
    return role === 'pod' ? [first, first + 1, first + 2, first + 3] : [first];
  });
  const free = Array.from({ length: 16 }, (_, at) => at).filter((at) => !used.includes(at));
  return [...free.map((at) => `${within(draft, at, 0)}/24`), labNetwork];
}

/** The port that packets carry when they reach the nodes. */
function askedPort(draft: ClusterDraft): string {
  return String(draft.endpoint.floatingIp ? draft.endpoint.port : draft.endpoint.nodePort);
}

function allow(
  draft: ClusterDraft,
  name: string,
  sources: readonly string[],
  destinations: readonly string[],
): void {
  const protocol = draft.random.pick(['Tcp', 'Tcp', '*'] as const);
  plant(
    ownNsgs(draft),
    inboundRule(name, 'Allow', sources, destinations, [askedPort(draft)], protocol),
  );
}

export function inboundRule(
  name: string,
  access: RuleDraft['access'],
  sources: readonly string[],
  destinations: readonly string[],
  ports: readonly string[],
  protocol: RuleDraft['protocol'] = 'Tcp',
): RuleDraft {
  return { name, direction: 'Inbound', access, protocol, sources, destinations, ports };
}

/** The id of an application security group that exists and was not exported. */
export function missingGroup(draft: ClusterDraft, name: string): string {
  const id = `${draft.networkGroupId}/providers/Microsoft.Network/applicationSecurityGroups/${name}`;
  draft.hidden.add(id.toLowerCase());
  return id;
}
