import { expect, test } from 'vitest';
import { auditSource } from '../../pipeline/audit-rows.ts';
import { rows, settings } from './demo-tenant.ts';
import { simulatedAzure } from './simulated-azure.ts';

const bodies = rows.map((row): Readonly<Record<string, unknown>> => ({ ...row }));
const clusters = bodies.filter(({ type }) =>
  /^microsoft\.containerservice\/managedclusters$/i.test(String(type)),
);

/** The demo with a cluster for each of these application ids, in the place of those it has. */
function withApplications(appIds: readonly string[]): readonly object[] {
  const [first] = clusters;
  if (first === undefined) throw new Error('the demo has no cluster');
  const others = bodies.filter((row) => !clusters.includes(row));
  const made = appIds.map((clientId, index) => ({
    ...first,
    id: `${String(first['id'])}-${index}`,
    name: `${String(first['name'])}-${index}`,
    identity: null,
    properties: { ...Object(first['properties']), servicePrincipalProfile: { clientId } },
  }));
  const principals = appIds.map((appId, index) => ({
    id: guid(1000 + index),
    type: 'microsoft.graph/servicePrincipals',
    appId,
  }));
  return [...others, ...made, ...principals];
}

function guid(index: number): string {
  return `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`;
}

test.each([
  { applications: 15, lists: 1 },
  { applications: 31, lists: 3 },
])('$applications applications are looked up in $lists lists', async ({ applications, lists }) => {
  const appIds = Array.from({ length: applications }, (_, index) => guid(index));
  // What is no GUID is asked of nobody: Microsoft Graph would refuse the list it stands in.
  const { simulator, source } = await simulatedAzure(withApplications([...appIds, "o'app"]));
  const { tail } = await auditSource(source, {
    ...settings,
    scope: { clusters: 'all' },
  });
  const asked = simulator.requests.filter(({ path }) => path.includes('/servicePrincipals'));
  expect(asked).toHaveLength(lists);
  const named = asked.flatMap(
    ({ query }) => new URLSearchParams(query).get('$filter')?.match(/'[^']*'/g) ?? [],
  );
  expect(named.toSorted()).toEqual(appIds.map((appId) => `'${appId}'`).toSorted());
  expect(tail.gaps.map(({ what }) => what)).not.toContain('service principals of clusters');
});
