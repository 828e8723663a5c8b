import { type ResourceId, nameOf } from '../model/resource-id.ts';
import { isAddressSubset } from '../packets/address.ts';
import { type Surroundings, isResolved } from './address-bounds.ts';
import type { AddressMatch, RuleMatch } from './security-rule.ts';

/** The names in the rules whose addresses are not exactly known here, as a person would write them. */
export function unresolvedNames(
  rules: readonly RuleMatch[],
  surroundings: Surroundings,
): readonly string[] {
  const names = rules
    .flatMap((rule) => [...rule.sources, ...rule.destinations])
    .flatMap((match) => unresolvedName(match, surroundings) ?? []);
  return [...new Set(names)].toSorted();
}

function unresolvedName(match: AddressMatch, surroundings: Surroundings): string | undefined {
  switch (match.kind) {
    case 'any':
    case 'prefix':
      return undefined;
    case 'serviceTag': {
      const key = match.name.toLowerCase();
      const { virtualNetwork } = surroundings;
      if (key !== 'virtualnetwork') {
        return isResolved(key, surroundings) ? undefined : `service tag ${match.name}`;
      }
      return virtualNetwork === undefined || virtualNetwork.atLeast !== virtualNetwork.atMost
        ? 'the extent of VirtualNetwork'
        : undefined;
    }
    case 'applicationSecurityGroup': {
      if (knowsMembers(match.id, surroundings)) return undefined;
      return `the members of application security group ${nameOf(match.id)}`;
    }
    case 'unclear':
      return `"${match.text}"`;
    default:
      return match satisfies never;
  }
}

/** Whether it is known exactly who is in the application security group. */
export function knowsMembers(group: ResourceId, { groupMembers }: Surroundings): boolean {
  const members = groupMembers?.of(group);
  return members?.atMost !== undefined && isAddressSubset(members.atMost, members.atLeast);
}
