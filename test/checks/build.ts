/** Builders of facts for the case tables: a healthy cluster, and the few words that make it ill. */
import type {
  AccessFacts,
  RoleAssignment,
  RoleDefinition,
} from '../../shared/access/access-facts.ts';
import type { AddressPlan } from '../../shared/facts/address-plan.ts';
import type { ControlPlane } from '../../shared/facts/control-plane.ts';
import type {
  AttachedCompute,
  ClusterSubnet,
  Frontend,
  InferenceCluster,
  Registry,
  ScoringEndpoint,
  Workspace,
} from '../../shared/facts/inference-cluster.ts';
import type { LinkedResource, PrivateEndpoint } from '../../shared/facts/linked-resources.ts';
import type { Route } from '../../shared/network/route-table.ts';
import type { VirtualNetwork } from '../../shared/network/virtual-network.ts';
import { type ResourceId, resourceId } from '../../shared/model/resource-id.ts';
import {
  type Missing,
  type Severity,
  type VerdictKind,
  foundIn,
  known,
} from '../../shared/model/verdict.ts';
import { defaultRules } from '../../shared/network/default-rules.ts';
import { parseAddressMatch, parsePortRange } from '../../shared/network/parse-match.ts';
import type {
  AdminRule,
  NetworkSecurityGroup,
  Protocol,
  SecurityRule,
} from '../../shared/network/security-rule.ts';
import { type ServiceTags, serviceTags } from '../../shared/network/service-tags.ts';
import type { ClusterSettings } from '../../shared/settings/cluster-settings.ts';

/** One situation and the verdict it must get: a test, and a line on the check's page. */
export interface CheckCase {
  readonly name: string;
  readonly given: InferenceCluster;
  readonly settings?: Partial<ClusterSettings>;
  readonly expect: VerdictKind;
  readonly severity?: Severity;
  /** What the summary, the evidence or what is missing must say. */
  readonly says?: RegExp;
  /** The rule that must be blamed or credited in the evidence. */
  readonly rule?: string;
}

export const settings: ClusterSettings = {
  callers: { kind: 'notConfigured' },
  outbound: 'keepDefaults',
  requirePrivateCluster: false,
  requireInternalLoadBalancer: false,
  trustedAppliances: [],
  onPremises: [],
  deployers: [],
  checks: {},
};

export function callers(...sources: readonly string[]): Partial<ClusterSettings> {
  return { callers: { kind: 'listed', sources } };
}

export const subscription = '/subscriptions/11111111-1111-4111-8111-111111111111';
export const principal = '22222222-2222-4222-8222-222222222222';
export const networkGroup = resourceId(`${subscription}/resourceGroups/network-rg`);
const networkId = resourceId(`${networkGroup}/providers/Microsoft.Network/virtualNetworks/spoke`);
const clusterId = resourceId(
  `${subscription}/resourceGroups/ml-rg/providers/Microsoft.ContainerService/managedClusters/fraud`,
);

export function networkResource(type: string, name: string): ResourceId {
  return resourceId(`${networkGroup}/providers/Microsoft.Network/${type}/${name}`);
}

export function unread(what: string): { known: false; missing: readonly Missing[] } {
  return { known: false, missing: [{ what, scope: '/somewhere', why: 'not in the estate' }] };
}

interface RuleText {
  readonly to?: string | readonly string[];
  readonly from?: string | readonly string[];
  readonly port?: string;
  readonly protocol?: Protocol | '*';
  /** The name of an application security group at the far end. */
  readonly group?: string;
}

/** A security rule in a line: `rule('deny-all', 200, 'Outbound', 'Deny', { to: 'Internet' })`. */
export function rule(
  name: string,
  priority: number,
  direction: SecurityRule['direction'],
  access: SecurityRule['access'],
  { from = '*', to = '*', port = '*', protocol = '*', group }: RuleText = {},
): SecurityRule {
  const range = parsePortRange(port);
  const asg = group === undefined ? [] : [applicationSecurityGroup(group)];
  return {
    name,
    priority,
    direction,
    access,
    protocol,
    sources: direction === 'Inbound' && group !== undefined ? asg : matches(from),
    sourcePorts: [],
    destinations: direction === 'Outbound' && group !== undefined ? asg : matches(to),
    destinationPorts: range === undefined ? [] : [range],
  };
}

function applicationSecurityGroup(name: string) {
  const id = networkResource('applicationSecurityGroups', name);
  return { kind: 'applicationSecurityGroup' as const, id };
}

function matches(text: string | readonly string[]) {
  return (typeof text === 'string' ? [text] : text).map(parseAddressMatch);
}

export function adminRule(
  name: string,
  direction: AdminRule['direction'],
  access: AdminRule['access'],
  text: RuleText = {},
): AdminRule {
  const { access: _, ...shape } = rule(name, 1, direction, 'Deny', text);
  return { ...shape, access };
}

/** A network security group with Azure's default rules and these. */
export function nsg(name: string, ...rules: readonly SecurityRule[]): NetworkSecurityGroup {
  return {
    id: networkResource('networkSecurityGroups', name),
    name,
    rules: [...rules, ...defaultRules],
    defaultRuleNames: new Set(defaultRules.map((one) => one.name)),
  };
}

