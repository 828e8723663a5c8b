import type { CustomRole } from '../../access/least-grant.ts';
import { delegationCondition } from '../../access/role-commands.ts';
import { readActions } from '../../inventory/read-actions.ts';
import { resourceTypes } from '../../inventory/resource-types.ts';
import {
  networkContributorRole,
  remediationActions,
} from '../../remediation/remediation-actions.ts';

/** What reading a tenant takes beside the read operations of the types that are read. */
export const readerActions: readonly string[] = [
  'Microsoft.Authorization/permissions/read',
  'Microsoft.ResourceGraph/resources/read',
];

/**
 * Reads that no published list of operations holds, and what a role names instead: Azure takes no
 * role with an operation that it does not know, and a pattern that it does know holds them.
 * Source: learn.microsoft.com/azure/role-based-access-control/permissions/networking
 */
const unpublished: ReadonlyMap<string, string> = new Map([
  ['Microsoft.Network/effectiveSecurityAdminRules/read', 'Microsoft.Network/*/read'],
]);

/** Replaced by whoever makes the role: the subscriptions, or the one management group, where it is assigned. */
const someSubscription = '/subscriptions/00000000-0000-0000-0000-000000000000';

/** A role of our own, and how it is to be assigned. */
export interface OwnRole {
  readonly role: CustomRole;
  /** Where it is assigned, in words. */
  readonly where: string;
  /** The condition of its assignment. */
  readonly condition?: string;
}

/** The custom roles of the two identities, by file name: one that reads, and two parts of one that writes. */
export const ownRoles = {
  reader: {
    role: roleOf('Portcullis reader', 'What an audit by Portcullis reads, and nothing else.', [
      ...readerActions,
      ...readsOf(),
    ]),
    where: 'the subscriptions that are audited, or a management group above them',
  },
  'security-rules': {
    role: roleOf(
      'Portcullis security rules',
      'What a remediation by Portcullis does to network security groups, and nothing else.',
      remediationActions.securityRules,
    ),
    where: 'the resource groups of the network security groups of nodes',
  },
  'role-assignments': {
    role: roleOf(
      'Portcullis role assignments',
      'What a remediation by Portcullis does to role assignments, and nothing else; assigned under a condition.',
      remediationActions.roleAssignments,
    ),
    where: "the resource groups of the clusters' virtual networks",
    condition: delegationCondition(networkContributorRole.guid, 'ServicePrincipal'),
  },
} as const satisfies Readonly<Record<string, OwnRole>>;

function readsOf(): readonly string[] {
  const reads = resourceTypes.flatMap((type) => readActions[type] ?? []);
  const patterns = reads.flatMap((action) => unpublished.get(action) ?? []);
  const isHeld = (action: string): boolean =>
    patterns.some((pattern) => action.startsWith(pattern.slice(0, pattern.indexOf('*'))));
  return [...reads.filter((action) => !isHeld(action)), ...patterns];
}

function roleOf(name: string, description: string, actions: readonly string[]): CustomRole {
  return {
    Name: name,
    IsCustom: true,
    Description: description,
    Actions: [...new Set(actions)].toSorted(),
    NotActions: [],
    DataActions: [],
    NotDataActions: [],
    AssignableScopes: [someSubscription],
  };
}
