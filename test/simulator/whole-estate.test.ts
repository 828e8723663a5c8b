import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readEstate } from '../../simulator/estate/read-estate.ts';
import { type Simulator, startSimulator } from '../../simulator/start-simulator.ts';
import { clientsOf, jsonOf, send } from './clients.ts';

const clusters = import.meta.env.MODE === 'deep' ? 100 : 6;
const everyRow = await readEstate({ kind: 'generated', clusters, seed: 11 });
const rows = everyRow.flatMap(({ id, type, properties }) =>
  typeof id === 'string' && typeof type === 'string' ? [{ id, type, properties }] : [],
);

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator({ rows: everyRow, quotas: false });
});
afterAll(() => simulator.stop());

/** What only its own service tells of, or that is no thing in Azure. */
const outsideResourceGraph =
  /^(microsoft\.(graph|network\/servicetags|authorization\/(denyassignments|locks))|microsoft\.machinelearningservices\/workspaces\/computes$|microsoft\.containerservice\/managedclusters\/trustedaccessrolebindings$|portcullis\/)/i;
const unreadableById = /^(microsoft\.(graph|network\/servicetags)|portcullis\/)/i;

describe('a generated estate', () => {
  it('is found in Resource Graph, each row once and in one table', async () => {
    const found: string[] = [];
    for (const table of [
      'resources',
      'resourcecontainers',
      'authorizationresources',
      'policyresources',
      'networkresources',
      'kubernetesconfigurationresources',
    ]) {
      const { graph } = clientsOf(simulator);
      let skipToken: string | undefined;
      do {
        const page = await graph.resources({
          query: `${table} | project id | order by id asc`,
          options: { top: 50, ...(skipToken === undefined ? {} : { skipToken }) },
        });
        // The client hands on whatever JSON stands in `data`; this query answers with ids.
        found.push(...(page.data as { id: string }[]).map(({ id }) => id.toLowerCase()));
        ({ skipToken } = page);
      } while (skipToken !== undefined);
    }
    expect(new Set(found).size).toBe(found.length);
    const expected = rows
      .filter(({ type }) => !outsideResourceGraph.test(type))
      .map(({ id }) => id.toLowerCase());
    expect(expected.length).toBeGreaterThan(20 * clusters);
    expect(found).toEqual(expect.arrayContaining(expected));
    // Beyond the rows there are only the groups and subscriptions that they lie in.
    const implied = found.filter((id) => !expected.includes(id));
    expect(
      implied.filter((id) => !/^\/subscriptions\/[^/]+(\/resourcegroups\/[^/]+)?$/.test(id)),
    ).toEqual([]);
  });

  it('is read row by row from Resource Manager, with the properties of the row', async () => {
    const readable = rows.filter(({ type }) => !unreadableById.test(type));
    for (const row of readable) {
      const { status, json } = jsonOf(await send(simulator, `${row.id}?api-version=2024-05-01`));
      expect([row.id, status]).toEqual([row.id, 200]);
      if (/\/(extensions|subscriptions)$/i.test(row.type)) continue;
      expect(json.properties).toEqual(row.properties);
    }
  });
});
