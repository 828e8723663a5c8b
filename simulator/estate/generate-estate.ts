import type { BuiltCluster, Truth } from './build-cluster.ts';
import { buildCluster } from './build-cluster.ts';
import type {
  Attachment,
  ClusterDraft,
  DeployerDraft,
  EstateConditions,
  Expected,
  SubscriptionDraft,
} from './cluster-draft.ts';
import { clusterRows } from './cluster-rows.ts';
import { draftCluster } from './draft-cluster.ts';
import { estateRows, unrelatedRows } from './estate-rows.ts';
import { assignmentsType, fitsGrant, grantScenarios } from './grant-scenarios.ts';
import { computesType, fitsInbound, inboundScenarios } from './inbound-scenarios.ts';
import { networkRows } from './network-rows.ts';
import { everyOutboundScenario } from './dependency-scenarios.ts';
import { fitsOutbound, outboundTruth } from './outbound-scenarios.ts';
import type { Random } from './random.ts';
import { createRandom } from './random.ts';
import { regions } from './regions.ts';
import { respellId, respellRow } from './spellings.ts';

/** What may be asked of an estate instead of being drawn from its seed. */
export interface EstateOptions {
  readonly tagList?: boolean;
  readonly managementGroupCoverage?: boolean;
  readonly unread?: readonly string[];
  /** Which of its possible states a cluster is in, by its number; absent: the first. */
  readonly variants?: Readonly<Record<number, number>>;
}

/** An estate as it could be exported, the settings that belong to it, and what is true of it. */
export interface GeneratedEstate {
  readonly rows: readonly object[];
  readonly settings: object;
  readonly truth: readonly Truth[];
  /** Which scenarios were planted, to read a disagreement by. */
  readonly scenarios: Readonly<Record<string, BuiltCluster['scenarios']>>;
  /** Lower-cased ids that rows refer to although no row has them, on purpose. */
  readonly missingIds: readonly string[];
}

const clustersPerSubscription = 40;
const teams = ['fraud', 'pricing', 'search', 'credit', 'claims', 'churn', 'vision', 'routing'];

/**
 * An estate of so many inference clusters, the same for the same seed. Its truth is known because
 * each scenario plants the rules that decide and everything else shares no packet and no grant with
 * the questions.
 */
export function generateEstate(
  seed: number,
  clusters: number,
  options: EstateOptions = {},
): GeneratedEstate {
  const conditions = drawConditions(seed, options);
  const built = Array.from({ length: clusters }, (_, index) =>
    generateCluster(seed, index, conditions, options.variants?.[index]),
  );
  const subscriptions = Array.from(
    { length: Math.max(3, Math.ceil(clusters / clustersPerSubscription)) },
    (_, number) => subscriptionOf(seed, number),
  );
  const random = createRandom(seed, 0x5eed);
  const plain = [
    ...estateRows(subscriptions, conditions),
    ...subscriptions.flatMap((subscription, number) => [
      ...unrelatedRows(subscription, number, random),
      ...unrelatedCluster(seed, clusters + number, subscription, conditions),
    ]),
    ...built.flatMap(({ rows }) => rows),
  ];
  const rows = plain
    .filter(({ type }) => !conditions.unread.includes(String(type).toLowerCase()))
    .map((row) => respellRow(row, random, 0.12));
  return {
    rows: random.shuffled(rows),
    settings: settingsOf(built, conditions, random),
    truth: built.flatMap(({ truth }) => truth),
    scenarios: Object.fromEntries(built.map(({ id, scenarios }) => [id.toLowerCase(), scenarios])),
    missingIds: built.flatMap(({ missingIds }) => missingIds),
  };
}

/**
 * One cluster of a generated estate by itself, for estates too large to hold at once. Its variants are
 * the same cluster with other scenarios planted: what somebody may make of it.
 */
