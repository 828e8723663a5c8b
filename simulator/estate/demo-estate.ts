import type { BuiltCluster } from './build-cluster.ts';
import { buildCluster } from './build-cluster.ts';
import type { Attachment, EstateConditions, SubscriptionDraft } from './cluster-draft.ts';
import type { ClusterShape } from './draft-cluster.ts';
import { compactRow } from './compact-row.ts';
import { draftCluster } from './draft-cluster.ts';
import { estateRows, unrelatedRows } from './estate-rows.ts';
import { type GeneratedEstate, switchedOn } from './generate-estate.ts';
import { fitsGrant, grantScenarios } from './grant-scenarios.ts';
import { fitsInbound, inboundScenarios } from './inbound-scenarios.ts';
import { everyOutboundScenario } from './dependency-scenarios.ts';
import { fitsOutbound } from './outbound-scenarios.ts';
import { createRandom } from './random.ts';
import { germanyWestCentral, northEurope, westEurope } from './regions.ts';
import { respellRow } from './spellings.ts';

/** What sets a demo cluster apart; everything not named is as it should be. */
interface DemoCluster {
  readonly name: string;
  readonly inbound?: string;
  readonly outbound?: string;
  /** `network-of-aks`: no network of the customer's. */
  readonly grant?: string;
  readonly attachment?: Attachment;
  readonly shape?: Partial<ClusterShape>;
  readonly restricted?: boolean;
  /** Scenarios by family; the first that fits where not named. */
  readonly layout?: Readonly<Record<string, string>>;
  /** Scenarios by family; the first that fits where not named. */
  readonly posture?: Readonly<Record<string, string>>;
}

const internal: Partial<ClusterShape> = { visibility: 'private' };
const peered: Partial<ClusterShape> = { peered: true };
const twoSubnets: Partial<ClusterShape> = { nodeSubnets: 2 };
const nodesBehindPorts: Partial<ClusterShape> = { floatingIp: false };

