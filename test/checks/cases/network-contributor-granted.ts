import type { RoleDefinition } from '../../../shared/access/access-facts.ts';
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

const cases: readonly CheckCase[] = [
  {
    name: 'Network Contributor on the resource group of the network',
    given: granted([assignment(networkGroup, networkContributorRole)]),
    expect: 'pass',
    says: /role Network Contributor/,
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
    name: 'Reader only',
    given: granted([assignment(networkGroup, readerRole)]),
    expect: 'fail',
    severity: 'high',
    says: /join\/action/,
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
    says: /join\/action/,
  },
  {
    name: 'a deny assignment takes joining away',
    given: granted([assignment(networkGroup, networkContributorRole)], {
      denyAssignments: [
        {
          id: resourceId('/d'),
          name: 'stack-deny',
          scope: networkGroup,
          appliesToChildScopes: true,
          principalIds: ['00000000-0000-0000-0000-000000000000'],
          excludedPrincipalIds: [],
          permissions: [{ actions: ['*/join/action'], notActions: [] }],
        },
      ],
    }),
    expect: 'fail',
    severity: 'high',
    says: /stack-deny/,
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
    name: 'a condition on the assignment',
    given: granted([
      assignment(networkGroup, networkContributorRole, { condition: "(!(ActionMatches{'x'}))" }),
    ]),
    expect: 'unknown',
    says: /condition/,
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
    says: /route table/,
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
];

export default cases;
