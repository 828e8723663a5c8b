import { addressSet, uniteAddresses } from '../packets/address.ts';
import { type AddressBounds, hostAddress, type Surroundings } from './address-bounds.ts';
import { networkManagersIn } from './network-managers.ts';
import { parseAdminRules, parseNetworkSecurityGroup } from './parse-security-rule.ts';
import { parseServiceTags } from './parse-service-tags.ts';
import type { AdminRule, NetworkSecurityGroup, SecurityRule } from './security-rule.ts';
import { rememberingAlike } from './remembering-alike.ts';
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
    field('serviceTags', () => tagsOf(json)),
  );
  const vnet = input.vnet ?? [];
  if (vnet.length === 0) return { serviceTags: tags };
  return { serviceTags: tags, virtualNetwork: spaceOf(vnet) };
}

/** Lines of a batch repeat the list and the network: each is read once, so that what rules mean is too. */
const tagsOf = rememberingAlike(parseServiceTags);
const spaceOf = rememberingAlike((vnet: readonly string[]): AddressBounds => {
  const space = uniteAddresses(
    field('vnet', () => addressSet(vnet)),
    hostAddress,
  );
  return { atLeast: space, atMost: space };
});

/**
 * The network security group that a field holds.
 * @throws RangeError naming the field, the rule and the value.
 */
export function groupGiven(json: unknown, name: string): NetworkSecurityGroup {
  return field(name, () => {
    const group = parseNetworkSecurityGroup(json);
    refuseTies(group.rules, () => true, 'Azure refuses such a group');
    return group;
  });
}

/**
 * The security admin rules that a field holds, of one network manager: which of several comes first is
 * decided by their scopes, which no rule says.
 * Source: learn.microsoft.com/azure/virtual-network-manager/concept-security-admins.
 * @throws RangeError naming the field, the rule and the value.
 */
export function adminRulesGiven(json: unknown): readonly AdminRule[] {
  return field('adminRules', () => {
    const managers = networkManagersIn(json);
    if (managers.length > 1) {
      throw new RangeError(
        `the rules are those of ${managers.join(' and ')}; the manager of the higher scope comes first, and no rule says which that is: give the rules of one`,
      );
    }
    const rules = parseAdminRules(json);
    refuseTies(rules, (a, b) => a.access !== b.access, 'which comes first is not known');
    return rules;
  });
}

/** Two rules of one direction and priority have no order. */
function refuseTies<T extends Ordered>(
  rules: readonly T[],
  matters: (a: T, b: T) => boolean,
  why: string,
): void {
  for (const [at, rule] of rules.entries()) {
    const twin = rules
      .slice(0, at)
      .find(
        (one) =>
          one.priority === rule.priority && one.direction === rule.direction && matters(one, rule),
      );
    if (twin === undefined) continue;
    const both = `rules ${twin.name} and ${rule.name} are both ${rule.direction.toLowerCase()}`;
    throw new RangeError(`${both} with priority ${rule.priority}; ${why}`);
  }
}

type Ordered = Pick<SecurityRule, 'name' | 'priority' | 'direction'>;

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
