import { callerQuestions } from '../checks/caller-questions.ts';
import { targetPlaces } from '../checks/scoring-targets.ts';
import { surroundingsOf } from '../checks/subnet-rules.ts';
import type { InferenceCluster } from '../facts/inference-cluster.ts';
import { foundIn } from '../model/verdict.ts';
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
