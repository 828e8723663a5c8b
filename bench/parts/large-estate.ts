import type { BuiltCluster } from '../../simulator/estate/build-cluster.ts';
import type { EstateConditions } from '../../simulator/estate/cluster-draft.ts';
import { estateRows } from '../../simulator/estate/estate-rows.ts';
import {
  generateCluster,
  settingsOf,
  subscriptionOf,
} from '../../simulator/estate/generate-estate.ts';
import { createRandom } from '../../simulator/estate/random.ts';

/** The tenant that the budgets speak of: 20 clusters and four workspaces in a subscription. */
export const clustersPerSubscription = 20;
const workspacesPerSubscription = 4;

const conditions: EstateConditions = {
  tagList: true,
  managementGroupCoverage: true,
  unread: [],
  deployers: [],
  compact: false,
  clustersPerSubscription,
};

/** A row of the estate, as a resource's own JSON. */
export type EstateBody = Readonly<Record<string, unknown>>;

/** A tenant of any size, made subscription by subscription whenever it is asked for, and then alike. */
export interface LargeEstate {
  readonly clusters: number;
  readonly subscriptions: number;
  /** The subscriptions themselves, the built-in roles and the service tag list. */
  readonly common: readonly EstateBody[];
  /** What the clusters of a subscription, by its number, consist of. */
  readonly rowsOf: (subscription: number) => readonly EstateBody[];
  /** The settings that name the callers and intentions of some of the clusters. */
  readonly settings: () => object;
}

export function largeEstate(seed: number, clusters: number): LargeEstate {
  const subscriptions = Math.ceil(clusters / clustersPerSubscription);
  const builtIn = (subscription: number): readonly BuiltCluster[] => {
    const first = subscription * clustersPerSubscription;
    const count = Math.min(clustersPerSubscription, clusters - first);
    return Array.from({ length: count }, (_, at) => generateCluster(seed, first + at, conditions));
  };
  const drafts = Array.from({ length: subscriptions }, (_, at) => subscriptionOf(seed, at));
  return {
    clusters,
    subscriptions,
    common: estateRows(drafts, conditions),
    rowsOf: (subscription) => withSharedWorkspaces(builtIn(subscription)),
    settings: () =>
      settingsOf(
        Array.from({ length: subscriptions }, (_, at) => builtIn(at)).flat(),
        conditions,
        createRandom(seed, 0x5e77),
      ),
  };
}

/** What a workspace brings along; of those that share one, only the first has it. */
const ofWorkspaces: ReadonlySet<string> = new Set([
  'microsoft.containerinstance/containergroups',
  'microsoft.containerregistry/registries',
  'microsoft.keyvault/vaults',
  'microsoft.machinelearningservices/workspaces',
  'microsoft.network/privateendpoints',
  'microsoft.storage/storageaccounts',
]);

function withSharedWorkspaces(built: readonly BuiltCluster[]): readonly EstateBody[] {
  const firstOf = new Map<number, string>();
  return built.flatMap((cluster, at) => {
    const own = `${cluster.groupId}/providers/Microsoft.MachineLearningServices/workspaces/mlw-${cluster.name}`;
    if (!cluster.rows.some(({ id }) => id === own)) return cluster.rows;
    const team = at % workspacesPerSubscription;
    const shared = firstOf.get(team);
    if (shared === undefined) {
      firstOf.set(team, own);
      return cluster.rows;
    }
    return cluster.rows.flatMap((row): readonly EstateBody[] => {
      if (ofWorkspaces.has(String(row['type']).toLowerCase())) return [];
      const text = JSON.stringify(row);
      if (!text.includes(own)) return [row];
      const moved: EstateBody = JSON.parse(
        text
          .replaceAll(`${own}/computes/`, `${shared}/computes/${cluster.name}-`)
          .replaceAll(`${own}/onlineEndpoints/`, `${shared}/onlineEndpoints/${cluster.name}-`)
          .replaceAll(own, shared),
      );
      return [moved];
    });
  });
}
