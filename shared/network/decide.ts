import type { ResourceId } from '../model/resource-id.ts';
import type { Missing } from '../model/verdict.ts';
import type { AddressSet } from '../packets/address.ts';
import type { AddressNames } from '../packets/describe.ts';
import { combine } from '../packets/combine.ts';
import { type Node, no, yes } from '../packets/diagram.ts';
import { protocolMask, protocols } from '../packets/packet.ts';
import { type PacketSet, noPackets, packetSet } from '../packets/packet-set.ts';
import type { Region } from '../packets/space.ts';
import { type Budget, defaultBudget, refill } from '../packets/work.ts';
import {
  type NamedTags,
  type Surroundings,
  isResolved,
  namedTags,
  neverTagged,
} from './address-bounds.ts';
import { type ChainLink, type FamilyDecision, decideFamily } from './decide-family.ts';
import { knowsMembers } from './unresolved-names.ts';
import { portSet } from './rule-packets.ts';
import type { AskedPackets } from './question-space.ts';
import { type RuleContext, askedSide, askedWithout, ruleContext } from './rule-context.ts';
import { inOrder, openNamesMentioned, ruleTable, tagsMentioned } from './rule-table.ts';
import { noServiceTags } from './service-tags.ts';
import { lazily } from './lazily.ts';
import type {
  AddressMatch,
  AdminRule,
  PortRange,
  Protocol,
  RuleMatch,
  SecurityRule,
} from './security-rule.ts';

/** Which packets are asked about: a product of one match a side. */
export interface Question {
  readonly direction: 'Inbound' | 'Outbound';
  /** Empty means every protocol. */
  readonly protocols: readonly Protocol[];
  readonly source: AddressMatch;
  /** Addresses not asked about, though the match covers them. */
  readonly sourceExcept?: AddressSet;
  readonly sourcePorts: readonly PortRange[];
  readonly destination: AddressMatch;
  readonly destinationExcept?: AddressSet;
  readonly destinationPorts: readonly PortRange[];
}

/** One list of rules that packets pass, in the order Azure reads them. */
export type RuleList =
  | {
      readonly kind: 'admin';
      readonly at: ResourceId;
      readonly name: string;
      readonly rules: readonly AdminRule[];
    }
  | {
      readonly kind: 'securityGroup';
      readonly at: ResourceId;
      readonly name: string;
      readonly rules: readonly SecurityRule[];
    }
  /** A list that could not be read: it may do anything that a list of its kind can. */
  | {
      readonly kind: 'unread';
      readonly of: 'admin' | 'securityGroup';
      readonly name: string;
      readonly missing: readonly Missing[];
    };

/** The packets that are in a set for certain, and at the most. */
interface PacketBounds {
  readonly atLeast: PacketSet;
  readonly atMost: PacketSet;
}

/** The part of the question a rule decides, as far as its own list is concerned. */
export interface RuleShare<R extends RuleMatch = SecurityRule | AdminRule> {
  readonly rule: R;
  /** Packets it decides whatever the unresolved tags and groups hold. */
  readonly certain: PacketSet;
  readonly possible: PacketSet;
}

export interface Hop {
  readonly list: RuleList;
  /** In priority order, only rules that may decide something. */
  readonly shares: readonly RuleShare[];
}

/** `partial`: both certain parts exist. `unknown`: neither a whole nor both parts could be proven. */
export type Answer = 'allowed' | 'denied' | 'partial' | 'unknown';

export interface Decision {
  readonly answer: Answer;
  /** The asked packets that are allowed, denied, or either, whatever could not be resolved. */
  readonly allowed: PacketSet;
  readonly denied: PacketSet;
  readonly undecided: PacketSet;
  /** The asked packets, and those of them that certainly exist. */
  readonly asked: PacketBounds;
  readonly hops: readonly Hop[];
  readonly missing: readonly Missing[];
  /** False where the budget ran out: then the sets hold what the first rules decide, exactly. */
  readonly isComplete: boolean;
  /** Units of work this took (`Budget`); the same on every machine. */
  readonly work: number;
  /** Names of the named addresses in the sets above. */
  readonly names: AddressNames;
  /** Whether it is known exactly who is in an application security group. */
  readonly knowsMembers: (group: ResourceId) => boolean;
}

