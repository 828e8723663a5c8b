import type { ClusterDraft, DeployerDraft, Expected } from './cluster-draft.ts';
import { failMedium, nodeSubnets, notApplicable, pass, unknown } from './cluster-draft.ts';
import { assignmentsType, builtInRoles, customRole } from './grant-scenarios.ts';
import type { PostureScenario } from './posture-scenarios.ts';

const checkId = 'deployers-can-join-network';
const reading = 'Microsoft.Network/*/read';
const joiningNetwork = 'Microsoft.Network/virtualNetworks/join/action';
const joiningSubnet = 'Microsoft.Network/virtualNetworks/subnets/join/action';

/** What the first deployer holds around the network; the others are Network Contributors there. */
export const deployerScenarios: readonly PostureScenario[] = [
  scenario('deployers-are-network-contributors', pass, (draft, deployer) => {
    grant(draft, deployer, builtInRoles.networkContributor, draft.networkGroupId);
  }),
  scenario('deployer-holds-custom-role', pass, (draft, deployer) => {
    const role = customRole(draft, 'deployer', [reading, joiningNetwork, joiningSubnet]);
    grant(draft, deployer, role, draft.networkId);
  }),
  scenario('deployer-holds-role-through-group', pass, (draft, { principalId }) => {
    const id = draft.random.guid();
    draft.groups.push({ id, members: [principalId] });
    grant(
      draft,
      { principalId: id, kind: 'Group' },
      builtInRoles.contributor,
      draft.networkGroupId,
    );
  }),
  scenario('deployer-in-group-nested-in-group', pass, (draft, { principalId }) => {
    const [inner, outer] = [draft.random.guid(), draft.random.guid()];
    draft.groups.push({ id: inner, members: [principalId] }, { id: outer, members: [inner] });
    const holder: Holder = { principalId: outer, kind: 'Group' };
    grant(draft, holder, builtInRoles.networkContributor, draft.networkGroupId);
  }),
  scenario('deployer-holds-nothing', failMedium, () => {}),
  scenario('deployer-may-only-read', failMedium, (draft, deployer) => {
    grant(draft, deployer, customRole(draft, 'network-viewer', ['*/read']), draft.networkGroupId);
  }),
  scenario('deployer-may-not-join-subnets', failMedium, (draft, deployer) => {
    const role = customRole(draft, 'network-joiner', [reading, joiningNetwork]);
    grant(draft, deployer, role, draft.networkGroupId);
  }),
  scenario('deployer-granted-on-similarly-named-group', failMedium, (draft, deployer) => {
    grant(draft, deployer, builtInRoles.networkContributor, draft.similarGroupId);
  }),
  scenario(
    'deployer-may-join-one-of-two-subnets',
    failMedium,
    (draft, deployer) => {
      const [first] = nodeSubnets(draft);
      const role = customRole(draft, 'network-joiner', [reading, joiningNetwork]);
      grant(draft, deployer, role, draft.networkGroupId);
      grant(draft, deployer, builtInRoles.networkContributor, first?.id ?? draft.networkId);
    },
    (draft) => nodeSubnets(draft).length === 2,
  ),
  scenario(
    'deployer-group-not-read',
    unknown,
    (draft) => {
      const group: Holder = { principalId: draft.random.guid(), kind: 'Group' };
      grant(draft, group, builtInRoles.networkContributor, draft.networkGroupId);
    },
    // The cluster's own identity may be in that group as well.
    ({ posture }) => !posture.grant.restsOnAbsence,
  ),
  scenario('deployer-grant-under-condition', unknown, (draft, deployer) => {
    const condition = "(@Resource[Microsoft.Network/virtualNetworks:name] StringEquals 'vnet-a')";
    grant(draft, deployer, builtInRoles.networkContributor, draft.networkGroupId, condition);
  }),
  {
    name: 'no-network-to-deploy-into',
    fits: (draft) => !isAsked(draft),
    plant() {},
    truth: () => ({ [checkId]: notApplicable }),
  },
];

type Holder = Pick<DeployerDraft, 'principalId' | 'kind'> | { principalId: string; kind: 'Group' };

function scenario(
  name: string,
  expected: Expected,
  plantFirst: (draft: ClusterDraft, deployer: DeployerDraft) => void,
  fits: (draft: ClusterDraft) => boolean = () => true,
): PostureScenario {
  return {
    name,
    fits: (draft) => isAsked(draft) && fits(draft),
    plant(draft) {
      const [first, ...others] = draft.conditions.deployers;
      if (first !== undefined) plantFirst(draft, first);
      for (const other of others) {
        grant(draft, other, builtInRoles.networkContributor, draft.networkGroupId);
      }
    },
    truth: (draft) => ({ [checkId]: truthOf(draft, expected) }),
  };
}

function isAsked({ conditions, network }: ClusterDraft): boolean {
  return network === 'own' && conditions.deployers.length > 0;
}

function truthOf(draft: ClusterDraft, expected: Expected): Expected {
  const { conditions, denyAssignments, posture } = draft;
  if (conditions.unread.includes(assignmentsType)) return unknown;
  // A deny assignment for everyone takes joining away, whatever was granted.
  if (denyAssignments.some(({ everyone }) => everyone)) return failMedium;
  const mayBeGranted = !conditions.managementGroupCoverage || posture.grant.isToUnreadGroup;
  return expected.kind === 'fail' && mayBeGranted ? unknown : expected;
}

function grant(
  draft: ClusterDraft,
  { principalId, kind }: Holder,
  role: string,
  scope: string,
  condition?: string,
): void {
  draft.assignments.push({
    principalId,
    principalType: kind,
    role,
    scope,
    ...(condition === undefined ? {} : { condition }),
  });
}
