import { listed } from '../checks/judgement.ts';
import type { InferenceCluster } from '../facts/inference-cluster.ts';
import { type ResourceId, nameOf, resourceGroupOf } from '../model/resource-id.ts';
import { sha256 } from '../model/sha256.ts';
import type { RuleList } from '../network/decide.ts';
import type { AddressMatch, NetworkSecurityGroup, SecurityRule } from '../network/security-rule.ts';
import type { ClusterSettings } from '../settings/cluster-settings.ts';
import { type AddedRules, groupsOf } from './changed-facts.ts';
import type { PriorityBand } from './free-priority.ts';
import { mergeInsertions } from './merge-insertions.ts';
import {
  type Basis,
  type PlanTerms,
  type Planned,
  canonical,
  ourMark,
  sealed,
  unplannedOf,
} from './plan.ts';
import type { FailingCheck, JudgedCluster } from './failing-check.ts';
import { type Proof, type RulesProof, proveRules } from './prove-rules.ts';
import { remediationActions } from './remediation-actions.ts';
import { runsNow } from './refusals.ts';
import {
  type Insertion,
  type Obstacle,
  type TakenPriorities,
  type Wish,
  repair,
} from './repair.ts';
import { ruleSnippets } from './snippets.ts';
import { type PlacedRule, ruleName, ruleRemoval, ruleWrite } from './written-rule.ts';

/**
 * The plan that makes all wishes come true with the fewest security rules, or why there is none.
 * What cannot be proven is no plan: then the rules are offered as snippets, with what is not proven.
 */
export function planRules(
  failing: FailingCheck,
  wishes: readonly Wish[],
  terms: PlanTerms,
): Planned {
  const found = insertionsFor(wishes, takenIn(failing.cluster, terms), terms.band);
  if (found.kind === 'impossible') return unplannedOf(failing, obstacleText(found.obstacle));
  return planInsertions(failing, mergeInsertions(found.insertions), terms, (added, sharing) =>
    proveRules(added, wishes, failing, sharing),
  );
}

/** The plan that puts rules into their groups, if it is proven. */
export function planInsertions(
  failing: FailingCheck,
  insertions: readonly Insertion[],
  terms: PlanTerms,
  prove: (added: AddedRules, sharing: readonly JudgedCluster[]) => RulesProof,
): Planned {
  const { check, cluster, fingerprint } = failing;
  const groups = groupsOf(cluster);
  const overrides = [...new Set(insertions.flatMap((insertion) => insertion.overrides))];
  const description = `${ourMark}${check.id} of ${cluster.name}`.slice(0, 140);
  const rules = insertions.map(({ groupId, rule }): PlacedRule => ({
    groupId,
    rule: { ...rule, name: ruleName(check.id, groupId, rule) },
    description,
  }));
  if (rules.length === 0) {
    return unplannedOf(
      failing,
      'No rule in a network security group that is there would change it.',
    );
  }
  const refused = refusalOf(rules, failing);
  if (refused !== undefined) return unplannedOf(failing, refused);
  const unplanned = (because: string): Planned =>
    unplannedOf(failing, because, ruleSnippets(rules));
  const stopped = runsNow(cluster);
  if (stopped !== undefined) return unplanned(stopped);
  const added = new Map<ResourceId, SecurityRule[]>();
  for (const { groupId, rule } of rules) added.set(groupId, [...(added.get(groupId) ?? []), rule]);
  const sharing = failing.others.filter(({ cluster: other }) => {
    const own = groupsOf(other);
    return other.id !== cluster.id && [...added.keys()].some((id) => own.has(id));
  });
  const { proof, newlyAllowed, newlyDenied } = prove(added, sharing);
  const doubt = doubtIn(proof);
  if (doubt !== undefined) return unplanned(doubt);
  const plan = sealed({
    checkId: check.id,
    clusterId: cluster.id,
    fingerprint,
    kind: 'securityRules',
    // Whoever wrote a Deny may have meant it, so a person decides.
    approval: check.remediation !== 'automatic' || overrides.length > 0,
    summary: [...rules.map(summaryOf), ...overrideText(overrides)].join(' '),
    basis: [...added.keys()].flatMap((id) => basisOf(groups.get(id))),
    changes: rules.map(ruleWrite),
    diff: { newlyAllowed, newlyDenied, newlyGranted: [] },
    permissions: remediationActions.securityRules,
    places: rules.map(({ groupId, rule: { direction, priority } }) => ({
      groupId,
      direction,
      priority,
    })),
    undo: rules.map(ruleRemoval).toReversed(),
    snippets: ruleSnippets(rules),
    proof,
    expiresAt: terms.expiresAt,
  });
  return { kind: 'plan', plan };
}

type Found =
  | { readonly kind: 'insertions'; readonly insertions: readonly Insertion[] }
  | { readonly kind: 'impossible'; readonly obstacle: Obstacle };

/** One wish after the other, each on the rules that the earlier ones asked for. */
function insertionsFor(wishes: readonly Wish[], taken: TakenPriorities, band: PriorityBand): Found {
  const insertions: Insertion[] = [];
  for (const wish of wishes) {
    const chain = wish.chain.map((list) => withInsertions(list, insertions));
    const repaired = repair({ ...wish, chain }, alsoTaken(taken, insertions), band);
    if (repaired.kind === 'impossible') return repaired;
    insertions.push(...repaired.insertions);
  }
  return { kind: 'insertions', insertions };
}

