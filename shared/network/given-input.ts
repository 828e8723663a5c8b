import { addressSet, uniteAddresses } from '../packets/address.ts';
import { hostAddress, type Surroundings } from './address-bounds.ts';
import { parseNetworkSecurityGroup } from './parse-security-rule.ts';
import { parseServiceTags } from './parse-service-tags.ts';
import type { NetworkSecurityGroup } from './security-rule.ts';
import { noServiceTags } from './service-tags.ts';

/** What a person says of the network around a security group. */
export interface GivenSurroundings {
  /** The whole address space of the VirtualNetwork tag; absent: the tag is unresolved. */
  readonly vnet?: readonly string[] | null;
  /** The response of the service tag list; null: no list. */
  readonly serviceTags?: unknown;
}

/**
 * The surroundings as given; Azure's host address belongs to every virtual network.
 * @throws RangeError naming the field, the value and what to write instead.
 */
export function surroundingsGiven(input: GivenSurroundings): Surroundings {
  const [tags = noServiceTags] = given(input.serviceTags).map((json) =>
    field('serviceTags', () => parseServiceTags(json)),
  );
  const vnet = input.vnet ?? [];
  if (vnet.length === 0) return { serviceTags: tags };
  const space = uniteAddresses(
    field('vnet', () => addressSet(vnet)),
    hostAddress,
  );
  return { serviceTags: tags, virtualNetwork: { atLeast: space, atMost: space } };
}

/**
 * The network security group that a field holds.
 * @throws RangeError naming the field, the rule and the value.
 */
export function groupGiven(json: unknown, name: string): NetworkSecurityGroup {
  return field(name, () => parseNetworkSecurityGroup(json));
}

/** The value in a list, or an empty one where there is none. */
export function given(json: unknown): readonly unknown[] {
  return json === undefined || json === null ? [] : [json];
}

/** What `read` returns; a RangeError of it gets the name of the field in front of its message. */
export function field<T>(name: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new RangeError(`${name}: ${error.message}`, { cause: error });
  }
}
