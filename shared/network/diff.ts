import { intersectAddresses, realAddresses } from '../packets/address.ts';
import { type DescribedBox, describePacket } from '../packets/describe.ts';
import type { Brief } from '../packets/describe-briefly.ts';
import type { PacketSet } from '../packets/packet-set.ts';
import { type Budget, defaultBudget } from '../packets/work.ts';
import { type RuleDiff, diffRules } from './diff-rules.ts';
import type { Surroundings } from './address-bounds.ts';
import { type GivenSurroundings, groupGiven, surroundingsGiven } from './given-input.ts';
import { knownAddresses } from './known-addresses.ts';
import { briefly, listedBoxes } from './listed-boxes.ts';
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
  /** Present where the rules are too complex for the budget: what is listed is exact, and not all. */
  readonly reason?: string;
  /** Changes that there are, and whose boxes are too many to list. */
  readonly unlisted?: readonly string[];
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

/**
 * Exactly which packets one network security group lets through and the other does not, with no
 * other list of rules in the way.
 * @throws RangeError naming the field, the value and what to write instead.
 */
export function diffGroups(query: DiffQuery): GroupDiff {
  const before = groupGiven(query.before, 'before').rules;
  const after = groupGiven(query.after, 'after').rules;
  return diffLists(before, after, surroundingsGiven(query));
}

/** The same for two lists of rules in a network that is known. */
export function diffLists(
  before: readonly SecurityRule[],
  after: readonly SecurityRule[],
  surroundings: Surroundings,
  budget: Budget = defaultBudget,
): GroupDiff {
  const inbound = diffRules(before, after, 'Inbound', surroundings, budget);
  const outbound = diffRules(before, after, 'Outbound', surroundings, budget);
  const diffs = [inbound, outbound];
  const isDifferent = diffs.some((diff) => diff.isDifferent);
  const isComplete = diffs.every((diff) => diff.isComplete);
  const equivalent =
    isComplete && diffs.every((diff) => changesOf(diff).every(({ packets }) => packets.isEmpty()));
  const listed = { inbound: boxesOf(inbound), outbound: boxesOf(outbound) };
  const unlisted = (['inbound', 'outbound'] as const).flatMap((direction) =>
    listed[direction].unlisted.map((part) => `${direction}.${part}`),
  );
  const doubtful = diffs.flatMap(({ inDoubt }): readonly SecurityRule[] => inDoubt);
  return {
    answer: {
      equivalent,
      verdict: equivalent ? 'equivalent' : isDifferent ? 'different' : 'unknown',
      inbound: listed.inbound.boxes,
      outbound: listed.outbound.boxes,
      unresolved: unresolvedNames(doubtful, surroundings),
      ...(isComplete ? {} : { reason: tooComplex }),
      ...(unlisted.length === 0 ? {} : { unlisted }),
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
              packets: briefly(packets, {
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

const tooComplex =
  'too complex: the rules tell more packets apart than the work budget of one comparison allows; what is listed here is exact, other packets were not compared';

function boxesOf({ newlyAllowed, newlyDenied, names }: RuleDiff): {
  readonly boxes: DirectionDiff;
  readonly unlisted: readonly string[];
} {
  const sets = {
    newlyAllowed: newlyAllowed.certain,
    newlyDenied: newlyDenied.certain,
    perhapsAllowed: newlyAllowed.perhaps,
    perhapsDenied: newlyDenied.perhaps,
  };
  const unlisted: string[] = [];
  const boxes = (part: keyof typeof sets): readonly DescribedBox[] => {
    const made = listedBoxes(sets[part], names);
    if (made === undefined) unlisted.push(part);
    return made ?? [];
  };
  return {
    boxes: {
      newlyAllowed: boxes('newlyAllowed'),
      newlyDenied: boxes('newlyDenied'),
      perhapsAllowed: boxes('perhapsAllowed'),
      perhapsDenied: boxes('perhapsDenied'),
    },
    unlisted,
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
