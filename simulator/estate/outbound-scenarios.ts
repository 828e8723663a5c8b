import type { ClusterDraft, EstateConditions, Expected, RouteDraft } from './cluster-draft.ts';
import {
  everyNsg,
  failHigh,
  failLow,
  notApplicable,
  pass,
  plant,
  subnetNsgs,
  unknown,
  within,
} from './cluster-draft.ts';
import { computesType } from './inbound-scenarios.ts';
import { isPeered } from './private-link-plan.ts';
import { anotherRegion, germanyWestCentral, northEurope, ukSouth, westEurope } from './regions.ts';
import type { RuleDraft } from './security-rules.ts';

/** What one outbound posture makes true of both outbound checks. */
export interface OutboundTruth {
  /** `default-outbound-kept` */
  readonly kept: Expected;
  /** `restricted-outbound-allows-registry` */
  readonly registry: Expected;
}

/** One way for packets to leave, or not to leave, a cluster's subnets. */
export interface OutboundScenario {
  readonly name: string;
  truth(conditions: EstateConditions): OutboundTruth;
  /** Always set together with `outbound: restricted`, or sometimes; otherwise never. */
  readonly restricted?: 'always' | 'perhaps';
  /** Replaces the default route: how far VirtualNetwork reaches is then in doubt. */
  readonly replacesDefaultRoute?: true;
  /** Adds routes to the node subnets. */
  readonly routes?: true;
  /** Depends on which workspace, registry or private endpoint belongs to the cluster. */
  readonly workspace?: 'needed' | 'irrelevant';
  /** Plants nothing in the security groups of subnets. */
  readonly subnetNsgUnneeded?: true;
  /** Holds where one security group serves the nodes and their subnet. */
  readonly oneNsgEnough?: true;
  /** Hides what the subnets' security groups say of inbound packets too. */
  readonly hidesInbound?: true;
  readonly needs?: (draft: ClusterDraft) => boolean;
  readonly possible?: (conditions: EstateConditions) => boolean;
  plant(draft: ClusterDraft): void;
}

const keptOnly = (kept: Expected) => () => ({ kept, registry: notApplicable });
const both = (kept: Expected, registry: Expected) => () => ({ kept, registry });

