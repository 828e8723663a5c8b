import type { ResourceId } from '../../../shared/model/resource-id.ts';
import type { Missing } from '../../../shared/model/verdict.ts';
import type { AddressSet } from '../../../shared/packets/address.ts';
import { subtractAddresses } from '../../../shared/packets/address.ts';
import type { AddressNames } from '../../../shared/packets/describe.ts';
import { type PacketSet, noPackets, packets, protocols } from './packet-set.ts';
import {
  type AddressResolver,
  type Surroundings,
  addressResolver,
  addressWorlds,
  isResolved,
  namedTags,
  neverTagged,
} from '../../../shared/network/address-bounds.ts';
import { type PacketBounds, portSet, rulePackets } from './rule-packets.ts';
import type {
  AddressMatch,
  AdminRule,
  PortRange,
  Protocol,
  RuleMatch,
  SecurityRule,
} from '../../../shared/network/security-rule.ts';

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
  /** Names of the named addresses in the sets above. */
  readonly names: AddressNames;
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
): Decision {
  const decision = decideAssuming(question, chain, surroundings, {});
  if (decision.answer !== 'unknown') return decision;
  return (
    decideAnywhere('destination', question, chain, surroundings, decision) ??
    decideAnywhere('source', question, chain, surroundings, decision) ??
    decision
  );
}

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
): Decision | undefined {
  const asked = question[side];
  if (asked.kind !== 'serviceTag' || isResolved(asked.name, surroundings)) return undefined;
  const anywhere = decideAssuming(
    { ...question, [side]: { kind: 'any' }, [`${side}Except`]: neverTagged },
    chain,
    surroundings,
    { [side]: asked },
  );
  if (anywhere.answer !== 'allowed' && anywhere.answer !== 'denied') return undefined;
  const whole = decision.asked.atMost;
  const all = (part: PacketSet): PacketSet => (part.isEmpty() ? noPackets : whole);
  return {
    ...decision,
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
): Decision {
  const { asked, names, worlds } = worldsOf(question, chain, surroundings, assumption);
  const outcomes = worlds.map((views) =>
    decideInWorld(question.direction, asked.atMost, chain, views),
  );
  const everywhere = (part: 'allowed' | 'denied'): PacketSet =>
    outcomes.map((outcome) => outcome[part]).reduce((set, other) => set.intersect(other));
  const allowed = everywhere('allowed');
  const denied = everywhere('denied');
  return {
    answer: answerOf(asked, allowed, denied),
    allowed,
    denied,
    undecided: asked.atMost.subtract(allowed).subtract(denied),
    asked,
    hops: chain.map((list) => ({
      list,
      shares:
        list.kind === 'unread'
          ? []
          : sharesAcrossViews(
              inOrder<SecurityRule | AdminRule>(list.rules, question.direction),
              outcomes.map(({ shares }) => ({ shares: shares.get(list) ?? [] })),
            ),
    })),
    missing: chain.flatMap((list) => (list.kind === 'unread' ? list.missing : [])),
    names,
  };
}

interface Outcome {
  readonly allowed: PacketSet;
  readonly denied: PacketSet;
  readonly shares: ReadonlyMap<RuleList, readonly RuleShare[]>;
}

function decideInWorld(
  direction: Question['direction'],
  asked: PacketSet,
  chain: readonly RuleList[],
  views: readonly PacketsOf[],
): Outcome {
  const shares = new Map<RuleList, readonly RuleShare[]>();
  let reaching: Certainty = { certain: asked, possible: asked };
  let alwaysAllowed: Certainty = { certain: noPackets, possible: noPackets };
  for (const list of chain) {
    if (list.kind === 'admin') {
      const rules = inOrder(list.rules, direction);
      const walks = views.map((packetsOf) => walkAdminRules(rules, packetsOf, asked));
      alwaysAllowed = acrossViews(walks.map((walk) => walk.alwaysAllowed));
      const surviving = acrossViews(walks.map((walk) => walk.surviving));
      reaching = {
        certain: surviving.certain.subtract(alwaysAllowed.certain),
        possible: surviving.possible,
      };
      shares.set(list, sharesAcrossViews(rules, walks));
    } else if (list.kind === 'unread' && list.of === 'admin') {
      alwaysAllowed = { certain: noPackets, possible: asked };
      reaching = { certain: noPackets, possible: asked };
    }
  }

  const arriving: Certainty =
    reaching.certain === reaching.possible
      ? reaching
      : {
          certain: reaching.certain.subtract(alwaysAllowed.possible),
          possible: reaching.certain.union(reaching.possible),
        };
  let allowedByGroups = reaching;
  for (const list of chain) {
    if (list.kind === 'securityGroup') {
      const rules = inOrder(list.rules, direction);
      const walks = views.map((packetsOf) => walkSecurityRules(rules, packetsOf, arriving));
      const allowed = acrossViews(walks.map((walk) => walk.allowed));
      allowedByGroups = {
        certain: allowedByGroups.certain.intersect(allowed.certain),
        possible: allowedByGroups.possible.intersect(allowed.possible),
      };
      shares.set(list, sharesAcrossViews(rules, walks));
    } else if (list.kind === 'unread' && list.of === 'securityGroup') {
      allowedByGroups = { certain: noPackets, possible: allowedByGroups.possible };
    }
  }
  const possible = alwaysAllowed.possible.union(allowedByGroups.possible);
  return {
    allowed: alwaysAllowed.certain.union(allowedByGroups.certain),
    denied: asked.subtract(possible),
    shares,
  };
}

/** Certain where it is in every view, possible where it is in some. */
function acrossViews(parts: readonly Certainty[]): Certainty {
  return parts.reduce((all, part) => ({
    certain: all.certain.intersect(part.certain),
    possible: all.possible.union(part.possible),
  }));
}

/** The share of each rule across views, in priority order; a rule without one is left out. */
function sharesAcrossViews(
  rules: readonly (SecurityRule | AdminRule)[],
  views: readonly { readonly shares: readonly RuleShare[] }[],
): readonly RuleShare[] {
  const byRule = views.map(({ shares }) => new Map(shares.map((share) => [share.rule, share])));
  const none: Certainty = { certain: noPackets, possible: noPackets };
  return rules
    .map((rule) => ({
      rule,
      ...acrossViews(byRule.map((shares) => certaintyOf(shares.get(rule) ?? none))),
    }))
    .filter(({ possible }) => !possible.isEmpty());
}

function certaintyOf({ certain, possible }: Certainty): Certainty {
  return { certain, possible };
}

function answerOf(asked: PacketBounds, allowed: PacketSet, denied: PacketSet): Answer {
  if (asked.atMost.isSubsetOf(allowed)) return 'allowed';
  if (asked.atMost.isSubsetOf(denied)) return 'denied';
  const both = [allowed, denied].every((part) => !part.intersect(asked.atLeast).isEmpty());
  return both ? 'partial' : 'unknown';
}

type PacketsOf = (rule: RuleMatch) => PacketBounds;

/**
 * The packets asked about, and what rules match: by each meaning of `VirtualNetwork` (which all
 * lists share), then by each view of the unresolved tags (which each list may have for itself).
 */
function worldsOf(
  question: Question,
  chain: readonly RuleList[],
  surroundings: Surroundings,
  assumption: Assumption,
): {
  readonly asked: PacketBounds;
  readonly names: AddressNames;
  readonly worlds: readonly (readonly PacketsOf[])[];
} {
  const rules = chain.flatMap((list): readonly (SecurityRule | AdminRule)[] =>
    list.kind === 'unread' ? [] : list.rules,
  );
  const mentioned = rules
    .filter((rule) => rule.direction === question.direction)
    .flatMap((rule) => [...rule.sources, ...rule.destinations]);
  const names = namedTags(
    mentioned,
    [question.source, question.destination, ...Object.values(assumption)],
    surroundings,
  );
  const resolvers = (side: 'source' | 'destination'): readonly (readonly AddressResolver[])[] =>
    addressWorlds(surroundings, names, question[side], assumption[side]).map((views) =>
      views.map((world) => addressResolver(surroundings, names, question[side], world)),
    );
  const sources = resolvers('source');
  const destinations = resolvers('destination');
  return {
    names,
    asked: askedPackets(question, sources.flat(), destinations.flat()),
    worlds: pairs(sources, destinations).map(([sourceViews, destinationViews]) =>
      pairs(sourceViews, destinationViews).map(([source, destination]): PacketsOf => {
        const seen = new Map<RuleMatch, PacketBounds>();
        return (rule) => {
          const before = seen.get(rule);
          if (before !== undefined) return before;
          const own = rulePackets(
            rule,
            source.rule(rule.sources),
            destination.rule(rule.destinations),
          );
          seen.set(rule, own);
          return own;
        };
      }),
    ),
  };
}

function pairs<A, B>(left: readonly A[], right: readonly B[]): readonly (readonly [A, B])[] {
  return left.flatMap((a) => right.map((b) => [a, b] as const));
}

function askedPackets(
  question: Question,
  [source]: readonly AddressResolver[],
  [destination]: readonly AddressResolver[],
): PacketBounds {
  if (source === undefined || destination === undefined) {
    throw new TypeError('a question has at least one world on each side');
  }
  const product = (bound: 'atLeast' | 'atMost'): PacketSet =>
    packets({
      protocols: question.protocols.length === 0 ? protocols : question.protocols,
      sources: without(source.asked[bound], question.sourceExcept),
      sourcePorts: portSet(question.sourcePorts),
      destinations: without(destination.asked[bound], question.destinationExcept),
      destinationPorts: portSet(question.destinationPorts),
    });
  return { atLeast: product('atLeast'), atMost: product('atMost') };
}

function without(set: AddressSet, except: AddressSet | undefined): AddressSet {
  return except === undefined ? set : subtractAddresses(set, except);
}

function inOrder<R extends SecurityRule | AdminRule>(
  rules: readonly R[],
  direction: 'Inbound' | 'Outbound',
): readonly R[] {
  return rules
    .filter((rule) => rule.direction === direction)
    .toSorted((a, b) => a.priority - b.priority);
}

interface Certainty {
  readonly certain: PacketSet;
  readonly possible: PacketSet;
}

/** First match wins; what no rule matches is denied, as after Azure's own last rule. */
function walkSecurityRules(
  rules: readonly SecurityRule[],
  packetsOf: PacketsOf,
  arriving: Certainty,
): { readonly allowed: Certainty; readonly shares: readonly RuleShare[] } {
  const shares: RuleShare[] = [];
  // Packets no earlier rule matches: perhaps (`open`), certainly (`untouched`), and as the
  // pessimist (allows at least, denies at most) and the optimist (the reverse) see it.
  let open = arriving.possible;
  let untouched = arriving.certain;
  let pessimist = arriving.possible;
  let optimist = arriving.possible;
  let certain = noPackets;
  let possible = noPackets;
  const meet = remembering((a, b) => a.intersect(b));
  const join = remembering((a, b) => a.union(b));
  const leave = remembering((a, b) => a.subtract(b));
  for (const rule of rules) {
    if (open.isEmpty()) break;
    const { atLeast, atMost } = packetsOf(rule);
    const share = { rule, certain: meet(untouched, atLeast), possible: meet(open, atMost) };
    if (share.possible.isEmpty()) continue;
    shares.push(share);
    const [low, high] = rule.access === 'Allow' ? [atLeast, atMost] : [atMost, atLeast];
    if (rule.access === 'Allow') {
      const admitted = { certain: meet(pessimist, low), possible: meet(optimist, high) };
      certain = join(certain, admitted.certain);
      possible = join(possible, admitted.possible);
    }
    pessimist = leave(pessimist, low);
    optimist = leave(optimist, high);
    open = leave(open, atLeast);
    untouched = leave(untouched, atMost);
  }
  return { allowed: { certain, possible }, shares };
}

/**
 * The operation, remembering its last results: as long as nothing is in doubt the four views of a
 * walk are one set, and what is done to one need not be done to the others.
 */
function remembering(
  operation: (a: PacketSet, b: PacketSet) => PacketSet,
): (a: PacketSet, b: PacketSet) => PacketSet {
  let before = { a: noPackets, b: noPackets, result: operation(noPackets, noPackets) };
  return (a, b) => {
    if (a !== before.a || b !== before.b) before = { a, b, result: operation(a, b) };
    return before.result;
  };
}

/**
 * `Deny` drops, `AlwaysAllow` delivers, `Allow` and no match pass on to the security groups. An
 * `Allow` that only perhaps matches may shield a packet from a later rule in either direction;
 * such packets are `shaky`: whatever a later rule would do, they may also just pass on.
 */
function walkAdminRules(
  rules: readonly AdminRule[],
  packetsOf: PacketsOf,
  asked: PacketSet,
): {
  readonly alwaysAllowed: Certainty;
  /** What is not dropped: delivered or passed on for certain, or perhaps passed on. */
  readonly surviving: Certainty;
  readonly shares: readonly RuleShare[];
} {
  const shares: RuleShare[] = [];
  let open = asked;
  let untouched = asked;
  for (const rule of rules) {
    const { atLeast, atMost } = packetsOf(rule);
    const share = { rule, certain: untouched.intersect(atLeast), possible: open.intersect(atMost) };
    if (share.possible.isEmpty()) continue;
    shares.push(share);
    open = open.subtract(atLeast);
    untouched = untouched.subtract(atMost);
  }
  const worst = adminOutcome(rules, packetsOf, asked, 'worst');
  const best = adminOutcome(rules, packetsOf, asked, 'best');
  return {
    shares,
    alwaysAllowed: { certain: worst.alwaysAllowed, possible: best.alwaysAllowed },
    surviving: {
      certain: worst.alwaysAllowed.union(worst.passedOn),
      possible: best.passedOn,
    },
  };
}

/** The worst (or best) that can become of each packet, in the order denied < passed on < always allowed. */
function adminOutcome(
  rules: readonly AdminRule[],
  packetsOf: PacketsOf,
  asked: PacketSet,
  view: 'worst' | 'best',
): { readonly alwaysAllowed: PacketSet; readonly passedOn: PacketSet } {
  let clean = asked;
  let shaky = noPackets;
  let alwaysAllowed = noPackets;
  let passedOn = noPackets;
  for (const rule of rules) {
    const { atLeast, atMost } = packetsOf(rule);
    if (rule.access === 'Allow') {
      passedOn = passedOn.union(clean.union(shaky).intersect(atLeast));
      shaky = shaky.union(clean.intersect(atMost)).subtract(atLeast);
      clean = clean.subtract(atMost);
      continue;
    }
    const favours = (rule.access === 'AlwaysAllow') === (view === 'best');
    const hit = favours ? atMost : atLeast;
    if (rule.access === 'AlwaysAllow') {
      const delivered = view === 'best' ? clean.union(shaky) : clean;
      alwaysAllowed = alwaysAllowed.union(delivered.intersect(hit));
      passedOn = passedOn.union(shaky.subtract(delivered).intersect(hit));
    } else if (view === 'best') {
      passedOn = passedOn.union(shaky.intersect(hit));
    }
    clean = clean.subtract(hit);
    shaky = shaky.subtract(hit);
  }
  return { alwaysAllowed, passedOn: passedOn.union(clean).union(shaky) };
}
