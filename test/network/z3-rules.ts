/**
 * First-match semantics of rule lists as bit-vector formulas, from the JSON that Azure writes and
 * from Microsoft's documentation alone: nothing of the engine's parsing, address or set code is
 * used, so that Z3 can contradict it.
 */
import {
  type Z3LowLevel,
  type Z3_context,
  Z3_error_code,
  Z3_lbool,
  init,
  killThreads,
} from 'z3-solver';

import type { Box, Packet } from '../../shared/packets/packet-set.ts';

/** One rule of a security group, as far as it decides packets. */
export interface WrittenRule {
  readonly name: string;
  readonly properties: {
    readonly priority: number;
    readonly direction: 'Inbound' | 'Outbound';
    readonly access: 'Allow' | 'Deny';
    readonly protocol: string;
    readonly sourceAddressPrefixes?: readonly string[];
    readonly sourceApplicationSecurityGroups?: readonly { readonly id: string }[];
    readonly sourcePortRanges: readonly string[];
    readonly destinationAddressPrefixes?: readonly string[];
    readonly destinationApplicationSecurityGroups?: readonly { readonly id: string }[];
    readonly destinationPortRanges: readonly string[];
  };
}

interface WrittenSide {
  readonly addressPrefix: string;
  readonly addressPrefixType: 'IPPrefix' | 'ServiceTag';
}

export interface WrittenAdminRule {
  readonly name: string;
  readonly properties: {
    readonly priority: number;
    readonly direction: 'Inbound' | 'Outbound';
    readonly access: 'Allow' | 'AlwaysAllow' | 'Deny';
    readonly protocol: string;
    readonly sources: readonly WrittenSide[];
    readonly sourcePortRanges: readonly string[];
    readonly destinations: readonly WrittenSide[];
    readonly destinationPortRanges: readonly string[];
  };
}

/** What names mean: the prefixes of `VirtualNetwork` and of the service tags, by lower-case name. */
export interface WrittenWorld {
  readonly virtualNetwork: readonly string[];
  readonly tags: ReadonlyMap<string, readonly string[]>;
  /**
   * Given where not everything is known: prefixes of which any part may be in `VirtualNetwork`. The
   * uncertain blocks then may be on the Internet or not, and what of the network an application
   * security group holds is open; the formula holds for each way all this may be.
   */
  readonly perhapsVirtualNetwork?: readonly string[];
}

export interface WrittenQuestion {
  readonly direction: 'Inbound' | 'Outbound';
  /** Empty means every protocol. */
  readonly protocols: readonly string[];
  readonly source: string;
  readonly sourcePorts: readonly string[];
  readonly destination: string;
  readonly destinationPorts: readonly string[];
}

/** The default rules of every network security group, from Microsoft's overview of them. */
const defaults: readonly WrittenRule[] = [
  written('AllowVnetInBound', 65_000, 'Inbound', 'VirtualNetwork', 'VirtualNetwork', 'Allow'),
  written('AllowAzureLoadBalancerInBound', 65_001, 'Inbound', 'AzureLoadBalancer', '*', 'Allow'),
  written('DenyAllInBound', 65_500, 'Inbound', '*', '*', 'Deny'),
  written('AllowVnetOutBound', 65_000, 'Outbound', 'VirtualNetwork', 'VirtualNetwork', 'Allow'),
  written('AllowInternetOutBound', 65_001, 'Outbound', '*', 'Internet', 'Allow'),
  written('DenyAllOutBound', 65_500, 'Outbound', '*', '*', 'Deny'),
];

function written(
  name: string,
  priority: number,
  direction: 'Inbound' | 'Outbound',
  source: string,
  destination: string,
  access: 'Allow' | 'Deny',
): WrittenRule {
  return {
    name,
    properties: {
      priority,
      direction,
      access,
      protocol: '*',
      sourceAddressPrefixes: [source],
      sourcePortRanges: ['*'],
      destinationAddressPrefixes: [destination],
      destinationPortRanges: ['*'],
    },
  };
}

