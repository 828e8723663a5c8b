import { accessRows } from './access-rows.ts';
import type { ClusterDraft, Expected } from './cluster-draft.ts';
import { everyNsg, nodeSubnets, unknown, within } from './cluster-draft.ts';
import { clusterRows } from './cluster-rows.ts';
import type { GrantScenario } from './grant-scenarios.ts';
import { grantTruth } from './grant-scenarios.ts';
import { dependencyTruth } from './dependency-scenarios.ts';
import { excessTruth } from './excess-truth.ts';
import type { InboundScenario } from './inbound-scenarios.ts';
import { labNetwork } from './inbound-scenarios.ts';
import type { LayoutChoice } from './layout-scenarios.ts';
import { plantLayout } from './layout-scenarios.ts';
import type { EstateRow } from './network-rows.ts';
import { networkRows, resource } from './network-rows.ts';
import type { OutboundScenario } from './outbound-scenarios.ts';
import { outboundTruth } from './outbound-scenarios.ts';
import type { PostureChoice, PostureScenario } from './posture-scenarios.ts';
import { plantPosture } from './posture-scenarios.ts';
import type { RuleDraft } from './security-rules.ts';
import { unreadEndpoints } from './private-link-plan.ts';
import { workspaceRows } from './workspace-rows.ts';

const excessId = 'scoring-inbound-no-wider-than-callers';

/** What is true of one check on one cluster. */
export interface Truth {
  readonly clusterId: string;
  readonly checkId: string;
  readonly kind: Expected['kind'];
  readonly severity?: string;
}

/** The scenarios chosen for one cluster; without a grant scenario the network is AKS's own. */
export interface ChosenScenarios {
  readonly inbound: InboundScenario;
  readonly outbound: OutboundScenario;
  readonly grant?: GrantScenario;
  readonly restricted: boolean;
  readonly layout: LayoutChoice;
  readonly posture: PostureChoice;
}

/** One cluster's rows and truth, and what the settings say of it. */
export interface BuiltCluster {
  readonly id: string;
  readonly name: string;
  readonly groupId: string;
  readonly scenarios: {
    readonly inbound: string;
    readonly outbound: string;
    readonly grant: string;
    readonly layout: readonly string[];
    readonly posture: readonly string[];
  };
  readonly rows: readonly EstateRow[];
  readonly truth: readonly Truth[];
  readonly callers: readonly string[] | 'none';
  readonly restricted: boolean;
  readonly requirePrivateCluster: boolean;
  readonly requireInternalLoadBalancer: boolean;
  readonly trustedAppliances: readonly string[];
  /** Ids that the rows refer to and that are left out on purpose. */
  readonly missingIds: readonly string[];
}

/** Plants the scenarios, adds rules that touch no question, and writes the rows. */
export function buildCluster(draft: ClusterDraft, chosen: ChosenScenarios): BuiltCluster {
  const { inbound, outbound, grant, restricted } = chosen;
  outbound.plant(draft);
  draft.restricted = restricted;
  draft.posture.grant.restsOnAbsence = grant?.restsOnAbsence === true;
  const posture = plantPosture(draft, chosen.posture);
  for (const id of unreadEndpoints(draft)) draft.hidden.add(id);
  const before = truthOf(draft, chosen, posture);
  const layout = plantLayout(
    { draft, inbound, outbound, restricted, truth: before },
    chosen.layout,
  );
  draft.serviceNamesCallers = outbound.replacesDefaultRoute === true;
  addServiceRule(draft);
  addNoise(draft);
  const hidesGroups = outbound.hidesInbound === true || layout.hidesNetwork;
  const excess = excessTruth(draft, inbound, hidesGroups);
  const rows = [
    ...clusterRows(draft),
    ...networkRows(draft),
    ...workspaceRows(draft),
    ...accessRows(draft),
    ...resourceGroups(draft),
  ].filter(({ id }) => !draft.hidden.has(String(id).toLowerCase()));
  return {
    id: draft.id,
    name: draft.name,
    groupId: draft.groupId,
    scenarios: {
      inbound: inbound.name,
      outbound: outbound.name,
      grant: grant?.name ?? 'network-of-aks',
      layout: layout.names,
      posture: posture.map(({ name }) => name),
    },
    rows,
    truth: truthRows(draft, new Map([...layout.truth, [excessId, excess]])),
    callers: draft.callers,
    restricted,
    requirePrivateCluster: draft.posture.requirePrivateCluster,
    requireInternalLoadBalancer: draft.posture.requireInternalLoadBalancer,
    trustedAppliances: draft.trustedAppliances,
    missingIds: [...draft.hidden],
  };
}

function truthOf(
  draft: ClusterDraft,
  chosen: ChosenScenarios,
  posture: readonly PostureScenario[],
): ReadonlyMap<string, Expected> {
  const { conditions } = draft;
  const { inbound, outbound, grant, restricted } = chosen;
  const { kept, registry } = outboundTruth(outbound, conditions, restricted);
  const survives = inbound.nodesDeny === true || inbound.expected.kind === 'notApplicable';
  const hidden = outbound.hidesInbound === true && !survives;
  return new Map<string, Expected>([
    ['scoring-inbound-allowed', hidden ? unknown : inbound.expected],
    ['default-outbound-kept', kept],
    ['restricted-outbound-allows-registry', registry],
    ['restricted-outbound-allows-dependencies', dependencyTruth(outbound, draft, restricted)],
    ['network-contributor-granted', grantTruth(grant, conditions)],
    ...posture.flatMap((scenario) => Object.entries(scenario.truth(draft))),
  ]);
}