export const outboundScenarios: readonly OutboundScenario[] = [
  {
    name: 'outbound-untouched',
    subnetNsgUnneeded: true,
    truth: keptOnly(pass),
    restricted: 'perhaps',
    workspace: 'irrelevant',
    oneNsgEnough: true,
    plant() {},
  },
  {
    name: 'outbound-only-allowed-again',
    truth: keptOnly(pass),
    restricted: 'perhaps',
    workspace: 'irrelevant',
    oneNsgEnough: true,
    plant(draft) {
      plant(
        subnetNsgs(draft, 'node'),
        outboundRule(
          'allow-storage',
          'Allow',
          [`Storage.${draft.region.tagSuffix}`],
          ['443', '445'],
        ),
        outboundRule('allow-internet-web', 'Allow', ['Internet'], ['80', '443']),
      );
    },
  },
  {
    name: 'deny-shadowed-by-earlier-allow',
    truth: keptOnly(pass),
    restricted: 'perhaps',
    workspace: 'irrelevant',
    oneNsgEnough: true,
    plant(draft) {
      const registry = `AzureContainerRegistry.${draft.region.tagSuffix}`;
      const pairs = [
        [
          outboundRule('allow-web', 'Allow', ['Internet'], ['*']),
          outboundRule('deny-web', 'Deny', ['Internet'], ['443']),
        ],
        [
          outboundRule('allow-registries', 'Allow', ['AzureContainerRegistry'], ['400-500']),
          outboundRule('deny-registries', 'Deny', [registry], ['443']),
        ],
        [
          outboundRule('allow-any', 'Allow', ['*'], ['*'], '*'),
          outboundRule('deny-any', 'Deny', ['*'], ['*'], '*'),
        ],
      ];
      plant(subnetNsgs(draft, 'node', 'pod'), ...draft.random.pick(pairs));
    },
  },
  {
    name: 'deny-for-other-sources-only',
    truth: keptOnly(pass),
    restricted: 'perhaps',
    workspace: 'irrelevant',
    oneNsgEnough: true,
    plant(draft) {
      plant(subnetNsgs(draft, 'node', 'pod'), {
        ...outboundRule('deny-legacy-subnet', 'Deny', ['*'], ['*'], '*'),
        sources: [`${within(draft, 12, 0)}/24`],
      });
    },
  },
  {
    name: 'deny-of-what-was-never-allowed',
    subnetNsgUnneeded: true,
    truth: keptOnly(pass),
    restricted: 'perhaps',
    workspace: 'irrelevant',
    oneNsgEnough: true,
    plant(draft) {
      plant(everyNsg(draft), outboundRule('deny-lab', 'Deny', ['192.168.0.0/16'], ['*'], '*'));
    },
  },
  {
    name: 'registry-unreachable-behind-deny-all',
    truth: both(failHigh, failHigh),
    oneNsgEnough: true,
    plant(draft) {
      plant(
        subnetNsgs(draft, 'node'),
        outboundRule('deny-all', 'Deny', [draft.random.pick(['*', '0.0.0.0/0'])], ['*'], '*'),
      );
    },
  },
  {
    name: 'internet-denied',
    truth: both(failHigh, failHigh),
    oneNsgEnough: true,
    plant(draft) {
      plant(subnetNsgs(draft, 'node', 'pod'), denyInternet());
    },
  },
  {
    name: 'internet-denied-in-two-halves',
    truth: both(failHigh, failHigh),
    oneNsgEnough: true,
    plant(draft) {
      plant(
        subnetNsgs(draft, 'node'),
        outboundRule('deny-lower-half', 'Deny', ['0.0.0.0/1'], ['443'], 'Tcp'),
        outboundRule('deny-upper-half', 'Deny', ['128.0.0.0/1'], ['443'], 'Tcp'),
      );
    },
  },
  {
    name: 'internet-denied-by-node-nsg',
    subnetNsgUnneeded: true,
    truth: both(failHigh, failHigh),
    oneNsgEnough: true,
    plant(draft) {
      plant([draft.nodeNsg], denyInternet());
    },
  },
  {
    name: 'internet-denied-in-one-of-two-subnets',
    truth: both(failHigh, failHigh),
    needs: (draft) => subnetNsgs(draft, 'node').length === 2,
    plant(draft) {
      plant(subnetNsgs(draft, 'node').slice(1), denyInternet());
    },
  },
  {
    name: 'internet-denied-for-pods-only',
    truth: both(failHigh, pass),
    needs: (draft) => subnetNsgs(draft, 'pod').length > 0,
    plant(draft) {
      plant(subnetNsgs(draft, 'pod'), denyInternet());
    },
  },
  {
    name: 'virtual-network-denied',
    truth: keptOnly(failHigh),
    workspace: 'irrelevant',
    oneNsgEnough: true,
    plant(draft) {
      plant(
        subnetNsgs(draft, 'node', 'pod'),
        outboundRule('deny-vnet', 'Deny', ['VirtualNetwork'], ['*'], '*'),
      );
    },
  },
  {
    name: 'registry-tag-denied',
    truth: both(failHigh, failHigh),
    oneNsgEnough: true,
    plant(draft) {
      const tags = [
        'AzureContainerRegistry',
        `AzureContainerRegistry.${draft.registryRegion.tagSuffix}`,
      ];
      plant(
        subnetNsgs(draft, 'node'),
        outboundRule('deny-acr', 'Deny', [draft.random.pick(tags)], ['443']),
      );
    },
  },
  {
    name: 'azure-cloud-denied',
    truth: both(failHigh, failHigh),
    oneNsgEnough: true,
    plant(draft) {
      plant(
        subnetNsgs(draft, 'node'),
        outboundRule('deny-azure', 'Deny', ['AzureCloud'], ['*'], '*'),
      );
    },
  },
  {
    name: 'mail-port-denied',
    truth: both(failLow, pass),
    oneNsgEnough: true,
    plant(draft) {
      plant(subnetNsgs(draft, 'node'), outboundRule('deny-smtp', 'Deny', ['Internet'], ['25']));
    },
  },
  {
    name: 'one-foreign-block-denied',
    truth: ({ tagList }) => (tagList ? both(failLow, pass)() : both(failHigh, unknown)()),
    oneNsgEnough: true,
    plant(draft) {
      plant(
        subnetNsgs(draft, 'node'),
        outboundRule('deny-block', 'Deny', ['198.51.100.0/24'], ['*'], '*'),
      );
    },
  },
  {
    name: 'storage-of-another-region-denied',
    truth: both(failLow, pass),
    possible: ({ tagList }) => tagList,
    oneNsgEnough: true,
    plant(draft) {
      const tag = `Storage.${anotherRegion(draft.region).tagSuffix}`;
      plant(subnetNsgs(draft, 'node'), outboundRule('deny-far-storage', 'Deny', [tag], ['443']));
    },
  },
  {
    name: 'internet-denied-but-registry-allowed',
    truth: both(failHigh, pass),
    plant(draft) {
      plant(subnetNsgs(draft, 'node'), allowRegistry(draft), denyInternet());
    },
  },
  {
    name: 'registry-behind-private-endpoint',
    truth: both(failHigh, pass),
    workspace: 'needed',
    restricted: 'perhaps',
    plant(draft) {
      addPrivateEndpoint(draft, 'Approved', 'own');
      plant(subnetNsgs(draft, 'node'), denyInternet());
    },
  },
  {
    name: 'registry-behind-private-endpoint-in-hub',
    truth: both(failHigh, pass),
    workspace: 'needed',
    restricted: 'perhaps',
    needs: isPeered,
    plant(draft) {
      addPrivateEndpoint(draft, 'Approved', 'peer');
      plant(subnetNsgs(draft, 'node'), denyInternet());
    },
  },
  {
    name: 'registry-private-endpoint-pending',
    truth: both(failHigh, failHigh),
    workspace: 'needed',
    restricted: 'perhaps',
    plant(draft) {
      addPrivateEndpoint(draft, 'Pending', 'own');
      plant(subnetNsgs(draft, 'node'), denyInternet());
    },
  },
  {
    name: 'registry-private-endpoint-denied',
    truth: both(failHigh, failHigh),
    workspace: 'needed',
    restricted: 'perhaps',
    plant(draft) {
      const endpoint = addPrivateEndpoint(draft, 'Approved', 'own');
      const destinations = draft.random.pick([['VirtualNetwork'], endpoint.ips]);
      plant(
        subnetNsgs(draft, 'node'),
        outboundRule('deny-endpoints', 'Deny', destinations, ['443']),
        denyInternet(),
      );
    },
  },
  {
    name: 'registry-not-exported',
    truth: both(failHigh, unknown),
    workspace: 'needed',
    restricted: 'perhaps',
    plant(draft) {
      plant(subnetNsgs(draft, 'node'), allowRegistry(draft, 'regional'), denyInternet());
      draft.hidden.add(registryId(draft).toLowerCase());
    },
  },
  {
    name: 'subnet-nsg-not-exported',
    truth: both(unknown, unknown),
    workspace: 'irrelevant',
    restricted: 'perhaps',
    hidesInbound: true,
    needs: (draft) => draft.network === 'own',
    plant(draft) {
      for (const nsg of subnetNsgs(draft, 'node')) draft.hidden.add(nsg.id.toLowerCase());
    },
  },
  {
    name: 'route-to-nowhere',
    subnetNsgUnneeded: true,
    truth: both(pass, failHigh),
    routes: true,
    replacesDefaultRoute: true,
    restricted: 'perhaps',
    plant(draft) {
      draft.routes.push(defaultRoute('None'));
    },
  },
  {
    name: 'route-to-nowhere-but-registry-inside',
    subnetNsgUnneeded: true,
    truth: both(pass, pass),
    routes: true,
    replacesDefaultRoute: true,
    restricted: 'perhaps',
    workspace: 'needed',
    plant(draft) {
      addPrivateEndpoint(draft, 'Approved', 'own');
      draft.routes.push(defaultRoute('None'));
    },
  },
  {
    name: 'deny-names-unexported-group',
    truth: both(unknown, failHigh),
    routes: true,
    replacesDefaultRoute: true,
    plant(draft) {
      denyUnexportedGroup(draft);
      draft.routes.push(defaultRoute('None'));
    },
  },
  {
    name: 'deny-names-unexported-group-registry-inside',
    truth: both(unknown, pass),
    routes: true,
    replacesDefaultRoute: true,
    workspace: 'needed',
    plant(draft) {
      denyUnexportedGroup(draft);
      addPrivateEndpoint(draft, 'Approved', 'own');
      draft.routes.push(defaultRoute('None'));
    },
  },
  {
    name: 'route-to-unknown-appliance',
    truth: both(pass, unknown),
    routes: true,
    replacesDefaultRoute: true,
    restricted: 'perhaps',
    needs: isPeered,
    plant(draft) {
      draft.routes.push(defaultRoute('VirtualAppliance', hubAddress(draft, 68)));
      draft.outboundType = draft.random.pick(['loadBalancer', 'userDefinedRouting']);
      plant(subnetNsgs(draft, 'node'), allowRegistry(draft, 'regional'));
    },
  },
  {
    name: 'route-to-gateway',
    subnetNsgUnneeded: true,
    truth: both(pass, unknown),
    routes: true,
    replacesDefaultRoute: true,
    restricted: 'perhaps',
    plant(draft) {
      draft.routes.push(defaultRoute('VirtualNetworkGateway'));
    },
  },
  {
    name: 'route-to-trusted-appliance',
    truth: both(pass, pass),
    routes: true,
    replacesDefaultRoute: true,
    restricted: 'perhaps',
    needs: isPeered,
    plant(draft) {
      const appliance = hubAddress(draft, 4);
      draft.trustedAppliances.push(appliance);
      const route = defaultRoute('VirtualAppliance', appliance);
      draft.routes.push(route);
      if (draft.addressSpace6 !== undefined) {
        draft.routes.push({ ...route, name: 'default-ipv6', prefix: '::/0' });
      }
      draft.outboundType = draft.random.pick(['loadBalancer', 'userDefinedRouting']);
      plant(subnetNsgs(draft, 'node'), allowRegistry(draft, 'regional'));
    },
  },
  {
    name: 'deny-all-and-route-to-unknown-appliance',
    truth: both(failHigh, failHigh),
    routes: true,
    replacesDefaultRoute: true,
    needs: isPeered,
    plant(draft) {
      draft.routes.push(defaultRoute('VirtualAppliance', hubAddress(draft, 68)));
      plant(subnetNsgs(draft, 'node', 'pod'), outboundRule('deny-all', 'Deny', ['*'], ['*'], '*'));
    },
  },
  {
    name: 'restricted-with-registry-allowed',
    truth: both(notApplicable, pass),
    restricted: 'always',
    plant(draft) {
      plant(subnetNsgs(draft, 'node'), allowRegistry(draft), denyInternet());
    },
  },
  {
    name: 'restricted-with-registry-elsewhere-allowed',
    truth: both(notApplicable, pass),
    restricted: 'always',
    workspace: 'needed',
    plant(draft) {
      draft.registryRegion = anotherRegion(draft.region);
      plant(subnetNsgs(draft, 'node'), allowRegistry(draft, 'regional'), denyInternet());
    },
  },
  {
    name: 'restricted-without-registry',
    truth: both(notApplicable, failHigh),
    restricted: 'always',
    plant(draft) {
      // Without the list, nobody can say that another service's tag is not the registry's as well.
      const others = draft.conditions.tagList
        ? [
            outboundRule('allow-monitor', 'Allow', ['AzureMonitor'], ['443']),
            outboundRule('allow-entra', 'Allow', ['AzureActiveDirectory'], ['80', '443']),
          ]
        : [];
      plant(subnetNsgs(draft, 'node'), ...others, denyInternet());
    },
  },
  {
    name: 'restricted-with-registry-on-port-80-only',
    truth: both(notApplicable, failHigh),
    restricted: 'always',
    plant(draft) {
      const registry = { ...allowRegistry(draft), ports: ['80'] };
      plant(subnetNsgs(draft, 'node'), registry, denyInternet());
    },
  },
  {
    name: 'restricted-with-registry-of-wrong-region',
    truth: ({ tagList }) => both(notApplicable, tagList ? failHigh : unknown)(),
    restricted: 'always',
    workspace: 'needed',
    plant(draft) {
      draft.registryRegion = draft.random.pick([draft.region, anotherRegion(draft.region)]);
      const wrong = [westEurope, northEurope, ukSouth].filter(
        (region) => region !== draft.registryRegion,
      );
      const tag = `AzureContainerRegistry.${draft.random.pick(wrong).tagSuffix}`;
      plant(
        subnetNsgs(draft, 'node'),
        outboundRule('allow-registry', 'Allow', [tag], ['443']),
        denyInternet(),
      );
    },
  },
  {
    name: 'restricted-with-registry-denied-by-node-nsg',
    truth: both(notApplicable, failHigh),
    restricted: 'always',
    plant(draft) {
      plant(subnetNsgs(draft, 'node'), allowRegistry(draft), denyInternet());
      plant([draft.nodeNsg], outboundRule('deny-web', 'Deny', ['Internet'], ['443']));
    },
  },
];