/** A retail bank's inference clusters, each named after what is right or wrong with it. */
const demoClusters: readonly DemoCluster[] = [
  { name: 'scoring-ok-public' },
  { name: 'scoring-ok-legacy-compute', attachment: 'v1' },
  { name: 'scoring-ok-two-halves', inbound: 'allow-split-over-two-rules' },
  { name: 'scoring-ok-front-door', inbound: 'front-door-tag-allowed' },
  {
    name: 'scoring-ok-node-ports',
    inbound: 'allow-names-node-subnets-without-floating-ip',
    shape: nodesBehindPorts,
  },
  { name: 'scoring-ok-internal', inbound: 'internal-scoring-default-rules', shape: internal },
  { name: 'caller-denied-by-subnet-nsg', inbound: 'caller-denied-by-subnet-nsg' },
  { name: 'caller-denied-by-node-nsg', inbound: 'caller-denied-by-node-nsg' },
  { name: 'no-allow-rule', inbound: 'no-allow-rule' },
  { name: 'allow-names-yesterdays-ip', inbound: 'allow-names-yesterdays-ip' },
  { name: 'allow-names-nodes-not-frontend', inbound: 'allow-names-nodes-instead-of-frontend' },
  { name: 'allow-names-half-of-callers', inbound: 'allow-names-half-of-the-callers' },
  { name: 'allow-on-wrong-port', inbound: 'allow-on-wrong-port' },
  {
    name: 'one-of-two-subnets-denies',
    inbound: 'one-of-two-node-subnets-denies',
    shape: twoSubnets,
  },
  { name: 'nobody-outside-can-call', inbound: 'nobody-outside-can-call' },
  { name: 'hub-callers-denied', inbound: 'hub-callers-denied', shape: { ...internal, ...peered } },
  { name: 'load-balancer-not-exported', inbound: 'load-balancer-not-exported' },
  { name: 'endpoint-behind-custom-name', inbound: 'endpoint-behind-custom-name' },
  { name: 'scoring-behind-own-ingress', inbound: 'scoring-behind-own-ingress' },
  { name: 'called-only-from-inside', inbound: 'called-only-from-inside' },
  {
    name: 'tagged-but-nothing-deployed',
    inbound: 'tagged-but-nothing-deployed',
    attachment: 'tag',
  },
  { name: 'deny-shadowed-by-earlier-allow', outbound: 'deny-shadowed-by-earlier-allow' },
  {
    name: 'registry-unreachable-behind-deny-all',
    outbound: 'registry-unreachable-behind-deny-all',
  },
  { name: 'mail-port-denied', outbound: 'mail-port-denied' },
  { name: 'registry-behind-private-endpoint', outbound: 'registry-behind-private-endpoint' },
  { name: 'registry-endpoint-pending', outbound: 'registry-private-endpoint-pending' },
  { name: 'route-to-nowhere', outbound: 'route-to-nowhere' },
  { name: 'route-to-unknown-appliance', outbound: 'route-to-unknown-appliance', shape: peered },
  { name: 'route-to-trusted-appliance', outbound: 'route-to-trusted-appliance', shape: peered },
  {
    name: 'restricted-wrong-region',
    outbound: 'restricted-with-registry-of-wrong-region',
    restricted: true,
  },
  { name: 'subnet-nsg-not-exported', outbound: 'subnet-nsg-not-exported' },
  { name: 'deny-names-unexported-group', outbound: 'deny-names-unexported-group' },
  { name: 'identity-holds-reader-only', grant: 'identity-holds-reader-only' },
  { name: 'granted-on-net-1-not-net-10', grant: 'granted-on-similarly-named-group' },
  { name: 'granted-to-kubelet-identity', grant: 'granted-to-kubelet-identity' },
  {
    name: 'granted-to-app-id',
    grant: 'granted-to-app-id',
    attachment: 'v1',
    shape: { identity: 'servicePrincipal' },
  },
  { name: 'granted-through-group', grant: 'granted-through-group', shape: { identity: 'user' } },
  { name: 'group-members-not-read', grant: 'group-members-not-read' },
  { name: 'granted-on-network-only', grant: 'granted-on-virtual-network-only' },
  { name: 'grant-cut-by-deny-assignment', grant: 'grant-cut-by-deny-assignment' },
  { name: 'node-subnet-delegated', layout: { placement: 'node-subnet-delegated' } },
  {
    name: 'service-range-overlaps-nodes',
    layout: { ranges: 'service-range-overlaps-node-subnet' },
  },
  {
    name: 'service-range-overlaps-peer',
    shape: peered,
    layout: { ranges: 'service-range-overlaps-peer' },
  },
  { name: 'dns-at-the-first-host', layout: { dns: 'dns-at-the-first-host' } },
  { name: 'addresses-not-exported', layout: { ranges: 'service-range-not-exported' } },
  {
    name: 'docker-bridge-of-its-own',
    attachment: 'v1',
    layout: { bridge: 'bridge-of-its-own' },
  },
  {
    name: 'docker-bridge-overlaps-nodes',
    attachment: 'v1',
    layout: { bridge: 'bridge-overlaps-node-subnet' },
  },
  {
    name: 'docker-bridge-and-lost-services',
    attachment: 'v1',
    layout: { ranges: 'service-range-not-exported', bridge: 'bridge-of-its-own' },
  },
  {
    name: 'restricted-to-what-is-needed',
    outbound: 'restricted-to-what-is-needed',
    restricted: true,
  },
  {
    name: 'restricted-without-extras',
    outbound: 'restricted-without-extras',
    restricted: true,
  },
  {
    name: 'restricted-without-sign-in',
    outbound: 'restricted-without-sign-in',
    restricted: true,
  },
  { name: 'nodes-denied-to-nodes', layout: { inside: 'nodes-denied-to-nodes' } },
  {
    name: 'remote-desktop-denied-inside',
    layout: { inside: 'remote-desktop-denied-inside' },
  },
  { name: 'more-than-callers-admitted', inbound: 'allow-covers-more-than-callers' },
  {
    name: 'internal-scoring-open-to-network',
    inbound: 'internal-scoring-called-from-hub',
    shape: { ...internal, ...peered },
  },
  { name: 'probes-denied-by-subnet-nsg', layout: { probes: 'probes-denied-by-subnet-nsg' } },
  {
    name: 'virtual-network-not-exported',
    attachment: 'publicIp',
    layout: { placement: 'virtual-network-not-exported' },
  },
  {
    name: 'network-of-aks',
    grant: 'network-of-aks',
    inbound: 'called-only-from-inside',
    shape: { network: 'managed', subnetNsgs: 'shared', plugin: 'overlay' },
  },
  {
    name: 'public-although-private-is-required',
    posture: { apiServer: 'public-although-private-is-required' },
  },
  { name: 'private-with-public-name', posture: { apiServer: 'private-with-public-name' } },
  {
    name: 'legacy-private-with-public-name',
    attachment: 'v1',
    posture: { apiServer: 'private-with-public-name-unsaid' },
  },
  {
    name: 'internal-balancer-required',
    posture: { loadBalancer: 'internal-load-balancer-required' },
  },
  { name: 'workspace-in-another-region', posture: { privateLinks: 'workspace-in-another-region' } },
  {
    name: 'workspace-closed-to-its-cluster',
    posture: { privateLinks: 'workspace-closed-without-endpoint' },
  },
  { name: 'vault-endpoint-pending', posture: { privateLinks: 'vault-endpoint-pending' } },
  {
    name: 'service-endpoint-without-rule',
    posture: { privateLinks: 'service-endpoint-without-rule' },
  },
  {
    name: 'legacy-linked-in-peered-network',
    attachment: 'v1',
    shape: peered,
    posture: { privateLinks: 'linked-in-peered-network' },
  },
  { name: 'private-names-not-exported', posture: { apiServer: 'private-names-not-exported' } },
  {
    name: 'rbac-not-exported',
    posture: { kubernetesRbac: 'kubernetes-rbac-not-exported' },
  },
  {
    name: 'storage-endpoint-not-readable',
    posture: { privateLinks: 'storage-endpoint-not-readable' },
  },
  { name: 'hub-not-exported', posture: { privateLinks: 'hub-not-exported' } },
  { name: 'attached-by-both-types', posture: { computes: 'attached-by-both-types' } },
  {
    name: 'legacy-attached-twice',
    attachment: 'v1',
    posture: { computes: 'attached-by-two-workspaces' },
  },
  { name: 'local-accounts-disabled', posture: { computes: 'local-accounts-disabled' } },
  {
    name: 'ranges-admit-some-of-azure-ml',
    posture: {
      apiServer: 'public-api-server',
      computes: 'authorized-ranges-admit-some-of-azure-ml',
    },
  },
  {
    name: 'model-on-container-instances',
    posture: { containerInstances: 'model-on-container-instances' },
  },
  {
    name: 'identity-may-assign-roles',
    posture: { excessGrants: 'access-administrator-of-network-group' },
  },
  {
    name: 'pipeline-may-not-join-subnets',
    posture: { deployers: 'deployer-may-not-join-subnets' },
  },
  { name: 'pipeline-group-not-read', posture: { deployers: 'deployer-group-not-read' } },
  {
    name: 'group-may-assign-roles',
    posture: { excessGrants: 'group-of-access-administrators-not-read' },
  },
  { name: 'kubernetes-rbac-off', posture: { kubernetesRbac: 'kubernetes-rbac-off' } },
];

