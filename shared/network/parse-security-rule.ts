import { nameOf, resourceId } from '../model/resource-id.ts';
import { shownJson } from '../model/shown-json.ts';
import { defaultRules } from './default-rules.ts';
import { parseAddressMatch, parsePortRange, parseProtocol } from './parse-match.ts';
import type {
  AddressMatch,
  AdminRule,
  NetworkSecurityGroup,
  PortRange,
  SecurityRule,
} from './security-rule.ts';

type Json = Readonly<Record<string, unknown>>;

/** Whether a side that is not understood is refused, or kept as one that may match anything. */
export type UnclearSides = 'refused' | 'kept';

/**
 * A security rule as Azure Resource Manager writes it (members in `properties`) or as its command
 * line prints it (members beside the name). Singular and plural members are united; null, `""` and
 * `[]` are absent. Source: learn.microsoft.com/rest/api/virtualnetwork/security-rules.
 * @throws RangeError naming rule, field and value.
 */
export function parseSecurityRule(json: unknown, unclear: UnclearSides = 'refused'): SecurityRule {
  const { whole, members } = nested(json, 'security rule');
  const priority = members['priority'];
  const name = nameIn(whole) ?? `rule at priority ${show(priority)}`;
  return within(`security rule "${name}"`, () => ({
    name,
    priority: integer(members, 'priority'),
    direction: oneOf(members, 'direction', ['Inbound', 'Outbound']),
    access: oneOf(members, 'access', ['Allow', 'Deny']),
    protocol: field(members, 'protocol', (text) => parseProtocol(text)),
    sources: hasPorts(members) ? side(members, 'source', unclear) : portless(members, unclear),
    sourcePorts: ports(members, 'sourcePort', unclear),
    destinations: side(members, 'destination', unclear),
    destinationPorts: ports(members, 'destinationPort', unclear),
  }));
}

/**
 * A security admin rule, as `listNetworkManagerEffectiveSecurityAdminRules` gives it. A side or a
 * port list that names nothing restricts nothing. Source:
 * learn.microsoft.com/rest/api/networkmanager/list-network-manager-effective-security-admin-rules.
 * @throws RangeError naming rule, field and value.
 */
export function parseAdminRule(json: unknown): AdminRule {
  const { whole, members } = nested(json, 'security admin rule');
  const name = nameIn(whole) ?? text(members['displayName']) ?? 'without a name';
  return within(`security admin rule "${name}"`, () => ({
    name,
    priority: integer(members, 'priority'),
    direction: oneOf(members, 'direction', ['Inbound', 'Outbound']),
    access: oneOf(members, 'access', ['Allow', 'AlwaysAllow', 'Deny']),
    protocol: field(members, 'protocol', (written) => parseProtocol(written)),
    sources: adminSide(members, 'sources'),
    sourcePorts: portRanges(texts(members, 'sourcePortRanges'), 'sourcePortRanges'),
    destinations: adminSide(members, 'destinations'),
    destinationPorts: portRanges(texts(members, 'destinationPortRanges'), 'destinationPortRanges'),
  }));
}

/**
 * The rules of a whole response of `listNetworkManagerEffectiveSecurityAdminRules`, or of its
 * `value`; null and absent mean none.
 * @throws RangeError naming rule, field and value.
 */
export function parseAdminRules(json: unknown): AdminRule[] {
  if (isBlank(json)) return [];
  const value = isObject(json) ? json['value'] : json;
  if (!Array.isArray(value)) {
    throw new RangeError(
      `security admin rules: ${show(json)} is no list of rules and no response with a value; for none write null`,
    );
  }
  const more = isObject(json) ? (text(json['nextLink']) ?? text(json['skipToken'])) : undefined;
  if (more !== undefined) {
    throw new RangeError('security admin rules: this is one page of several; give all of them');
  }
  return withDistinctNames(
    value.map((rule) => ({ rule: parseAdminRule(rule), path: pathOf(rule) })),
  );
}

interface RuleAt {
  readonly rule: AdminRule;
  /** The parts of its id: pairs of a type and a name, …/ruleCollections/web/rules/allow. */
  readonly path: readonly string[];
}

function pathOf(json: unknown): readonly string[] {
  const { whole } = nested(json, 'security admin rule');
  return (text(whole['id']) ?? '').split('/').filter((part) => part !== '');
}

