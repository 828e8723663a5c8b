/**
 * What security groups do to packets, read off their rows: rule by rule, first match, in one world in
 * which every tag is just these addresses. It shares nothing with the engine that plans are made with.
 */
import type { Body } from './small-estates.ts';

type Range = readonly [from: number, to: number];

/** What the tags are, by their lower-cased names. */
export type TagRanges = ReadonlyMap<string, readonly Range[]>;

export interface WrittenPacket {
  readonly direction: 'Inbound' | 'Outbound';
  readonly protocol: 'Tcp' | 'Udp' | 'Icmp';
  readonly source: number;
  readonly destination: number;
  /** 0 for Icmp, which has none. */
  readonly port: number;
}

interface WrittenRule {
  readonly name: string;
  readonly priority: number;
  readonly direction: WrittenPacket['direction'];
  readonly access: 'Allow' | 'Deny';
  readonly protocol: string;
  readonly sources: readonly Range[];
  readonly destinations: readonly Range[];
  /** Undefined where it names none. */
  readonly ports: readonly Range[] | undefined;
}

const last = 2 ** 32 - 1;
/** What is nobody's on the Internet: RFC 6890, and multicast. */
const special =
  '0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.2.0/24 192.168.0.0/16 198.18.0.0/15 224.0.0.0/3';

/** The addresses of a text: `10.0.0.0/8`, an address, or `*`. */
function rangeOf(text: string): Range {
  if (text === '*') return [0, last];
  const [address = '', length = '32'] = text.split('/');
  const octets = address.split('.').map(Number);
  if (octets.length !== 4 || octets.some((one) => !(one >= 0 && one <= 255))) {
    throw new RangeError(`${text} is no prefix`);
  }
  const value = octets.reduce((sum, octet) => sum * 256 + octet, 0);
  const size = 2 ** (32 - Number(length));
  const from = Math.floor(value / size) * size;
  return [from, from + size - 1];
}

/** The tags of one network: those of the list, and what its own address space makes of the others. */
export function tagRangesIn(
  space: readonly string[],
  listed: Readonly<Record<string, readonly string[]>>,
): TagRanges {
  const network = space.map(rangeOf);
  const internet = without([[0, last]], [...network, ...special.split(' ').map(rangeOf)]);
  return new Map([
    ...Object.entries(listed).map(
      ([name, prefixes]) => [name.toLowerCase(), prefixes.map(rangeOf)] as const,
    ),
    ['virtualnetwork', network],
    ['internet', internet],
    ['azureloadbalancer', [rangeOf('168.63.129.16')]],
  ]);
}

function without(all: readonly Range[], taken: readonly Range[]): readonly Range[] {
  return taken.reduce<readonly Range[]>(
    (left, [from, to]) =>
      left.flatMap(([a, b]): readonly Range[] =>
        b < from || a > to
          ? [[a, b]]
          : [
              ...(a < from ? [[a, from - 1] as const] : []),
              ...(b > to ? [[to + 1, b] as const] : []),
            ],
      ),
    all,
  );
}

/** The addresses of prefixes and tags. */
export function addressesOf(texts: readonly string[], tags: TagRanges): readonly Range[] {
  return texts.flatMap((text) => tags.get(text.toLowerCase()) ?? [rangeOf(text)]);
}

export function isIn(value: number, ranges: readonly Range[]): boolean {
  return ranges.some(([from, to]) => from <= value && value <= to);
}

/** Ports of texts such as `443` and `8000-8080`. */
export function portsOf(texts: readonly string[]): readonly Range[] {
  return texts.map((text): Range => {
    if (text === '*') return [0, 65_535];
    const [from = '', to = from] = text.split('-');
    return [Number(from), Number(to)];
  });
}

/** Source: learn.microsoft.com/azure/virtual-network/network-security-groups-overview#default-security-rules */
const azures = [
  ['AllowVnetInBound', 65_000, 'Inbound', 'Allow', 'VirtualNetwork', 'VirtualNetwork'],
  ['AllowAzureLoadBalancerInBound', 65_001, 'Inbound', 'Allow', 'AzureLoadBalancer', '*'],
  ['DenyAllInBound', 65_500, 'Inbound', 'Deny', '*', '*'],
  ['AllowVnetOutBound', 65_000, 'Outbound', 'Allow', 'VirtualNetwork', 'VirtualNetwork'],
  ['AllowInternetOutBound', 65_001, 'Outbound', 'Allow', '*', 'Internet'],
  ['DenyAllOutBound', 65_500, 'Outbound', 'Deny', '*', '*'],
] as const;