const conditions: EstateConditions = {
  tagList: true,
  managementGroupCoverage: true,
  unread: [],
  deployers: [
    {
      principalId: '3b7e51d8-9c40-4e0f-a6d2-5f1c8e2b7a94',
      kind: 'ServicePrincipal',
      label: 'release pipeline',
    },
  ],
  compact: true,
};
const demoSeed = 20261102;
const teams = ['fraud', 'pricing', 'search'];
const demoRegions = [westEurope, northEurope, germanyWestCentral];

/** The embedded estate: small enough to read, one cluster for each thing that can be said. */
export function demoEstate(): GeneratedEstate {
  const subscriptions = teams.map((team, number) => subscriptionOf(team, number));
  const built = demoClusters.map((cluster, index) =>
    buildDemoCluster(cluster, index, subscriptions),
  );
  const random = createRandom(demoSeed);
  const [first] = subscriptions;
  const rows = [
    ...estateRows(subscriptions, conditions),
    ...(first === undefined ? [] : unrelatedRows(first, 0, random)),
    ...built.flatMap((cluster) => cluster.rows),
  ].map((row) => compactRow(respellRow(row, random, 0.03)));
  const named = built.filter(({ callers }) => callers === 'none' || callers.length > 0);
  return {
    rows,
    settings: {
      callers: {
        default: [],
        clusters: Object.fromEntries(named.map(({ name, callers }) => [name, callers])),
      },
      outbound: {
        default: 'keepDefaults',
        clusters: Object.fromEntries(
          built.filter(({ restricted }) => restricted).map(({ name }) => [name, 'restricted']),
        ),
      },
      requirePrivateCluster: switchedOn(
        built.filter((one) => one.requirePrivateCluster).map(({ name }) => name),
      ),
      requireInternalLoadBalancer: switchedOn(
        built.filter((one) => one.requireInternalLoadBalancer).map(({ name }) => name),
      ),
      deployers: conditions.deployers.map(({ principalId, label }) => ({ principalId, label })),
      egress: { trustedAppliances: built.flatMap(({ trustedAppliances }) => trustedAppliances) },
      // Nothing is changed that nobody approved, and whoever tries it out need not wait an hour.
      mode: 'remediate',
      guard: { approval: 'always', cooldownMinutes: 1 },
    },
    truth: built.flatMap(({ truth }) => truth),
    scenarios: Object.fromEntries(built.map(({ id, scenarios }) => [id.toLowerCase(), scenarios])),
    missingIds: built.flatMap(({ missingIds }) => missingIds),
  };
}

