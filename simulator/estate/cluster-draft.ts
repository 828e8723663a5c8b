import type { LayoutDraft } from './layout-draft.ts';
import type { PostureDraft } from './posture-draft.ts';
import type { Random } from './random.ts';
import type { Region } from './regions.ts';
import type { NsgDraft, RuleDraft } from './security-rules.ts';

/** What holds for a whole estate, and so for what can be known of each of its clusters. */
export interface EstateConditions {
  /** The service tag list is among the rows. */
  readonly tagList: boolean;
  /** Role assignments were read at, above and below the subscriptions. */
  readonly managementGroupCoverage: boolean;
  /** Types that were not read at all; absent from rows and manifest. */
  readonly unread: readonly string[];
  /** Who deploys into the networks; the first of them is whom scenarios are about. */
  readonly deployers: readonly DeployerDraft[];
  /** Shorter rows, in one spelling as far as the scenario allows. */
  readonly compact: boolean;
  /** How many clusters lie in a subscription; 40 where absent. */
  readonly clustersPerSubscription?: number;
}

export interface DeployerDraft {
  readonly principalId: string;
  readonly kind: 'ServicePrincipal' | 'User';
  readonly label: string;
}

export interface SubscriptionDraft {
  readonly id: string;
  readonly name: string;
  /** Management groups from the nearest to the tenant root. */
  readonly ancestors: readonly string[];
}

export interface SubnetDraft {
  readonly id: string;
  readonly name: string;
  readonly prefix: string;
  readonly prefix6?: string;
  readonly role: 'node' | 'pod' | 'apiServer' | 'callers' | 'endpoints';
  readonly nsg?: NsgDraft;
}

export interface PeerDraft {
  readonly id: string;
  readonly name: string;
  readonly addressSpace: string;
  state: 'Connected' | 'Disconnected';
}

export interface RouteDraft {
  readonly name: string;
  readonly prefix: string;
  readonly nextHopType:
    | 'VirtualAppliance'
    | 'VirtualNetworkGateway'
    | 'None'
    | 'VnetLocal'
    | 'Internet';
  readonly nextHop?: string;
}

/** How Azure ML is attached, and so by which of its traces a cluster is known. */
export type Attachment = 'v1' | 'v2' | 'extension' | 'publicIp' | 'tag' | 'nothing';

export interface EndpointDraft {
  visibility: 'public' | 'private' | 'none' | 'unaddressed';
  readonly ip: string;
  /** An address the endpoint had before, or another that looks like it. */
  readonly formerIp: string;
  readonly port: 443 | 80;
  /** What the nodes listen on where floating IP is off. */
  readonly nodePort: number;
  floatingIp: boolean;
}

export interface AssignmentDraft {
  readonly principalId: string;
  readonly principalType: 'ServicePrincipal' | 'Group' | 'User';
  /** The trailing GUID of the role definition. */
  readonly role: string;
  readonly scope: string;
  readonly condition?: string;
}

export interface CustomRoleDraft {
  readonly name: string;
  readonly guid: string;
  readonly actions: readonly string[];
  readonly notActions: readonly string[];
}

export interface PrivateEndpointDraft {
  readonly state: 'Approved' | 'Pending';
  readonly place: 'own' | 'peer';
  readonly ips: readonly [string, string];
}

