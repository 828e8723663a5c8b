import type {
  ClusterSubnet,
  InferenceCluster,
  LoadBalancerRule,
  ScoringEndpoint,
} from '../facts/inference-cluster.ts';
import { type Known, type Listing, type Missing, foundIn, known } from '../model/verdict.ts';
import type { Question, RuleList } from '../network/decide.ts';
import { parseAddressMatch } from '../network/parse-match.ts';
import type { ClusterSettings } from '../settings/cluster-settings.ts';
import { type Ask, callerAsks } from './callers.ts';
import { targetOf } from './scoring-targets.ts';
import { chainsOf } from './subnet-rules.ts';

/** A cluster, its settings, and what is known of its subnets. */
export interface CallerContext {
  readonly cluster: InferenceCluster;
  readonly settings: ClusterSettings;
  readonly subnets: Listing<ClusterSubnet>;
}

/** Packets of some callers to a scoring endpoint, and one chain of rules that they pass. */
export interface CallerQuestion {
  readonly ask: Ask;
  readonly chain: readonly RuleList[];
  readonly question: Question;
}

/** All that has to be asked of one load balancing rule in one subnet behind it. */
export interface CallerQuestions {
  readonly questions: readonly CallerQuestion[];
  /** What kept callers from being asked about. */
  readonly missing: readonly Missing[];
  readonly destinations: readonly string[];
}

/** Every group of callers to every address, past every chain of rules before the subnet's nodes. */
export function callerQuestions(
  rule: LoadBalancerRule,
  endpoint: ScoringEndpoint,
  subnet: ClusterSubnet,
  { cluster, settings, subnets }: CallerContext,
): Known<CallerQuestions> {
  const target = targetOf(rule, endpoint, subnet);
  if (!target.known) return target;
  const { destinations, port } = target.value;
  const chains = chainsOf(subnet, foundIn(subnets), 'Inbound');
  const { asks, missing } = callerAsks(settings.callers, endpoint, subnet, cluster.serviceTags);
  const questions = asks.flatMap((ask) =>
    destinations.flatMap((destination) =>
      chains.map((chain): CallerQuestion => ({
        ask,
        chain,
        question: {
          direction: 'Inbound',
          protocols: ['Tcp'],
          source: ask.source,
          sourceExcept: ask.except,
          sourcePorts: [],
          destination: parseAddressMatch(destination),
          destinationPorts: [{ from: port, to: port }],
        },
      })),
    ),
  );
  return known({ questions, missing, destinations });
}
