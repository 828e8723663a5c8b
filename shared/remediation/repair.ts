import type { ResourceId } from '../model/resource-id.ts';
import type { Missing } from '../model/verdict.ts';
import type { Surroundings } from '../network/address-bounds.ts';
import {
  type Decision,
  type Question,
  type RuleList,
  type RuleShare,
  decide,
} from '../network/decide.ts';
import { isCustom } from '../network/default-rules.ts';
import type {
  AddressMatch,
  AdminRule,
  PortRange,
  Protocol,
  RuleMatch,
  SecurityRule,
} from '../network/security-rule.ts';
import {
  type AddressSet,
  type Family,
  addressSet,
  cidrsOf,
  intersectAddresses,
  isEmptyAddresses,
  noAddresses,
  parseAddress,
  subtractAddresses,
} from '../packets/address.ts';
import { type IntervalSet, noInterval, pairsOf, unionOf } from '../packets/interval-set.ts';
import { type Box, type PacketSet, hasPorts, protocols } from '../packets/packet-set.ts';
import { type PriorityBand, freePriority } from './free-priority.ts';

/** A question that must be answered `allowed`, and the lists its packets pass. */
export interface Wish {
  readonly question: Question;
  readonly chain: readonly RuleList[];
  readonly surroundings: Surroundings;
}

/** A security rule to put into a network security group; it has no name yet. */
export interface Insertion {
  readonly groupId: ResourceId;
  readonly rule: Omit<SecurityRule, 'name'>;
  /** Names of the rules that somebody wrote to deny some of it, and that it comes before. */
  readonly overrides: readonly string[];
}

/** The priorities that are taken in each network security group. */
export type TakenPriorities = ReadonlyMap<
  ResourceId,
  readonly Pick<SecurityRule, 'direction' | 'priority'>[]
>;

/** Why no insertion makes a wish come true. */
export type Obstacle =
  /** An admin rule denies it, or perhaps does; no network security group is asked then. */
  | { readonly kind: 'adminRule'; readonly rule: AdminRule; readonly isCertain: boolean }
  /** A list in the way could not be read, so nothing that passes it is certain. */
  | { readonly kind: 'unread'; readonly missing: readonly Missing[] }
  /** Every priority before the rule that denies it is taken. */
  | { readonly kind: 'noFreePriority'; readonly groupId: ResourceId; readonly rule: SecurityRule }
  /** A rule that holds what is asked, and no more, cannot be written. */
  | { readonly kind: 'unwritable'; readonly side: 'source' | 'destination'; readonly text: string }
  /** Its rules tell more packets apart than one question may cost. */
  | { readonly kind: 'tooComplex'; readonly missing: readonly Missing[] };

/** An empty list of insertions: it holds already. */
export type Repair =
  | { readonly kind: 'insertions'; readonly insertions: readonly Insertion[] }
  | { readonly kind: 'impossible'; readonly obstacle: Obstacle };

/**
 * The fewest security rules that let all of a question through and open nothing else: one Allow in
 * each network security group of the chain that denies some of it, read before the first rule that
 * does, with no more prefixes than any rule that does the same. Only what is asked is matched, so
 * whatever lies outside it is treated as before; nothing that was allowed is denied.
 *
 * `taken` holds the priorities that are taken in each group, also by rules that the chain leaves out
 * because they do not concern these packets.
 */
export function repair(wish: Wish, taken: TakenPriorities, band: PriorityBand): Repair {
  const { question, chain, surroundings } = wish;
  const decision = decide(question, chain, surroundings);
  if (decision.answer === 'allowed') return { kind: 'insertions', insertions: [] };
  const obstacle = obstacleIn(wish, decision);
  if (obstacle !== undefined) return { kind: 'impossible', obstacle };
  const needed = decision.asked.atMost.subtract(decision.allowed);
  const insertions: Insertion[] = [];
  const mended = new Set<ResourceId>();
  for (const list of chain) {
    if (list.kind !== 'securityGroup' || mended.has(list.at)) continue;
    mended.add(list.at);
    const alone = decide(question, [list], surroundings);
    const blocked = needed.subtract(alone.allowed);
    if (blocked.isEmpty()) continue;
    const match = matchFor(wish, list, blocked.boxes());
    if (match.kind === 'unwritable') return { kind: 'impossible', obstacle: match };
    let occupied = taken.get(list.at) ?? list.rules;
    for (const rule of match.rules) {
      const blockers = blockersOf(alone, blocked, protocolsOf(rule));
      const [blocker] = blockers;
      if (blocker === undefined) continue;
      const overrides = blockers.filter(isCustom).map(({ name }) => name);
      const priority = freePriority(occupied, question.direction, blocker.priority, band);
      if (priority === undefined) {
        const full = { kind: 'noFreePriority', groupId: list.at, rule: blocker } as const;
        return { kind: 'impossible', obstacle: full };
      }
      const placed = { ...rule, priority };
      occupied = [...occupied, placed];
      insertions.push({ groupId: list.at, rule: placed, overrides });
    }
  }
  return { kind: 'insertions', insertions };
}

