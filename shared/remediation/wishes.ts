import { callerQuestions } from '../checks/caller-questions.ts';
import { flowsOf } from '../checks/cluster-traffic.ts';
import { defaultOutboundQuestions } from '../checks/default-outbound-kept.ts';
import { probeQuestions } from '../checks/load-balancer-probe-allowed.ts';
import { type UnmetNeed, reachQuestions } from '../checks/outbound-reach.ts';
import type { OutboundContext } from '../checks/outbound-restriction.ts';
import { unreachedDependencies } from '../checks/restricted-outbound-allows-dependencies.ts';
import { unreachedRegistries } from '../checks/restricted-outbound-allows-registry.ts';
import { targetPlaces } from '../checks/scoring-targets.ts';
import { surroundingsOf, workloadSubnets } from '../checks/subnet-rules.ts';
import type { InferenceCluster } from '../facts/inference-cluster.ts';
import { foundIn } from '../model/verdict.ts';
import { decide } from '../network/decide.ts';
import { takenFrom } from '../network/taken-from.ts';
import type { ClusterSettings } from '../settings/cluster-settings.ts';
import type { Wish } from './repair.ts';

/** What must be allowed for a check to pass, or why nobody may plan that. */
export type Wishes =
  | { readonly kind: 'wishes'; readonly wishes: readonly Wish[] }
  | { readonly kind: 'never'; readonly because: string };

/** All packets of the callers, as the settings name them, to every scoring endpoint they can address. */
export function callerWishes(cluster: InferenceCluster, settings: ClusterSettings): Wishes {
  const { callers } = settings;
  if (callers.kind !== 'listed') {
    const because =
      'The settings name no callers, so nobody knows whom to let in; name them in `callers`.';
    return { kind: 'never', because };
  }
  if (callers.from === 'tag') {
    const because =
      'The callers are named by a tag of the cluster; whoever may tag a cluster is not whoever may open a network. Name them in the settings.';
    return { kind: 'never', because };
  }
  const { subnets } = cluster;
  const wishes = foundIn(cluster.scoringEndpoints).flatMap((endpoint) =>
    targetPlaces(endpoint, subnets).flatMap(({ rule, subnet }) => {
      const asked = callerQuestions(rule, endpoint, subnet, { cluster, settings, subnets });
      if (!asked.known) return [];
      const surroundings = surroundingsOf(subnet, cluster, settings);
      return asked.value.questions
        .filter(({ ask }) => ask.kind === 'all')
        .map(({ question, chain }): Wish => ({ question, chain, surroundings }));
    }),
  );
  return { kind: 'wishes', wishes };
}

/** All probes of the load balancer to the nodes behind every scoring endpoint. */
export function probeWishes(cluster: InferenceCluster, settings: ClusterSettings): Wishes {
  const wishes = foundIn(cluster.scoringEndpoints).flatMap((endpoint) =>
    targetPlaces(endpoint, cluster.subnets).flatMap(({ rule, subnet }) => {
      const asked = probeQuestions({ rule, endpoint, subnet }, cluster);
      const surroundings = surroundingsOf(subnet, cluster, settings);
      return (asked.known ? asked.value : []).map(({ question, chain }): Wish => ({
        question,
        chain,
        surroundings,
      }));
    }),
  );
  return { kind: 'wishes', wishes };
}

/** All that nodes, pods and the API server send each other and a rule somebody wrote takes away. */
export function intraNetworkWishes(cluster: InferenceCluster, settings: ClusterSettings): Wishes {
  const wishes = flowsOf(cluster, settings).flatMap(({ question, chains, surroundings }) =>
    chains
      .map((chain): Wish => ({ question, chain, surroundings }))
      // What default rules do to pods is not to be read from their tags; AKS lets them pass.
      .filter((wish) => takenFrom(decide(question, wish.chain, surroundings)).length > 0),
  );
  return { kind: 'wishes', wishes };
}

/** All that the default outbound rules let the cluster send. */
export function defaultOutboundWishes(
  cluster: InferenceCluster,
  settings: ClusterSettings,
): Wishes {
  const all = foundIn(cluster.subnets);
  const wishes = workloadSubnets(all).flatMap((subnet) => {
    const surroundings = surroundingsOf(subnet, cluster, settings);
    return defaultOutboundQuestions(subnet, all).map((asked): Wish => ({ ...asked, surroundings }));
  });
  return { kind: 'wishes', wishes };
}

/** The registries that nodes pull from and do not reach. */
export function registryWishes(cluster: InferenceCluster, settings: ClusterSettings): Wishes {
  const context = { cluster, settings, all: foundIn(cluster.subnets) };
  return reachWishes(unreachedRegistries(context), context);
}

/** The services that Azure ML needs and nodes or pods do not reach. */
export function dependencyWishes(cluster: InferenceCluster, settings: ClusterSettings): Wishes {
  const context = { cluster, settings, all: foundIn(cluster.subnets) };
  return reachWishes(unreachedDependencies(context), context);
}

function reachWishes(unmet: readonly UnmetNeed[], context: OutboundContext): Wishes {
  const wishes = unmet.flatMap(({ need, destination, subnet }) => {
    const asked = reachQuestions(need, destination, subnet, context);
    const surroundings = surroundingsOf(subnet, context.cluster, context.settings);
    return (asked.known ? asked.value : []).map(({ question, chain }): Wish => ({
      question,
      chain,
      surroundings,
    }));
  });
  return { kind: 'wishes', wishes };
}
