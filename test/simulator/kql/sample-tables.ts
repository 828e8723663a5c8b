// A few rows as Resource Graph normalises them, and the tables that hold them.
import { type QueryAnswer, type QueryTables, runQuery } from '../../../simulator/kql/run-query.ts';

export type ResourceRow = Readonly<Record<string, unknown>>;

export const now = new Date('2026-11-25T12:00:00Z');

const resources: readonly ResourceRow[] = [
  {
    id: '/subscriptions/s1/resourceGroups/RG-a/providers/Microsoft.Network/networkSecurityGroups/one',
    name: 'one',
    type: 'microsoft.network/networksecuritygroups',
    location: 'westeurope',
    resourceGroup: 'rg-a',
    subscriptionId: 's1',
    tags: { env: 'Prod', 'k8s-azure-service': 'azureml/azureml-fe' },
    properties: {
      count: 3,
      ratio: 2.5,
      enabled: true,
      created: '2026-11-25T11:30:00.1234567Z',
      text: '{"inner":[1,2]}',
      rules: [
        { name: 'r1', priority: 100 },
        { name: 'r2', priority: 200 },
      ],
      nested: { 'dotted.name': 'x', deep: { er: 'y' } },
    },
  },
  {
    id: '/subscriptions/s1/resourceGroups/RG-a/providers/Microsoft.Network/networkSecurityGroups/two',
    name: 'Two',
    type: 'microsoft.network/networksecuritygroups',
    location: 'eastus',
    resourceGroup: 'rg-a',
    subscriptionId: 's1',
    tags: null,
    properties: { count: 7, enabled: false, rules: [], created: '2026-11-20' },
  },
  {
    id: '/subscriptions/s2/resourceGroups/rg-b/providers/Microsoft.Network/publicIPAddresses/ip',
    name: 'ip',
    type: 'microsoft.network/publicipaddresses',
    kind: 'standard',
    location: 'eastus',
    resourceGroup: 'rg-b',
    subscriptionId: 's2',
    zones: ['1', '3'],
    properties: { ipAddress: '20.1.2.3', rules: null },
  },
];

const containers: readonly ResourceRow[] = [
  {
    id: '/subscriptions/s1',
    name: 'First',
    type: 'microsoft.resources/subscriptions',
    subscriptionId: 's1',
  },
  {
    id: '/subscriptions/s3',
    name: 'Third',
    type: 'microsoft.resources/subscriptions',
    subscriptionId: 's3',
  },
];

/** `rows` as the table `resources`, and nothing else. */
export function resourcesOnly(rows: readonly ResourceRow[]): QueryTables {
  return { rowsOf: (table) => (table === 'resources' ? rows : undefined) };
}

/** The sample's tables; those that Resource Graph has besides are empty, one it has is unknown here. */
export const sampleTables: QueryTables = {
  rowsOf: (table) => {
    if (table === 'resources') return resources;
    if (table === 'resourcecontainers') return containers;
    return table === 'spotresources' ? undefined : [];
  },
};

/** The answer over the sample's tables. */
export function ask(query: string): QueryAnswer {
  return runQuery(query, sampleTables, now);
}

/** The rows of an answer; throws where the query is refused. */
export function rowsOf(answer: QueryAnswer): readonly ResourceRow[] {
  if (answer.kind === 'refused') throw new Error(JSON.stringify(answer.details));
  return answer.rows;
}
