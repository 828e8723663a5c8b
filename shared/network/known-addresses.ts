import {
  type AddressSet,
  equalAddresses,
  intersectAddresses,
  isEmptyAddresses,
  noAddresses,
  uniteAddresses,
} from '../packets/address.ts';
import type { KnownAddresses } from '../packets/describe-briefly.ts';
import {
  type AddressBounds,
  type NamedTags,
  type Surroundings,
  addressResolver,
  addressWorlds,
  namedTags,
  publicAddresses,
  sometimesOmittedFromInternet,
} from './address-bounds.ts';
import { nameOf } from '../model/resource-id.ts';
import type { AddressMatch, RuleMatch } from './security-rule.ts';

const anything: AddressMatch = { kind: 'any' };

/**
 * The sets of addresses that the rules call by a name, so that text about the rules can use the same
 * names: everything, VirtualNetwork, Internet, and the tags and groups in the rules whose addresses
 * are known. Names that the rules do not use are not looked for: a region's tag that happens to hold
 * the same addresses as another's would only surprise.
 */
export function knownAddresses(
  rules: readonly RuleMatch[],
  surroundings: Surroundings,
): readonly KnownAddresses[] {
  const matches = rules.flatMap((rule) => [...rule.sources, ...rule.destinations]);
  const names = namedTags(matches, [], surroundings);
  const meanings = addressWorlds(surroundings, names, anything)
    .flatMap((worlds) => worlds.slice(0, 1))
    .map((world) => addressResolver(surroundings, names, anything, world));
  const boundsOf = (match: AddressMatch): readonly AddressBounds[] =>
    meanings.map((meaning) => meaning.rule([match]));
  const named = [
    ...(surroundings.virtualNetwork === undefined
      ? []
      : [{ name: 'VirtualNetwork', bounds: boundsOf(tag('VirtualNetwork')) }]),
    { name: 'Internet', bounds: boundsOf(tag('Internet')) },
    ...resolvedIn(matches, names)
      .map(({ name, match }) => ({ name, bounds: boundsOf(match) }))
      // One that is not exactly known has no set to be recognised by.
      .filter(({ bounds }) => bounds.every(isExact)),
  ];
  const every = meanings.map(({ asked }) => asked.atMost).reduce(uniteAddresses, noAddresses);
  return [
    { name: 'any', addresses: every },
    ...named.flatMap(({ name, bounds }) =>
      distinct(
        bounds.flatMap(({ atLeast, atMost }) =>
          // Without the named addresses that stand for nothing here.
          [atLeast, atMost].map((set) => intersectAddresses(set, every)),
        ),
      ).map((addresses) => ({
        name,
        addresses,
      })),
    ),
    { name: 'any public address', addresses: publicAddresses },
    {
      name: 'public addresses that Azure does not always count to Internet',
      addresses: sometimesOmittedFromInternet,
    },
  ];
}

function tag(name: string): AddressMatch {
  return { kind: 'serviceTag', name };
}

/** Tags and groups that mean something here, each once. */
function resolvedIn(
  matches: readonly AddressMatch[],
  { tags }: NamedTags,
): readonly { readonly name: string; readonly match: AddressMatch }[] {
  const unresolved = new Set(tags.map((one) => one.toLowerCase()));
  const found = new Map<string, { readonly name: string; readonly match: AddressMatch }>();
  for (const match of matches) {
    const name =
      match.kind === 'serviceTag'
        ? match.name
        : match.kind === 'applicationSecurityGroup'
          ? nameOf(match.id)
          : undefined;
    if (name === undefined || unresolved.has(name.toLowerCase())) continue;
    const key = name.toLowerCase();
    // Of several spellings always the same one, whichever rule comes first.
    const before = found.get(key);
    if (before === undefined || name < before.name) found.set(key, { name, match });
  }
  return [...found].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one);
}

function isExact({ atLeast, atMost }: AddressBounds): boolean {
  return equalAddresses(atLeast, atMost);
}

/** Each set once, the empty one not at all. */
function distinct(sets: readonly AddressSet[]): readonly AddressSet[] {
  const byContent = new Map(sets.map((set) => [`${set.v4.join()};${set.v6.join()}`, set]));
  return [...byContent.values()].filter((set) => !isEmptyAddresses(set));
}
