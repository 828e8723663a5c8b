import { chainsOf, surroundingsOf } from '../checks/subnet-rules.ts';
import type { ResourceId } from '../model/resource-id.ts';
import { foundIn } from '../model/verdict.ts';
import { type Question, type RuleList, decide } from '../network/decide.ts';
import { diffRules } from '../network/diff-rules.ts';
import type {
  AddressMatch,
  NetworkSecurityGroup,
  PortRange,
  SecurityRule,
} from '../network/security-rule.ts';
import { type DescribedBox, describe } from '../packets/describe.ts';
import { type FailingCheck, type JudgedCluster, keepsPassing } from './failing-check.ts';
import { type AddedRules, groupsOf, withRules } from './changed-facts.ts';
import type { Wish } from './repair.ts';

/** What must hold of a plan before anybody applies it. */
export interface Proof {
  /** The check that failed passes on the changed facts. */
  readonly checkPasses: boolean;
  /** Every packet that an added rule matches was asked for. */
  readonly withinRequest: boolean;
  /** No packet that was let through, or perhaps was, is denied, but strangers of whom that was asked. */
  readonly nothingDenied: boolean;
  /** No check of any cluster that it bears on goes from pass to fail or unknown. */
  readonly othersKept: boolean;
}

/** Which packets rules open and close, for a person, and whether anything else changes. */
export interface RulesProof {
  readonly proof: Proof;
  readonly newlyAllowed: readonly DescribedBox[];
  readonly newlyDenied: readonly DescribedBox[];
}

/**
 * Proves what adding rules does. Nothing here trusts how the rules were found: packets are compared
 * rule by rule with what was asked, both versions of every group are walked at once, and the checks
 * are run again on facts with the rules in them.
 */
export function proveRules(
  added: AddedRules,
  wishes: readonly Wish[],
  failing: FailingCheck,
  sharing: readonly JudgedCluster[],
): RulesProof {
  const diffs = groupDiffs(added, wishes, failing, sharing);
  return {
    newlyAllowed: allOf(diffs.map(({ allowed }) => allowed)),
    newlyDenied: allOf(diffs.map(({ denied }) => denied)),
    proof: {
      ...verdictsAfter(added, failing, sharing),
      withinRequest: [...added].every(([id, rules]) =>
        rules.every((rule) => isAskedFor(rule, id, wishes)),
      ),
      nothingDenied: diffs.every(({ denied }) => denied.length === 0),
    },
  };
}

/** What the checks say of the facts with the rules in them. */
export function verdictsAfter(
  added: AddedRules,
  failing: FailingCheck,
  sharing: readonly JudgedCluster[],
): Pick<Proof, 'checkPasses' | 'othersKept'> {
  const { check, checks, cluster, settings } = failing;
  return {
    checkPasses: check.evaluate(withRules(cluster, added), settings).kind === 'pass',
    othersKept: [failing, ...sharing].every((one) =>
      keepsPassing(one, withRules(one.cluster, added), checks),
    ),
  };
}

/**
 * What each group lets through and keeps out beside what it did before: where it was asked about, and
 * in the subnets of every other cluster behind it, in whose network its tags may mean more.
 */
export function groupDiffs(
  added: AddedRules,
  asked: readonly Placed[],
  { cluster }: JudgedCluster,
  sharing: readonly JudgedCluster[],
): readonly GroupDiff[] {
  const groups = groupsOf(cluster);
  const everywhere = [...asked, ...sharing.flatMap(placesIn)];
  return [...added].flatMap(([id, rules]) => {
    const group = groups.get(id);
    return group === undefined ? [] : diffsOf(group, rules, everywhere);
  });
}

/** Lists of rules that packets pass, and what tags mean there. */
type Placed = Pick<Wish, 'chain' | 'surroundings'>;

function placesIn({ cluster, settings }: JudgedCluster): readonly Placed[] {
  const all = foundIn(cluster.subnets);
  return all.flatMap((subnet) =>
    chainsOf(subnet, all, 'Inbound').map((chain) => ({
      chain,
      surroundings: surroundingsOf(subnet, cluster, settings),
    })),
  );
}

