import type { Gap } from '../../ports.ts';
import { manifestType } from '../../inventory/row-type.ts';
import type { Redaction } from './redact-words.ts';

type Json = Readonly<Record<string, unknown>>;

/** Members whose texts are Azure's own words. */
const words = keySet(`
  @odata.type access action actions addressPrefixType authorizationScopeFilter changeNumber checks
  cloud code computeType dataActions defaultAction direction exemptionCategory expiresOn extensionType
  groupIds ipFamilies kind level location mode networkPlugin networkPluginMode nextHopType notActions
  notDataActions outboundType peeringState principalType privateIPAddressVersion protocol
  provisioningState publicIPAddressVersion publicNetworkAccess region roles service serviceName
  serviceType state status systemService systemServiceType takenAt tier type types
`);

/** Numbers of ports, as texts. */
const ports = keySet(`
  destinationPortRange destinationPortRanges sourcePortRange sourcePortRanges
`);

/** Addresses and prefixes, or the names of service tags. */
const addresses = keySet(`
  addressPrefix addressPrefixes authorizedIPRanges destinationAddressPrefix
  destinationAddressPrefixes dnsServiceIP dockerBridgeCidr ipAddress ipAddresses nextHopIpAddress
  podCidr podCidrs privateIPAddress publicIPAddress publicIpAddress serviceCidr serviceCidrs
  sourceAddressPrefix sourceAddressPrefixes value
`);

/** Names that somebody gave. */
const names = keySet(`
  denyAssignmentName displayName name nodeResourceGroup principalId clientId appId objectId
  remoteSubnetNames resourceGroup roleName subscriptionId tenantId
`);

const hosts = keySet('fqdn loginServer privateFQDN');

/** Members that hold others, or ids. */
const structures = keySet(`
  aadProfile addressSpace agentPoolProfiles aksNetworkingConfiguration apiServerAccessProfile
  applicationSecurityGroups appliesToGroups assignableScopes assignments backendAddressPool
  backendAddressPools backendIPConfigurations compute configurationSettings containerRegistry
  containers customDnsConfigs defaultSecurityRules delegations destinationApplicationSecurityGroups
  destinations dnsSettings effectiveSecurityAdminRules excludePrincipals frontendIPConfiguration
  frontendIPConfigurations hostedSystemProfile hubResourceId hubWorkspaceId id identity
  initContainers ipConfiguration ipConfigurations ipRules keyVault loadBalancerBackendAddressPools
  loadBalancerBackendAddresses loadBalancingRules managedBy managementGroupAncestorsChain
  manualPrivateLinkServiceConnections members metadata networkAcls networkIds
  networkInterfaceConfigurations networkInterfaceIPConfiguration networkInterfaces networkProfile
  networkRuleSet networkSecurityGroup nodeProvisioningProfile nodeSubnetID nodeSubnetId permissions
  podSubnetID podSubnetId policyAssignmentId policyDefinitionId portcullis powerState principals
  privateEndpoint privateEndpointConnections privateLinkService privateLinkServiceConnections
  privateLinkServiceConnectionState privateLinkServiceId probe probes properties publicIPAddress
  publicIpAddress remoteAddressSpace remoteVirtualNetwork remoteVirtualNetworkAddressSpace
  resourceId resourceSelectors roleDefinitionId routeTable routes ruleCollectionAppliesToGroups
  ruleGroups rules scope scopes securityAdminRules securityRules serviceEndpoints
  servicePrincipalProfile sku sourceApplicationSecurityGroups sourceResourceId sources
  sslConfiguration storageAccount subnet subnetArmId subnetId subnetIds subnets
  systemNodeSubnetID systemNodeSubnetId systemServices targetId targetResourceId
  userAssignedIdentities value values virtualMachineProfile virtualNetwork virtualNetworkId
  virtualNetworkPeerings virtualNetworkResourceId virtualNetworkRules vnetId vnetSubnetID
  vnetSubnetId
`);

