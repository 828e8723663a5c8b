import type { AssignmentDraft, ClusterDraft } from './cluster-draft.ts';
import { failLow, notApplicable, pass, unknown } from './cluster-draft.ts';
import { assignmentsType, builtInRoles } from './grant-scenarios.ts';
import type { PostureScenario } from './posture-scenarios.ts';

const checkId = 'network-contributor-no-wider-than-needed';

/**
 * What the cluster's identity holds beside its grant: User Access Administrator, which gives nothing
 * of networks but reading them and so leaves the grant's own truth as it is.
 */
export const excessGrantScenarios: readonly PostureScenario[] = [
  scenario('nothing-beside-the-grant', false, () => undefined),
  scenario('access-administrator-of-network-group', true, ({ networkGroupId }) => networkGroupId),
  scenario(
    'access-administrator-of-subscription',
    true,
    ({ networkSubscription }) => `/subscriptions/${networkSubscription.id}`,
  ),
  scenario('access-administrator-of-one-subnet', true, ({ subnets }) => subnets[0]?.id),
  scenario(
    'access-administrator-of-management-group',
    true,
    ({ networkSubscription, random }) =>
      `/providers/Microsoft.Management/managementGroups/${random.pick(networkSubscription.ancestors)}`,
    ({ conditions }) => conditions.managementGroupCoverage,
  ),
  scenario('access-administrator-of-cluster-group', false, ({ groupId }) => groupId),
  {
    name: 'access-administrator-through-group',
    fits: hasOwnNetwork,
    plant(draft) {
      const group = draft.random.guid();
      draft.groups.push({ id: group, members: [draft.identity.principalId, draft.random.guid()] });
      draft.assignments.push({ ...assigned(group, draft.networkGroupId), principalType: 'Group' });
    },
    truth: (draft) => ({ [checkId]: truthOf(draft, true) }),
  },
  {
    name: 'group-of-access-administrators-not-read',
    fits: hasOwnNetwork,
    plant(draft) {
      const group = draft.random.guid();
      draft.assignments.push({ ...assigned(group, draft.networkGroupId), principalType: 'Group' });
    },
    truth: (draft) => {
      const certain = truthOf(draft, false);
      return { [checkId]: certain === pass ? unknown : certain };
    },
  },
  {
    name: 'network-of-aks-needs-no-grant',
    fits: ({ network }) => network === 'managed',
    plant() {},
    truth: () => ({ [checkId]: notApplicable }),
  },
];

function scenario(
  name: string,
  isExcess: boolean,
  scopeOf: (draft: ClusterDraft) => string | undefined,
  fits: (draft: ClusterDraft) => boolean = () => true,
): PostureScenario {
  return {
    name,
    fits: (draft) => hasOwnNetwork(draft) && fits(draft),
    plant(draft) {
      const scope = scopeOf(draft);
      if (scope !== undefined) {
        draft.assignments.push(assigned(draft.identity.principalId, scope));
      }
    },
    truth: (draft) => ({ [checkId]: truthOf(draft, isExcess) }),
  };
}

function hasOwnNetwork({ network }: ClusterDraft): boolean {
  return network === 'own';
}

function assigned(principalId: string, scope: string): AssignmentDraft {
  const role = builtInRoles.userAccessAdministrator;
  return { principalId, principalType: 'ServicePrincipal', role, scope };
}

function truthOf(
  { conditions, identity, principalListed, posture }: ClusterDraft,
  isExcess: boolean,
) {
  const isNamed = identity.kind !== 'servicePrincipal' || principalListed;
  if (!isNamed || conditions.unread.includes(assignmentsType)) return unknown;
  if (isExcess || posture.grant.isWide) return failLow;
  // That nothing wider is granted is known only where every place a grant could be was read.
  return conditions.managementGroupCoverage ? pass : unknown;
}
