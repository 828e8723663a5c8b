import type { AddressNames } from '../packets/describe.ts';
import { type DescribedBox, describe } from '../packets/describe.ts';
import { type Brief, type BriefOptions, describeBriefly } from '../packets/describe-briefly.ts';
import type { PacketSet } from '../packets/packet-set.ts';
import { TooComplexError } from '../packets/work.ts';

/** More boundaries than this in one set are no answer that anybody reads. */
const mostListed = 200_000;

/** The set as boxes, or undefined where they are too many to list. */
export function listedBoxes(
  set: PacketSet,
  names: AddressNames,
): readonly DescribedBox[] | undefined {
  return orTooComplex(() => {
    const boundaries = set
      .boxes()
      .reduce((sum, { sources, destinations }) => sum + sources.length + destinations.length, 0);
    return boundaries <= mostListed ? describe(set, names) : undefined;
  });
}

/** The set in words; one line that says so where they would be too many. */
export function briefly(set: PacketSet, options: BriefOptions): Brief {
  return (
    orTooComplex(() => describeBriefly(set, options)) ?? {
      lines: ['more than can be listed'],
      isWhole: true,
    }
  );
}

function orTooComplex<T>(make: () => T): T | undefined {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof TooComplexError)) throw error;
    return undefined;
  }
}
