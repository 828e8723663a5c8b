import type { DenyAssignment, RoleDefinition } from '../../../shared/access/access-facts.ts';
import { resourceId } from '../../../shared/model/resource-id.ts';
import { known } from '../../../shared/model/verdict.ts';
import {
  type CheckCase,
  access,
  assignment,
  cluster,
  contributorRole,
  networkContributorRole,
  networkGroup,
  networkResource,
  ownerRole,
  principal,
  readerRole,
  roles,
  routes,
  subnet,
  unread,
  withSubnet,
  subscription,
} from '../build.ts';

const group = '33333333-3333-4333-8333-333333333333';
const kubelet = '44444444-4444-4444-8444-444444444444';
const custom = '55555555-5555-4555-8555-555555555555';
const otherGroup = `${subscription}/resourceGroups/lab-rg/providers/Microsoft.Network`;
const withoutGroup = resourceId('/providers/Microsoft.Network/virtualNetworks/spoke/subnets/nodes');
const managementGroup = resourceId('/providers/Microsoft.Management/managementGroups/corp');

const role = (actions: readonly string[], notActions: readonly string[] = []): RoleDefinition => ({
  guid: custom,
  roleName: 'AKS network',
  permissions: [{ actions, notActions }],
});
const granted = (
  assignments: ReturnType<typeof assignment>[],
  more: Parameters<typeof access>[0] = {},
) => cluster({ access: access({ assignments, ...more }) });

const noJoining: DenyAssignment = {
  id: resourceId('/d'),
  name: 'stack-deny',
  scope: networkGroup,
  appliesToChildScopes: true,
  principalIds: ['00000000-0000-0000-0000-000000000000'],
  excludedPrincipalIds: [],
  permissions: [{ actions: ['*/join/action'], notActions: [] }],
};

