import { parseRow } from '../../facts/rows/parse-row.ts';
import { managedClusterRow } from '../../facts/rows/managed-cluster.ts';
import { needsTrustedAccess } from '../../facts/trusted-access.ts';
import { nameOf } from '../../model/resource-id.ts';
import type { Row } from '../../ports.ts';
import { listEach } from './list-each.ts';
import type { Reading } from './reading.ts';

const bindingsType = 'microsoft.containerservice/managedclusters/trustedaccessrolebindings';

/**
 * The Trusted Access role bindings of the clusters whose API server something bars; Resource Graph
 * holds none. Source: https://learn.microsoft.com/rest/api/aks/trusted-access-role-bindings/list
 */
export async function readTrustedAccessRows(
  reading: Reading,
  clusters: readonly Row[],
): Promise<void> {
  await listEach(reading, {
    type: bindingsType,
    parents: clusters.filter(isBarred).map(({ id }) => id),
    pathOf: (cluster) => `${cluster}/trustedAccessRoleBindings`,
    apiVersion: '2025-07-01',
    what: (cluster) => `Trusted Access role bindings of cluster ${nameOf(cluster)}`,
  });
}

function isBarred(row: Row): boolean {
  const parsed = parseRow(managedClusterRow, row);
  return parsed.known && needsTrustedAccess(parsed.value);
}
