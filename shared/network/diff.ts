import { intersectAddresses, realAddresses } from '../packets/address.ts';
import { type DescribedBox, describe, describePacket } from '../packets/describe.ts';
import { type Brief, describeBriefly } from '../packets/describe-briefly.ts';
import type { PacketSet } from '../packets/packet-set.ts';
import { type RuleDiff, diffRules } from './diff-rules.ts';
import { type GivenSurroundings, groupGiven, surroundingsGiven } from './given-input.ts';
import { knownAddresses } from './known-addresses.ts';
import { ordinaryWitness } from './ordinary-packets.ts';
import type { Place } from './rule-order.ts';
import type { SecurityRule } from './security-rule.ts';
import { unresolvedNames } from './unresolved-names.ts';

/** Two network security groups as Azure Resource Manager returns them, and what is around them. */
export interface DiffQuery extends GivenSurroundings {
  readonly before: unknown;
  readonly after: unknown;
}

/** What changes in one direction; `perhaps` where it depends on names that are not resolved. */
export interface DirectionDiff {
  readonly newlyAllowed: readonly DescribedBox[];
  readonly newlyDenied: readonly DescribedBox[];
  readonly perhapsAllowed: readonly DescribedBox[];
  readonly perhapsDenied: readonly DescribedBox[];
}

export interface DiffAnswer {
  /** Proven: both treat every packet alike, whatever the unresolved names hold. */
  readonly equivalent: boolean;
  /** `unknown` where neither a difference nor that there is none could be proven. */
  readonly verdict: 'equivalent' | 'different' | 'unknown';
  readonly inbound: DirectionDiff;
  readonly outbound: DirectionDiff;
  /** What would have to be known for certainty. */
  readonly unresolved: readonly string[];
}

/** One kind of change for a person to read. */
export interface ChangeText {
  readonly direction: 'inbound' | 'outbound';
  readonly access: 'Allow' | 'Deny';
  readonly isCertain: boolean;
  readonly packets: Brief;
  /** One of the packets. */
  readonly witness: ReturnType<typeof describePacket> | null;
}

export interface GroupDiff {
  readonly answer: DiffAnswer;
  /** The rules that only one of the two has, in the order packets meet them. */
  readonly changed: readonly Place[];
  /** Each change that there is, at most so many lines each. */
  readonly texts: (mostLines: number) => readonly ChangeText[];
}

const directions = ['Inbound', 'Outbound'] as const;

/**
 * Exactly which packets one network security group lets through and the other does not, with no
 * other list of rules in the way.
 * @throws RangeError naming the field, the value and what to write instead.
 */
export function diffGroups(query: DiffQuery): GroupDiff {
  const before = groupGiven(query.before, 'before').rules;
  const after = groupGiven(query.after, 'after').rules;
  const surroundings = surroundingsGiven(query);
  const diffs = directions.map((direction) => diffRules(before, after, direction, surroundings));
  const [inbound, outbound] = diffs;
  if (inbound === undefined || outbound === undefined) throw new TypeError('two directions');
  const isDifferent = diffs.some((diff) => diff.isDifferent);
  const equivalent = diffs.every((diff) =>
    changesOf(diff).every(({ packets }) => packets.isEmpty()),
  );
  const doubtful = diffs.flatMap(({ inDoubt }): readonly SecurityRule[] => inDoubt);
  return {
    answer: {
      equivalent,
      verdict: equivalent ? 'equivalent' : isDifferent ? 'different' : 'unknown',
      inbound: boxesOf(inbound),
      outbound: boxesOf(outbound),
      unresolved: unresolvedNames(doubtful, surroundings),
    },
    changed: diffs.flatMap(({ changed }) => changed),
    texts(most) {
      const known = knownAddresses([...before, ...after], surroundings);
      // What is perhaps so is said of addresses with numbers only.
      const numbered = known.map(({ name, addresses }) => ({
        name,
        addresses: intersectAddresses(addresses, realAddresses),
      }));
      return diffs.flatMap((diff, index) =>
        changesOf(diff)
          .filter(({ packets }) => !packets.isEmpty())
          .map(({ access, isCertain, packets }) => {
            const witness = ordinaryWitness(packets);
            return {
              direction: index === 0 ? 'inbound' : 'outbound',
              access,
              isCertain,
              packets: describeBriefly(packets, {
                names: diff.names,
                known: isCertain ? known : numbered,
                most,
              }),
              witness: witness === undefined ? null : describePacket(witness, diff.names),
            };
          }),
      );
    },
  };
}

function boxesOf({ newlyAllowed, newlyDenied, names }: RuleDiff): DirectionDiff {
  return {
    newlyAllowed: describe(newlyAllowed.certain, names),
    newlyDenied: describe(newlyDenied.certain, names),
    perhapsAllowed: describe(newlyAllowed.perhaps, names),
    perhapsDenied: describe(newlyDenied.perhaps, names),
  };
}

interface OneChange {
  readonly access: 'Allow' | 'Deny';
  readonly isCertain: boolean;
  readonly packets: PacketSet;
}

function changesOf({ newlyAllowed, newlyDenied }: RuleDiff): readonly OneChange[] {
  return [
    { access: 'Allow', isCertain: true, packets: newlyAllowed.certain },
    { access: 'Allow', isCertain: false, packets: newlyAllowed.perhaps },
    { access: 'Deny', isCertain: true, packets: newlyDenied.certain },
    { access: 'Deny', isCertain: false, packets: newlyDenied.perhaps },
  ];
}