function subscriptionOf(team: string, number: number): SubscriptionDraft {
  return {
    id: createRandom(demoSeed, number, 0x5b5).guid(),
    name: `bank-${team}-prod`,
    ancestors: ['mg-bank-online', 'mg-bank'],
  };
}

function buildDemoCluster(
  cluster: DemoCluster,
  index: number,
  subscriptions: readonly SubscriptionDraft[],
): BuiltCluster {
  const random = createRandom(demoSeed, index);
  const subscription = subscriptions[index % subscriptions.length];
  const region = demoRegions[index % demoRegions.length];
  if (subscription === undefined || region === undefined)
    throw new Error('no subscription or region');
  const draft = draftCluster(
    {
      index,
      name: cluster.name,
      team: teams[index % teams.length] ?? 'fraud',
      region,
      subscription,
      networkSubscription: subscription,
      network: 'own',
      plugin: 'azure',
      attachment: cluster.attachment ?? 'v2',
      visibility: 'public',
      floatingIp: true,
      plainHttp: false,
      nodeSubnets: 1,
      subnetNsgs: 'each',
      identity: 'system',
      dualStack: false,
      peered: false,
      ...cluster.shape,
    },
    conditions,
    random,
  );
  const grant =
    cluster.grant === 'network-of-aks'
      ? undefined
      : named(grantScenarios, cluster.grant ?? 'granted-at-resource-group');
  const inbound = named(inboundScenarios, cluster.inbound ?? 'scoring-ok-public');
  const outbound = named(everyOutboundScenario, cluster.outbound ?? 'outbound-untouched');
  const routesAllowed = grant?.withoutRouteTable !== true;
  if (
    (grant !== undefined && !fitsGrant(grant, draft)) ||
    !fitsInbound(inbound, draft) ||
    !fitsOutbound(outbound, draft, inbound.boundsProof === true, routesAllowed)
  ) {
    throw new Error(`the scenarios of ${cluster.name} do not fit its shape`);
  }
  grant?.plant(draft);
  inbound.plant(draft);
  return buildCluster(draft, {
    inbound,
    outbound,
    restricted: cluster.restricted ?? false,
    layout: (family, fitting) => {
      const wanted = cluster.layout?.[family];
      return wanted === undefined ? fitting[0] : named(fitting, wanted);
    },
    posture: (family, fitting) => {
      const wanted = cluster.posture?.[family];
      return wanted === undefined ? fitting[0] : named(fitting, wanted);
    },
    ...(grant === undefined ? {} : { grant }),
  });
}

function named<T extends { readonly name: string }>(scenarios: readonly T[], name: string): T {
  const found = scenarios.find((scenario) => scenario.name === name);
  if (found === undefined) throw new Error(`there is no scenario ${name}`);
  return found;
}
