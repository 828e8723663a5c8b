import { type AddressSet, type Family, cidrsOf, realOf } from './address.ts';
import { type AddressNames, namesIn, portTexts } from './describe.ts';
import {
  type IntervalSet,
  areDisjoint,
  differenceOf,
  intersectionOf,
  isEmptySet,
  isSubset,
} from './interval-set.ts';
import { type Box, type PacketSet, wideBoxes, protocols } from './packet-set.ts';

/** A set of addresses that people know by a name. */
export interface KnownAddresses {
  readonly name: string;
  readonly addresses: AddressSet;
}

export interface BriefOptions {
  /** The names of addresses that have no number. */
  readonly names: AddressNames;
  /** Names for whole sets, the preferred ones first. */
  readonly known: readonly KnownAddresses[];
  /** At most so many lines. */
  readonly most: number;
}

export interface Brief {
  readonly lines: readonly string[];
  /** Whether the lines are the whole set. */
  readonly isWhole: boolean;
}

/**
 * The set for a person: few wide boxes, one a line, which may overlap; addresses by the names that
 * fit exactly, as the fewest prefixes, or as all except a few, whichever is shortest.
 * @throws TooComplexError where the set is of millions of boxes.
 */
export function describeBriefly(set: PacketSet, options: BriefOptions): Brief {
  const boxes = wideBoxes(set);
  const texts = boxes.slice(0, options.most).map((box) => ({ box, ...boxText(box, options) }));
  const lines = texts.flatMap(({ box, text, tellsFamily }) => {
    const twin = texts.some((other) => other.box.family !== box.family && other.text === text);
    return twin || tellsFamily ? [text] : [`${text} (IPv${box.family} only)`];
  });
  return { lines: [...new Set(lines)], isWhole: boxes.length <= options.most };
}

interface Text {
  readonly text: string;
  /** Whether the reader sees which family it is about, or it makes no difference. */
  readonly tellsFamily: boolean;
}

function boxText(box: Box, options: BriefOptions): Text {
  const sources = addressText(box.family, box.sources, options);
  const destinations = addressText(box.family, box.destinations, options);
  const carried =
    box.protocols.length === protocols.length ? 'any protocol' : box.protocols.join(', ');
  const from = portTexts(box.sourcePorts).join(', ');
  const to = portTexts(box.destinationPorts).join(', ');
  const sourcePorts = from === everyPort ? '' : ` from ${portsText(from)}`;
  const destinationPorts = to === everyPort ? '' : `, ${portsText(to)}`;
  return {
    text: `${carried}: ${sources.text}${sourcePorts} → ${destinations.text}${destinationPorts}`,
    tellsFamily: sources.tellsFamily || destinations.tellsFamily,
  };
}

const everyPort = '0-65535';

function portsText(ports: string): string {
  return `${/^\d+$/.test(ports) ? 'port' : 'ports'} ${ports}`;
}

/** One way to put a set of addresses, by the number of things a reader has to take in. */
interface Wording extends Text {
  readonly items: number;
}

/** A known set in one family. */
interface Known {
  readonly name: string;
  readonly set: IntervalSet;
  readonly isOneFamily: boolean;
}

function addressText(family: Family, set: IntervalSet, { names, known }: BriefOptions): Text {
  const here = known
    .map(({ name, addresses }) => ({
      name,
      set: family === 4 ? addresses.v4 : addresses.v6,
      isOneFamily: isEmptySet(addresses.v4) || isEmptySet(addresses.v6),
    }))
    .filter((one) => !isEmptySet(one.set));
  let best = itemized();
  let isPlain = true;
  for (const one of here) {
    const out = differenceOf(one.set, set);
    // Exceptions of many intervals are hardly ever the shortest, and take long to put into words.
    if (1 + out.length / 2 > best.items || !isSubset(realPart(family, set), one.set)) continue;
    const wording = allOf(one, out);
    if (wording.items > best.items || (wording.items === best.items && !isPlain)) continue;
    best = wording;
    isPlain = false;
  }
  return best;

  /** The known set, except what of it is not in this one. */
  function allOf(one: Known, leftOut: IntervalSet): Wording {
    const out = itemsOf(leftOut).texts;
    const more = namesIn(family, differenceOf(set, one.set), names).names;
    const except = out.length === 0 ? '' : ` except ${short(out)}`;
    return {
      text: [one.name + except, ...more].join(', '),
      items: 1 + out.length + more.length,
      tellsFamily: one.isOneFamily || out.length > 0,
    };
  }

  function itemized(): Wording {
    const { texts, tellsFamily } = itemsOf(set);
    return { text: short(texts), items: texts.length, tellsFamily };
  }

  /** The fewest things that make up the set: prefixes, or known sets within it and what is left. */
  function itemsOf(some: IntervalSet) {
    let left = some;
    const found: string[] = [];
    for (const one of here) {
      if (!isSubset(one.set, some) || areDisjoint(one.set, left)) continue;
      // A name may stand for several sets, where its exact extent is not known.
      if (!found.includes(one.name)) found.push(one.name);
      left = differenceOf(left, one.set);
    }
    const texts = [...found, ...plain(left)];
    const whole = plain(some);
    return texts.length <= whole.length
      ? { texts, tellsFamily: !isEmptySet(realPart(family, left)) }
      : { texts: whole, tellsFamily: true };
  }

  function plain(some: IntervalSet): readonly string[] {
    const cidrs = cidrsOf(family, some).map(withoutHostLength);
    return [...cidrs, ...namesIn(family, some, names).names];
  }
}

function realPart(family: Family, set: IntervalSet): IntervalSet {
  return intersectionOf(set, realOf(family));
}

const mostPrefixes = 6;

function short(texts: readonly string[]): string {
  return texts.length <= mostPrefixes
    ? texts.join(', ')
    : `${texts.slice(0, mostPrefixes).join(', ')} and ${texts.length - mostPrefixes} more`;
}

/** A prefix of one address as the address. */
function withoutHostLength(prefix: string): string {
  return prefix.replace(prefix.includes(':') ? /\/128$/ : /\/32$/, '');
}