/** Never on the Internet: IPv4 special-use blocks, and IPv6 outside 2000::/3 or in documentation. */
const specialUse = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.2.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '224.0.0.0/3',
  '2001:db8::/32',
];

/** Blocks whose membership in `Internet` differs between recordings. */
export const uncertainBlocks: readonly string[] = [
  '4.128.0.0/12',
  '13.96.0.0/13',
  '20.35.252.0/22',
  '20.128.0.0/16',
  '20.130.0.0/16',
  '20.144.0.0/14',
  '20.176.0.0/13',
  '21.0.0.0/8',
  '22.0.0.0/8',
  '23.103.0.0/18',
  '25.0.0.0/8',
  '40.66.128.0/17',
  '40.108.0.0/17',
  '40.109.0.0/16',
  '52.132.0.0/14',
  '52.145.0.0/16',
  '68.18.0.0/15',
  '104.146.0.0/17',
  '104.147.0.0/16',
  '104.212.36.0/22',
  '104.212.52.0/22',
  '129.75.0.0/16',
  '134.177.0.0/16',
  '138.196.0.0/16',
  '141.251.0.0/16',
  '146.147.0.0/16',
  '157.59.0.0/16',
  '192.32.0.0/16',
  '192.100.102.0/23',
];

const fixedTags: ReadonlyMap<string, readonly string[]> = new Map([
  ['azureloadbalancer', ['168.63.129.16', 'fe80::1234:5678:9abc']],
]);

const protocolNames = ['Tcp', 'Udp', 'Icmp', 'Esp', 'Ah'] as const;

const variables = [
  ['protocol', 3],
  ['source-v4', 32],
  ['source-v6', 128],
  ['destination-v4', 32],
  ['destination-v6', 128],
  ['source-port', 16],
  ['destination-port', 16],
] as const;
type Variable = (typeof variables)[number][0];
const widths: ReadonlyMap<string, number> = new Map(variables);

type End = 'source' | 'destination';

/** What is free where the world is not certain, once for each packet. */
const memberships = (['source', 'destination'] as const).flatMap((end) => [
  `${end}-is-in-network`,
  `${end}-is-on-internet`,
  `${end}-is-in-group`,
]);

const hasPorts = '(bvult protocol (_ bv2 3))';

/** The packets that the whole chain lets through. Admin rules come first, then all groups must allow. */
export function isLetThrough(
  direction: 'Inbound' | 'Outbound',
  admin: readonly WrittenAdminRule[],
  groups: readonly (readonly WrittenRule[])[],
  world: WrittenWorld,
): string {
  const verdicts = groups.map((rules) =>
    firstMatch(
      [...rules, ...defaults]
        .filter(({ properties }) => properties.direction === direction)
        .map(({ properties: rule }) => ({
          priority: rule.priority,
          matches: isMatched(
            rule,
            or([
              sideHolds(rule.sourceAddressPrefixes ?? [], 'source', world),
              rule.sourceApplicationSecurityGroups ? isInGroup('source', world) : 'false',
            ]),
            or([
              sideHolds(rule.destinationAddressPrefixes ?? [], 'destination', world),
              rule.destinationApplicationSecurityGroups ? isInGroup('destination', world) : 'false',
            ]),
          ),
          outcome: rule.access === 'Allow' ? 'true' : 'false',
        })),
      'false',
    ),
  );
  const texts = (sides: readonly WrittenSide[]) => sides.map(({ addressPrefix }) => addressPrefix);
  const outcomes = { Allow: 'groups', AlwaysAllow: 'true', Deny: 'false' } as const;
  const whole = firstMatch(
    admin
      .filter(({ properties }) => properties.direction === direction)
      .map(({ properties: rule }) => ({
        priority: rule.priority,
        matches: isMatched(
          rule,
          sideHolds(texts(rule.sources), 'source', world),
          sideHolds(texts(rule.destinations), 'destination', world),
        ),
        outcome: outcomes[rule.access],
      })),
    'groups',
  );
  return `(let ((groups ${and(verdicts)})) ${whole})`;
}