/**
 * Decides a question over a chain of rule lists: admin rules first, then network security groups,
 * all of which must allow (learn.microsoft.com/azure/virtual-network/network-security-group-how-it-works,
 * learn.microsoft.com/azure/virtual-network-manager/concept-security-admins). Exact and
 * three-valued: allowed for certain is what allows at their least and denies at their most let
 * through, allowed perhaps the reverse.
 */
export function decide(
  question: Question,
  chain: readonly RuleList[],
  surroundings: Surroundings,
  budget: Budget = defaultBudget,
): Decision {
  const loose = decideAssuming(question, chain, surroundings, {}, budget);
  // Stryker disable next-line ConditionalExpression,LogicalOperator: what follows says the same of what is settled, later
  if (loose.answer === 'allowed' || loose.answer === 'denied' || !loose.isComplete) return loose;
  const decision = decideNameByName(question, chain, surroundings, loose, budget);
  if (decision.answer !== 'unknown') return decision;
  return (
    decideAnywhere('destination', question, chain, surroundings, decision, budget) ??
    decideAnywhere('source', question, chain, surroundings, decision, budget) ??
    decision
  );
}

/** Past so many open names on one side each rule is in doubt by itself. */
const mostOpenNames = 16;

/**
 * A name whose members are open means the same in every rule that has it: behind a Deny of it, an
 * Allow of it lets nothing through. So the question is decided for addresses that are in one such
 * name at a time, which is enough (`addressWorlds`).
 */
function decideNameByName(
  question: Question,
  chain: readonly RuleList[],
  surroundings: Surroundings,
  loose: Decision,
  budget: Budget,
): Decision {
  const openOn = (side: 'sources' | 'destinations'): readonly string[] => {
    const names = chain.flatMap((list) =>
      list.kind === 'unread' ? [] : openNamesMentioned(list.rules)[question.direction][side],
    );
    return [...new Set(names)].toSorted();
  };
  const open: OpenNames = { source: openOn('sources'), destination: openOn('destinations') };
  const most = Math.max(open.source.length, open.destination.length);
  if (most === 0 || most > mostOpenNames || loose.undecided.isEmpty()) return loose;
  const decision = decideAssuming(question, chain, surroundings, {}, budget, open);
  return decision.isComplete ? decision : loose;
}

/** Names that rules have on either side, and that are told apart. */
interface OpenNames {
  readonly source: readonly string[];
  readonly destination: readonly string[];
}

const noNames: OpenNames = { source: [], destination: [] };

/**
 * The addresses of an unresolved tag are public. What rules do to every public address that is in
 * the tag, they do to the tag: that proves what prefixes together take of it.
 * Undefined where the side asks for no such tag, or rules treat its possible addresses differently.
 */
function decideAnywhere(
  side: 'source' | 'destination',
  question: Question,
  chain: readonly RuleList[],
  surroundings: Surroundings,
  decision: Decision,
  budget: Budget,
): Decision | undefined {
  const asked = question[side];
  if (asked.kind !== 'serviceTag' || isResolved(asked.name, surroundings)) return undefined;
  const anywhere = decideAssuming(
    { ...question, [side]: { kind: 'any' }, [`${side}Except`]: neverTagged },
    chain,
    surroundings,
    { [side]: asked },
    budget,
  );
  if (anywhere.answer !== 'allowed' && anywhere.answer !== 'denied') return undefined;
  const whole = decision.asked.atMost;
  const all = (part: PacketSet): PacketSet => (part.isEmpty() ? noPackets : whole);
  const { asked: bounds, missing, isComplete, knowsMembers: knows, work, names } = decision;
  return {
    asked: bounds,
    missing,
    isComplete,
    knowsMembers: knows,
    work,
    names,
    answer: anywhere.answer,
    allowed: anywhere.answer === 'allowed' ? whole : noPackets,
    denied: anywhere.answer === 'denied' ? whole : noPackets,
    undecided: noPackets,
    hops: anywhere.hops.map(({ list, shares }) => ({
      list,
      shares: shares.map(({ rule, certain, possible }) => ({
        rule,
        certain: all(certain),
        possible: all(possible),
      })),
    })),
  };
}

/** Unresolved tags that one side's addresses are taken to be in. */
interface Assumption {
  readonly source?: AddressMatch;
  readonly destination?: AddressMatch;
}

