import { distinct } from '../checks/judgement.ts';
import type { InferenceCluster } from '../facts/inference-cluster.ts';
import { fingerprint } from '../findings/fingerprint.ts';
import {
  type ResourceId,
  nameOf,
  resourceGroupOf,
  subscriptionIdOf,
} from '../model/resource-id.ts';
import { type RuleList, decide } from '../network/decide.ts';
import { parseAddressMatch } from '../network/parse-match.ts';
import type { SecurityRule } from '../network/security-rule.ts';
import { parsePrefix } from '../packets/address.ts';
import type { InboundPath } from './explain-paths.ts';
import type { Fix } from './explanation.ts';

/** Priorities that are ours to use. */
export interface PriorityBand {
  readonly from: number;
  readonly to: number;
}

const checkId = 'scoring-inbound-allowed';

/**
 * The rules that let configured callers in where network security groups keep them out, each as a
 * command, which is given only where all callers are let in for certain once the rules are there.
 */
export function inboundFix(
  paths: readonly InboundPath[],
  cluster: InferenceCluster,
  band: PriorityBand,
): Fix | null {
  const kept = paths.flatMap(({ path, asked }) =>
    asked !== undefined && path.asks === 'all' && path.verdict !== 'allowed' ? [asked] : [],
  );
  if (kept.length === 0) {
    const isOpen = paths.some(({ path }) => path.asks === 'some' && path.verdict === 'denied');
    return isOpen
      ? { says: 'Name who calls in `callers` of the settings, or say "none".', commands: [] }
      : null;
  }
  const blocks = kept.flatMap((asked) => blocksOf(asked, cluster));
  const hopeless = blocks.find((block) => typeof block === 'string');
  if (hopeless !== undefined) return { says: hopeless, commands: [] };
  const rules = newRules(
    blocks.flatMap((block) => (typeof block === 'string' ? [] : [block])),
    cluster,
    band,
  );
  if (typeof rules === 'string') return { says: rules, commands: [] };
  const isProven = kept.every(
    ({ question, chain, surroundings }) =>
      decide(question, mended(chain, rules), surroundings).answer === 'allowed',
  );
  if (rules.length === 0 || !isProven) {
    return { says: 'No rule was found that lets all callers in for certain.', commands: [] };
  }
  const commands = rules.flatMap((rule) => commandOf(rule) ?? []);
  if (commands.length < rules.length) {
    return { says: 'A name here has no place in a command; add the rule by hand.', commands: [] };
  }
  return {
    says: `Allow the callers before the rule that denies them. With ${rules.length === 1 ? 'this rule' : `these ${rules.length} rules`}, all their packets pass (proven on the rules as read):`,
    commands,
  };
}

type Asked = NonNullable<InboundPath['asked']>;
type Group = Extract<RuleList, { readonly kind: 'securityGroup' }>;

/** A security group that keeps a caller out. */
interface Block {
  readonly group: Group;
  readonly caller: string;
  readonly question: Asked['question'];
  /** The smallest priority number that denies. */
  readonly before: number;
}

/** A rule to be added, and where. */
interface NewRule {
  readonly at: ResourceId;
  readonly callers: readonly string[];
  readonly rule: SecurityRule;
}

/** The groups that keep one group of callers out, or a sentence why no rule of ours mends it. */
function blocksOf(
  { ask, question, chain, surroundings }: Asked,
  { nodeResourceGroup }: InferenceCluster,
): readonly (Block | string)[] {
  if (ask.kind !== 'all') return [];
  return chain.flatMap((list): readonly (Block | string)[] => {
    const decision = decide(question, [list], surroundings);
    if (decision.answer === 'allowed') return [];
    if (list.kind === 'unread') {
      return [`What ${list.name} denies has to be read first; then the fix can be told.`];
    }
    const denying = decision.hops
      .flatMap(({ shares }) => shares)
      .filter(({ rule }) => rule.access === 'Deny')
      .map(({ rule }) => rule.priority);
    if (list.kind === 'admin') {
      // Alone, admin rules pass on what they do not match.
      return denying.length === 0
        ? []
        : [
            'A security admin rule denies it; only who runs the virtual network manager changes it.',
          ];
    }
    if (resourceGroupOf(list.at) === nodeResourceGroup) {
      return [
        `${list.name} is managed by AKS, which undoes changes made by hand. Open it through the Kubernetes service: loadBalancerSourceRanges, or the annotation service.beta.kubernetes.io/azure-allowed-service-tags.`,
      ];
    }
    return [{ group: list, caller: ask.label, question, before: Math.min(...denying) }];
  });
}

