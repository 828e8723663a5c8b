import { resourceId } from '../model/resource-id.ts';
import { describePacket, type DescribedBox } from '../packets/describe.ts';
import type { Brief } from '../packets/describe-briefly.ts';
import { type PacketSet, noPackets } from '../packets/packet-set.ts';
import {
  type Answer,
  type Decision,
  type Hop,
  type RuleList,
  type RuleShare,
  decide,
} from './decide.ts';
import { adminRulesGiven, field, given, groupGiven, surroundingsGiven } from './given-input.ts';
import { parseAddressMatch, parsePortRange, parseProtocol } from './parse-match.ts';
import { knownAddresses } from './known-addresses.ts';
import { briefly, listedBoxes } from './listed-boxes.ts';
import type { AdminRule, Protocol, RuleMatch, SecurityRule } from './security-rule.ts';

/** A question to one or two network security groups, as the command's flags or a batch line give it. */
export interface ExplainQuery {
  /** A network security group as Azure Resource Manager returns it. */
  readonly nsg: unknown;
  readonly nicNsg?: unknown;
  /** The response of listNetworkManagerEffectiveSecurityAdminRules, or its `value`; null: none. */
  readonly adminRules?: unknown;
  /** The whole address space of the VirtualNetwork tag; absent: the tag is unresolved. */
  readonly vnet?: readonly string[] | null;
  /** The response of the service tag list; null: no list. */
  readonly serviceTags?: unknown;
  readonly query: {
    readonly direction: string;
    readonly protocol: string;
    readonly source: string;
    readonly sourcePort?: string | number | undefined;
    readonly destination: string;
    readonly port?: string | number | undefined;
  };
}

export interface ExplainAnswer {
  readonly verdict: Answer;
  readonly decidedBy: readonly {
    readonly nsg: string;
    readonly rule: string;
    readonly access: string;
    readonly priority: number;
  }[];
  readonly witness: {
    readonly allowed: PacketText | null;
    readonly denied: PacketText | null;
  };
  readonly allowed: readonly DescribedBox[];
  readonly denied: readonly DescribedBox[];
  readonly unknown: readonly DescribedBox[];
  /** Present where the rules are too complex for the budget: what is said is exact, the rest unknown. */
  readonly reason?: string;
  /** Parts that are not empty, and whose boxes are too many to list. */
  readonly unlisted?: readonly Part[];
}

const partNames = ['allowed', 'denied', 'unknown'] as const;
type Part = (typeof partNames)[number];
type ReadList = Exclude<RuleList, { readonly kind: 'unread' }>;

type PacketText = ReturnType<typeof describePacket> & { readonly direction: string };

/** One list of rules on the packets' way, for a person. */
export interface ExplainedHop {
  readonly place: 'admin' | 'subnet' | 'node';
  readonly name: string;
  /** What the list by itself does with the packets that come to it; undefined where none comes. */
  readonly answer: Answer | undefined;
  /** The rules that decide some of them, in the order packets meet them. */
  readonly rules: readonly (SecurityRule | AdminRule)[];
}

/** An answer, and what a person reads beside it. */
export interface Explanation {
  readonly answer: ExplainAnswer;
  /** In the order in which packets pass them. */
  readonly hops: () => readonly ExplainedHop[];
  readonly texts: (mostLines: number) => Readonly<Record<'allowed' | 'denied' | 'unknown', Brief>>;
}

/**
 * What the rules make of a question: exact, with a witness for either outcome and the deciding
 * rules in the order packets meet them.
 * @throws RangeError naming the field, the value and what to write instead.
 */
export function explain(input: ExplainQuery): ExplainAnswer {
  return explainInFull(input).answer;
}

/**
 * {@link explain}, with what each list of rules does and the packets in words.
 * @throws RangeError naming the field, the value and what to write instead.
 */
export function explainInFull(input: ExplainQuery): Explanation {
  refuseUnknownKeys(input);
  const direction = parseDirection(input.query.direction);
  const subnet = groupList(input.nsg, 'nsg');
  const node = given(input.nicNsg).map((json) => groupList(json, 'nicNsg'));
  const admin = given(input.adminRules).map(adminList);
  const groups = direction === 'Inbound' ? [subnet, ...node] : [...node, subnet];
  const protocol = field('protocol', () => parseProtocol(input.query.protocol));
  const surroundings = surroundingsGiven(input);
  const decision = decide(
    {
      direction,
      protocols: protocol === '*' ? [] : [protocol],
      source: field('source', () => parseAddressMatch(input.query.source)),
      sourcePorts: ports('sourcePort', input.query.sourcePort),
      destination: field('destination', () => parseAddressMatch(input.query.destination)),
      destinationPorts: ports('port', askedPort(input.query.port, protocol)),
    },
    [...admin, ...groups],
    surroundings,
  );
  if (decision.asked.atMost.isEmpty()) {
    const { source, destination } = input.query;
    throw new RangeError(
      `source and destination: no packet goes from ${source} to ${destination}; they are of different address families`,
    );
  }
  const placeOf = (list: RuleList): ExplainedHop['place'] => {
    if (list.kind === 'admin') return 'admin';
    return list === subnet ? 'subnet' : 'node';
  };
  return {
    answer: {
      verdict: decision.answer,
      decidedBy: decidedBy(decision),
      witness: {
        allowed: witness(decision.allowed.intersect(decision.asked.atLeast), decision, direction),
        denied: witness(decision.denied.intersect(decision.asked.atLeast), decision, direction),
      },
      ...listed(decision),
    },
    hops: () =>
      decision.hops.map((hop) => ({
        place: placeOf(hop.list),
        name: hop.list.name,
        answer: answerOfHop(hop, decision),
        rules: hop.shares.map(({ rule }) => rule),
      })),
    texts(most) {
      const rules = [subnet, ...node, ...admin].flatMap((list): readonly RuleMatch[] => list.rules);
      const options = { names: decision.names, known: knownAddresses(rules, surroundings), most };
      return {
        allowed: briefly(decision.allowed, options),
        denied: briefly(decision.denied, options),
        unknown: briefly(decision.undecided, options),
      };
    },
  };
}

