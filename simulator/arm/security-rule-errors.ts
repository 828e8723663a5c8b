import { isIPv4, isIPv6 } from 'node:net';
import type { Answer } from '../http/wire.ts';
import { type Row, isRow, textOf } from '../tenant/tenant.ts';
import { armErrors } from './arm-errors.ts';

const enumerations: Readonly<Record<string, RegExp>> = {
  access: /^(allow|deny)$/i,
  direction: /^(inbound|outbound)$/i,
  protocol: /^(\*|tcp|udp|icmp|esp|ah)$/i,
};

/** The sides of a rule that Azure wants, one value in the first member or several in the second. */
const sides = [
  ['sourceAddressPrefix', 'sourceAddressPrefixes', 'sourceApplicationSecurityGroups'],
  [
    'destinationAddressPrefix',
    'destinationAddressPrefixes',
    'destinationApplicationSecurityGroups',
  ],
  ['sourcePortRange', 'sourcePortRanges', ''],
  ['destinationPortRange', 'destinationPortRanges', ''],
] as const;

/**
 * What Azure finds wrong with a rule by itself; undefined where it takes it. Names that could be a
 * service tag are taken for one.
 */
export function ruleRefusal(id: string, name: string, properties: Row): Answer | undefined {
  if (!/^\w(?:[\w.-]{0,78}\w)?$/.test(name)) return armErrors.invalidResourceName(name);
  for (const [member, allowed] of Object.entries(enumerations)) {
    const value = properties[member];
    if (value === undefined) return armErrors.requiredPropertyMissing(member);
    if (!allowed.test(textOf(value))) return armErrors.cannotParse(member, textOf(value));
  }
  const { priority, description } = properties;
  if (priority === undefined) return armErrors.requiredPropertyMissing('priority');
  const isAllowed =
    Number.isInteger(priority) && Number(priority) >= 100 && Number(priority) <= 4096;
  if (!isAllowed) return armErrors.securityRulePriorityInvalid(JSON.stringify(priority));
  if (textOf(description).length > 140) return armErrors.descriptionTooLong(name);
  for (const [one, many, groups] of sides) {
    const refused = sideRefusal(id, properties, one, many, groups);
    if (refused !== undefined) return refused;
  }
  return undefined;
}

function sideRefusal(
  id: string,
  properties: Row,
  one: string,
  many: string,
  groups: string,
): Answer | undefined {
  const single = textOf(properties[one]);
  const several = listed(properties[many]);
  const members = (Array.isArray(properties[groups]) ? properties[groups] : []).filter(isRow);
  const given = [single !== '', several.length > 0, members.length > 0].filter(Boolean).length;
  if (given === 0) return armErrors.securityRuleParametersMissing(id, one, many);
  if (given > 1) return armErrors.securityRuleParametersConflict(id, one, many);
  const values = single === '' ? several : [single];
  const isPort = one.endsWith('Range');
  for (const value of values) {
    // A list takes neither everything nor a tag.
    const isWord = value === '*' || (!isPort && isTag(value));
    if (single === '' && isWord) return armErrors.unsupportedInList(id, one, value);
    if (isWord) continue;
    if (isPort && !isPortRange(value)) return armErrors.portRangeInvalid(value);
    if (!isPort && !isPrefix(value)) return armErrors.addressPrefixInvalid(value);
  }
  return undefined;
}

function listed(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(textOf) : [];
}

function isTag(text: string): boolean {
  return /^[a-z][a-z0-9]*(\.[a-z0-9]+)*$/i.test(text);
}

function isPortRange(text: string): boolean {
  const [, low, high = low] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text) ?? [];
  return low !== undefined && Number(low) <= Number(high) && Number(high) <= 65_535;
}

/** An address, or a prefix that begins where its network begins. */
function isPrefix(text: string): boolean {
  const [address = '', length, ...rest] = text.split('/');
  if (rest.length > 0 || (length !== undefined && !/^\d{1,3}$/.test(length))) return false;
  if (isIPv6(address)) return length === undefined || Number(length) <= 128;
  if (!isIPv4(address)) return false;
  const bits = length === undefined ? 32 : Number(length);
  const value = address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  return bits <= 32 && value % 2 ** (32 - bits) === 0;
}
