import { type ResourceId, nameOf } from '../../model/resource-id.ts';
import type { Json } from './azure-clients.ts';
import { concurrently } from './concurrently.ts';
import type { Reading } from './reading.ts';

const computesType = 'microsoft.machinelearningservices/workspaces/computes';
const apiVersion = '2024-10-01';
/** Workspaces read at once; Resource Manager refills 25 reads a second. */
const atOnce = 8;

/**
 * The computes of every workspace read so far, which Resource Graph does not hold. Source:
 * https://learn.microsoft.com/rest/api/azureml/compute/list
 */
export async function readComputes(reading: Reading): Promise<void> {
  if (!reading.wants(computesType)) return;
  const workspaces = [...reading.rows.values()].filter(
    ({ type }) => type === 'microsoft.machinelearningservices/workspaces',
  );
  const bodies = concurrently(workspaces, atOnce, ({ id }) => computesOf(reading, id));
  for await (const body of bodies) reading.take(body, computesType);
}

async function computesOf(reading: Reading, workspace: ResourceId): Promise<readonly Json[]> {
  const found: Json[] = [];
  await reading.attempt(async () => {
    const list = reading.clients.listArm(`${workspace}/computes`, apiVersion);
    for await (const compute of list) found.push(compute);
  }, [
    { type: computesType, scope: workspace, what: `computes of workspace ${nameOf(workspace)}` },
  ]);
  return found;
}
