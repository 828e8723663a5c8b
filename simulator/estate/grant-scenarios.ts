import type { ClusterDraft, CustomRoleDraft, EstateConditions, Expected } from './cluster-draft.ts';
import { failHigh, failLow, notApplicable, pass, unknown } from './cluster-draft.ts';

/** Azure's built-in role definitions, by the trailing GUID of their ids. */
export const builtInRoles = {
  networkContributor: '4d97b98b-1d4f-4787-a291-c67834d212e7',
  owner: '8e3af657-a8ff-443c-a75c-2fe8c4bcb635',
  contributor: 'b24988ac-6180-42a0-ab88-20f7382dd24c',
  reader: 'acdd72a7-3385-48ef-bd42-f606fba81ae7',
  userAccessAdministrator: '18d7d88d-d35e-4fb5-a5c3-7773c20a72d9',
  acrPull: '7f951dda-4ed3-4680-a7ca-43fe172d538d',
} as const;

/** One way for `network-contributor-granted` to be true, false, unknowable or beside the point. */
export interface GrantScenario {
  readonly name: string;
  readonly expected: Expected;
  readonly identity?: ClusterDraft['identity']['kind'];
  /** Not true any more where the node subnets have a route table of the customer's. */
  readonly withoutRouteTable?: true;
  readonly withRouteTable?: true;
  /** Uses grants above the subscription. */
  readonly aboveSubscription?: true;
  /** Rests on the absence of a grant that was not seen. */
  readonly restsOnAbsence?: true;
  readonly needs?: (draft: ClusterDraft) => boolean;
  plant(draft: ClusterDraft): void;
}

export const assignmentsType = 'microsoft.authorization/roleassignments';

/** A management group that holds none of the estate's subscriptions. */
const foreignManagementGroup = 'mg-sandbox';

