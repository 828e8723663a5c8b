import type { ResourceId } from '../model/resource-id.ts';
import type { AddressSet } from '../packets/address.ts';

/** What is known of the addresses in application security groups. */
export interface GroupMembers {
  of(group: ResourceId): MemberBounds;
}

export interface MemberBounds {
  /** Addresses of members that were read. */
  readonly atLeast: AddressSet;
  /** Where every member is; undefined where not everything that could be a member was read. */
  readonly atMost: AddressSet | undefined;
}
