import { type Strangers, excessOf } from '../checks/scoring-inbound-no-wider-than-callers.ts';
import { type RuleList, decide } from '../network/decide.ts';
import { portSet } from '../network/rule-packets.ts';
import type { AddressMatch } from '../network/security-rule.ts';
import { type AddressSet, type Family, addressSet, cidrsOf } from '../packets/address.ts';
import { type IntervalSet, noInterval, unionOf } from '../packets/interval-set.ts';
import { type PacketSet, allPorts, noPackets, packets } from '../packets/packet-set.ts';
import type { AddedRules } from './changed-facts.ts';
import type { FailingCheck } from './failing-check.ts';
import { type PriorityBand, freePriority } from './free-priority.ts';
import { mergeInsertions } from './merge-insertions.ts';
import { type PlanTerms, type Planned, unplannedOf } from './plan.ts';
import { planInsertions, takenIn } from './plan-rules.ts';
import { allOf, groupDiffs, verdictsAfter } from './prove-rules.ts';
import type { Insertion, TakenPriorities } from './repair.ts';

/** A group takes no more prefixes: learn.microsoft.com/azure/azure-resource-manager/management/azure-subscription-service-limits */
const mostPrefixes = 4000;

/**
 * A Deny before the rule that lets strangers in, for exactly the addresses that are no caller's, no
 * node's, no pod's and not the platform's. Nobody's rule is edited.
 */
export function planNarrowing(failing: FailingCheck, terms: PlanTerms): Planned {
  const { cluster, settings } = failing;
  const taken = takenIn(cluster, terms);
  const everyone = excessOf(cluster, settings);
  const insertions: Insertion[] = [];
  for (const strangers of everyone) {
    const narrowed = denialOf(strangers, taken, insertions, terms.band);
    if (typeof narrowed === 'string') return unplannedOf(failing, narrowed);
    insertions.push(narrowed);
  }
  return planInsertions(failing, mergeInsertions(insertions), terms, (added, sharing) => {
    const chains = everyone.map(({ place, surroundings }) => ({
      chain: place.chain,
      surroundings,
    }));
    const diffs = groupDiffs(added, chains, failing, sharing);
    return {
      newlyAllowed: allOf(diffs.map(({ allowed }) => allowed)),
      newlyDenied: allOf(diffs.map(({ denied }) => denied)),
      proof: {
        ...verdictsAfter(added, failing, sharing),
        withinRequest: diffs.every(({ allowed }) => allowed.length === 0),
        nothingDenied: isExcessOnly(added, everyone),
      },
    };
  });
}

/** A rule, or in a sentence why there is none. */
function denialOf(
  strangers: Strangers,
  taken: TakenPriorities,
  earlier: readonly Insertion[],
  band: PriorityBand,
): Insertion | string {
  const { place, question, surroundings } = strangers;
  const excess = deniable(strangers);
  const isOverridden = place.chain.some(
    (list) =>
      list.kind === 'admin' &&
      decide(question, [list], surroundings).hops.some(({ shares }) =>
        shares.some(
          ({ rule, possible }) =>
            rule.access === 'AlwaysAllow' && !possible.intersect(excess).isEmpty(),
        ),
      ),
  );
  if (isOverridden) {
    return 'A security admin rule of a virtual network manager always allows some of it, and no network security group can undo that; it has to change there.';
  }
  const [list] = place.chain.filter(isGroup);
  if (list === undefined) {
    return 'There is no network security group in the way to put a rule into.';
  }
  const first = decide(question, [list], surroundings)
    .hops.flatMap(({ shares }) => shares)
    .filter(
      ({ rule, possible }) => rule.access === 'Allow' && !possible.intersect(excess).isEmpty(),
    )
    .map(({ rule }) => rule)
    .toSorted((a, b) => a.priority - b.priority)[0];
  const occupied = [
    ...(taken.get(list.at) ?? list.rules),
    ...earlier.filter(({ groupId }) => groupId === list.at).map(({ rule }) => rule),
  ];
  const before = first?.priority ?? 65_500;
  const priority = freePriority(occupied, 'Inbound', before, band);
  if (priority === undefined) {
    return `Rule ${first?.name ?? ''} of ${list.name} (priority ${before}) has to be preceded, and every priority from 100 on before it is taken, by a rule or by another plan; renumber the rules before it.`;
  }
  const sources = ([4, 6] as const).flatMap((family) =>
    cidrsOf(family, sourcesOf(strangers, family)),
  );
  if (sources.length > mostPrefixes) {
    return `The addresses to deny take ${sources.length} prefixes, and a group takes ${mostPrefixes}; narrow the rule that lets them in.`;
  }
  return {
    groupId: list.at,
    overrides: [],
    rule: {
      direction: 'Inbound',
      access: 'Deny',
      protocol: 'Tcp',
      priority,
      sources: sources.map((text) => ({ kind: 'prefix', text })),
      sourcePorts: [],
      destinations: [question.destination],
      destinationPorts: question.destinationPorts,
    },
  };
}

function isGroup(list: RuleList): list is Extract<RuleList, { kind: 'securityGroup' }> {
  return list.kind === 'securityGroup';
}

/**
 * What is denied of those who are certainly no caller's: also what is let in only perhaps, as the
 * exact extent of `Internet` and `VirtualNetwork` is nowhere to be read, and the check cannot pass
 * while some of it may come through.
 */
function deniable({ excess, perhaps }: Strangers): PacketSet {
  return excess.union(perhaps);
}

function sourcesOf(strangers: Strangers, family: Family): IntervalSet {
  return deniable(strangers)
    .boxes()
    .filter((box) => box.family === family)
    .map((box) => box.sources)
    .reduce(unionOf, noInterval);
}

/** Whether every packet that an added rule matches is a stranger's that was, or perhaps was, let in past its group. */
function isExcessOnly(added: AddedRules, everyone: readonly Strangers[]): boolean {
  return [...added].every(([id, rules]) => {
    const excess = everyone
      .filter(({ place }) => place.chain.some((list) => 'at' in list && list.at === id))
      .map(deniable)
      .reduce((all, one) => all.union(one), noPackets);
    return rules.every((rule) => {
      const [sources, destinations] = [prefixesOf(rule.sources), prefixesOf(rule.destinations)];
      if (rule.access !== 'Deny' || sources === undefined || destinations === undefined)
        return false;
      const matched = packets({
        protocols: ['Tcp'],
        sources,
        sourcePorts: allPorts,
        destinations,
        destinationPorts: portSet(rule.destinationPorts),
      });
      return rule.protocol === 'Tcp' && matched.isSubsetOf(excess);
    });
  });
}

/** The addresses of a side that names nothing but prefixes. */
function prefixesOf(matches: readonly AddressMatch[]): AddressSet | undefined {
  const texts = matches.flatMap((match) => (match.kind === 'prefix' ? [match.text] : []));
  return texts.length === matches.length ? addressSet(texts) : undefined;
}