/** What is true of the two checks once it is known whether the settings say `restricted`. */
export function outboundTruth(
  scenario: OutboundScenario,
  conditions: EstateConditions,
  restricted: boolean,
): OutboundTruth {
  const { kept, registry } = scenario.truth(conditions);
  if (!restricted) return { kept, registry };
  // Nothing that matters to the registry is taken away: what the settings ask for holds.
  return { kept: notApplicable, registry: registry === notApplicable ? pass : registry };
}

/** Whether the scenario can be planted on this draft in such an estate and stay true. */
export function fitsOutbound(
  scenario: OutboundScenario,
  draft: ClusterDraft,
  inboundBoundsProof: boolean,
  routesAllowed: boolean,
): boolean {
  const managed = draft.network === 'managed';
  const computesUnread = draft.conditions.unread.includes(computesType);
  const workspaceKnown = draft.attachment === 'v1' || draft.attachment === 'v2';
  return (
    (!managed || scenario.oneNsgEnough === true) &&
    (scenario.replacesDefaultRoute !== true || inboundBoundsProof) &&
    (scenario.routes !== true || (routesAllowed && !managed)) &&
    (scenario.workspace !== 'needed' || workspaceKnown) &&
    (!computesUnread || scenario.workspace === 'irrelevant') &&
    (subnetNsgs(draft, 'node').length > 0 || scenario.subnetNsgUnneeded === true) &&
    (scenario.needs?.(draft) ?? true) &&
    (scenario.possible?.(draft.conditions) ?? true)
  );
}