/**
 * What a list by itself does with the packets that come to it; undefined where none comes. What an
 * admin rule allows, or none matches, is passed on, and so counts as allowed here.
 */
export function answerOfHop({ list, shares }: Hop, { asked }: Decision): Answer | undefined {
  const matched = shares.map(({ possible }) => possible).reduce(uniteSets, noPackets);
  const passedOn = list.kind === 'admin' && !asked.atLeast.isSubsetOf(matched);
  if (shares.length === 0) return passedOn ? 'allowed' : undefined;
  const allows = shares.filter(({ rule }) => rule.access !== 'Deny');
  const denies = shares.filter(({ rule }) => rule.access === 'Deny');
  if (denies.length === 0) return 'allowed';
  if (allows.length === 0 && !passedOn) return 'denied';
  const isCertain = (some: readonly RuleShare[]): boolean =>
    some.some(({ certain }) => !certain.intersect(asked.atLeast).isEmpty());
  return isCertain(denies) && (passedOn || isCertain(allows)) ? 'partial' : 'unknown';
}

function uniteSets(a: PacketSet, b: PacketSet): PacketSet {
  return a.union(b);
}

type Listed = Pick<ExplainAnswer, Part | 'reason' | 'unlisted'>;

/** What is decided, in boxes, and what of it is not told. */
export function listed(
  decision: Pick<Decision, 'allowed' | 'denied' | 'undecided' | 'names' | 'isComplete'>,
): Listed {
  const sets = {
    allowed: decision.allowed,
    denied: decision.denied,
    unknown: decision.undecided,
  };
  const boxes = (set: PacketSet): readonly DescribedBox[] | undefined =>
    listedBoxes(set, decision.names);
  const [allowed, denied, unknown] = [boxes(sets.allowed), boxes(sets.denied), boxes(sets.unknown)];
  const parts = { allowed, denied, unknown };
  const unlisted = partNames.filter((part) => parts[part] === undefined);
  return {
    allowed: allowed ?? [],
    denied: denied ?? [],
    unknown: unknown ?? [],
    ...(decision.isComplete ? {} : { reason: tooComplex }),
    ...(unlisted.length === 0 ? {} : { unlisted }),
  };
}

const tooComplex =
  'too complex: the rules tell more packets apart than the work budget of one question allows; what is allowed and denied here is exact, the rest is not decided';

const knownKeys: readonly (readonly [place: string, keys: readonly string[]])[] = [
  ['', ['nsg', 'nicNsg', 'adminRules', 'vnet', 'serviceTags', 'query']],
  ['query.', ['direction', 'protocol', 'source', 'sourcePort', 'destination', 'port']],
];

/** A misspelt key would silently ask another question. */
function refuseUnknownKeys(input: ExplainQuery): void {
  for (const [place, known] of knownKeys) {
    for (const key of Object.keys(place === '' ? input : input.query)) {
      if (!known.includes(key)) {
        throw new RangeError(`${place}${key} is no key; write one of ${known.join(', ')}`);
      }
    }
  }
}

function askedPort(
  port: string | number | undefined,
  protocol: Protocol | '*',
): string | number | undefined {
  const isPortless = protocol === 'Icmp' || protocol === 'Esp' || protocol === 'Ah';
  if (port === undefined && !isPortless) throw new RangeError('port: absent; write any for all');
  return port;
}

function decidedBy(decision: Decision): ExplainAnswer['decidedBy'] {
  return decision.hops.flatMap(({ list, shares }) =>
    shares.map(({ rule }) => ({
      nsg: list.name,
      rule: rule.name,
      access: rule.access,
      priority: rule.priority,
    })),
  );
}

function witness(
  set: PacketSet,
  { names }: Decision,
  direction: 'Inbound' | 'Outbound',
): PacketText | null {
  const packet = set.witness();
  return packet === undefined
    ? null
    : { direction: direction.toLowerCase(), ...describePacket(packet, names) };
}

function groupList(json: unknown, name: string): ReadList {
  const group = groupGiven(json, name);
  return { kind: 'securityGroup', at: group.id, name: group.name, rules: group.rules };
}

function adminList(json: unknown): ReadList {
  return {
    kind: 'admin',
    at: resourceId('/adminRules'),
    name: 'security admin rules',
    rules: adminRulesGiven(json),
  };
}

function ports(name: string, text: string | number | undefined) {
  if (text === undefined) return [];
  const range = field(name, () => parsePortRange(String(text)));
  return range === undefined ? [] : [range];
}

function parseDirection(text: string): 'Inbound' | 'Outbound' {
  const direction = text.trim().toLowerCase();
  if (direction === 'inbound') return 'Inbound';
  if (direction === 'outbound') return 'Outbound';
  throw new RangeError(`direction: '${text}' is no direction; write inbound or outbound`);
}