/** What no rule in a network security group can put right. */
function obstacleIn(
  { question, chain, surroundings }: Wish,
  decision: Decision,
): Obstacle | undefined {
  if (!decision.isComplete) return { kind: 'tooComplex', missing: decision.missing };
  const unread = chain.flatMap((list) => (list.kind === 'unread' ? list.missing : []));
  if (unread.length > 0) return { kind: 'unread', missing: unread };
  for (const list of chain) {
    if (list.kind !== 'admin') continue;
    // An admin rule that denies is final; one that allows leaves the packet to the groups.
    const { hops } = decide(question, [list], surroundings);
    for (const { rule, possible, certain } of hops.flatMap(({ shares }) => shares)) {
      if (rule.access !== 'Deny' || possible.isEmpty()) continue;
      const isCertain = !certain.isEmpty();
      return { kind: 'adminRule', rule: { ...rule, access: 'Deny' }, isCertain };
    }
  }
  return undefined;
}

/** The rules that deny, or perhaps deny, some of the packets, the one that is read first in front. */
function blockersOf(
  alone: Decision,
  blocked: PacketSet,
  carried: readonly Protocol[],
): readonly SecurityRule[] {
  const denies = ({ rule, possible }: RuleShare): boolean =>
    rule.access === 'Deny' &&
    possible
      .intersect(blocked)
      .boxes()
      .some((box) => box.protocols.some((one) => carried.includes(one)));
  return alone.hops
    .flatMap(({ shares }) => shares)
    .filter(denies)
    .map(({ rule }): SecurityRule => ({ ...rule, access: 'Deny' }))
    .toSorted((a, b) => a.priority - b.priority);
}

type RuleToPlace = Omit<SecurityRule, 'name' | 'priority'>;

type Match =
  | { readonly kind: 'rules'; readonly rules: readonly RuleToPlace[] }
  | Extract<Obstacle, { kind: 'unwritable' }>;

/** What the inserted rules match: all of the question that is blocked, nothing outside it. */
function matchFor(wish: Wish, list: RuleList, blocked: readonly Box[]): Match {
  const { direction, sourcePorts } = wish.question;
  const rules: RuleToPlace[] = [];
  for (const protocol of ruleProtocols(wish.question, blocked)) {
    const asked = protocolsOf({ ...wish.question, protocol });
    const isPortless = protocol !== '*' && !hasPorts(protocol);
    const met = blocked.filter((box) =>
      box.protocols.some((one) => (isPortless ? one === protocol : asked.includes(one))),
    );
    const ports = isPortless
      ? { sourcePorts: [], destinationPorts: [] }
      : { sourcePorts, destinationPorts: portsFor(protocol, wish.question, met) };
    const source = sideFor('source', wish, list, met);
    if (source.kind === 'unwritable') return source;
    const destination = sideFor('destination', wish, list, met);
    if (destination.kind === 'unwritable') return destination;
    const [sources, destinations] = [source.matches, destination.matches];
    rules.push({ direction, access: 'Allow', protocol, ...ports, sources, destinations });
  }
  return { kind: 'rules', rules };
}

/** A rule names one protocol or all, and one that restricts ports matches none of those without. */
function protocolsOf({
  protocol,
  sourcePorts,
  destinationPorts,
}: Pick<RuleMatch, 'protocol' | 'sourcePorts' | 'destinationPorts'>): readonly Protocol[] {
  const restrictsPorts = sourcePorts.length + destinationPorts.length > 0;
  const named = protocol === '*' ? protocols : [protocol];
  return restrictsPorts ? named.filter(hasPorts) : named;
}

/**
 * The ports that are blocked where they take no more ranges than those that are asked for: a rule that
 * is wider than it has to be stands in the way of whatever is denied after it tomorrow.
 */
