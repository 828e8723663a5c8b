import { bridgeScenarios, dnsScenarios, rangeScenarios } from './address-scenarios.ts';
import { apiServerSubnetScenarios } from './api-server-subnet-scenarios.ts';
import type { ClusterDraft, Expected } from './cluster-draft.ts';
import type { InboundScenario } from './inbound-scenarios.ts';
import type { OutboundScenario } from './outbound-scenarios.ts';
import { insideScenarios } from './inside-scenarios.ts';
import { placementScenarios } from './placement-scenarios.ts';
import { probeScenarios } from './probe-scenarios.ts';

/** A cluster whose inbound and outbound scenarios are planted, before its layout is. */
export interface Situation {
  readonly draft: ClusterDraft;
  readonly inbound: InboundScenario;
  readonly outbound: OutboundScenario;
  readonly restricted: boolean;
  /** Whether the virtual network is not among the rows. */
  readonly hidesNetwork: boolean;
  /** What is true of the checks so far, by check id. */
  readonly truth: ReadonlyMap<string, Expected>;
}

/**
 * One way to lay out a cluster's network: where its nodes are, which addresses it has, what its own
 * packets may do. It touches no packet that an inbound or outbound scenario asks about.
 */
export interface LayoutScenario {
  readonly name: string;
  needs?(situation: Situation): boolean;
  plant(draft: ClusterDraft): void;
  /** By check id; also what else stops being true of checks that others made so. */
  truth(situation: Situation): Readonly<Record<string, Expected>>;
}

/** Which of the scenarios of a family that fit a cluster it gets. */
export type LayoutChoice = (
  family: string,
  fitting: readonly LayoutScenario[],
) => LayoutScenario | undefined;

const families: Readonly<Record<string, readonly LayoutScenario[]>> = {
  placement: placementScenarios,
  probes: probeScenarios,
  ranges: rangeScenarios,
  dns: dnsScenarios,
  bridge: bridgeScenarios,
  inside: [...insideScenarios, ...apiServerSubnetScenarios],
};

export const layoutScenarios: readonly LayoutScenario[] = Object.values(families).flat();

/** Plants one scenario of each family, in their order; what was true before may be so no more. */
export function plantLayout(
  situation: Omit<Situation, 'hidesNetwork'>,
  choose: LayoutChoice,
): {
  readonly names: readonly string[];
  readonly truth: ReadonlyMap<string, Expected>;
  readonly hidesNetwork: boolean;
} {
  const { draft } = situation;
  const names: string[] = [];
  let { truth } = situation;
  for (const [family, scenarios] of Object.entries(families)) {
    const now: Situation = { ...situation, truth, hidesNetwork: hidesNetwork(draft) };
    const fitting = scenarios.filter((scenario) => scenario.needs?.(now) ?? true);
    const scenario = choose(family, fitting);
    if (scenario === undefined) throw new Error(`no ${family} fits ${draft.name}`);
    scenario.plant(draft);
    truth = new Map([...truth, ...Object.entries(scenario.truth(now))]);
    names.push(scenario.name);
  }
  return { names, truth, hidesNetwork: hidesNetwork(draft) };
}

function hidesNetwork({ hidden, networkId }: ClusterDraft): boolean {
  return hidden.has(networkId.toLowerCase());
}
