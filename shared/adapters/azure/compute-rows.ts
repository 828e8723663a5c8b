import { nameOf } from '../../model/resource-id.ts';
import { listEach } from './list-each.ts';
import type { Reading } from './reading.ts';

/**
 * The computes of every workspace read so far, which Resource Graph does not hold. Source:
 * https://learn.microsoft.com/rest/api/azureml/compute/list
 */
export async function readComputes(reading: Reading): Promise<void> {
  const workspaces = [...reading.rows.values()].filter(
    ({ type }) => type === 'microsoft.machinelearningservices/workspaces',
  );
  await listEach(reading, {
    type: 'microsoft.machinelearningservices/workspaces/computes',
    parents: workspaces.map(({ id }) => id),
    pathOf: (workspace) => `${workspace}/computes`,
    apiVersion: '2024-10-01',
    what: (workspace) => `computes of workspace ${nameOf(workspace)}`,
  });
}
