import type { ConditionalPermission } from '../../access/access-facts.ts';
import { permits } from '../../access/permitted.ts';
import { permission } from '../../facts/rows/permission.ts';
import { readActions } from '../../inventory/read-actions.ts';
import type { ResourceType } from '../../inventory/resource-types.ts';
import type { Gap } from '../../ports.ts';
import type { AzureClients } from './azure-clients.ts';
import { AzureError } from './azure-error.ts';
import { concurrently } from './concurrently.ts';
import type { Reading } from './reading.ts';

const apiVersion = '2022-04-01';
const atOnce = 8;

/** Read once for the cloud, whatever the subscription. */
const tagsType: ResourceType = 'microsoft.network/servicetags';

/**
 * What whoever is signed in may do at a subscription, as Azure adds it up from all assignments.
 * Source: https://learn.microsoft.com/rest/api/authorization/permissions
 * @throws AzureError where Azure does not say.
 */
export async function permissionsAt(
  clients: AzureClients,
  subscription: string,
): Promise<readonly ConditionalPermission[]> {
  const path = `/subscriptions/${subscription}/providers/Microsoft.Authorization/permissions`;
  const found: ConditionalPermission[] = [];
  for await (const item of clients.listArm(path, apiVersion)) {
    const parsed = permission.safeParse(item);
    if (!parsed.success) {
      throw new AzureError('unavailable', 'the list of permissions is not as published');
    }
    found.push(parsed.data);
  }
  return found;
}

/**
 * A gap for every type that the reader may not read in these subscriptions: Resource Graph leaves
 * such rows out without a word, so what does not come proves nothing there.
 */
export async function readCoverage(
  reading: Reading,
  subscriptions: ReadonlySet<string>,
  visible: ReadonlySet<string>,
): Promise<void> {
  const gaps = concurrently([...subscriptions].toSorted(), atOnce, (subscription) =>
    visible.has(subscription)
      ? gapsIn(reading, subscription)
      : Promise.resolve([everything(subscription, 'whoever is signed in does not see it')]),
  );
  const found: Omit<Gap, 'kind'>[] = [];
  for await (const gap of gaps) found.push(gap);
  for (const gap of found.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))) reading.miss(gap);
}

async function gapsIn(
  reading: Reading,
  subscription: string,
): Promise<readonly Omit<Gap, 'kind'>[]> {
  let permissions: readonly ConditionalPermission[];
  try {
    permissions = await permissionsAt(reading.clients, subscription);
  } catch (error) {
    if (!(error instanceof AzureError)) throw error;
    const why = `what may be read there is not known: ${error.message}`;
    return [everything(subscription, why)];
  }
  const hidden = [...reading.types].flatMap((type) => {
    const action = type === tagsType ? undefined : readActions[type];
    return action === undefined || permits(permissions, action) ? [] : [{ type, action }];
  });
  const readable = [...reading.types].filter((type) => readActions[type] !== undefined);
  if (hidden.length === readable.length) {
    return [everything(subscription, 'no role of the reader there allows to read anything')];
  }
  return hidden.map(({ type, action }) => ({
    type,
    scope: `/subscriptions/${subscription}`,
    what: `rows of ${type}`,
    why: `no role of the reader there allows ${action}`,
  }));
}

function everything(subscription: string, why: string): Omit<Gap, 'kind'> {
  return {
    scope: `/subscriptions/${subscription}`,
    what: `the resources of subscription ${subscription}`,
    why,
  };
}

function keyOf({ scope, what }: Omit<Gap, 'kind'>): string {
  return `${scope} ${what}`;
}
