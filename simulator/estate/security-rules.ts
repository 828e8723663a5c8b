import type { Random } from './random.ts';

/** What a security rule means, before it is written in one of Azure's ways. */
export interface RuleDraft {
  readonly name: string;
  readonly direction: 'Inbound' | 'Outbound';
  readonly access: 'Allow' | 'Deny';
  readonly protocol: 'Tcp' | 'Udp' | 'Icmp' | '*';
  /** Prefixes or one tag; empty where `sourceGroups` stand instead. */
  readonly sources: readonly string[];
  readonly destinations: readonly string[];
  readonly ports: readonly string[];
  readonly sourceGroups?: readonly string[];
  readonly destinationGroups?: readonly string[];
}

/** A network security group under construction. */
export interface NsgDraft {
  readonly id: string;
  readonly name: string;
  readonly location: string;
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  /** Rules that decide a question; their order within a direction is their order of evaluation. */
  readonly deciders: RuleDraft[];
  /** Rules at a priority of their own, after every decider. */
  readonly fixed: { readonly priority: number; readonly rule: RuleDraft }[];
  /** Rules that touch no question, at any priority. */
  readonly noise: RuleDraft[];
  /** Rules that must come after every decider. */
  readonly afterthoughts: RuleDraft[];
  readonly subnetIds: string[];
}

const lastDeciderPriority = 480;

/** A network security group as Azure returns it, its rules in one of the spellings Azure echoes. */
export function nsgRow(nsg: NsgDraft, random: Random, compact: boolean): Record<string, unknown> {
  const numbered = ['Inbound', 'Outbound'].flatMap((direction) =>
    numberRules(nsg, direction, random),
  );
  return {
    id: nsg.id,
    name: nsg.name,
    type: 'Microsoft.Network/networkSecurityGroups',
    location: nsg.location,
    subscriptionId: nsg.subscriptionId,
    resourceGroup: nsg.resourceGroup.toLowerCase(),
    etag: `W/"${random.guid()}"`,
    properties: {
      provisioningState: 'Succeeded',
      ...(compact ? {} : { resourceGuid: random.guid() }),
      securityRules: random
        .shuffled(numbered)
        .map(({ rule, priority }) => securityRule(nsg.id, rule, priority, random, compact)),
      ...(random.chance(compact ? 0 : 0.85)
        ? { defaultSecurityRules: defaultSecurityRules(nsg.id) }
        : {}),
      ...(nsg.subnetIds.length > 0 ? { subnets: nsg.subnetIds.map((id) => ({ id })) } : {}),
    },
  };
}

function numberRules(
  nsg: NsgDraft,
  direction: string,
  random: Random,
): { rule: RuleDraft; priority: number }[] {
  const within = (rule: RuleDraft) => rule.direction === direction;
  const fixed = nsg.fixed.filter(({ rule }) => within(rule));
  const taken = new Set(fixed.map(({ priority }) => priority));
  const deciders = nsg.deciders.filter(within);
  const afterthoughts = nsg.afterthoughts.filter(within);
  const early = draw(deciders.length, 101, lastDeciderPriority, taken, random);
  const late = draw(afterthoughts.length, 3000, 4090, taken, random);
  const noise = nsg.noise
    .filter(within)
    .map((rule) => ({ rule, priorities: draw(1, 100, 4096, taken, random) }));
  return [
    ...fixed,
    ...deciders.map((rule, index) => ({ rule, priority: early[index] ?? 100 })),
    ...afterthoughts.map((rule, index) => ({ rule, priority: late[index] ?? 4095 })),
    ...noise.map(({ rule, priorities }) => ({ rule, priority: priorities[0] ?? 4096 })),
  ];
}

/** So many free priorities of the range, ascending; they are taken from then on. */
function draw(
  count: number,
  from: number,
  to: number,
  taken: Set<number>,
  random: Random,
): number[] {
  const drawn: number[] = [];
  while (drawn.length < count) {
    const priority = random.int(from, to);
    if (taken.has(priority)) continue;
    taken.add(priority);
    drawn.push(priority);
  }
  return drawn.toSorted((a, b) => a - b);
}

