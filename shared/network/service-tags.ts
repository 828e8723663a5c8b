import { type AddressSet, addressSet } from '../packets/address.ts';

/** The published service tag list, or its absence. Names compare without regard to case. */
export interface ServiceTags {
  /** Whether a list was read at all. */
  readonly listed: boolean;
  /** The addresses of a tag, or undefined where the list (if any) does not name it. */
  addresses(tag: string): AddressSet | undefined;
}

/** No list: every service tag but Azure's fixed ones is unresolved. */
export const noServiceTags: ServiceTags = { listed: false, addresses: () => undefined };

/** A list of tags and their prefixes; a tag's prefixes are parsed when first asked for. */
export function serviceTags(
  tags: Iterable<{ readonly name: string; readonly addressPrefixes: readonly string[] }>,
): ServiceTags {
  const prefixes = new Map<string, readonly string[]>();
  for (const tag of tags) prefixes.set(tag.name.toLowerCase(), tag.addressPrefixes);
  const parsed = new Map<string, AddressSet>();
  return {
    listed: true,
    addresses(tag) {
      const key = tag.toLowerCase();
      const before = parsed.get(key);
      if (before !== undefined) return before;
      const texts = prefixes.get(key);
      if (texts === undefined) return undefined;
      const set = addressSet(texts);
      parsed.set(key, set);
      return set;
    },
  };
}

/**
 * Whether every address of `inner` belongs to `outer`, by their names alone: what holds without a
 * list. A regional tag lies within its global one (AzureUpdateDelivery excepted), a container
 * registry's within the cloud of the same region; nothing else is claimed. The tag of the registries
 * of all regions is not within AzureCloud: published lists hold an IPv6 address of it that is not.
 */
export function containsServiceTag(outer: string, inner: string): boolean {
  const o = outer.toLowerCase();
  const i = inner.toLowerCase();
  if (o === i || o === 'internet') return true;
  const [base, region] = split(i);
  if (o === base && base !== 'azureupdatedelivery') return true;
  if (base !== 'azurecontainerregistry' || region === '') return false;
  const regions = [region, cloudSpelling.get(region) ?? region];
  return o === 'azurecloud' || regions.some((one) => o === `azurecloud.${one}`);
}

/**
 * Regions that the tag AzureCloud alone spells otherwise than the others do.
 * Source: learn.microsoft.com/azure/virtual-network/service-tags-overview.
 */
const cloudSpelling: ReadonlyMap<string, string> = new Map([
  ['francecentral', 'centralfrance'],
  ['francesouth', 'southfrance'],
  ['germanywestcentral', 'germanywc'],
  ['germanynorth', 'germanyn'],
  ['norwayeast', 'norwaye'],
  ['norwaywest', 'norwayw'],
  ['switzerlandnorth', 'switzerlandn'],
  ['switzerlandwest', 'switzerlandw'],
]);

function split(tag: string): readonly [base: string, region: string] {
  const dot = `${tag}.`.indexOf('.');
  return [tag.slice(0, dot), tag.slice(dot + 1)];
}