/** The packets a question asks about; without the uncertain blocks where the world is certain. */
export function isAsked(question: WrittenQuestion, world: WrittenWorld): string {
  const ports = and([
    portsHold(question.sourcePorts, 'source-port'),
    portsHold(question.destinationPorts, 'destination-port'),
  ]);
  const isCertain = world.perhapsVirtualNetwork === undefined;
  const protocols = question.protocols.length === 0 ? ['*'] : question.protocols;
  const sides = (['source', 'destination'] as const).map((end) =>
    and([
      addressHolds(question[end], end, world),
      isCertain ? not(anyPrefixHolds(uncertainBlocks, end)) : 'true',
    ]),
  );
  return and([
    or(protocols.map((protocol) => protocolHolds(protocol))),
    ...sides,
    or([not(hasPorts), ports]),
  ]);
}

/** The packets in any of the boxes: the engine's answer, to be compared with a formula. */
export function isInBoxes(boxes: readonly Box[]): string {
  return or(
    boxes.map((box) => {
      const side = (set: readonly (number | bigint)[], variable: Variable): string => {
        const parts: string[] = [];
        for (let i = 0; i < set.length; i += 2) {
          const [lo = 0, end = 0] = set.slice(i, i + 2);
          if (end === Infinity) throw new RangeError('an answer about real addresses is unbounded');
          parts.push(isBetween(variable, BigInt(lo), BigInt(end) - 1n));
        }
        return or(parts);
      };
      const family = `v${box.family}` as const;
      return and([
        box.family === 6 ? 'is-v6' : not('is-v6'),
        or(box.protocols.map((protocol) => protocolHolds(protocol))),
        side(box.sources, `source-${family}`),
        side(box.destinations, `destination-${family}`),
        side(box.sourcePorts, 'source-port'),
        side(box.destinationPorts, 'destination-port'),
      ]);
    }),
  );
}

/** The one packet. */
export function isPacket(packet: Packet): string {
  const family = `v${packet.family}` as const;
  const at = (variable: Variable, value: number | bigint): string =>
    isBetween(variable, BigInt(value), BigInt(value));
  return and([
    packet.family === 6 ? 'is-v6' : not('is-v6'),
    protocolHolds(packet.protocol),
    at(`source-${family}`, packet.source),
    at(`destination-${family}`, packet.destination),
    at('source-port', packet.sourcePort),
    at('destination-port', packet.destinationPort),
  ]);
}

function and(parts: readonly string[]): string {
  return parts.length === 1 ? parts.join('') : `(and true ${parts.join(' ')})`;
}

function not(part: string): string {
  return `(not ${part})`;
}

export function or(parts: readonly string[]): string {
  return parts.length === 1 ? parts.join('') : `(or false ${parts.join(' ')})`;
}

interface Step {
  readonly priority: number;
  readonly matches: string;
  readonly outcome: string;
}

/** The lowest priority number that matches decides. */
function firstMatch(steps: readonly Step[], otherwise: string): string {
  return steps
    .toSorted((a, b) => b.priority - a.priority)
    .reduce((rest, { matches, outcome }) => `(ite ${matches} ${outcome} ${rest})`, otherwise);
}

function isMatched(
  rule: {
    readonly protocol: string;
    readonly sourcePortRanges: readonly string[];
    readonly destinationPortRanges: readonly string[];
  },
  isSource: string,
  isDestination: string,
): string {
  const ports = and([
    portsHold(rule.sourcePortRanges, 'source-port'),
    portsHold(rule.destinationPortRanges, 'destination-port'),
  ]);
  const restrictsPorts = [rule.sourcePortRanges, rule.destinationPortRanges].some(
    (ranges) => !isEveryPort(ranges),
  );
  return and([
    protocolHolds(rule.protocol),
    isSource,
    isDestination,
    restrictsPorts ? and([hasPorts, ports]) : 'true',
  ]);
}

function protocolHolds(written: string): string {
  const index = protocolNames.findIndex((name) => name.toLowerCase() === written.toLowerCase());
  return index < 0 ? 'true' : `(= protocol (_ bv${index} 3))`;
}