/** The rules of a group in the order in which they are read, Azure's own at the end. */
function rulesOf(group: Body, tags: TagRanges): readonly WrittenRule[] {
  const properties = group['properties'] as { readonly securityRules?: readonly Body[] };
  const own = (properties.securityRules ?? []).map(({ name, properties: given }) => ({
    name: String(name),
    ...(given as Body),
  }));
  const defaults = azures.map(([name, priority, direction, access, source, destination]) => ({
    name,
    priority,
    direction,
    access,
    protocol: '*',
    sourceAddressPrefix: source,
    destinationAddressPrefix: destination,
    destinationPortRange: '*',
  }));
  return [...own, ...defaults]
    .map((rule) => writtenRule(rule, tags))
    .toSorted((a, b) => a.priority - b.priority);
}

function writtenRule(rule: Body, tags: TagRanges): WrittenRule {
  const texts = (one: string, many: string): readonly string[] => {
    const [single, several] = [rule[one], rule[many]];
    if (Array.isArray(several) && several.length > 0) return several.map(String);
    return [typeof single === 'string' ? single : '*'];
  };
  const portTexts = texts('destinationPortRange', 'destinationPortRanges');
  return {
    name: String(rule['name']),
    priority: Number(rule['priority']),
    direction: rule['direction'] === 'Inbound' ? 'Inbound' : 'Outbound',
    access: rule['access'] === 'Allow' ? 'Allow' : 'Deny',
    protocol: String(rule['protocol']).toLowerCase(),
    sources: addressesOf(texts('sourceAddressPrefix', 'sourceAddressPrefixes'), tags),
    destinations: addressesOf(
      texts('destinationAddressPrefix', 'destinationAddressPrefixes'),
      tags,
    ),
    ports: portTexts.includes('*') ? undefined : portsOf(portTexts),
  };
}

/** A rule that restricts ports matches no protocol without. */
function matches(rule: WrittenRule, packet: WrittenPacket): boolean {
  return (
    rule.direction === packet.direction &&
    (rule.protocol === '*' || rule.protocol === packet.protocol.toLowerCase()) &&
    isIn(packet.source, rule.sources) &&
    isIn(packet.destination, rule.destinations) &&
    (rule.ports === undefined || (packet.protocol !== 'Icmp' && isIn(packet.port, rule.ports)))
  );
}

/** Whether a group lets a packet through. */
export function passesGroup(group: Body, packet: WrittenPacket, tags: TagRanges): boolean {
  return rulesOf(group, tags).find((rule) => matches(rule, packet))?.access === 'Allow';
}

export interface PacketChange {
  readonly packet: WrittenPacket;
  readonly isAllowed: boolean;
}

/**
 * Every way in which two versions of a group differ, the second with some rules more: one packet for
 * each class of packets that no rule of theirs, and no boundary of `also`, tells apart. What no added
 * rule matches meets the same rules in both, and is left out.
 */
export function changesOf(
  before: Body,
  after: Body,
  tags: TagRanges,
  also: { readonly addresses: readonly Range[]; readonly ports: readonly Range[] },
): readonly PacketChange[] {
  const [old, now] = [rulesOf(before, tags), rulesOf(after, tags)];
  const added = now.filter((rule) => !old.some(({ name }) => name === rule.name));
  if (now.length !== old.length + added.length) throw new RangeError('a rule is gone');
  const starts = (sides: readonly Range[], end: number): readonly number[] =>
    [...new Set([0, ...sides.flatMap(([from, to]) => [from, to + 1])])].filter((one) => one <= end);
  const addresses = starts(
    [...now.flatMap((rule) => [...rule.sources, ...rule.destinations]), ...also.addresses],
    last,
  );
  const ports = starts([...now.flatMap((rule) => rule.ports ?? []), ...also.ports], 65_535);
  const changes = new Map<string, PacketChange>();
  for (const rule of added) {
    const sources = addresses.filter((one) => isIn(one, rule.sources));
    const destinations = addresses.filter((one) => isIn(one, rule.destinations));
    const { direction } = rule;
    for (const protocol of ['Tcp', 'Udp', 'Icmp'] as const) {
      for (const port of protocol === 'Icmp' ? [0] : ports) {
        for (const source of sources) {
          for (const destination of destinations) {
            const packet = { direction, protocol, source, destination, port };
            if (!matches(rule, packet)) continue;
            const was = old.find((one) => matches(one, packet))?.access;
            const is = now.find((one) => matches(one, packet))?.access;
            if (was !== is) {
              changes.set(JSON.stringify(packet), { packet, isAllowed: is === 'Allow' });
            }
          }
        }
      }
    }
  }
  return [...changes.values()];
}

/** A packet for a person who reads why a test failed. */
export function packetText({
  direction,
  protocol,
  source,
  destination,
  port,
}: WrittenPacket): string {
  const text = (address: number): string =>
    [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.');
  return `${direction} ${protocol} ${text(source)} → ${text(destination)}:${port}`;
}