/** As few rules as say it: prefixes of one family share one, a service tag has its own. */
function newRules(
  blocks: readonly Block[],
  { id }: InferenceCluster,
  band: PriorityBand,
): readonly NewRule[] | string {
  const alike = Map.groupBy(blocks, ({ group, caller, question }) =>
    JSON.stringify([group.at, question.destination, question.destinationPorts, kindOf(caller)]),
  );
  const rules: NewRule[] = [];
  const name = `portcullis-${checkId}-${fingerprint(checkId, id).slice(0, 8)}`;
  for (const same of alike.values()) {
    const [first] = same;
    if (first === undefined) continue;
    const { group, question } = first;
    const before = Math.min(...same.map((block) => block.before));
    const beside = rules.flatMap(({ at, rule }) => (at === group.at ? [rule] : []));
    const priority = freePriority([...group.rules, ...beside], before, band);
    if (priority === undefined) {
      return `${group.name} has no free priority before the rule that denies; renumber its rules first.`;
    }
    const callers = distinct(same.map(({ caller }) => caller));
    rules.push({
      at: group.at,
      callers,
      rule: {
        name: rules.length === 0 ? name : `${name}-${rules.length + 1}`,
        priority,
        direction: 'Inbound',
        access: 'Allow',
        protocol: 'Tcp',
        sources: callers.map(parseAddressMatch),
        sourcePorts: [],
        destinations: [question.destination],
        destinationPorts: question.destinationPorts,
      },
    });
  }
  return rules;
}

function kindOf(caller: string): string {
  return String(parsePrefix(caller)?.family ?? caller);
}

/** The first free one of the band before the blocker, else the free one nearest before it. */
function freePriority(
  rules: readonly SecurityRule[],
  before: number,
  { from, to }: PriorityBand,
): number | undefined {
  const taken = new Set(
    rules.filter(({ direction }) => direction === 'Inbound').map(({ priority }) => priority),
  );
  for (let priority = from; priority < Math.min(to + 1, before); priority += 1) {
    if (!taken.has(priority)) return priority;
  }
  for (let priority = Math.min(4096, before - 1); priority >= 100; priority -= 1) {
    if (!taken.has(priority)) return priority;
  }
  return undefined;
}

function mended(chain: readonly RuleList[], rules: readonly NewRule[]): readonly RuleList[] {
  return chain.map((list) =>
    list.kind === 'securityGroup'
      ? {
          ...list,
          rules: [
            ...list.rules,
            ...rules.flatMap(({ at, rule }) => (at === list.at ? [rule] : [])),
          ],
        }
      : list,
  );
}

/** `az network nsg rule create`, for a POSIX shell; undefined where a name has no place in it. */
function commandOf({ at, callers, rule }: NewRule): string | undefined {
  const [group, subscription] = [resourceGroupOf(at), subscriptionIdOf(at)];
  const targets = rule.destinations.flatMap((one) => (one.kind === 'prefix' ? [one.text] : []));
  const ports = rule.destinationPorts.map(({ from, to }) =>
    from === to ? `${from}` : `${from}-${to}`,
  );
  const words = [group ?? '', subscription ?? '', nameOf(at), ...callers, ...targets];
  const isSound = targets.length > 0 && words.every((word) => /^[\w.:/()-]+$/.test(word));
  if (!isSound) return undefined;
  return [
    'az network nsg rule create',
    `--subscription ${subscription ?? ''}`,
    `--resource-group ${quoted(group ?? '')}`,
    `--nsg-name ${quoted(nameOf(at))}`,
    `--name ${rule.name}`,
    `--priority ${rule.priority}`,
    '--direction Inbound',
    '--access Allow',
    '--protocol Tcp',
    `--source-address-prefixes ${callers.join(' ')}`,
    `--destination-address-prefixes ${targets.join(' ')}`,
    `--destination-port-ranges ${ports.join(' ')}`,
  ].join(' ');
}

/** Parentheses are allowed in names of resource groups, and mean something to a shell. */
function quoted(word: string): string {
  return /[()]/.test(word) ? `'${word}'` : word;
}
