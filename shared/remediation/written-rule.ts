import type { ResourceId } from '../model/resource-id.ts';
import { sha256 } from '../model/sha256.ts';
import type { AddressMatch, PortRange, SecurityRule } from '../network/security-rule.ts';
import type { ArmWrite } from './arm-write.ts';

/** The API version of the requests, and of the snippets that say the same. */
export const networkApiVersion = '2024-05-01';

/** A security rule that goes into a network security group. */
export interface PlacedRule {
  readonly groupId: ResourceId;
  readonly rule: SecurityRule;
  /** Why it is there, for whoever finds it; at most 140 characters, as Azure takes. */
  readonly description: string;
}

/** Properties of a security rule as Azure Resource Manager takes them. */
export interface RuleProperties {
  readonly description: string;
  readonly protocol: string;
  readonly sourceAddressPrefixes?: readonly string[];
  readonly sourceAddressPrefix?: string;
  readonly sourcePortRanges?: readonly string[];
  readonly sourcePortRange?: string;
  readonly destinationAddressPrefixes?: readonly string[];
  readonly destinationAddressPrefix?: string;
  readonly destinationPortRanges?: readonly string[];
  readonly destinationPortRange?: string;
  readonly access: 'Allow' | 'Deny';
  readonly priority: number;
  readonly direction: 'Inbound' | 'Outbound';
}

/**
 * The name of a rule of ours, `portcullis-<check>-<8 hex>`: the same rule has the same name, so that
 * a repeated write changes nothing, and two rules never share one.
 */
export function ruleName(
  checkId: string,
  groupId: ResourceId,
  rule: Omit<SecurityRule, 'name'>,
): string {
  return `portcullis-${checkId}-${sha256(JSON.stringify([groupId, propertiesOf(rule, '')])).slice(0, 8)}`;
}

/**
 * What Azure Resource Manager takes for a rule.
 * @throws RangeError for what cannot be written: members of an application security group, or an
 * address that nobody understood.
 */
export function propertiesOf(
  rule: Omit<SecurityRule, 'name'>,
  description: string,
): RuleProperties {
  const sources = rule.sources.map(matchText);
  const destinations = rule.destinations.map(matchText);
  return {
    description,
    protocol: rule.protocol,
    ...oneOrMany('sourceAddressPrefix', 'sourceAddressPrefixes', sources),
    ...oneOrMany('sourcePortRange', 'sourcePortRanges', rule.sourcePorts.map(portText)),
    ...oneOrMany('destinationAddressPrefix', 'destinationAddressPrefixes', destinations),
    ...oneOrMany(
      'destinationPortRange',
      'destinationPortRanges',
      rule.destinationPorts.map(portText),
    ),
    access: rule.access,
    priority: rule.priority,
    direction: rule.direction,
  };
}

/** Azure keeps one value and several in members of their own; none at all means every one. */
function oneOrMany(one: string, many: string, texts: readonly string[]): Record<string, unknown> {
  const [first, ...others] = texts;
  return others.length > 0 ? { [many]: texts } : { [one]: first ?? '*' };
}

function matchText(match: AddressMatch): string {
  switch (match.kind) {
    case 'any':
      return '*';
    case 'prefix':
      return match.text;
    case 'serviceTag':
      return match.name;
    case 'applicationSecurityGroup':
      throw new RangeError(`a rule of ours never names a group such as ${match.id}`);
    case 'unclear':
      throw new RangeError(`a rule of ours never names "${match.text}", which nobody understood`);
    default:
      return match satisfies never;
  }
}

function portText({ from, to }: PortRange): string {
  return from === to ? String(from) : `${from}-${to}`;
}

/** The path of a rule, with the API version. */
function ruleUrl({ groupId, rule }: PlacedRule): string {
  return `${groupId}/securityRules/${encodeURIComponent(rule.name)}?api-version=${networkApiVersion}`;
}

/** The request that writes one rule, and nothing else of its group. */
export function ruleWrite(placed: PlacedRule): ArmWrite {
  const properties = propertiesOf(placed.rule, placed.description);
  return { method: 'PUT', url: ruleUrl(placed), body: { properties }, ifMatch: null };
}

/** The request that takes the same rule away again. */
export function ruleRemoval(placed: PlacedRule): ArmWrite {
  return { method: 'DELETE', url: ruleUrl(placed), ifMatch: null };
}