/** No range, `*` and the whole range say the same: Azure prints any of them. */
function isEveryPort(ranges: readonly string[]): boolean {
  return ranges.length === 0 || ranges.includes('*') || ranges.includes('0-65535');
}

function portsHold(ranges: readonly string[], variable: 'source-port' | 'destination-port') {
  if (isEveryPort(ranges)) return 'true';
  return or(
    ranges.map((range) => {
      const [from = '', to = from] = range.split('-');
      return isBetween(variable, BigInt(from), BigInt(to));
    }),
  );
}

function sideHolds(texts: readonly string[], end: End, world: WrittenWorld): string {
  return or(texts.map((text) => addressHolds(text, end, world)));
}

function addressHolds(text: string, end: End, world: WrittenWorld): string {
  if (text === '*') return 'true';
  if (/^[\d:]|^[\da-f]+:/i.test(text)) return prefixHolds(text, end);
  const name = text.toLowerCase();
  if (name === 'virtualnetwork') return isInNetwork(end, world);
  if (name === 'internet') return isOnInternet(end, world);
  const prefixes = fixedTags.get(name) ?? world.tags.get(name);
  if (prefixes === undefined) throw new RangeError(`no meaning was given for ${text}`);
  return anyPrefixHolds(prefixes, end);
}

function isInNetwork(end: End, world: WrittenWorld): string {
  return or([
    anyPrefixHolds(world.virtualNetwork, end),
    and([anyPrefixHolds(world.perhapsVirtualNetwork ?? [], end), `${end}-is-in-network`]),
  ]);
}

function isOnInternet(end: End, world: WrittenWorld): string {
  return and([
    not(or([anyPrefixHolds(specialUse, end), isInNetwork(end, world)])),
    or([not('is-v6'), `(= ((_ extract 127 125) ${end}-v6) #b001)`]),
    or([not(anyPrefixHolds(uncertainBlocks, end)), `${end}-is-on-internet`]),
  ]);
}

/** No network interface, which the members of a group are, has an address of the platform. */
const platform = ['168.63.129.16', '169.254.169.254', 'fe80::1234:5678:9abc'];

/** All groups are one: the rules name no second. */
function isInGroup(end: End, world: WrittenWorld): string {
  const isPlatform = anyPrefixHolds(platform, end);
  return and([anyPrefixHolds(world.virtualNetwork, end), not(isPlatform), `${end}-is-in-group`]);
}

function anyPrefixHolds(prefixes: readonly string[], end: End): string {
  return or(prefixes.map((prefix) => prefixHolds(prefix, end)));
}

/** A CIDR prefix is an equality of its leading bits; the host bits do not matter. */
function prefixHolds(text: string, end: End): string {
  const isV6 = text.includes(':');
  const variable: Variable = isV6 ? `${end}-v6` : `${end}-v4`;
  const family = isV6 ? 'is-v6' : not('is-v6');
  const [first = '', length] = text.split('/');
  if (length !== undefined) {
    return and([family, leadingBits(variable, bitsOf(first), Number(length))]);
  }
  const [from = '', to = from] = text.split('-');
  return and([family, isBetween(variable, bitsOf(from), bitsOf(to))]);
}

function leadingBits(variable: Variable, value: bigint, length: number): string {
  const width = widths.get(variable) ?? 0;
  const leading = value >> BigInt(width - length);
  if (length === 0) return 'true';
  if (length === width) return `(= ${variable} (_ bv${leading} ${width}))`;
  return `(= ((_ extract ${width - 1} ${width - length}) ${variable}) (_ bv${leading} ${length}))`;
}

/** Both ends included; as prefixes, which Z3 solves far faster than comparisons. */
function isBetween(variable: Variable, from: bigint, to: bigint): string {
  const width = widths.get(variable) ?? 0;
  const blocks: string[] = [];
  let next = from;
  while (next <= to) {
    let free = 0;
    while (
      free < width &&
      (next >> BigInt(free)) % 2n === 0n &&
      next + (2n << BigInt(free)) - 1n <= to
    ) {
      free += 1;
    }
    blocks.push(leadingBits(variable, next, width - free));
    next += 1n << BigInt(free);
  }
  return or(blocks);
}