export function subnet(
  changes: Partial<ClusterSubnet> & { readonly name?: string } = {},
): ClusterSubnet {
  const { name = 'nodes', ...rest } = changes;
  return {
    id: resourceId(`${networkId}/subnets/${name}`),
    usedBy: ['nodes'],
    managedByAks: false,
    exists: known(true),
    delegatedTo: known([]),
    prefixes: known(['10.1.0.0/24']),
    virtualNetwork: known(virtualNetwork()),
    serviceEndpoints: known([]),
    securityGroup: known(null),
    nodeSecurityGroups: known([null]),
    routeTable: known(null),
    adminRules: known([]),
    ...rest,
  };
}

export function virtualNetwork(changes: Partial<VirtualNetwork> = {}): VirtualNetwork {
  return {
    id: networkId,
    name: 'spoke',
    addressPrefixes: ['10.1.0.0/16'],
    peerings: [],
    subnets: known([{ name: 'nodes', prefixes: ['10.1.0.0/24'] }]),
    hasGateway: false,
    ...changes,
  };
}

export function routes(...list: readonly Route[]): Pick<ClusterSubnet, 'routeTable'> {
  return { routeTable: known({ id: networkResource('routeTables', 'egress'), routes: list }) };
}

export function defaultRoute(nextHopType: Route['nextHopType'], nextHopIpAddress?: string): Route {
  return {
    name: 'default',
    addressPrefix: '0.0.0.0/0',
    nextHopType,
    ...(nextHopIpAddress === undefined ? {} : { nextHopIpAddress }),
  };
}

export const scoringAddress = '20.50.1.4';

export function endpoint(
  changes: Partial<ScoringEndpoint> = {},
  frontend: Partial<Frontend> = {},
): ScoringEndpoint {
  return {
    address: scoringAddress,
    visibility: 'public',
    at: resourceId(
      `${subscription}/resourceGroups/mc/providers/Microsoft.Network/publicIPAddresses/fe`,
    ),
    source: 'public IP of azureml-fe',
    frontend: known({
      loadBalancerId: resourceId(
        `${subscription}/resourceGroups/mc/providers/Microsoft.Network/loadBalancers/kubernetes`,
      ),
      rules: [
        { name: 'https', protocol: 'Tcp', frontendPort: 443, backendPort: 443, floatingIp: true },
      ],
      backendSubnetIds: known([subnet().id]),
      sku: 'standard',
      ...frontend,
    }),
    ...changes,
  };
}

/** The frontend of an endpoint that has one. */
export function knownFrontend({ frontend }: ScoringEndpoint): Frontend {
  if (!frontend.known) throw new TypeError('the frontend of this endpoint is not known');
  return frontend.value;
}

export function workspace(changes: Partial<Workspace> = {}): Workspace {
  return {
    id: resourceId(
      `${subscription}/resourceGroups/ml-rg/providers/Microsoft.MachineLearningServices/workspaces/fraud-ws`,
    ),
    location: 'westeurope',
    entrance: known(linked('Microsoft.MachineLearningServices/workspaces', 'fraud-ws')),
    storage: known(linked('Microsoft.Storage/storageAccounts', 'fraudst')),
    vault: known(linked('Microsoft.KeyVault/vaults', 'fraudkv')),
    registry: known(registry()),
    containerGroups: known([]),
    ...changes,
  };
}

export function compute(changes: Partial<AttachedCompute> = {}): AttachedCompute {
  const workspaceId = changes.workspaceId ?? workspace().id;
  return {
    id: resourceId(`${workspaceId}/computes/inference`),
    workspaceId,
    type: 'Kubernetes',
    ...changes,
  };
}

/** A resource beside the workspace, open to the Internet and without private endpoints. */
export function linked(
  type: string,
  name: string,
  changes: Partial<LinkedResource> = {},
): LinkedResource {
  const { privateEndpoints = known([]) } = changes;
  return {
    id: resourceId(`${subscription}/resourceGroups/ml-rg/providers/${type}/${name}`),
    publicAccess: 'open',
    admittedSubnets: [],
    unseenRules: [],
    approvedEndpoints: foundIn(privateEndpoints).map(({ id }) => id),
    otherEndpoints: [],
    privateEndpoints,
    ...changes,
  };
}

export function registry(changes: Partial<Registry> = {}): Registry {
  return {
    ...linked('Microsoft.ContainerRegistry/registries', 'fraudacr'),
    location: 'westeurope',
    loginServer: 'fraudacr.azurecr.io',
    hasDataEndpoint: false,
    ...changes,
  };
}

export function privateEndpoint(changes: Partial<PrivateEndpoint> = {}): PrivateEndpoint {
  return {
    id: networkResource('privateEndpoints', 'acr-pe'),
    subnetId: resourceId(`${networkId}/subnets/endpoints`),
    groups: ['registry'],
    addresses: known(['10.1.9.4']),
    ...changes,
  };
}