export const grantScenarios: readonly GrantScenario[] = [
  {
    name: 'granted-at-resource-group',
    expected: pass,
    plant(draft) {
      grant(draft, builtInRoles.networkContributor, draft.networkGroupId);
    },
  },
  {
    name: 'granted-at-subscription',
    expected: pass,
    plant(draft) {
      const role = draft.random.pick([builtInRoles.networkContributor, builtInRoles.contributor]);
      draft.posture.grant.isWide = role === builtInRoles.contributor;
      grant(draft, role, subscriptionScope(draft));
    },
  },
  {
    name: 'granted-at-management-group',
    expected: pass,
    aboveSubscription: true,
    plant(draft) {
      const group = draft.random.pick(draft.networkSubscription.ancestors);
      const role = builtInRoles.networkContributor;
      grant(draft, role, `/providers/Microsoft.Management/managementGroups/${group}`);
    },
  },
  {
    name: 'granted-at-root',
    expected: pass,
    aboveSubscription: true,
    plant(draft) {
      grant(draft, builtInRoles.networkContributor, '/');
    },
  },
  {
    name: 'owner-of-resource-group',
    expected: pass,
    plant(draft) {
      draft.posture.grant.isWide = true;
      grant(draft, builtInRoles.owner, draft.networkGroupId);
    },
  },
  {
    name: 'granted-by-custom-role',
    expected: pass,
    plant(draft) {
      const actions = draft.random.pick([
        ['Microsoft.Network/*'],
        ['microsoft.network/*', '*/read'],
      ]);
      grant(draft, customRole(draft, 'network-operator', actions), draft.networkGroupId);
    },
  },
  {
    name: 'granted-through-group',
    expected: pass,
    plant(draft) {
      const group = draft.random.guid();
      draft.groups.push({
        id: group,
        members: draft.random.shuffled([
          draft.identity.principalId,
          draft.random.guid(),
          draft.random.guid(),
        ]),
      });
      grantTo(draft, group, 'Group', builtInRoles.networkContributor, draft.networkGroupId);
    },
  },
  {
    name: 'granted-to-service-principal',
    expected: pass,
    identity: 'servicePrincipal',
    plant(draft) {
      grant(draft, builtInRoles.networkContributor, draft.networkGroupId);
    },
  },
  {
    name: 'granted-to-user-assigned-identity',
    expected: pass,
    identity: 'user',
    plant(draft) {
      grant(draft, builtInRoles.networkContributor, draft.networkGroupId);
    },
  },
  {
    name: 'nothing-granted',
    expected: failHigh,
    restsOnAbsence: true,
    plant() {},
  },
  {
    name: 'identity-holds-reader-only',
    expected: failHigh,
    restsOnAbsence: true,
    plant(draft) {
      grant(draft, builtInRoles.reader, draft.networkGroupId);
    },
  },
  {
    name: 'granted-on-similarly-named-group',
    expected: failHigh,
    restsOnAbsence: true,
    plant(draft) {
      grant(draft, builtInRoles.networkContributor, draft.similarGroupId);
    },
  },
  {
    name: 'granted-on-cluster-group-only',
    expected: failHigh,
    restsOnAbsence: true,
    plant(draft) {
      grant(draft, builtInRoles.networkContributor, draft.groupId);
    },
  },
  {
    name: 'granted-at-foreign-management-group',
    expected: failHigh,
    restsOnAbsence: true,
    aboveSubscription: true,
    plant(draft) {
      const scope = `/providers/Microsoft.Management/managementGroups/${foreignManagementGroup}`;
      grant(draft, builtInRoles.networkContributor, scope);
    },
  },
  {
    name: 'granted-to-kubelet-identity',
    expected: failHigh,
    restsOnAbsence: true,
    plant(draft) {
      const { networkContributor } = builtInRoles;
      grantTo(
        draft,
        draft.kubeletObjectId,
        'ServicePrincipal',
        networkContributor,
        draft.networkGroupId,
      );
    },
  },
  {
    name: 'granted-to-app-id',
    expected: failHigh,
    restsOnAbsence: true,
    identity: 'servicePrincipal',
    plant(draft) {
      const { networkContributor } = builtInRoles;
      grantTo(
        draft,
        draft.identity.clientId,
        'ServicePrincipal',
        networkContributor,
        draft.networkGroupId,
      );
    },
  },
  {
    name: 'granted-to-client-id',
    expected: failHigh,
    restsOnAbsence: true,
    identity: 'user',
    plant(draft) {
      const { networkContributor } = builtInRoles;
      grantTo(
        draft,
        draft.identity.clientId,
        'ServicePrincipal',
        networkContributor,
        draft.networkGroupId,
      );
    },
  },
  {
    name: 'custom-role-cannot-join',
    expected: failHigh,
    restsOnAbsence: true,
    plant(draft) {
      const actions = [
        'Microsoft.Network/virtualNetworks/read',
        'Microsoft.Network/virtualNetworks/subnets/read',
        'Microsoft.Network/virtualNetworks/join/action',
      ];
      grant(draft, customRole(draft, 'network-reader', actions), draft.networkGroupId);
    },
  },
  {
    name: 'join-cut-by-not-actions',
    expected: failHigh,
    restsOnAbsence: true,
    plant(draft) {
      const cut = draft.random.pick([
        'Microsoft.Network/virtualNetworks/subnets/join/action',
        'Microsoft.Network/virtualNetworks/subnets/*',
        'microsoft.network/*/action',
      ]);
      draft.posture.grant.isWide = true;
      grant(draft, customRole(draft, 'nearly-contributor', ['*'], [cut]), draft.networkGroupId);
    },
  },
  {
    name: 'grant-cut-by-deny-assignment',
    expected: failHigh,
    restsOnAbsence: true,
    plant(draft) {
      grant(draft, builtInRoles.networkContributor, draft.networkGroupId);
      const { principalId } = draft.identity;
      draft.denyAssignments.push({ principalId, everyone: draft.random.chance(0.5) });
    },
  },
  {
    name: 'kubenet-route-table-not-granted',
    expected: failHigh,
    restsOnAbsence: true,
    withRouteTable: true,
    plant(draft) {
      grant(draft, builtInRoles.networkContributor, draft.networkId);
    },
  },
  {
    name: 'granted-on-virtual-network-only',
    expected: failLow,
    restsOnAbsence: true,
    withoutRouteTable: true,
    plant(draft) {
      grant(draft, builtInRoles.networkContributor, draft.networkId);
    },
  },
  {
    name: 'granted-on-each-subnet-only',
    expected: failLow,
    restsOnAbsence: true,
    withoutRouteTable: true,
    plant(draft) {
      for (const { id, role } of draft.subnets) {
        if (role === 'node' || role === 'pod') grant(draft, builtInRoles.networkContributor, id);
      }
    },
  },
  {
    name: 'custom-role-with-minimum-only',
    expected: failLow,
    restsOnAbsence: true,
    withoutRouteTable: true,
    plant(draft) {
      const actions = [
        'Microsoft.Network/virtualNetworks/subnets/join/action',
        'Microsoft.Network/virtualNetworks/subnets/read',
      ];
      grant(draft, customRole(draft, 'subnet-joiner', actions), draft.networkGroupId);
    },
  },
  {
    name: 'granted-on-one-of-two-subnets-only',
    expected: failHigh,
    restsOnAbsence: true,
    needs: ({ subnets }) => subnets.filter(({ role }) => role === 'node').length === 2,
    plant(draft) {
      const [first] = draft.subnets;
      if (first !== undefined) grant(draft, builtInRoles.networkContributor, first.id);
    },
  },
  {
    name: 'group-members-not-read',
    expected: unknown,
    plant(draft) {
      const { networkContributor } = builtInRoles;
      draft.posture.grant.isToUnreadGroup = true;
      grantTo(draft, draft.random.guid(), 'Group', networkContributor, draft.networkGroupId);
    },
  },
  {
    name: 'grant-under-condition',
    expected: unknown,
    plant(draft) {
      const condition =
        "(@Resource[Microsoft.Network/virtualNetworks:name] StringEquals 'vnet-production')";
      grant(draft, builtInRoles.networkContributor, draft.networkGroupId, condition);
    },
  },
  {
    name: 'service-principal-not-read',
    expected: unknown,
    identity: 'servicePrincipal',
    plant(draft) {
      grant(draft, builtInRoles.networkContributor, draft.networkGroupId);
      draft.principalListed = false;
    },
  },
];