/** The id of the container registry of the cluster's workspace. */
export function registryId(draft: ClusterDraft): string {
  const name = `cr${draft.name.replaceAll('-', '')}`.slice(0, 48);
  return `${draft.groupId}/providers/Microsoft.ContainerRegistry/registries/${name}`;
}

function hubAddress(draft: ClusterDraft, host: number): string {
  const [space = ''] = draft.peers.map(({ addressSpace }) => addressSpace);
  return space.replace('.0/20', `.${host}`);
}

function defaultRoute(nextHopType: RouteDraft['nextHopType'], nextHop?: string): RouteDraft {
  return {
    name: 'default',
    prefix: '0.0.0.0/0',
    nextHopType,
    ...(nextHop === undefined ? {} : { nextHop }),
  };
}

/** Gives the registry of the cluster's workspace a private endpoint. */
export function addPrivateEndpoint(
  draft: ClusterDraft,
  state: 'Approved' | 'Pending',
  place: 'own' | 'peer',
): ClusterDraft['privateEndpoints'][number] {
  const ips =
    place === 'own'
      ? ([within(draft, 9, 4), within(draft, 9, 5)] as const)
      : ([hubAddress(draft, 132), hubAddress(draft, 133)] as const);
  const endpoint = { state, place, ips };
  draft.privateEndpoints.push(endpoint);
  return endpoint;
}