/** Numbers and switches, which say nothing of anybody. */
const values = keySet(`
  allowPublicAccessWhenBehindVnet allowVirtualNetworkAccess backendPort disableBgpRoutePropagation
  disableLocalAccounts doNotApplyToChildScopes enableAzureRBAC enableFloatingIP enablePrivateCluster
  enablePrivateClusterPublicFQDN enableRBAC enableVnetIntegration frontendPort intervalInSeconds
  peerCompleteVnets port priority useRemoteGateways
`);

/** Settings of the Azure ML extension that a verdict may depend on. */
const extensionSettings = keySet(`
  allowInsecureConnections enableInference inferenceRouterServiceType internalLoadBalancerProvider
`);

function keySet(text: string): ReadonlySet<string> {
  return new Set(text.trim().toLowerCase().split(/\s+/));
}

/**
 * A row without anything that tells whose it is: members that no verdict depends on are left out, and
 * of the others names, ids and addresses are replaced.
 */
export function redactRow(row: Json, redaction: Redaction): Json {
  const type = typeof row['type'] === 'string' ? row['type'].toLowerCase() : '';
  if (type === manifestType) return redactManifest(row, redaction);
  return redactObject(row, { redaction, type });
}

/** What was not read, without the sentences in which somebody said so. */
function redactManifest(row: Json, redaction: Redaction): Json {
  const gaps = Array.isArray(row['gaps']) ? row['gaps'].filter(isObject) : undefined;
  return {
    ...redactObject(row, { redaction, type: manifestType }),
    ...(gaps === undefined ? {} : { gaps: gaps.map((gap) => redactWrittenGap(gap, redaction)) }),
  };
}

function redactWrittenGap({ type, scope }: Json, redaction: Redaction): Json {
  const named = typeof type === 'string' ? type : undefined;
  const told = toldGap(named, typeof scope === 'string' ? scope : '/', redaction);
  return { ...(named === undefined ? {} : { type: named }), ...told };
}

/** What was not read, in a sentence of our own: what somebody else said of it may name anything. */
export function redactGap({ type, scope, tried }: Gap, redaction: Redaction): Gap {
  return {
    kind: 'gap',
    ...(type === undefined ? {} : { type }),
    ...toldGap(type, scope, redaction),
    ...(tried === undefined ? {} : { tried }),
  };
}

function toldGap(type: string | undefined, scope: string, redaction: Redaction) {
  return {
    scope: idOrName(scope, redaction),
    what: type === undefined ? 'resources' : `rows of ${type}`,
    why: 'they could not be read when this was exported',
  };
}

interface Context {
  readonly redaction: Redaction;
  /** Of the row, lower-cased. */
  readonly type: string;
  /** The member that holds this, lower-cased. */
  readonly under?: string;
}

function redactObject(object: Json, context: Context): Json {
  const { redaction } = context;
  const out: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(object)) {
    const lower = key.toLowerCase();
    if (lower === 'tags') out[key] = redactTags(value, redaction);
    else if (lower === 'userassignedidentities') out[key] = redactKeys(value, context);
    else if (context.under === 'configurationsettings') {
      if (extensionSettings.has(lower)) out[key] = value;
    } else if (isKnown(lower)) {
      const redacted = redactMember(lower, value, context);
      if (redacted !== undefined) out[key] = redacted;
    }
  }
  return withRanges(out, object, context);
}

function isKnown(key: string): boolean {
  return (
    [
      'condition',
      'image',
      'scoringuri',
      'policydefinitionreferenceids',
      'members@odata.nextlink',
    ].includes(key) ||
    [words, ports, addresses, names, hosts, structures, values].some((set) => set.has(key))
  );
}

function redactMember(key: string, value: unknown, context: Context): unknown {
  if (Array.isArray(value)) {
    return value.flatMap((item: unknown): readonly unknown[] => {
      if (addresses.has(key) && typeof item === 'string') return context.redaction.sources(item);
      if (isObject(item)) return redactItem(item, { ...context, under: key });
      const redacted = redactMember(key, item, context);
      return redacted === undefined ? [] : [redacted];
    });
  }
  if (isObject(value)) return redactObject(value, { ...context, under: key });
  return typeof value === 'string' ? redactText(key, value, context) : value;
}