/** One cluster and everything around it, while scenarios plant what decides its verdicts. */
export interface ClusterDraft {
  readonly index: number;
  readonly conditions: EstateConditions;
  readonly random: Random;
  readonly name: string;
  readonly team: string;
  readonly region: Region;
  readonly subscription: SubscriptionDraft;
  readonly networkSubscription: SubscriptionDraft;
  readonly id: string;
  readonly groupId: string;
  readonly nodeGroupId: string;
  readonly networkGroupId: string;
  /** A resource group whose name is a prefix of the network's. */
  readonly similarGroupId: string;
  readonly network: 'own' | 'managed';
  readonly plugin: 'azure' | 'overlay' | 'podSubnet' | 'kubenet';
  readonly networkId: string;
  readonly addressSpace: string;
  readonly addressSpace6?: string;
  readonly subnets: SubnetDraft[];
  readonly nodeNsg: NsgDraft;
  readonly peers: PeerDraft[];
  readonly routes: RouteDraft[];
  outboundType: 'loadBalancer' | 'userDefinedRouting' | 'managedNATGateway';
  attachment: Attachment;
  extensionServiceType: 'LoadBalancer' | 'ClusterIP' | 'NodePort';
  readonly endpoint: EndpointDraft;
  /** The node NSG's own rule for the service names the callers instead of the Internet. */
  serviceNamesCallers: boolean;
  /** No rule of the service on the node NSG. */
  serviceRuleAbsent: boolean;
  callers: readonly string[] | 'none';
  restricted: boolean;
  readonly trustedAppliances: string[];
  readonly identity: {
    readonly kind: 'system' | 'user' | 'servicePrincipal';
    /** The object id that role assignments name. */
    readonly principalId: string;
    readonly clientId: string;
  };
  readonly kubeletObjectId: string;
  principalListed: boolean;
  readonly assignments: AssignmentDraft[];
  readonly customRoles: CustomRoleDraft[];
  readonly denyAssignments: { readonly principalId: string; readonly everyone: boolean }[];
  readonly groups: { readonly id: string; readonly members: readonly string[] }[];
  registryRegion: Region;
  readonly privateEndpoints: PrivateEndpointDraft[];
  readonly layout: LayoutDraft;
  readonly posture: PostureDraft;
  /** Ids of rows that exist in Azure and are missing from the estate. */
  readonly hidden: Set<string>;
}

/** The verdict that a scenario makes true. */
export interface Expected {
  readonly kind: 'pass' | 'fail' | 'unknown' | 'notApplicable';
  readonly severity?: 'high' | 'medium' | 'low' | 'info';
}

export const pass: Expected = { kind: 'pass' };
export const unknown: Expected = { kind: 'unknown' };
export const notApplicable: Expected = { kind: 'notApplicable' };
export const failHigh: Expected = { kind: 'fail', severity: 'high' };
export const failMedium: Expected = { kind: 'fail', severity: 'medium' };
export const failLow: Expected = { kind: 'fail', severity: 'low' };
export const failInfo: Expected = { kind: 'fail', severity: 'info' };

export function nodeSubnets(draft: ClusterDraft): readonly SubnetDraft[] {
  return draft.subnets.filter(({ role }) => role === 'node');
}

/** The distinct security groups of the subnets in these roles. */
export function subnetNsgs(
  draft: ClusterDraft,
  ...roles: readonly SubnetDraft['role'][]
): readonly NsgDraft[] {
  const nsgs = draft.subnets
    .filter(({ role }) => roles.includes(role))
    .flatMap(({ nsg }) => (nsg === undefined ? [] : [nsg]));
  return [...new Set(nsgs)];
}

/** Every distinct security group that a packet of the cluster may meet. */
export function everyNsg(draft: ClusterDraft): readonly NsgDraft[] {
  return [...new Set([...subnetNsgs(draft, 'node', 'pod'), draft.nodeNsg])];
}

/** Adds deciding rules, in their order of evaluation, to each of the groups. */
export function plant(nsgs: readonly NsgDraft[], ...rules: readonly RuleDraft[]): void {
  for (const nsg of nsgs) nsg.deciders.push(...rules);
}

/** An address of the network that the scenario's id numbers, for instance `within(draft, 4, 9)`. */
export function within(draft: ClusterDraft, thirdOctet: number, fourthOctet: number): string {
  const [first, second, third] = draft.addressSpace.split('.');
  return `${first}.${second}.${Number(third) + thirdOctet}.${fourthOctet}`;
}