function truthRows(draft: ClusterDraft, truth: ReadonlyMap<string, Expected>): Truth[] {
  return [...truth].map(([checkId, { kind, severity }]) => ({
    clusterId: draft.id.toLowerCase(),
    checkId,
    kind,
    ...(severity === undefined ? {} : { severity }),
  }));
}

/** The rule that AKS keeps on the nodes' security group for a public service. */
function addServiceRule(draft: ClusterDraft): void {
  const { endpoint, callers } = draft;
  if (draft.serviceRuleAbsent || endpoint.visibility !== 'public') return;
  const publicCallers =
    callers === 'none'
      ? []
      : callers.filter((caller) => !caller.includes(':') && !caller.startsWith('10.'));
  const sources =
    draft.serviceNamesCallers && publicCallers.length > 0 ? publicCallers : ['Internet'];
  draft.nodeNsg.fixed.push({
    priority: 500,
    rule: {
      name: `k8s-azure-lb_allow_IPv4_${draft.random.hex(32)}`,
      direction: 'Inbound',
      access: 'Allow',
      protocol: 'Tcp',
      sources,
      destinations: endpoint.floatingIp
        ? [endpoint.ip]
        : nodeSubnets(draft).map(({ prefix }) => prefix),
      ports: [String(endpoint.floatingIp ? endpoint.port : endpoint.nodePort)],
    },
  });
}

/** Rules that share no packet with any question: other ports, protocols, sources, or too late. */
function addNoise(draft: ClusterDraft): void {
  const { random, conditions } = draft;
  const elsewhere = [`${within(draft, 13, 0)}/24`];
  const inbound: Omit<RuleDraft, 'direction'>[] = [
    {
      name: 'allow-bastion-ssh',
      access: 'Allow',
      protocol: 'Tcp',
      sources: ['10.250.0.0/26'],
      destinations: ['*'],
      ports: ['22'],
    },
    {
      name: 'deny-rdp',
      access: 'Deny',
      protocol: 'Tcp',
      sources: ['Internet'],
      destinations: ['*'],
      ports: ['3389', '5985-5986'],
    },
    {
      name: 'deny-internet-databases',
      access: 'Deny',
      protocol: '*',
      sources: ['Internet'],
      destinations: ['*'],
      ports: ['1433', '5432'],
    },
    {
      name: 'allow-quic',
      access: 'Allow',
      protocol: 'Udp',
      sources: ['Internet'],
      destinations: ['*'],
      ports: ['443'],
    },
    {
      name: 'deny-ping',
      access: 'Deny',
      protocol: 'Icmp',
      sources: ['Internet'],
      destinations: ['*'],
      ports: ['*'],
    },
  ];
  const outbound: Omit<RuleDraft, 'direction'>[] = [
    {
      name: 'allow-jumpbox-out',
      access: 'Allow',
      protocol: '*',
      sources: elsewhere,
      destinations: ['*'],
      ports: ['*'],
    },
    {
      name: 'deny-jumpbox-web',
      access: 'Deny',
      protocol: 'Tcp',
      sources: elsewhere,
      destinations: ['Internet'],
      ports: ['80', '443'],
    },
  ];
  const late: Omit<RuleDraft, 'direction'>[] = [
    {
      name: 'allow-monitor-late',
      access: 'Allow',
      protocol: 'Tcp',
      sources: ['*'],
      destinations: ['AzureMonitor'],
      ports: ['443'],
    },
    {
      name: 'allow-registries-late',
      access: 'Allow',
      protocol: 'Tcp',
      sources: ['*'],
      destinations: ['AzureContainerRegistry'],
      ports: ['443'],
    },
  ];
  const likelihood = conditions.compact ? 0.06 : 0.35;
  for (const nsg of everyNsg(draft)) {
    const some = (rules: readonly Omit<RuleDraft, 'direction'>[]) =>
      rules.filter(() => random.chance(likelihood));
    nsg.noise.push(
      ...some(inbound).map((rule) => ({ ...rule, direction: 'Inbound' as const })),
      ...some(outbound).map((rule) => ({ ...rule, direction: 'Outbound' as const })),
    );
    nsg.afterthoughts.push(
      ...some(late).map((rule) => ({ ...rule, direction: 'Outbound' as const })),
    );
  }
  if (draft.routes.length > 0 && random.chance(0.5)) {
    draft.routes.push({
      name: 'to-lab',
      prefix: labNetwork,
      nextHopType: 'VirtualAppliance',
      nextHop: within(draft, 12, 4),
    });
  }
}

function resourceGroups(draft: ClusterDraft): EstateRow[] {
  const groups = draft.conditions.compact
    ? [draft.networkGroupId]
    : [...new Set([draft.groupId, draft.nodeGroupId, draft.networkGroupId, draft.similarGroupId])];
  const type = 'microsoft.resources/subscriptions/resourcegroups';
  return groups.map((id) => ({
    ...resource(id, type, draft.region.location, {}),
    ...(id === draft.nodeGroupId ? { managedBy: draft.id } : {}),
    properties: { provisioningState: 'Succeeded' },
  }));
}