/**
 * Rules of several collections may have one name: then the collection's goes before it, and where
 * that is the same too, all of the id that is.
 */
function withDistinctNames(read: readonly RuleAt[]): AdminRule[] {
  return read.map(({ rule, path }) => {
    const twins = read.filter(
      ({ rule: other }) =>
        other !== rule && other.name === rule.name && other.direction === rule.direction,
    );
    if (twins.length === 0) return rule;
    for (let names = 2; 2 * names <= path.length; names += 1) {
      const name = lastNames(path, names);
      if (twins.every((twin) => lastNames(twin.path, names) !== name)) return { ...rule, name };
    }
    return rule;
  });
}

function lastNames(path: readonly string[], count: number): string {
  return Array.from({ length: count }, (_, i) => path.at(-1 - 2 * (count - 1 - i)) ?? '').join('/');
}

/**
 * A network security group as Azure Resource Manager or its command line writes it; one without
 * `defaultSecurityRules` gets Azure's six. With `unclear` sides kept, what Azure accepted and nobody
 * can read makes a rule that may match anything.
 * @throws RangeError where it holds no list of rules, or naming the rule, field and value that is
 * not understood.
 */
export function parseNetworkSecurityGroup(
  json: unknown,
  unclear: UnclearSides = 'refused',
): NetworkSecurityGroup {
  const { whole, members } = nested(json, 'network security group');
  const written = text(whole['id']);
  const name = nameIn(whole) ?? 'network security group';
  if (isBlank(members['securityRules'])) {
    const absent = members === whole ? 'properties are' : 'securityRules is';
    throw new RangeError(`network security group "${name}": ${absent} absent`);
  }
  const custom = rulesIn(members, 'securityRules', name, unclear);
  const given = rulesIn(members, 'defaultSecurityRules', name, unclear);
  const defaults = given.length === 0 ? defaultRules : given;
  return {
    id: resourceId(written ?? name),
    name,
    rules: [...custom, ...defaults],
    defaultRuleNames: new Set(defaults.map((rule) => rule.name)),
  };
}

function rulesIn(members: Json, key: string, group: string, unclear: UnclearSides): SecurityRule[] {
  const value = members[key];
  if (isBlank(value)) return [];
  if (!Array.isArray(value)) {
    throw new RangeError(`network security group "${group}": ${key} ${show(value)} is no list`);
  }
  return value.map((rule) => parseSecurityRule(rule, unclear));
}

/** A resource and its members: those of `properties`, or its own where it has none. */
function nested(json: unknown, kind: string): { readonly whole: Json; readonly members: Json } {
  if (!isObject(json)) throw new RangeError(`${kind}: ${show(json)} is no object`);
  const inner = json['properties'];
  if (isBlank(inner)) return { whole: json, members: json };
  if (!isObject(inner)) throw new RangeError(`${kind}: properties ${show(inner)} is no object`);
  return { whole: json, members: inner };
}

function nameIn(whole: Json): string | undefined {
  const id = text(whole['id']);
  return text(whole['name']) ?? (id === undefined ? undefined : nameOf(resourceId(id)));
}

function side(
  members: Json,
  name: 'source' | 'destination',
  unclear: UnclearSides,
): AddressMatch[] {
  const matches: AddressMatch[] = [];
  for (const key of [`${name}AddressPrefix`, `${name}AddressPrefixes`]) {
    for (const written of texts(members, key)) {
      matches.push(
        unclear === 'kept' ? understood(written) : within(key, () => parseAddressMatch(written)),
      );
    }
  }
  const groups = `${name}ApplicationSecurityGroups`;
  for (const group of items(members, groups)) {
    const id = isObject(group) ? text(group['id']) : undefined;
    if (id === undefined) throw new RangeError(`${groups} ${show(group)} has no id`);
    matches.push({ kind: 'applicationSecurityGroup', id: resourceId(id) });
  }
  if (matches.length > 0) return matches;
  if (unclear === 'kept') return [{ kind: 'unclear', text: `no ${name}` }];
  throw new RangeError(`${name}AddressPrefix is absent`);
}

function hasPorts(members: Json): boolean {
  return (['sourcePort', 'destinationPort'] as const).every(
    (name) => writtenPorts(members, name).length > 0,
  );
}