export function generateCluster(
  seed: number,
  index: number,
  conditions: EstateConditions,
  variant = 0,
): BuiltCluster {
  const drawn = createRandom(seed, index);
  const draft = drawDraft(seed, index, conditions, drawn);
  const random = variant === 0 ? drawn : createRandom(seed, index, 0x7a12, variant);
  const grants = grantScenarios.filter((scenario) => fitsGrant(scenario, draft));
  const grant =
    draft.network === 'managed'
      ? undefined
      : pickByOutcome(grants, ({ expected }) => expected, random);
  grant?.plant(draft);

  const inbounds = inboundScenarios.filter((scenario) => fitsInbound(scenario, draft));
  const inbound = pickByOutcome(inbounds, ({ expected }) => expected, random);
  inbound.plant(draft);

  const outbounds = everyOutboundScenario
    .filter((scenario) =>
      fitsOutbound(
        scenario,
        draft,
        inbound.boundsProof === true,
        grant?.withoutRouteTable !== true,
      ),
    )
    .flatMap((outbound) =>
      restrictions(outbound, conditions).map((restricted) => ({ outbound, restricted })),
    );
  const by = random.pick(['kept', 'registry'] as const);
  const { outbound, restricted } = pickByOutcome(
    outbounds,
    (choice) => outboundTruth(choice.outbound, conditions, choice.restricted)[by],
    random,
  );
  return buildCluster(draft, {
    inbound,
    outbound,
    restricted,
    layout: (_, fitting) => random.pick(fitting),
    posture: (_, fitting) => random.pick(fitting),
    ...(grant === undefined ? {} : { grant }),
  });
}

/** What a seed makes of an estate as a whole, unless asked otherwise. */
export function drawConditions(seed: number, options: EstateOptions): EstateConditions {
  const random = createRandom(seed, 0xc0de);
  const tagList = random.chance(0.7);
  const managementGroupCoverage = random.chance(0.85);
  const unread = random.pick([[], [], [], [], [], [], [], [], [computesType], [assignmentsType]]);
  const deployers = random.chance(0.8) ? deployersOf(random) : [];
  const { variants: _, ...asked } = options;
  return { tagList, managementGroupCoverage, unread, deployers, compact: false, ...asked };
}

function deployersOf(random: Random): readonly DeployerDraft[] {
  return [
    { principalId: random.guid(), kind: 'ServicePrincipal', label: 'release pipeline' },
    { principalId: random.guid(), kind: 'User', label: 'platform engineer' },
  ];
}

/** The settings file that names the callers and intentions of these clusters. */
export function settingsOf(
  built: readonly BuiltCluster[],
  { deployers }: Pick<EstateConditions, 'deployers'>,
  random: Random,
): object {
  const keyOf = ({ id, name, groupId }: BuiltCluster): string =>
    random.pick([name, id, respellId(id, random), groupId]);
  const named = built.filter(({ callers }) => callers === 'none' || callers.length > 0);
  return {
    callers: {
      default: [],
      clusters: Object.fromEntries(named.map((cluster) => [keyOf(cluster), cluster.callers])),
    },
    outbound: {
      default: 'keepDefaults',
      clusters: Object.fromEntries(
        built
          .filter(({ restricted }) => restricted)
          .map((cluster) => [keyOf(cluster), 'restricted']),
      ),
    },
    requirePrivateCluster: switchedOn(
      built.filter((cluster) => cluster.requirePrivateCluster).map(keyOf),
    ),
    requireInternalLoadBalancer: switchedOn(
      built.filter((cluster) => cluster.requireInternalLoadBalancer).map(keyOf),
    ),
    deployers: deployers.map(({ principalId, label }) => ({
      principalId: random.pick([principalId, principalId.toUpperCase()]),
      ...random.pick([{}, { label }]),
    })),
    egress: { trustedAppliances: built.flatMap(({ trustedAppliances }) => trustedAppliances) },
  };
}

/** A setting that holds for these clusters and for no other. */
export function switchedOn(keys: readonly string[]): object {
  return { default: false, clusters: Object.fromEntries(keys.map((key) => [key, true])) };
}

function restrictions(
  scenario: (typeof everyOutboundScenario)[number],
  conditions: EstateConditions,
): readonly boolean[] {
  if (scenario.restricted === 'always') return [true];
  // Which registry is asked about depends on the workspace, which only the computes tell.
  const free = scenario.restricted === 'perhaps' && !conditions.unread.includes(computesType);
  return free ? [false, true] : [false];
}