/** Boxes that read the same say the same. */
export function allOf(lists: readonly (readonly DescribedBox[])[]): readonly DescribedBox[] {
  return [...new Map(lists.flat().map((box) => [JSON.stringify(box), box])).values()];
}

/** A wish, and the list of rules in its chain that is looked at. */
type WishAt = Wish & { readonly list: RuleList };

export interface GroupDiff {
  readonly allowed: readonly DescribedBox[];
  readonly denied: readonly DescribedBox[];
}

/** In each of the surroundings that the group was asked about in: tags mean other addresses elsewhere. */
function diffsOf(
  group: NetworkSecurityGroup,
  rules: readonly SecurityRule[],
  asked: readonly Placed[],
): readonly GroupDiff[] {
  const directions = [...new Set(rules.map(({ direction }) => direction))];
  const around = asked
    .filter(({ chain }) => chain.some((list) => 'at' in list && list.at === group.id))
    .map(({ surroundings }) => surroundings);
  const distinct = around.filter(
    (one, index) =>
      around.findIndex(
        (other) =>
          other.virtualNetwork === one.virtualNetwork && other.groupMembers === one.groupMembers,
      ) === index,
  );
  return distinct.flatMap((surroundings) =>
    directions.map((direction) => {
      const after = [...group.rules, ...rules];
      const diff = diffRules(group.rules, after, direction, surroundings);
      const said = (change: typeof diff.newlyAllowed): readonly DescribedBox[] =>
        describe(change.certain.union(change.perhaps), diff.names);
      return { allowed: said(diff.newlyAllowed), denied: said(diff.newlyDenied) };
    }),
  );
}

/** Whether every packet that a rule opens in its group is one that some wish asks about there. */
function isAskedFor(rule: SecurityRule, id: ResourceId, wishes: readonly Wish[]): boolean {
  if (rule.access !== 'Allow') return false;
  const here = wishes
    .filter(({ question }) => question.direction === rule.direction)
    .flatMap((wish) =>
      wish.chain
        .filter((list) => list.kind === 'securityGroup' && list.at === id)
        .map((list) => ({ ...wish, list })),
    );
  return partsOf(rule).every((part) => here.some((wish) => isWithin(part, wish)));
}

/** A rule as questions, one for each combination of what its sides name. */
function partsOf(rule: SecurityRule): readonly Question[] {
  const portsOf = (ranges: readonly PortRange[]): readonly (readonly PortRange[])[] =>
    ranges.length === 0 ? [[]] : ranges.map((range) => [range]);
  const protocols = rule.protocol === '*' ? [] : [rule.protocol];
  return rule.sources.flatMap((source) =>
    rule.destinations.flatMap((destination) =>
      portsOf(rule.sourcePorts).flatMap((sourcePorts) =>
        portsOf(rule.destinationPorts).map((destinationPorts) => ({
          direction: rule.direction,
          protocols,
          source,
          sourcePorts,
          destination,
          destinationPorts,
        })),
      ),
    ),
  );
}

/** Only where both questions name the same tags do their packets lie in one space. */
function isWithin(part: Question, { question, surroundings, list }: WishAt): boolean {
  if (tagOf(part.source) !== tagOf(question.source)) return false;
  if (tagOf(part.destination) !== tagOf(question.destination)) return false;
  const restrictsPorts = part.sourcePorts.length + part.destinationPorts.length > 0;
  const isEvery = part.protocols.length === 0;
  const protocols = restrictsPorts && isEvery ? (['Tcp', 'Udp'] as const) : part.protocols;
  const { asked, allowed } = decide({ ...part, protocols }, [list], surroundings);
  const wanted = decide(question, [list], surroundings).asked.atMost;
  return asked.atMost.subtract(allowed).isSubsetOf(wanted);
}

function tagOf(match: AddressMatch): string | undefined {
  return match.kind === 'serviceTag' ? match.name.toLowerCase() : undefined;
}