/** A rule that does not say its ports may match anything from its source, or nothing. */
function portless(members: Json, unclear: UnclearSides): AddressMatch[] {
  return unclear === 'kept'
    ? [{ kind: 'unclear', text: 'no port range' }]
    : side(members, 'source', unclear);
}

/** Azure has taken such things as the prefix `789`; what it made of them is not documented. */
function understood(written: string): AddressMatch {
  try {
    return parseAddressMatch(written);
  } catch (error) {
    if (error instanceof RangeError) return { kind: 'unclear', text: written };
    throw error;
  }
}

function adminSide(members: Json, key: 'sources' | 'destinations'): AddressMatch[] {
  const matches = items(members, key).map((item): AddressMatch => {
    const written = isObject(item) ? text(item['addressPrefix']) : undefined;
    if (written === undefined) throw new RangeError(`${key} ${show(item)} has no addressPrefix`);
    const type = isObject(item) ? text(item['addressPrefixType'])?.toLowerCase() : undefined;
    // The members of a network group are networks, which nobody resolves here.
    return type === 'networkgroup'
      ? { kind: 'unclear', text: `network group ${nameOf(resourceId(written))}` }
      : within(key, () => parseAddressMatch(written));
  });
  return matches.length === 0 ? [{ kind: 'any' }] : matches;
}

function ports(
  members: Json,
  name: 'sourcePort' | 'destinationPort',
  unclear: UnclearSides,
): PortRange[] {
  const written = writtenPorts(members, name);
  if (written.length === 0 && unclear === 'refused') {
    throw new RangeError(`${name}Range is absent`);
  }
  return portRanges(written, `${name}Range`);
}

function writtenPorts(members: Json, name: 'sourcePort' | 'destinationPort'): string[] {
  return [...texts(members, `${name}Range`), ...texts(members, `${name}Ranges`)];
}

/** The ranges, or none where they are every port: `0-65535` is how Azure's effective rules print `*`. */
function portRanges(written: readonly string[], key: string): PortRange[] {
  const ranges: PortRange[] = [];
  let everyPort = false;
  for (const one of written) {
    const range = within(key, () => parsePortRange(one));
    if (range === undefined || (range.from === 0 && range.to === 65_535)) everyPort = true;
    else ranges.push(range);
  }
  return everyPort ? [] : ranges;
}

/** The non-blank texts of a member that is a text or a list of texts; a port may be a number. */
function texts(members: Json, key: string): string[] {
  return items(members, key).flatMap((item) => {
    if (isBlank(item)) return [];
    if (typeof item === 'number') return [String(item)];
    if (typeof item !== 'string') throw new RangeError(`${key} ${show(item)} is no text`);
    return [item];
  });
}

function items(members: Json, key: string): readonly unknown[] {
  const value = members[key];
  if (isBlank(value)) return [];
  return Array.isArray(value) ? value : [value];
}

function integer(members: Json, key: string): number {
  const value = members[key];
  const number = typeof value === 'string' && value !== '' ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isInteger(number)) {
    throw new RangeError(
      isBlank(value) ? `${key} is absent` : `${key} ${show(value)} is no number`,
    );
  }
  return number;
}

function oneOf<T extends string>(members: Json, key: string, allowed: readonly T[]): T {
  return field(members, key, (written) => {
    const value = allowed.find((one) => one.toLowerCase() === written.toLowerCase());
    if (value === undefined) {
      throw new RangeError(`${show(written)} is none of ${allowed.join(', ')}`);
    }
    return value;
  });
}

function field<T>(members: Json, key: string, parse: (written: string) => T): T {
  const value = members[key];
  if (isBlank(value)) throw new RangeError(`${key} is absent`);
  if (typeof value !== 'string') throw new RangeError(`${key} ${show(value)} is no text`);
  return within(key, () => parse(value));
}

/** What `parse` returns; a RangeError of it gets the place in front of its message. */
function within<T>(place: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (error instanceof RangeError) {
      throw new RangeError(`${place}: ${error.message}`, { cause: error });
    }
    throw error;
  }
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function isBlank(value: unknown): value is null | undefined | '' {
  return value === null || value === undefined || value === '';
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function show(value: unknown): string {
  return (shownJson(value) ?? 'absent').slice(0, 120);
}
