import { remediationActions } from '../shared/adapters/azure/diagnose-writes.ts';
import { readActions } from '../shared/inventory/read-actions.ts';
import { watchedEvents } from '../shared/pipeline/watched-operations.ts';

/** All reads of networks, because the one that reads security admin rules is in no published list. */
const networkReads = 'Microsoft.Network/*/read';

/** What infra/*.bicep loads, by path: what the code needs in Azure, from the code. */
export function deploymentFiles(): ReadonlyMap<string, string> {
  const reads = Object.values(readActions).flatMap((action) =>
    action === undefined || action.startsWith('Microsoft.Network/') ? [] : [action],
  );
  const actions = {
    reader: [...reads, networkReads].toSorted(),
    remediator: Object.values(remediationActions).flat().toSorted(),
  };
  return new Map(
    Object.entries({ 'infra/actions.json': actions, 'infra/event-filter.json': watchedEvents }).map(
      ([path, content]) => [path, `${JSON.stringify(content, null, 2)}\n`],
    ),
  );
}
