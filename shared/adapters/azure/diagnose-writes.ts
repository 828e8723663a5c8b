import { permits } from '../../access/permitted.ts';
import { denyAssignmentRow } from '../../facts/rows/deny-assignment.ts';
import type { WrittenScopes } from '../../facts/written-scopes.ts';
import {
  type ResourceId,
  isWithin,
  resourceId,
  subscriptionIdOf,
} from '../../model/resource-id.ts';
import { remediationActions } from '../../remediation/remediation-actions.ts';
import type { AzureClients, Json } from './azure-clients.ts';
import { AzureError } from './azure-error.ts';
import { concurrently } from './concurrently.ts';
import { permissionsAt } from './read-coverage.ts';

export type WriteKind = keyof typeof remediationActions;

/** What whoever is signed in would need to remediate, and what would stand in the way. */
export interface WriteDiagnosis {
  readonly targets: readonly WriteTarget[];
  readonly obstacles: readonly Obstacle[];
  /** Why Azure did not say what stands in the way. */
  readonly troubles: readonly string[];
}

/** A resource group that remediations would write to. */
export interface WriteTarget {
  readonly scope: ResourceId;
  readonly kind: WriteKind;
  readonly lacking: readonly string[];
  /** Why Azure did not say what may be done there; then everything counts as lacking. */
  readonly trouble?: string;
}

/** A lock or a deny assignment over a resource group that would be written to. */
interface Obstacle {
  readonly kind: 'lock' | 'denyAssignment';
  readonly name: string;
  readonly scope: string;
  /** The level of a lock, or the first action that is denied. */
  readonly what: string;
}

const atOnce = 8;
const locksVersion = '2016-09-01';
const everyone = '00000000-0000-0000-0000-000000000000';

/** Looks at what remediations in these scopes would need and meet, and changes nothing. */
export async function diagnoseWrites(
  clients: AzureClients,
  scopes: WrittenScopes,
  objectId: string | undefined,
): Promise<WriteDiagnosis> {
  const asked = (['securityRules', 'roleAssignments'] as const).flatMap((kind) =>
    scopes[kind].map((scope) => ({ scope, kind })),
  );
  const targets: WriteTarget[] = [];
  const diagnoses = concurrently(asked, atOnce, async (one): Promise<readonly WriteTarget[]> => [
    { ...one, ...(await lackingAt(clients, one.scope, one.kind)) },
  ]);
  for await (const target of diagnoses) targets.push(target);
  const subscriptions = new Set(asked.flatMap(({ scope }) => subscriptionIdOf(scope) ?? []));
  const obstacles: Obstacle[] = [];
  const troubles: string[] = [];
  for (const subscription of [...subscriptions].toSorted()) {
    const own = asked.filter(({ scope }) => subscriptionIdOf(scope) === subscription);
    for (const look of [locksOver, denialsOver]) {
      try {
        obstacles.push(...(await look(clients, subscription, own, objectId)));
      } catch (error) {
        if (!(error instanceof AzureError)) throw error;
        troubles.push(error.message);
      }
    }
  }
  return { targets: targets.toSorted(byScope), obstacles, troubles };
}

type Asked = Pick<WriteTarget, 'scope' | 'kind'>;

function byScope(a: WriteTarget, b: WriteTarget): number {
  return a.scope < b.scope ? -1 : Number(a.scope > b.scope);
}

async function lackingAt(
  clients: AzureClients,
  scope: ResourceId,
  kind: WriteKind,
): Promise<Pick<WriteTarget, 'lacking' | 'trouble'>> {
  const needed = remediationActions[kind];
  try {
    const permissions = await permissionsAt(clients, scope);
    return { lacking: needed.filter((action) => !permits(permissions, action)) };
  } catch (error) {
    if (!(error instanceof AzureError)) throw error;
    return { lacking: needed, trouble: error.message };
  }
}

/** Whatever its level, a lock bars a remediation: CanNotDelete would bar its undoing. */
async function locksOver(
  clients: AzureClients,
  subscription: string,
  targets: readonly Asked[],
): Promise<readonly Obstacle[]> {
  const path = `/subscriptions/${subscription}/providers/Microsoft.Authorization/locks`;
  const found: Obstacle[] = [];
  for await (const lock of clients.listArm(path, locksVersion)) {
    const [id, level] = [textOf(lock['id']), textOf(propertiesOf(lock)['level'])];
    const at = resourceId(id.replace(/\/providers\/microsoft\.authorization\/locks\/[^/]*$/i, ''));
    const bears = targets.some(({ scope }) => isWithin(scope, at) || isWithin(at, scope));
    if (bears) found.push({ kind: 'lock', name: textOf(lock['name']), scope: at, what: level });
  }
  return found;
}

/** Deny assignments on everyone, on who is signed in, or on a group, which may hold them. */
async function denialsOver(
  clients: AzureClients,
  subscription: string,
  targets: readonly Asked[],
  objectId: string | undefined,
): Promise<readonly Obstacle[]> {
  const found: Obstacle[] = [];
  for await (const item of clients.denyAssignments(subscription)) {
    const parsed = denyAssignmentRow.safeParse(item);
    if (!parsed.success) continue;
    const { principals, excludePrincipals, permissions, scope, denyAssignmentName } =
      parsed.data.properties;
    const own = objectId?.toLowerCase();
    const concerns =
      own === undefined ||
      principals.some(
        ({ id, type }) => id === own || id === everyone || type?.toLowerCase() === 'group',
      );
    if (!concerns || excludePrincipals.some(({ id }) => id === own)) continue;
    const denied = targets
      .filter((target) => isWithin(target.scope, scope) || isWithin(scope, target.scope))
      .flatMap(({ kind }) => remediationActions[kind])
      .find((action) => permits(permissions, action));
    if (denied !== undefined) {
      const name = denyAssignmentName ?? textOf(item['name']);
      found.push({ kind: 'denyAssignment', name, scope, what: denied });
    }
  }
  return found;
}

function propertiesOf(item: Json): Json {
  const properties = item['properties'];
  return typeof properties === 'object' && properties !== null
    ? Object.fromEntries(Object.entries(properties))
    : {};
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