/** Takes something of AllowVnetOutBound if the group has members, and never anything on port 443. */
function denyUnexportedGroup(draft: ClusterDraft): void {
  const id = `${draft.networkGroupId}/providers/Microsoft.Network/applicationSecurityGroups/asg-databases`;
  draft.hidden.add(id.toLowerCase());
  plant(subnetNsgs(draft, 'node'), {
    ...outboundRule('deny-databases', 'Deny', [], ['5432']),
    destinationGroups: [id],
  });
}

/** Allows the registry of the cluster's workspace by one of the tags that contain it. */
export function allowRegistry(draft: ClusterDraft, width: 'any' | 'regional' = 'any'): RuleDraft {
  const { registryRegion: region, random, conditions } = draft;
  const regional = `AzureContainerRegistry.${region.tagSuffix}`;
  // Only the list says that AzureContainerRegistry.GermanyWestCentral lies in AzureCloud.germanywc.
  const cloudKnown = conditions.tagList || region !== germanyWestCentral;
  const wider = [
    'AzureContainerRegistry',
    'AzureCloud',
    ...(cloudKnown ? [`AzureCloud.${region.cloudSuffix}`] : []),
  ];
  const tag = width === 'regional' ? regional : random.pick([regional, ...wider]);
  return outboundRule(
    'allow-registry',
    'Allow',
    [tag],
    random.pick([['443'], ['80', '443'], ['1-1023']]),
  );
}

export function denyInternet(): RuleDraft {
  return outboundRule('deny-internet', 'Deny', ['Internet'], ['*'], '*');
}

export function outboundRule(
  name: string,
  access: RuleDraft['access'],
  destinations: readonly string[],
  ports: readonly string[],
  protocol: RuleDraft['protocol'] = 'Tcp',
): RuleDraft {
  return { name, direction: 'Outbound', access, protocol, sources: ['*'], destinations, ports };
}