/** The subscription of this number in an estate of this seed. */
export function subscriptionOf(seed: number, number: number): SubscriptionDraft {
  const random = createRandom(seed, 0x5b5, number);
  return {
    id: random.guid(),
    name: `sub-inference-${number}`,
    ancestors: [random.pick(['mg-online', 'mg-corp']), 'mg-landing-zones', 'mg-root'],
  };
}

function drawDraft(
  seed: number,
  index: number,
  conditions: EstateConditions,
  random: Random,
): ClusterDraft {
  const managed = random.chance(0.14);
  const identity = random.pick(['system', 'system', 'user', 'servicePrincipal'] as const);
  const visibility =
    conditions.unread.includes(computesType) || random.chance(0.72) ? 'public' : 'private';
  const legacy = identity === 'servicePrincipal';
  const attachments: readonly Attachment[] =
    visibility === 'private'
      ? legacy
        ? ['v1']
        : ['v1', 'v2']
      : legacy
        ? ['v1', 'v1', 'v2', 'publicIp', 'tag']
        : ['v1', 'v2', 'v2', 'v2', 'v2', 'extension', 'publicIp', 'tag'];
  const team = random.pick(teams);
  const number = Math.floor(
    index / (conditions.clustersPerSubscription ?? clustersPerSubscription),
  );
  const plugin = random.pick([
    'azure',
    'azure',
    'overlay',
    'overlay',
    'podSubnet',
    'kubenet',
  ] as const);
  return draftCluster(
    {
      index,
      name: `aks-${team}-${String(index).padStart(4, '0')}`,
      team,
      region: random.pick(regions),
      subscription: subscriptionOf(seed, number),
      networkSubscription: subscriptionOf(seed, random.chance(0.75) ? number : 0),
      network: managed ? 'managed' : 'own',
      plugin: managed ? 'overlay' : plugin,
      attachment: random.pick(attachments),
      visibility,
      floatingIp: random.chance(0.75),
      plainHttp: random.chance(0.15),
      nodeSubnets: !managed && random.chance(0.5) ? 2 : 1,
      subnetNsgs: managed
        ? 'shared'
        : random.pick([
            'each',
            'each',
            'each',
            'each',
            'each',
            'each',
            'shared',
            'shared',
            'shared',
            'none',
          ]),
      identity,
      // Without the list nobody knows whether a tag has IPv6 addresses at all.
      dualStack: conditions.tagList && !managed && plugin === 'overlay' && random.chance(0.2),
      peered: random.chance(0.9),
    },
    conditions,
    random,
  );
}

/** An AKS cluster with a network of its own and no trace of Azure ML. */
function unrelatedCluster(
  seed: number,
  index: number,
  subscription: SubscriptionDraft,
  conditions: EstateConditions,
) {
  const random = createRandom(seed, index, 0xa11);
  const draft = draftCluster(
    {
      index,
      name: `aks-shop-${String(index).padStart(4, '0')}`,
      team: 'shop',
      region: random.pick(regions),
      subscription,
      networkSubscription: subscription,
      network: 'own',
      plugin: 'azure',
      attachment: 'nothing',
      visibility: 'public',
      floatingIp: true,
      plainHttp: false,
      nodeSubnets: 1,
      subnetNsgs: 'each',
      identity: 'system',
      dualStack: false,
      peered: true,
    },
    conditions,
    random,
  );
  draft.endpoint.visibility = 'none';
  return [...clusterRows(draft), ...networkRows(draft)];
}

/** An outcome first, then a scenario with that outcome: rare ones are met as often as common ones. */
function pickByOutcome<T>(items: readonly T[], expected: (item: T) => Expected, random: Random): T {
  const outcomeOf = (item: T): string => `${expected(item).kind} ${expected(item).severity ?? ''}`;
  const outcome = random.pick([...new Set(items.map(outcomeOf))]);
  return random.pick(items.filter((item) => outcomeOf(item) === outcome));
}