function portsFor(
  protocol: Protocol | '*',
  { destinationPorts }: Question,
  met: readonly Box[],
): readonly PortRange[] {
  // Every protocol is matched only by a rule that restricts no port.
  if (protocol === '*' && destinationPorts.length === 0) return [];
  const touched = met.map((box) => box.destinationPorts).reduce(unionOf, noInterval);
  const ranges = [...pairsOf(touched)].map(([from, to]) => ({
    from: Number(from),
    to: Number(to) - 1,
  }));
  const isEvery = ranges.length === 1 && ranges[0]?.from === 0 && ranges[0].to === 65_535;
  return isEvery || ranges.length > Math.max(1, destinationPorts.length)
    ? destinationPorts
    : ranges;
}

/** The fewest values of a rule's protocol that match the blocked protocols and only asked ones. */
function ruleProtocols(question: Question, blocked: readonly Box[]): readonly (Protocol | '*')[] {
  const asked = question.protocols.length === 0 ? protocols : question.protocols;
  const hit = new Set(blocked.flatMap((box) => box.protocols));
  const touched = asked.filter((protocol) => hit.has(protocol));
  const byAll = protocolsOf({ ...question, protocol: '*' });
  const together = touched.filter((protocol) => byAll.includes(protocol));
  if (together.length < 2 || !byAll.every((one) => asked.includes(one))) return touched;
  return ['*', ...touched.filter((protocol) => !byAll.includes(protocol))];
}

type Side =
  | { readonly kind: 'matches'; readonly matches: readonly AddressMatch[] }
  | Extract<Obstacle, { kind: 'unwritable' }>;

function sideFor(
  side: 'source' | 'destination',
  { question, chain, surroundings }: Wish,
  list: RuleList,
  blocked: readonly Box[],
): Side {
  const asked = question[side];
  const except = question[`${side}Except`] ?? noAddresses;
  if (asked.kind === 'prefix') {
    const within = subtractAddresses(addressSet([asked.text]), except);
    const touched = blockedAddresses(side, blocked);
    return { kind: 'matches', matches: prefixesTouching(within, touched, asked.text) };
  }
  const unwritable = { kind: 'unwritable', side, text: textOf(asked) } as const;
  if (asked.kind === 'applicationSecurityGroup' || asked.kind === 'unclear') return unwritable;
  if (isEmptyAddresses(except)) return { kind: 'matches', matches: [asked] };
  // A tag cannot be written with an exception, so it must make no difference.
  const whole = { ...question, [`${side}Except`]: noAddresses };
  const [alone, all] = [decide(whole, [list], surroundings), decide(whole, chain, surroundings)];
  const opened = all.asked.atMost.subtract(alone.allowed);
  const isWithin = opened.isSubsetOf(decide(question, chain, surroundings).asked.atMost);
  return isWithin ? { kind: 'matches', matches: [asked] } : unwritable;
}

function textOf(match: AddressMatch): string {
  switch (match.kind) {
    case 'any':
      return '*';
    case 'serviceTag':
      return match.name;
    case 'applicationSecurityGroup':
      return match.id;
    case 'prefix':
    case 'unclear':
      return match.text;
    default:
      return match satisfies never;
  }
}

/** The addresses of one side of the packets, whatever the other sides are. */
function blockedAddresses(side: 'source' | 'destination', blocked: readonly Box[]): AddressSet {
  const of = (family: Family): IntervalSet =>
    blocked
      .filter((box) => box.family === family)
      .map((box) => (side === 'source' ? box.sources : box.destinations))
      .reduce(unionOf, noInterval);
  return { v4: of(4), v6: of(6) };
}

/**
 * The fewest prefixes that hold every touched address and none outside `within`: the widest
 * prefixes in `within` are disjoint, so each touched address is in just one of them.
 */
function prefixesTouching(
  within: AddressSet,
  touched: AddressSet,
  written: string,
): readonly AddressMatch[] {
  const widest = [...cidrsOf(4, within.v4), ...cidrsOf(6, within.v6)];
  const [only] = widest;
  const isWhole =
    widest.length === 1 && isEmptyAddresses(subtractAddresses(addressSet([written]), within));
  if (isWhole && only !== undefined) {
    // Azure refuses a prefix with host bits: github.com/Azure/azure-powershell/issues/4557
    return [{ kind: 'prefix', text: parseAddress(written) === undefined ? only : written }];
  }
  return widest
    .filter((text) => !isEmptyAddresses(intersectAddresses(addressSet([text]), touched)))
    .map((text) => ({ kind: 'prefix', text }));
}