const cases: readonly CheckCase[] = [
  {
    name: 'Network Contributor on the resource group of the network',
    given: granted([assignment(networkGroup, networkContributorRole)]),
    expect: 'pass',
    says: /^\["The cluster's system-assigned identity 22222222.*role Network Contributor/,
  },
  {
    name: 'Network Contributor on the subscription',
    given: granted([assignment(subscription, networkContributorRole)]),
    expect: 'pass',
  },
  {
    name: 'Owner on a management group above',
    given: granted([assignment(managementGroup, ownerRole)], {
      managementGroups: new Map([['11111111-1111-4111-8111-111111111111', [managementGroup]]]),
    }),
    expect: 'pass',
  },
  {
    name: 'Contributor at the root',
    given: granted([assignment('/', contributorRole)]),
    expect: 'pass',
  },
  {
    name: 'a custom role with everything of networks',
    given: granted([assignment(networkGroup, custom)], roles(role(['Microsoft.Network/*']))),
    expect: 'pass',
    says: /AKS network/,
  },
  {
    name: 'through a group',
    given: granted(
      [
        assignment(networkGroup, networkContributorRole, {
          principalId: group,
          principalType: 'Group',
        }),
      ],
      { groups: new Map([[group, new Set([principal])]]) },
    ),
    expect: 'pass',
    says: /group 33333333/,
  },
  {
    name: 'nothing is granted',
    given: granted([]),
    expect: 'fail',
    severity: 'high',
    says: /subnets\/(read|join)/,
  },
  {
    name: 'nothing is granted: the least that would mend it is said, also as a command',
    given: granted([]),
    expect: 'fail',
    says: /role Network Contributor, or a custom role of Microsoft\.Network\/virtualNetworks\/subnets\/read and .*join\/action and nothing else; az role assignment create --assignee-object-id 22222222-[\d-]+ --assignee-principal-type ServicePrincipal --role '4d97b98b-[\da-f-]+' --scope '\/subscriptions/,
  },
  {
    name: 'Reader only',
    given: granted([assignment(networkGroup, readerRole)]),
    expect: 'fail',
    severity: 'high',
    says: /join\/action.*role Reader, which gives \*\/read, is assigned to/,
  },
  {
    name: 'granted to the kubelet instead',
    given: granted([assignment(networkGroup, networkContributorRole, { principalId: kubelet })]),
    expect: 'fail',
    severity: 'high',
  },
  {
    name: 'granted on a resource group whose name only begins the same',
    given: granted([
      assignment(`${subscription}/resourceGroups/network-r`, networkContributorRole),
    ]),
    expect: 'fail',
    severity: 'high',
  },
  {
    name: 'a custom role that may not join',
    given: granted(
      [assignment(networkGroup, custom)],
      roles(
        role(['Microsoft.Network/*'], ['Microsoft.Network/virtualNetworks/subnets/join/action']),
      ),
    ),
    expect: 'fail',
    severity: 'high',
    says: /join\/action.*role AKS network, assigned at .*leaves it out with the notAction Microsoft\.Network\/virtualNetworks\/subnets\/join/,
  },
  {
    name: 'a deny assignment takes joining away',
    given: granted([assignment(networkGroup, networkContributorRole)], {
      denyAssignments: [noJoining],
    }),
    expect: 'fail',
    severity: 'high',
    says: /stack-deny/,
  },
  {
    name: 'nothing is granted, and a deny assignment would take joining away anyhow',
    given: granted([], {
      denyAssignments: [noJoining],
    }),
    expect: 'fail',
    severity: 'high',
    says: /Assign Network Contributor.*No role gives back what deny assignment stack-deny/,
  },
  {
    name: 'Network Contributor on the subnet alone: enough for AKS, less than the guidance',
    given: granted([assignment(subnet().id, networkContributorRole)]),
    expect: 'fail',
    severity: 'low',
    says: /at the least/,
  },
  {
    name: 'Network Contributor on the network alone',
    given: granted([
      assignment(networkResource('virtualNetworks', 'spoke'), networkContributorRole),
    ]),
    expect: 'fail',
    severity: 'low',
  },
  {
    name: 'on one of two subnets alone',
    given: cluster({
      subnets: known([subnet(), subnet({ name: 'gpu' })]),
      access: access({ assignments: [assignment(subnet().id, networkContributorRole)] }),
    }),
    expect: 'fail',
    severity: 'high',
    says: /gpu/,
  },
  {
    name: 'on the subnet, but not on the customer’s route table',
    given: withSubnet(
      { ...routes() },
      { access: access({ assignments: [assignment(subnet().id, networkContributorRole)] }) },
    ),
    expect: 'fail',
    severity: 'high',
    says: /routeTables/,
  },
  {
    name: 'on the subnet; AKS made the route table itself',
    given: withSubnet(
      {
        routeTable: known({
          id: resourceId(
            `${subscription}/resourceGroups/mc/providers/Microsoft.Network/routeTables/t`,
          ),
          routes: [],
        }),
      },
      {
        nodeResourceGroup: 'mc',
        access: access({ assignments: [assignment(subnet().id, networkContributorRole)] }),
      },
    ),
    expect: 'fail',
    severity: 'low',
  },
  {
    name: 'on the subnet; only the route table of another subnet, without nodes, is not its own',
    given: cluster({
      subnets: known([subnet(), subnet({ name: 'pods', usedBy: ['pods'], ...routes() })]),
      access: access({
        assignments: ['nodes', 'pods'].map((name) =>
          assignment(subnet({ name }).id, networkContributorRole),
        ),
      }),
    }),
    expect: 'fail',
    severity: 'low',
  },
  {
    name: 'Network Contributor on the resource group, and a deny assignment on the subnet names a group nobody read',
    given: granted([assignment(networkGroup, networkContributorRole)], {
      denyAssignments: [{ ...noJoining, scope: subnet().id, principalIds: [group] }],
      principalTypes: new Map([[group, 'Group']]),
    }),
    expect: 'unknown',
    says: /members of the group 33333333.*role Network Contributor/,
  },
  {
    name: 'nothing is granted to the service principal of the cluster',
    given: cluster({
      access: access(),
      identity: known({ kind: 'servicePrincipal', principalId: principal }),
    }),
    expect: 'fail',
    severity: 'high',
    says: /The cluster's service principal 22222222/,
  },
  {
    name: 'nothing is granted to the user-assigned identity of the cluster',
    given: cluster({
      access: access(),
      identity: known({ kind: 'userAssigned', principalId: principal }),
    }),
    expect: 'fail',
    severity: 'high',
    says: /The cluster's user-assigned identity 22222222/,
  },
  {
    name: 'through a group in a group',
    given: granted(
      [
        assignment(networkGroup, networkContributorRole, {
          principalId: group,
          principalType: 'Group',
        }),
      ],
      {
        groups: new Map([
          [group, new Set([kubelet])],
          [kubelet, new Set([principal])],
        ]),
      },
    ),
    expect: 'pass',
    says: /group 33333333-[\d-]+, of which .* is a member through group 44444444-[\d-]+ at /,
  },
  {
    name: 'a group whose members are not known',
    given: granted([
      assignment(networkGroup, networkContributorRole, {
        principalId: group,
        principalType: 'Group',
      }),
    ]),
    expect: 'unknown',
    says: /33333333/,
  },
  {
    name: 'a condition that asks for more than the action',
    given: granted([
      assignment(networkGroup, networkContributorRole, {
        condition: "@Resource[Microsoft.Network/virtualNetworks:name] StringEquals 'spoke'",
      }),
    ]),
    expect: 'unknown',
    says: /condition/,
  },
  {
    name: 'a condition in a language that is not understood',
    given: granted([
      assignment(networkGroup, networkContributorRole, {
        condition: "(@Subject.Application == '55dc16a2-3e72-4a5e-b430-50311bb101b9')",
      }),
    ]),
    expect: 'unknown',
    says: /not understood/,
  },
  {
    name: 'a condition on other actions: it delegates role assignments and cuts nothing of networks',
    given: granted([
      assignment(networkGroup, ownerRole, {
        condition:
          "(!(ActionMatches{'Microsoft.Authorization/roleAssignments/write'})) OR (@Request[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {4d97b98b-1d4f-4787-a291-c67834d212e7})",
      }),
    ]),
    expect: 'pass',
  },
  {
    name: 'a condition that never lets joining through',
    given: granted([
      assignment(networkGroup, networkContributorRole, {
        condition: "!(ActionMatches{'Microsoft.Network/virtualNetworks/subnets/join/action'})",
      }),
    ]),
    expect: 'fail',
    severity: 'high',
    says: /join\/action/,
  },
  {
    name: 'a role with a condition on its own actions',
    given: granted(
      [assignment(networkGroup, custom)],
      roles({
        ...role([]),
        permissions: [
          {
            actions: ['*'],
            notActions: [],
            condition: "@Principal[ApplicationACR] ForAllOfAnyValues:StringEqualsIgnoreCase {'1'}",
          },
        ],
      }),
    ),
    expect: 'unknown',
    says: /condition on the role AKS network/,
  },
  {
    name: 'a role whose definition could not be read',
    given: granted([assignment(networkGroup, custom)]),
    expect: 'unknown',
    says: /role/,
  },
  {
    name: 'assignments above the subscription could not be read',
    given: granted([], { coverage: () => unread('role assignments of management groups') }),
    expect: 'unknown',
    says: /management groups/,
  },
  {
    name: 'a grant is a grant, whatever could not be read',
    given: granted([assignment(networkGroup, networkContributorRole)], {
      coverage: () => unread('role assignments'),
    }),
    expect: 'pass',
  },
  {
    name: 'the route table could not be read',
    given: withSubnet(
      { routeTable: unread('route table') },
      { access: access({ assignments: [assignment(subnet().id, networkContributorRole)] }) },
    ),
    expect: 'unknown',
    says: /role Network Contributor, which gives Microsoft\.Network\/\*, is assigned to.*"what":"route table"/,
  },
  {
    name: 'the identity is not known',
    given: cluster({ identity: unread('object id of the service principal') }),
    expect: 'unknown',
    says: /object id/,
  },
  {
    name: 'the subnets are not known',
    given: cluster({ subnets: unread('subnets') }),
    expect: 'unknown',
    says: /subnets/,
  },
  {
    name: 'AKS made the network itself',
    given: withSubnet({ managedByAks: true }, { access: access() }),
    expect: 'notApplicable',
  },
  {
    name: 'AKS made the network itself, and its subnets could not be read',
    given: cluster({ networkMadeByAks: true, subnets: unread('subnets'), access: access() }),
    expect: 'notApplicable',
  },
  {
    name: 'through a group that may have other members too',
    given: granted(
      [
        assignment(networkGroup, networkContributorRole, {
          principalId: group,
          principalType: 'Group',
        }),
      ],
      { groups: new Map([[group, new Set([principal])]]), incompleteGroups: new Set([group]) },
    ),
    expect: 'pass',
  },
  {
    name: 'through a group whose other members may be groups that hold it',
    given: granted(
      [
        assignment(networkGroup, networkContributorRole, {
          principalId: group,
          principalType: 'Group',
        }),
      ],
      { groups: new Map([[group, new Set([kubelet])]]), incompleteGroups: new Set([group]) },
    ),
    expect: 'unknown',
  },
  {
    name: 'subnets in two networks, and the role on the resource group of one: the other lacks its own subnet alone',
    given: cluster({
      subnets: known([
        subnet(),
        { ...subnet(), id: resourceId(`${otherGroup}/virtualNetworks/lab/subnets/gpu`) },
      ]),
      access: access({ assignments: [assignment(networkGroup, networkContributorRole)] }),
    }),
    expect: 'fail',
    severity: 'high',
    says: /^\["[^"]* on gpu\. Assign Network Contributor on resource group lab-rg\."/,
  },
  {
    name: 'the id of the network names no resource group',
    given: cluster({ subnets: known([{ ...subnet(), id: withoutGroup }]) }),
    expect: 'unknown',
    says: /its id names no resource group/,
  },
];

export default cases;