export function addresses(changes: Partial<AddressPlan> = {}): AddressPlan {
  return {
    serviceCidrs: known(['10.0.0.0/16']),
    dnsServiceIp: known('10.0.0.10'),
    pods: known({ from: 'subnets', cidrs: [] }),
    dockerBridges: known([]),
    ...changes,
  };
}

export function controlPlane(changes: Partial<ControlPlane> = {}): ControlPlane {
  return {
    publicFqdn: known('fraud-1a2b3c4d.hcp.westeurope.azmk8s.io'),
    authorizedRanges: [],
    kubernetesRbac: known(true),
    azureRbac: false,
    localAccounts: 'enabled',
    identityKind: known('systemAssigned'),
    trustedAccess: known([]),
    ...changes,
  };
}

/** A healthy inference cluster with one node subnet, one public scoring endpoint, one workspace. */
export function cluster(changes: Partial<InferenceCluster> = {}): InferenceCluster {
  return {
    id: clusterId,
    name: 'fraud',
    location: 'westeurope',
    subscriptionId: '11111111-1111-4111-8111-111111111111',
    resourceGroup: 'ml-rg',
    nodeResourceGroup: 'mc',
    tags: {},
    knownBy: [],
    computeTypes: known(['Kubernetes']),
    computes: known([compute()]),
    apiServer: 'public',
    controlPlane: controlPlane(),
    networkMadeByAks: false,
    addresses: addresses(),
    subnets: known([subnet()]),
    scoringEndpoints: known([endpoint()]),
    identity: known({ kind: 'systemAssigned', principalId: principal }),
    workspaces: known([workspace()]),
    access: access({ assignments: [assignment(networkGroup, networkContributorRole)] }),
    serviceTags: tags,
    ...changes,
  };
}

/** A cluster whose one node subnet has these changes. */
export function withSubnet(
  changes: Parameters<typeof subnet>[0],
  more: Partial<InferenceCluster> = {},
): InferenceCluster {
  return cluster({ subnets: known([subnet(changes)]), ...more });
}

export const networkContributorRole = '4d97b98b-1d4f-4787-a291-c67834d212e7';
export const ownerRole = '8e3af657-a8ff-443c-a75c-2fe8c4bcb635';
export const contributorRole = 'b24988ac-6180-42a0-ab88-20f7382dd24c';
export const readerRole = 'acdd72a7-3385-48ef-bd42-f606fba81ae7';

export function assignment(
  scope: string,
  roleDefinitionGuid: string,
  changes: Partial<RoleAssignment> = {},
): RoleAssignment {
  const name = `${changes.principalId ?? principal}-${roleDefinitionGuid}`;
  return {
    id: resourceId(`${scope}/providers/Microsoft.Authorization/roleAssignments/${name}`),
    principalId: principal,
    principalType: 'ServicePrincipal',
    roleDefinitionGuid,
    scope: resourceId(scope),
    ...changes,
  };
}

export function access(changes: Partial<AccessFacts> = {}): AccessFacts {
  return {
    assignments: [],
    definitions: new Map(),
    denyAssignments: [],
    groups: new Map(),
    managementGroups: new Map(),
    coverage: () => known(true),
    ...changes,
  };
}

export function roles(...definitions: readonly RoleDefinition[]): Pick<AccessFacts, 'definitions'> {
  return { definitions: new Map(definitions.map((one) => [one.guid, one])) };
}

/** A service tag list as small as the cases need; addresses are made up, nesting is Azure's. */
const tags: ServiceTags = serviceTags([
  { name: 'AzureCloud', addressPrefixes: ['51.0.0.0/16', '52.0.0.0/16'] },
  { name: 'AzureCloud.westeurope', addressPrefixes: ['51.0.0.0/16'] },
  { name: 'AzureContainerRegistry', addressPrefixes: ['51.0.1.0/24', '52.0.1.0/24'] },
  { name: 'AzureContainerRegistry.WestEurope', addressPrefixes: ['51.0.1.0/24'] },
  { name: 'AzureContainerRegistry.NorthEurope', addressPrefixes: ['52.0.1.0/24'] },
  { name: 'AzureActiveDirectory', addressPrefixes: ['51.0.2.0/24'] },
  { name: 'AzureMachineLearning', addressPrefixes: ['51.0.3.0/24'] },
  { name: 'AzureResourceManager', addressPrefixes: ['51.0.4.0/24'] },
  { name: 'Storage', addressPrefixes: ['51.0.5.0/24', '52.0.5.0/24'] },
  { name: 'Storage.WestEurope', addressPrefixes: ['51.0.5.0/24'] },
  { name: 'MicrosoftContainerRegistry', addressPrefixes: ['51.0.6.0/24'] },
  { name: 'AzureFrontDoor.FirstParty', addressPrefixes: ['51.0.7.0/24'] },
  { name: 'AzureMonitor', addressPrefixes: ['51.0.8.0/24'] },
  { name: 'AzureFrontDoor.Frontend', addressPrefixes: ['51.0.9.0/24'] },
  { name: 'BatchNodeManagement.WestEurope', addressPrefixes: ['51.0.10.0/24'] },
  { name: 'AzureKeyVault.WestEurope', addressPrefixes: ['51.0.11.0/24'] },
]);
