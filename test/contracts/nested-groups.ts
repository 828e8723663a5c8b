import { demoEstate } from '../../simulator/estate/demo-estate.ts';

const networkContributor = '4d97b98b-1d4f-4787-a291-c67834d212e7';
const [outer, middle, inner, engineer] = [
  'aaaaaaaa-0000-4000-8000-000000000001',
  'aaaaaaaa-0000-4000-8000-000000000002',
  'aaaaaaaa-0000-4000-8000-000000000003',
  'aaaaaaaa-0000-4000-8000-000000000004',
];

/** The demo estate, with a role on the network of its first cluster for a group in three layers. */
export function estateWithNestedGroups(deployer: 'outer' | 'middle' | 'inner' | 'engineer') {
  const { rows, settings, truth } = demoEstate();
  const clusterId = truth
    .map((one) => one.clusterId)
    .find((id) => id.endsWith('/scoring-ok-public'));
  const nodePool = rows
    .map((row) => JSON.stringify(row))
    .find((text) => text.toLowerCase().includes(`"id":"${clusterId?.toLowerCase()}"`));
  const [, scope] =
    /"vnetSubnetID":"([^"]*)\/providers\/Microsoft\.Network/i.exec(nodePool ?? '') ?? [];
  if (clusterId === undefined || scope === undefined)
    throw new Error('the demo has no such cluster');
  const name = 'bbbbbbbb-0000-4000-8000-000000000001';
  const group = (id: string, ...members: readonly string[]) => ({
    id,
    type: 'microsoft.graph/groups',
    members,
  });
  const principalId = { outer, middle, inner, engineer }[deployer];
  return {
    rows: [
      ...rows,
      {
        id: `${scope}/providers/Microsoft.Authorization/roleAssignments/${name}`,
        name,
        type: 'Microsoft.Authorization/roleAssignments',
        properties: {
          principalId: outer,
          principalType: 'Group',
          scope,
          roleDefinitionId: `/providers/Microsoft.Authorization/roleDefinitions/${networkContributor}`,
        },
      },
      group(outer, middle),
      group(middle, inner),
      group(inner, engineer),
    ],
    settings: { ...settings, deployers: [{ principalId }] },
    key: `${clusterId.toLowerCase()} deployers-can-join-network`,
  };
}