/** The priorities of all rules that are there, and of those that other plans mean to add. */
export function takenIn(cluster: InferenceCluster, { reserved }: PlanTerms): TakenPriorities {
  return new Map(
    [...groupsOf(cluster)].map(([id, { rules }]) => [
      id,
      [...rules, ...reserved.filter(({ groupId }) => groupId === id)],
    ]),
  );
}

function alsoTaken(taken: TakenPriorities, insertions: readonly Insertion[]): TakenPriorities {
  return new Map(
    [...taken].map(([id, rules]) => [
      id,
      [...rules, ...insertions.filter(({ groupId }) => groupId === id).map(({ rule }) => rule)],
    ]),
  );
}

function withInsertions(list: RuleList, insertions: readonly Insertion[]): RuleList {
  if (list.kind !== 'securityGroup') return list;
  const own = insertions.filter(({ groupId }) => groupId === list.at);
  return own.length === 0
    ? list
    : { ...list, rules: [...list.rules, ...own.map(({ rule }) => ({ ...rule, name: '' }))] };
}

/** Why a rule is never written, though it would do; undefined where nothing speaks against it. */
function refusalOf(
  rules: readonly PlacedRule[],
  { cluster, settings }: JudgedCluster,
): string | undefined {
  const managed = rules.find(
    ({ groupId }) => resourceGroupOf(groupId) === cluster.nodeResourceGroup,
  );
  if (managed !== undefined) {
    const instead =
      managed.rule.direction === 'Inbound'
        ? ' Open it through the Kubernetes service instead: loadBalancerSourceRanges, or the annotation service.beta.kubernetes.io/azure-allowed-service-tags.'
        : '';
    return `${nameOf(managed.groupId)} is managed by AKS, which takes back what others change in the node resource group.${instead}`;
  }
  const open = rules
    .flatMap(({ rule }) =>
      rule.direction === 'Inbound' && rule.access === 'Allow' ? rule.sources : [],
    )
    .map(openText)
    .find((text) => text !== undefined && !isNamed(text, settings));
  return open === undefined
    ? undefined
    : `It would let in ${open}, which the settings do not name as a caller in these words.`;
}

/** How a source reads that is too wide to be anybody's slip; undefined for all others. */
function openText(match: AddressMatch): string | undefined {
  if (match.kind === 'any') return '*';
  if (match.kind === 'prefix') return match.text.trim().endsWith('/0') ? match.text : undefined;
  if (match.kind !== 'serviceTag') return undefined;
  return /^(?:internet$|azurecloud(?:\.|$))/i.test(match.name) ? match.name : undefined;
}

/** The Internet may be named by its tag or as every address. */
function isNamed(text: string, { callers }: ClusterSettings): boolean {
  if (callers.kind !== 'listed') return false;
  const named = new Set(callers.sources.map((source) => source.trim().toLowerCase()));
  const wanted = text.toLowerCase();
  const isAll = wanted === 'internet' && ['0.0.0.0/0', '::/0'].some((all) => named.has(all));
  return named.has(wanted) || isAll;
}

function doubtIn(proof: Proof): string | undefined {
  if (!proof.withinRequest)
    return 'It cannot be proven that these rules open only what is asked for.';
  if (!proof.nothingDenied) {
    return 'It cannot be proven that these rules deny nothing but what is asked for.';
  }
  if (!proof.othersKept)
    return 'Another check that passes today would no longer pass with these rules.';
  return proof.checkPasses
    ? undefined
    : 'These rules are needed, but the check would not pass with them alone: something else is unread or wrong.';
}

function basisOf(group: NetworkSecurityGroup | undefined): readonly Basis[] {
  if (group === undefined) return [];
  const rules = group.rules.toSorted(
    (a, b) => a.priority - b.priority || (a.direction < b.direction ? -1 : 1),
  );
  return [{ id: group.id, digest: sha256(canonical(rules)) }];
}

function summaryOf({ groupId, rule }: PlacedRule): string {
  return `Add ${rule.direction.toLowerCase()} ${rule.access} rule ${rule.name} (priority ${rule.priority}) to ${nameOf(groupId)}.`;
}

function overrideText(names: readonly string[]): readonly string[] {
  return names.length === 0 ? [] : [`It comes before what ${listed(names)} denies.`];
}

function obstacleText(obstacle: Obstacle): string {
  switch (obstacle.kind) {
    case 'adminRule': {
      const { rule, isCertain } = obstacle;
      const denies = isCertain ? 'denies it' : 'perhaps denies it';
      return `Security admin rule ${rule.name} of a virtual network manager ${denies}, and no network security group can undo that; it has to change there.`;
    }
    case 'unread':
      return `The rules in the way could not all be read (${obstacle.missing.map(({ what }) => what).join(', ')}), so no change can be proven.`;
    case 'noFreePriority':
      return `Rule ${obstacle.rule.name} of ${nameOf(obstacle.groupId)} (priority ${obstacle.rule.priority}) has to be preceded, and every priority from 100 on before it is taken, by a rule or by another plan; renumber the rules before it.`;
    case 'unwritable':
      return `No security rule can name exactly the ${obstacle.side} that is asked for (${obstacle.text}).`;
    case 'tooComplex':
      return 'The rules tell too many packets apart to prove a change within the work budget.';
    default:
      return obstacle satisfies never;
  }
}