/** An object of a list; one whose prefix is a range becomes one for each prefix that makes it up. */
function redactItem(item: Json, context: Context): readonly Json[] {
  const redacted = redactObject(item, context);
  const written = item['addressPrefix'];
  const isSide = context.under === 'sources' || context.under === 'destinations';
  if (!isSide || typeof written !== 'string') return [redacted];
  return context.redaction
    .sources(written)
    .map((addressPrefix) => ({ ...redacted, addressPrefix }));
}

function redactText(key: string, text: string, context: Context): unknown {
  const { redaction, type, under } = context;
  const lower = text.toLowerCase();
  if (text === '') return text;
  // The names of service tags are public, and so are those of SKUs.
  const isPublic = key === 'name' && (under === 'sku' || type === 'microsoft.network/servicetags');
  if (words.has(key) || values.has(key) || isPublic) return text;
  if (type === 'microsoft.network/servicetags' && key === 'id' && !text.startsWith('/'))
    return text;
  if (ports.has(key)) return /^[\d\s,*-]*$/.test(text) ? text : undefined;
  if (key === 'dnsserviceip' || addresses.has(key)) return redaction.sources(text)[0];
  if (hosts.has(key)) return redaction.host(text);
  if (key === 'condition') return redaction.condition(text);
  if (key === 'image') return redaction.image(text);
  if (key === 'scoringuri') return redaction.uri(text);
  if (key === 'members@odata.nextlink') return 'more';
  if (key === 'clientid' && lower === 'msi') return text;
  return idOrName(text, redaction);
}

function idOrName(text: string, redaction: Redaction): string {
  return text.startsWith('/') ? redaction.id(text) : redaction.name(text);
}

/** Ranges that one member held go to the member for several; a DNS service IP keeps its place. */
function withRanges(out: Record<string, unknown>, object: Json, { redaction }: Context): Json {
  for (const side of ['source', 'destination']) {
    const [one, several] = [`${side}AddressPrefix`, `${side}AddressPrefixes`];
    const written = object[one];
    const moved = typeof written === 'string' ? redaction.sources(written) : [];
    if (moved.length < 2) continue;
    const others = Array.isArray(out[several]) ? out[several] : [];
    delete out[one];
    out[several] = [...others, ...moved];
  }
  const dns = object['dnsServiceIP'];
  if (typeof dns === 'string') {
    const cidrs = [object['serviceCidr'], object['serviceCidrs']].flat();
    const placed = cidrs
      .map((cidr) => (typeof cidr === 'string' ? redaction.addresses.within(dns, cidr) : undefined))
      .find((one) => one !== undefined);
    if (placed !== undefined) out['dnsServiceIP'] = placed;
  }
  return out;
}

/** Identities stand in an object by their ids. */
function redactKeys(value: unknown, context: Context): unknown {
  if (!isObject(value)) return undefined;
  return Object.fromEntries(
    Object.entries(value).map(([id, one]) => [
      idOrName(id, context.redaction),
      isObject(one) ? redactObject(one, context) : one,
    ]),
  );
}

/** Only tags that AKS or an audit reads; of the names in them, Azure ML's own stays. */
function redactTags(value: unknown, redaction: Redaction): Json {
  if (!isObject(value)) return {};
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, one]): readonly (readonly [string, unknown])[] => {
      if (typeof one !== 'string') return [];
      switch (key.toLowerCase()) {
        case 'portcullis:inference':
        case 'portcullis:mode':
          return [[key, one]];
        case 'portcullis:callers':
          return [
            [
              key,
              one
                .split(',')
                .flatMap((part) => redaction.sources(part.trim()))
                .join(','),
            ],
          ];
        case 'k8s-azure-service':
        case 'service':
          return [
            [
              key,
              one
                .split(',')
                .map((part) => serviceName(part, redaction))
                .join(','),
            ],
          ];
        default:
          return [];
      }
    }),
  );
}

/** `namespace/service` */
function serviceName(text: string, redaction: Redaction): string {
  const [namespace = '', service = ''] = text.trim().split('/');
  const own = /^azureml-fe(?:-v2)?$/.test(service) ? service : redaction.name(service);
  return `${redaction.name(namespace)}/${own}`;
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
