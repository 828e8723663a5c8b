import type {
  AccessFacts,
  DenyAssignment,
  RoleDefinition,
} from '../../../shared/access/access-facts.ts';
import type { InferenceCluster } from '../../../shared/facts/inference-cluster.ts';
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
  ownerRole,
  principal,
  roles,
  subnet,
  unread,
  subscription,
  virtualNetwork,
} from '../build.ts';

const accessAdministrator = '18d7d88d-d35e-4fb5-a5c3-7773c20a72d9';
const custom = '55555555-5555-4555-8555-555555555555';
const group = '33333333-3333-4333-8333-333333333333';
const managementGroup = resourceId('/providers/Microsoft.Management/managementGroups/corp');
const needed = assignment(networkGroup, networkContributorRole);

const role = (actions: readonly string[], notActions: readonly string[] = []): RoleDefinition => ({
  guid: custom,
  roleName: 'AKS operator',
  permissions: [{ actions, notActions }],
});
const noAssigning: DenyAssignment = {
  id: resourceId('/d'),
  name: 'stack-deny',
  scope: virtualNetwork().id,
  appliesToChildScopes: true,
  principalIds: ['00000000-0000-0000-0000-000000000000'],
  excludedPrincipalIds: [],
  permissions: [{ actions: ['Microsoft.Authorization/*'], notActions: [] }],
};
const holding = (
  assignments: readonly ReturnType<typeof assignment>[],
  more: Partial<AccessFacts> = {},
  facts: Partial<InferenceCluster> = {},
) => cluster({ access: access({ assignments: [needed, ...assignments], ...more }), ...facts });

const cases: readonly CheckCase[] = [
  {
    name: 'Network Contributor on the resource group and nothing else',
    given: holding([]),
    expect: 'pass',
  },
  {
    name: 'Owner of the resource group',
    given: holding([assignment(networkGroup, ownerRole)]),
    expect: 'fail',
    severity: 'low',
    says: /may assign roles on resource group network-rg, by role Owner at /,
  },
  {
    name: 'User Access Administrator on the subscription',
    given: holding([assignment(subscription, accessAdministrator)]),
    expect: 'fail',
    severity: 'low',
    says: /User Access Administrator/,
  },
  {
    name: 'Owner of a management group above',
    given: holding([assignment(managementGroup, ownerRole)], {
      managementGroups: new Map([['11111111-1111-4111-8111-111111111111', [managementGroup]]]),
    }),
    expect: 'fail',
    severity: 'low',
    says: /may assign roles on management group corp, /,
  },
  {
    name: 'Owner at the root, beside Owner of the resource group',
    given: holding([assignment('/', ownerRole), assignment(networkGroup, ownerRole)]),
    expect: 'fail',
    severity: 'low',
    says: /may assign roles on the whole tenant, by role Owner at .*network-rg and role Owner at \/\./,
  },
  {
    name: 'Owner of the subnet only',
    given: holding([assignment(subnet().id, ownerRole)]),
    expect: 'fail',
    severity: 'low',
    says: /may assign roles on nodes, /,
  },
  {
    name: 'Owner on the subscription, cut by a deny assignment on the resource group only',
    given: holding([assignment(subscription, ownerRole)], {
      denyAssignments: [
        {
          id: networkGroup,
          name: 'blueprint',
          scope: networkGroup,
          appliesToChildScopes: true,
          principalIds: [principal],
          excludedPrincipalIds: [],
          permissions: [{ actions: ['*'], notActions: ['*/read'] }],
        },
      ],
    }),
    expect: 'fail',
    severity: 'low',
    says: /may assign roles on subscription/,
  },
  {
    name: 'Contributor on the subscription',
    given: holding([assignment(subscription, contributorRole)]),
    expect: 'fail',
    severity: 'low',
    says: /every resource group/,
  },
  {
    name: 'Contributor on the resource group',
    given: holding([assignment(networkGroup, contributorRole)]),
    expect: 'pass',
  },
  {
    name: 'Network Contributor on the subscription',
    given: holding([assignment(subscription, networkContributorRole)]),
    expect: 'pass',
  },
  {
    name: 'Owner of another resource group',
    given: holding([assignment(`${subscription}/resourceGroups/network-rg-2`, ownerRole)]),
    expect: 'pass',
  },
  {
    name: 'a custom role with everything but networks',
    given: holding([assignment(networkGroup, custom)], roles(role(['*'], ['Microsoft.Network/*']))),
    expect: 'fail',
    severity: 'low',
    says: /AKS operator/,
  },
  {
    name: 'a custom role with everything but role assignments',
    given: holding(
      [assignment(networkGroup, custom)],
      roles(role(['*'], ['Microsoft.Authorization/*'])),
    ),
    expect: 'pass',
  },
  {
    name: 'Owner through a group',
    given: holding(
      [assignment(networkGroup, ownerRole, { principalId: group, principalType: 'Group' })],
      { groups: new Map([[group, new Set([principal])]]) },
    ),
    expect: 'fail',
    severity: 'low',
    says: /group 33333333/,
  },
  {
    name: 'a group with Owner whose members were not read',
    given: holding([
      assignment(networkGroup, ownerRole, { principalId: group, principalType: 'Group' }),
    ]),
    expect: 'unknown',
    says: /members of the group/,
  },
  {
    name: 'Owner under a condition',
    given: holding([assignment(networkGroup, ownerRole, { condition: 'x' })]),
    expect: 'unknown',
  },
  {
    name: 'role assignments were not read everywhere above',
    given: holding([], { coverage: () => unread('role assignments of management groups') }),
    expect: 'unknown',
  },
  {
    name: 'the identity is not known',
    given: holding([], {}, { identity: unread('object id of the service principal') }),
    expect: 'unknown',
  },
  {
    name: 'no node pool names a subnet',
    given: holding([], {}, { subnets: known([]) }),
    expect: 'unknown',
  },
  {
    name: 'a network that AKS made',
    given: holding([assignment(subscription, ownerRole)], {}, { networkMadeByAks: true }),
    expect: 'notApplicable',
  },
  {
    name: 'Owner of the resource group, and a deny assignment on the network takes assigning away there',
    given: holding([assignment(networkGroup, ownerRole)], {
      denyAssignments: [noAssigning],
    }),
    expect: 'fail',
    severity: 'low',
    says: /may assign roles on resource group network-rg, by role Owner/,
  },
  {
    name: 'the id of the network names neither a subscription nor a resource group',
    given: holding(
      [],
      { denyAssignments: [noAssigning] },
      {
        subnets: known([
          {
            ...subnet(),
            id: resourceId('/providers/Microsoft.Network/virtualNetworks/spoke/subnets/nodes'),
          },
        ]),
      },
    ),
    expect: 'pass',
  },
];
export default cases;