function decideAssuming(
  question: Question,
  chain: readonly RuleList[],
  surroundings: Surroundings,
  assumption: Assumption,
  budget: Budget,
  open: OpenNames = noNames,
): Decision {
  const { asked, names, context, links } = prepare(question, chain, surroundings, assumption, open);
  const v4 = decideFamily(asked, 4, context, links, budget);
  const v6 = decideFamily(asked, 6, context, links, budget);
  const set = (part: 'allowed' | 'denied' | 'existing'): PacketSet =>
    packetSet(regionOf(v4, v4?.[part]), regionOf(v6, v6?.[part]));
  const whole = packetSet(regionOf(v4, yes), regionOf(v6, yes));
  // Stryker disable next-line all: the other way makes the same set, with more work
  const isExact = [v4, v6].every((family) => (family?.existing ?? yes) === yes);
  const bounds = { atMost: whole, atLeast: isExact ? whole : set('existing') };
  const [allowed, denied] = [set('allowed'), set('denied')];
  const unfinished = chain.filter(
    (_, index) => v4?.unfinished.has(index) === true || v6?.unfinished.has(index) === true,
  );
  return new LazyDecision(
    {
      answer: answerOf([v4, v6]),
      allowed,
      denied,
      asked: bounds,
      missing: [
        ...chain.flatMap((list) => (list.kind === 'unread' ? list.missing : [])),
        ...unfinished.map(tooComplex),
      ],
      isComplete: unfinished.length === 0,
      knowsMembers: (group) => knowsMembers(group, surroundings),
      work: (v4?.space.work.spent ?? 0) + (v6?.space.work.spent ?? 0),
      names,
    },
    {
      undecided: () => whole.subtract(allowed).subtract(denied),
      hops: () => chain.map((list, index) => hopOf(list, index, question.direction, v4, v6)),
    },
  );
}

/**
 * A decision of which the rest is worked out when it is asked for. A class, as V8 makes a hidden class of
 * its own for every object literal with a getter, and keeps what the getter holds until the next full
 * collection.
 */
class LazyDecision implements Decision {
  readonly answer: Answer;
  readonly allowed: PacketSet;
  readonly denied: PacketSet;
  readonly asked: PacketBounds;
  readonly missing: readonly Missing[];
  readonly isComplete: boolean;
  readonly work: number;
  readonly names: AddressNames;
  readonly knowsMembers: Decision['knowsMembers'];
  readonly #undecided: () => PacketSet;
  readonly #hops: () => readonly Hop[];

  constructor(
    settled: Omit<Decision, 'undecided' | 'hops'>,
    rest: { readonly undecided: () => PacketSet; readonly hops: () => readonly Hop[] },
  ) {
    this.answer = settled.answer;
    this.allowed = settled.allowed;
    this.denied = settled.denied;
    this.asked = settled.asked;
    this.missing = settled.missing;
    this.isComplete = settled.isComplete;
    this.work = settled.work;
    this.names = settled.names;
    this.knowsMembers = settled.knowsMembers;
    this.#undecided = lazily(rest.undecided);
    this.#hops = lazily(rest.hops);
  }

  get undecided(): PacketSet {
    return this.#undecided();
  }

  get hops(): readonly Hop[] {
    return this.#hops();
  }
}

function regionOf(family: FamilyDecision | undefined, node: Node | undefined): Region | undefined {
  return family === undefined || node === undefined ? undefined : { space: family.space, node };
}

/** The rules of a list that decide something, in priority order; their sets are made when read. */
function hopOf(
  list: RuleList,
  index: number,
  direction: Question['direction'],
  v4: FamilyDecision | undefined,
  v6: FamilyDecision | undefined,
): Hop {
  if (list.kind === 'unread') return { list, shares: [] };
  const [shares4, shares6] = [v4?.shares[index], v6?.shares[index]];
  const shares = inOrder(list.rules, direction).flatMap((rule): readonly RuleShare[] => {
    const [own4, own6] = [shares4?.get(rule), shares6?.get(rule)];
    if (own4 === undefined && own6 === undefined) return [];
    const part = (bound: 'certain' | 'possible') =>
      lazily(() => {
        for (const family of [v4, v6]) if (family !== undefined) refill(family.space.work);
        return packetSet(regionOf(v4, own4?.[bound]()), regionOf(v6, own6?.[bound]()));
      });
    return [new LazyShare(rule, part('certain'), part('possible'))];
  });
  return { list, shares };
}

