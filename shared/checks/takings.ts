import type { Evidence, Missing } from '../model/verdict.ts';
import type { Decision } from '../network/decide.ts';
import { lazily } from '../network/lazily.ts';
import { takenFrom } from '../network/taken-from.ts';
import { type PacketSet, noPackets } from '../packets/packet-set.ts';
import { packetText } from './packet-text.ts';
import { ruleText } from './rule-text.ts';
import { whyUndecided, witnessOf } from './subnet-rules.ts';

/** What one rule that somebody wrote takes away from the packets asked about. */
export interface Taking {
  readonly ruleName: string;
  readonly listName: string;
  /** Packets that certainly exist and that the rule certainly takes. */
  readonly certain: PacketSet;
  readonly possible: PacketSet;
  /** What it takes, in words. */
  readonly text: () => string;
  readonly evidence: () => Evidence;
}

/**
 * What each custom or admin rule that denies takes of the asked packets. Of packets that are `lost`
 * for certain, whichever rule takes them, all that a rule may take counts.
 */
export function takenBy(
  decision: Decision,
  direction: 'inbound' | 'outbound',
  lost?: PacketSet,
): Taking[] {
  return takenFrom(decision).map(({ list, rule, certain, possible }) => {
    const taken = lost === undefined ? certain : possible.intersect(lost);
    // Most takings are only counted, and packets in words cost more than finding them.
    const text = lazily(() => (taken.isEmpty() ? '' : packetText(taken, decision)));
    const evidence = lazily((): Evidence => ({
      at: list.at,
      rule: rule.name,
      says: `${ruleText(rule)} of ${list.name} takes ${text()}`,
      ...witnessOf(taken, decision, direction),
    }));
    return { ruleName: rule.name, listName: list.name, certain: taken, possible, text, evidence };
  });
}

/** What kept it from being told what these rules take. */
export function whyTaken(decision: Decision, takings: readonly Taking[]): readonly Missing[] {
  const region = takings.reduce((set, { possible }) => set.union(possible), noPackets);
  return whyUndecided(decision, region);
}
