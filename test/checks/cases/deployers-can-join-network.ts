import type { AccessFacts, RoleDefinition } from '../../../shared/access/access-facts.ts';
import { known } from '../../../shared/model/verdict.ts';
import {
  type CheckCase,
  access,
  assignment,
  cluster,
  networkContributorRole,
  networkGroup,
  readerRole,
  roles,
  subnet,
  unread,
  virtualNetwork,
} from '../build.ts';

const pipeline = '66666666-6666-4666-8666-666666666666';
const engineer = '77777777-7777-4777-8777-777777777777';
const group = '33333333-3333-4333-8333-333333333333';
const custom = '55555555-5555-4555-8555-555555555555';
const deployers = {
  deployers: [
    { principalId: pipeline.toUpperCase(), label: 'pipeline' },
    { principalId: engineer },
  ],
};
const onlyPipeline = { deployers: deployers.deployers.slice(0, 1) };
const given = (
  assignments: readonly ReturnType<typeof assignment>[],
  more: Partial<AccessFacts> = {},
) => cluster({ access: access({ assignments, ...more }) });
const role = (...actions: readonly string[]): RoleDefinition => ({
  guid: custom,
  roleName: 'Deployer',
  permissions: [{ actions, notActions: [] }],
});
const toPipeline = (scope: string, guid: string, changes = {}) =>
  assignment(scope, guid, { principalId: pipeline, ...changes });
const toEngineer = assignment(networkGroup, networkContributorRole, {
  principalId: engineer,
  principalType: 'User',
});
const network = virtualNetwork().id;
const joins = 'Microsoft.Network/virtualNetworks/join/action';
const joinsSubnets = 'Microsoft.Network/virtualNetworks/subnets/join/action';
const reads = 'Microsoft.Network/*/read';

const cases: readonly CheckCase[] = [
  {
    name: 'every deployer is Network Contributor on the resource group',
    given: given([toPipeline(networkGroup, networkContributorRole), toEngineer]),
    settings: deployers,
    expect: 'pass',
  },
  {
    name: 'a custom role with the three actions on the network',
    given: given([toPipeline(network, custom)], roles(role(reads, joins, joinsSubnets))),
    settings: onlyPipeline,
    expect: 'pass',
    says: /role Deployer/,
  },
  {
    name: 'through a group',
    given: given(
      [
        toPipeline(networkGroup, networkContributorRole, {
          principalId: group,
          principalType: 'Group',
        }),
      ],
      { groups: new Map([[group, new Set([pipeline])]]) },
    ),
    settings: onlyPipeline,
    expect: 'pass',
  },
  {
    name: 'one of two deployers holds nothing',
    given: given([toEngineer]),
    settings: deployers,
    expect: 'fail',
    severity: 'medium',
    says: /pipeline.*LinkedAuthorizationFailed\. Assign Network Contributor/,
  },
  {
    name: 'a deployer may only read',
    given: given([toPipeline(networkGroup, readerRole)]),
    settings: onlyPipeline,
    expect: 'fail',
    severity: 'medium',
    says: /join\/action/,
  },
  {
    name: 'a deployer may join the network and not its subnets',
    given: given([toPipeline(networkGroup, custom)], roles(role(reads, joins))),
    settings: onlyPipeline,
    expect: 'fail',
    severity: 'medium',
    says: /subnets\/join\/action on nodes/,
  },
  {
    name: 'a deployer may join without reading',
    given: given([toPipeline(networkGroup, custom)], roles(role(joins, joinsSubnets))),
    settings: onlyPipeline,
    expect: 'fail',
    severity: 'medium',
    says: /\/read/,
  },
  {
    name: 'a deployer may join one of two subnets',
    given: cluster({
      subnets: known([subnet(), subnet({ name: 'nodes-b' })]),
      access: access({
        assignments: [toPipeline(network, custom), toPipeline(subnet().id, networkContributorRole)],
        ...roles(role(reads, joins)),
      }),
    }),
    settings: onlyPipeline,
    expect: 'fail',
    severity: 'medium',
    says: /on nodes-b/,
  },
  {
    name: 'a deny assignment takes it away',
    given: given([toPipeline(networkGroup, networkContributorRole)], {
      denyAssignments: [
        {
          id: networkGroup,
          name: 'blueprint',
          scope: networkGroup,
          appliesToChildScopes: true,
          principalIds: ['00000000-0000-0000-0000-000000000000'],
          excludedPrincipalIds: [],
          permissions: [{ actions: ['Microsoft.Network/*'], notActions: ['*/read'] }],
        },
      ],
    }),
    settings: onlyPipeline,
    expect: 'fail',
    severity: 'medium',
    rule: 'blueprint',
    says: /LinkedAuthorizationFailed\. No role gives back what deny assignment blueprint takes away/,
  },
  {
    name: 'a group whose members were not read holds it',
    given: given([
      toPipeline(networkGroup, networkContributorRole, {
        principalId: group,
        principalType: 'Group',
      }),
    ]),
    settings: onlyPipeline,
    expect: 'unknown',
    says: /members of the group/,
  },
  {
    name: 'a deployer holds it under a condition',
    given: given([toPipeline(networkGroup, networkContributorRole, { condition: 'x' })]),
    settings: onlyPipeline,
    expect: 'unknown',
  },
  {
    name: 'the subnets are not known',
    given: cluster({ subnets: unread('subnets of the cluster') }),
    settings: onlyPipeline,
    expect: 'unknown',
  },
  { name: 'no deployers are configured', given: cluster(), expect: 'notApplicable' },
  {
    name: 'AKS made the network',
    given: cluster({ networkMadeByAks: true }),
    settings: onlyPipeline,
    expect: 'notApplicable',
  },
  {
    name: 'no node pool names a subnet',
    given: cluster({ subnets: known([]) }),
    settings: onlyPipeline,
    expect: 'unknown',
    says: /no node pool names a subnet/,
  },
];
export default cases;