/** What is true of the check: a fail needs that every place a grant could be was read. */
export function grantTruth(
  scenario: GrantScenario | undefined,
  conditions: EstateConditions,
): Expected {
  if (scenario === undefined) return notApplicable;
  if (conditions.unread.includes(assignmentsType)) return unknown;
  if (scenario.restsOnAbsence === true && !conditions.managementGroupCoverage) return unknown;
  return scenario.expected;
}

/** Whether the scenario can be planted on this draft in such an estate and stay true. */
export function fitsGrant(scenario: GrantScenario, draft: ClusterDraft): boolean {
  const { managementGroupCoverage } = draft.conditions;
  const hasRouteTable = draft.routes.length > 0;
  // Whether a deny assignment decides where grants may be hidden is not said anywhere.
  const decided = managementGroupCoverage || scenario.name !== 'grant-cut-by-deny-assignment';
  return (
    decided &&
    (scenario.identity ?? draft.identity.kind) === draft.identity.kind &&
    (scenario.withoutRouteTable !== true || !hasRouteTable) &&
    (scenario.withRouteTable !== true || hasRouteTable) &&
    (scenario.aboveSubscription !== true || managementGroupCoverage) &&
    (scenario.needs?.(draft) ?? true)
  );
}

function subscriptionScope(draft: ClusterDraft): string {
  return `/subscriptions/${draft.networkSubscription.id}`;
}

function grant(draft: ClusterDraft, role: string, scope: string, condition?: string): void {
  const { principalId } = draft.identity;
  const principalType = 'ServicePrincipal';
  draft.assignments.push({
    principalId,
    principalType,
    role,
    scope,
    ...(condition === undefined ? {} : { condition }),
  });
}

function grantTo(
  draft: ClusterDraft,
  principalId: string,
  principalType: 'ServicePrincipal' | 'Group',
  role: string,
  scope: string,
): void {
  draft.assignments.push({ principalId, principalType, role, scope });
}

/** A role of the customer's own; its GUID. */
export function customRole(
  draft: ClusterDraft,
  purpose: string,
  actions: readonly string[],
  notActions: readonly string[] = [],
): string {
  const role: CustomRoleDraft = {
    name: `${draft.name}-${purpose}`,
    guid: draft.random.guid(),
    actions,
    notActions,
  };
  draft.customRoles.push(role);
  return role.guid;
}