function securityRule(
  nsgId: string,
  rule: RuleDraft,
  priority: number,
  random: Random,
  compact: boolean,
): Record<string, unknown> {
  const id = `${nsgId}/securityRules/${rule.name}`;
  return {
    name: rule.name,
    id,
    ...(compact ? {} : { etag: `W/"${random.guid()}"` }),
    ...(random.chance(compact ? 0 : 0.8)
      ? { type: 'Microsoft.Network/networkSecurityGroups/securityRules' }
      : {}),
    properties: {
      provisioningState: 'Succeeded',
      protocol: respell(rule.protocol, random),
      ...side('sourcePort', 'Range', ['*'], random),
      ...side('destinationPort', 'Range', rule.ports, random),
      ...(rule.sourceGroups === undefined
        ? side('sourceAddress', 'Prefix', rule.sources, random)
        : { sourceApplicationSecurityGroups: rule.sourceGroups.map((group) => ({ id: group })) }),
      ...(rule.destinationGroups === undefined
        ? side('destinationAddress', 'Prefix', rule.destinations, random)
        : {
            destinationApplicationSecurityGroups: rule.destinationGroups.map((group) => ({
              id: group,
            })),
          }),
      access: rule.access,
      priority,
      direction: rule.direction,
    },
  };
}

/** One member or its plural, with the absent one left out, empty, or `""`, as API versions differ. */
function side(
  what: string,
  kind: 'Range' | 'Prefix',
  values: readonly string[],
  random: Random,
): Record<string, unknown> {
  const singular = `${what}${kind}`;
  const plural = `${what}${kind}${kind === 'Range' ? 's' : 'es'}`;
  const spelled = values.map((value) => respell(value, random));
  if (spelled.length === 1 && random.chance(0.7)) {
    return { [singular]: spelled[0], ...(random.chance(0.6) ? { [plural]: [] } : {}) };
  }
  // "*" is refused within a plural member.
  if (spelled.length === 1 && spelled[0] === '*') return { [singular]: '*' };
  return {
    ...random.pick([{}, {}, { [singular]: '' }]),
    [plural]: random.shuffled(spelled),
  };
}

/** Azure echoes protocols and tags in the writer's own casing. */
function respell(value: string, random: Random): string {
  if (!random.chance(0.15)) return value;
  return random.chance(0.5) ? value.toUpperCase() : value.toLowerCase();
}

/** Azure's six default rules, as `defaultSecurityRules` carries them. */
function defaultSecurityRules(nsgId: string): Record<string, unknown>[] {
  const rules: readonly [string, number, string, string, string, string][] = [
    ['AllowVnetInBound', 65000, 'Inbound', 'Allow', 'VirtualNetwork', 'VirtualNetwork'],
    ['AllowAzureLoadBalancerInBound', 65001, 'Inbound', 'Allow', 'AzureLoadBalancer', '*'],
    ['DenyAllInBound', 65500, 'Inbound', 'Deny', '*', '*'],
    ['AllowVnetOutBound', 65000, 'Outbound', 'Allow', 'VirtualNetwork', 'VirtualNetwork'],
    ['AllowInternetOutBound', 65001, 'Outbound', 'Allow', '*', 'Internet'],
    ['DenyAllOutBound', 65500, 'Outbound', 'Deny', '*', '*'],
  ];
  return rules.map(([name, priority, direction, access, source, destination]) => ({
    name,
    id: `${nsgId}/defaultSecurityRules/${name}`,
    type: 'Microsoft.Network/networkSecurityGroups/defaultSecurityRules',
    properties: {
      provisioningState: 'Succeeded',
      protocol: '*',
      sourcePortRange: '*',
      destinationPortRange: '*',
      sourceAddressPrefix: source,
      destinationAddressPrefix: destination,
      access,
      priority,
      direction,
    },
  }));
}