/** A share whose sets are made when they are asked for; a class for the reason of `LazyDecision`. */
class LazyShare implements RuleShare {
  readonly rule: SecurityRule | AdminRule;
  readonly #certain: () => PacketSet;
  readonly #possible: () => PacketSet;

  constructor(rule: SecurityRule | AdminRule, certain: () => PacketSet, possible: () => PacketSet) {
    this.rule = rule;
    this.#certain = certain;
    this.#possible = possible;
  }

  get certain(): PacketSet {
    return this.#certain();
  }

  get possible(): PacketSet {
    return this.#possible();
  }
}

function tooComplex(list: RuleList): Missing {
  return {
    what: `all that ${list.name} decides (too complex)`,
    scope: 'at' in list ? list.at : list.name,
    why: 'its rules tell more packets apart than the work budget of one question allows; what the first rules decide is exact',
  };
}

function answerOf(families: readonly (FamilyDecision | undefined)[]): Answer {
  const decided = families.filter((family) => family !== undefined);
  if (decided.every(({ allowed }) => allowed === yes)) return 'allowed';
  if (decided.every(({ denied }) => denied === yes)) return 'denied';
  const exists = (part: 'allowed' | 'denied'): boolean =>
    decided.some(({ space, existing, ...parts }) => {
      return combine(space.diagram, 'intersect', parts[part], existing) !== no;
    });
  return exists('allowed') && exists('denied') ? 'partial' : 'unknown';
}

/** The question as sets, and the rules of the chain as each world reads them. */
function prepare(
  question: Question,
  chain: readonly RuleList[],
  surroundings: Surroundings,
  assumption: Assumption,
  open: OpenNames,
): {
  readonly asked: AskedPackets;
  readonly names: NamedTags;
  readonly context: RuleContext;
  readonly links: readonly ChainLink[];
} {
  const { direction } = question;
  const names = namesIn(question, chain, surroundings, assumption);
  const context = ruleContext(surroundings, names);
  const source = askedSide(context, question.source, assumption.source, open.source);
  const destination = askedSide(
    context,
    question.destination,
    assumption.destination,
    open.destination,
  );
  const worlds = pairs(source.worlds, destination.worlds).map(([sources, destinations]) =>
    pairs(sources, destinations),
  );
  return {
    names,
    context,
    asked: {
      direction,
      protocols: protocolMask(question.protocols.length === 0 ? protocols : question.protocols),
      sources: askedWithout(source, question.sourceExcept),
      sourcePorts: portSet(question.sourcePorts),
      destinations: askedWithout(destination, question.destinationExcept),
      destinationPorts: portSet(question.destinationPorts),
    },
    links: chain.map((list): ChainLink =>
      list.kind === 'unread'
        ? { kind: 'unread', of: list.of }
        : {
            kind: list.kind,
            tables: worlds.map((views) =>
              views.map(([sources, destinations]) =>
                ruleTable(context, list.rules, direction, sources, destinations),
              ),
            ),
          },
    ),
  };
}

/** The tags in the question, or in the rules of its direction, that no list resolves. */
function namesIn(
  question: Question,
  chain: readonly RuleList[],
  surroundings: Surroundings,
  assumption: Assumption,
): NamedTags {
  const asked = [question.source, question.destination, ...Object.values(assumption)];
  // With a list, only a question may speak of a tag that is not in it.
  const isNoneAsked = asked.every(
    (match) => match.kind !== 'serviceTag' || isResolved(match.name, surroundings),
  );
  if (surroundings.serviceTags.listed && isNoneAsked) return noTags;
  const mentioned = surroundings.serviceTags.listed
    ? []
    : chain.flatMap((list) =>
        list.kind === 'unread' ? [] : tagsMentioned(list.rules)[question.direction],
      );
  return namedTags(mentioned, asked, surroundings);
}

const noTags = namedTags([], [], { serviceTags: noServiceTags });

function pairs<A, B>(left: readonly A[], right: readonly B[]): readonly (readonly [A, B])[] {
  return left.flatMap((a) => right.map((b) => [a, b] as const));
}