function bitsOf(address: string): bigint {
  if (!address.includes(':')) {
    return address.split('.').reduce((bits, part) => bits * 256n + BigInt(part), 0n);
  }
  const [head = [], tail = []] = address
    .split('::')
    .map((half) => half.split(':').filter((group) => group !== ''));
  const zeros = Array.from({ length: 8 - head.length - tail.length }, () => '0');
  return [...head, ...zeros, ...tail].reduce(
    (bits, part) => bits * 65536n + BigInt(`0x${part}`),
    0n,
  );
}

/** Formulas over the same packet, asserted once and asked about many times. */
interface RuleProblem {
  /** Whether some packet satisfies the named formulas, each as it is or `not`. */
  hasPacket(named: Readonly<Record<string, boolean>>): Promise<boolean>;
}

export interface RuleSolver {
  /** Names each formula, lends the problem to `use`, and forgets it. */
  pose<T>(
    formulas: Readonly<Record<string, string>>,
    use: (problem: RuleProblem) => Promise<T>,
  ): Promise<T>;
}

/** Starts Z3, lends it to `use`, and ends its threads whatever happens, so that the process can exit. */
export async function withRuleSolver<T>(use: (solver: RuleSolver) => Promise<T>): Promise<T> {
  const { Z3, em } = await init();
  try {
    const configuration = Z3.mk_config();
    const context = Z3.mk_context_rc(configuration);
    Z3.del_config(configuration);
    return await use({ pose: (formulas, ask) => pose(Z3, context, formulas, ask) });
  } finally {
    await killThreads(em);
  }
}

async function pose<T>(
  z3: Z3LowLevel['Z3'],
  context: Z3_context,
  formulas: Readonly<Record<string, string>>,
  use: (problem: RuleProblem) => Promise<T>,
): Promise<T> {
  const solver = z3.mk_solver_for_logic(context, z3.mk_string_symbol(context, 'QF_BV'));
  z3.solver_inc_ref(context, solver);
  const names = Object.keys(formulas);
  const literals = new Map(
    names.map((name) => {
      const symbol = z3.mk_string_symbol(context, name);
      const literal = z3.mk_const(context, symbol, z3.mk_bool_sort(context));
      z3.inc_ref(context, literal);
      const negated = z3.mk_not(context, literal);
      z3.inc_ref(context, negated);
      return [name, { literal, negated }] as const;
    }),
  );
  try {
    // The asynchronous calls let Z3's thread read a text whose memory may hold another one by then.
    z3.solver_from_string(
      context,
      solver,
      [
        ...['is-v6', ...memberships].map((name) => `(declare-const ${name} Bool)`),
        ...variables.map(([name, width]) => `(declare-const ${name} (_ BitVec ${width}))`),
        '(assert (bvult protocol (_ bv5 3)))',
        ...names.map((name) => `(declare-const ${name} Bool)`),
        ...Object.entries(formulas).map(([name, formula]) => `(assert (= ${name} ${formula}))`),
      ].join('\n'),
    );
    if (z3.get_error_code(context) !== Z3_error_code.Z3_OK) {
      throw new Error('Z3 could not read the formulas');
    }
    return await use({
      async hasPacket(wanted) {
        const assumptions = Object.entries(wanted).map(([name, holds]) => {
          const pair = literals.get(name);
          if (pair === undefined) throw new RangeError(`no formula is named ${name}`);
          return holds ? pair.literal : pair.negated;
        });
        const answer = await z3.solver_check_assumptions(context, solver, assumptions);
        if (answer === Z3_lbool.Z3_L_UNDEF) throw new Error('Z3 gave no answer');
        return answer === Z3_lbool.Z3_L_TRUE;
      },
    });
  } finally {
    for (const { literal, negated } of literals.values()) {
      z3.dec_ref(context, negated);
      z3.dec_ref(context, literal);
    }
    z3.solver_dec_ref(context, solver);
  }
}
