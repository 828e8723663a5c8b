import { type AddressSet, type Family, cidrsOf, realOf } from './address.ts';
import { coverOf } from './cover.ts';
import { type AddressNames, namesIn, portTexts } from './describe.ts';
import {
  type IntervalSet,
  differenceOf,
  equalSets,
  intersectionOf,
  isEmptySet,
  isSubset,
  noInterval,
  unionOf,
} from './interval-set.ts';
import { type Box, type PacketSet, protocols } from './packet-set.ts';

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
 */
export function describeBriefly(set: PacketSet, options: BriefOptions): Brief {
  const { boxes, rest } = coverOf(set, options.most);
  const texts = boxes.map((box) => ({ box, ...boxText(box, options) }));
  const lines = texts.flatMap(({ box, text, tellsFamily }) => {
    const twin = texts.some((other) => other.box.family !== box.family && other.text === text);
    return twin || tellsFamily ? [text] : [`${text} (IPv${box.family} only)`];
  });
  return { lines: [...new Set(lines)], isWhole: rest.isEmpty() };
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
  return [
    ...here.filter((one) => isSubset(realPart(family, set), one.set)).map(within),
    itemized(),
    withNames(),
  ].reduce((a, b) => (b.items < a.items ? b : a));

  /** The known set, except what of it is not in this one. */
  function within(one: Known): Wording {
    const out = itemsOf(differenceOf(one.set, set));
    const more = namesIn(family, differenceOf(set, one.set), names).names;
    const except = out.length === 0 ? '' : ` except ${short(out)}`;
    return {
      text: [one.name + except, ...more].join(', '),
      items: 1 + out.length + more.length,
      tellsFamily: one.isOneFamily || out.length > 0,
    };
  }

  function itemized(): Wording {
    const items = itemsOf(set);
    return { text: short(items), items: items.length, tellsFamily: hasNumbers(set) };
  }

  /** Known sets that lie within this one, then what is left. */
  function withNames(): Wording {
    let covered: IntervalSet = noInterval;
    const found: string[] = [];
    for (const one of here) {
      if (!isSubset(one.set, set) || isSubset(one.set, covered)) continue;
      found.push(one.name);
      covered = unionOf(covered, one.set);
    }
    const left = differenceOf(set, covered);
    const items = [...found, ...itemsOf(left)];
    return { text: short(items), items: items.length, tellsFamily: hasNumbers(left) };
  }

  function itemsOf(some: IntervalSet): readonly string[] {
    const exact = here.find((one) => !isEmptySet(some) && equalSets(one.set, some));
    if (exact !== undefined) return [exact.name];
    return [...cidrsOf(family, some).map(withoutHostLength), ...namesIn(family, some, names).names];
  }

  function hasNumbers(some: IntervalSet): boolean {
    return !isEmptySet(realPart(family, some));
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
