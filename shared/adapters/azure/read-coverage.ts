import type { ConditionalPermission } from '../../access/access-facts.ts';
import { permits } from '../../access/permitted.ts';
import type { DenyAssignmentRow } from '../../facts/rows/deny-assignment.ts';
import { managementGroupsIn } from '../../facts/management-groups.ts';
import { permission } from '../../facts/rows/permission.ts';
import { readActions } from '../../inventory/read-actions.ts';
import type { ResourceType } from '../../inventory/resource-types.ts';
import { resourceId } from '../../model/resource-id.ts';
import type { Gap } from '../../ports.ts';
import type { Denials } from './access-rows.ts';
import type { AzureClients } from './azure-clients.ts';
import { AzureError } from './azure-error.ts';
import { concurrently } from './concurrently.ts';
import type { Reading } from './reading.ts';
import type { TokenClaims } from './sign-in.ts';

const apiVersion = '2022-04-01';
const atOnce = 8;

/** Read once for the cloud, whatever the subscription. */
const tagsType: ResourceType = 'microsoft.network/servicetags';

/**
 * What whoever is signed in may do at a scope, as Azure adds it up from all assignments.
 * Source: https://learn.microsoft.com/rest/api/authorization/permissions
 * @throws AzureError where Azure does not say.
 */
export async function permissionsAt(
  clients: AzureClients,
  scope: string,
): Promise<readonly ConditionalPermission[]> {
  const path = `${scope}/providers/Microsoft.Authorization/permissions`;
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
 * such rows out without a word, so what does not come proves nothing there. Roles decide it, and what
 * deny assignments take from them: where those were not read, anything may be hidden.
 */
export async function readCoverage(
  reading: Reading,
  subscriptions: ReadonlySet<string>,
  visible: ReadonlySet<string>,
  denials: Denials,
): Promise<void> {
  const seen = [...subscriptions].filter((subscription) => visible.has(subscription));
  const readable = await readableFromAbove(reading, seen);
  const asked = [...subscriptions].filter((subscription) => !readable.has(subscription));
  const gaps = concurrently(asked.toSorted(), atOnce, (subscription) =>
    visible.has(subscription)
      ? gapsIn(reading, subscription)
      : Promise.resolve([everything(subscription, 'whoever is signed in does not see it')]),
  );
  const found: NewGap[] = [
    ...deniedGaps(reading, denials.found, await reading.clients.signedInAs()),
  ];
  for await (const gap of gaps) found.push(gap);
  const hidden = new Set(found.flatMap(({ type, scope }) => (type === undefined ? [scope] : [])));
  for (const [subscription, says] of denials.unread) {
    const why = `what deny assignments keep from the reader there is not known: ${says}`;
    const gap = everything(subscription, why);
    // Where nothing may be read at all, nothing more can be kept.
    if (!hidden.has(gap.scope)) found.push(gap);
  }
  for (const gap of found.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))) reading.miss(gap);
}

type NewGap = Omit<Gap, 'kind'>;

/** Types that a role decides the reading of. */
function decidedByRoles(
  reading: Reading,
): readonly { readonly type: ResourceType; readonly action: string }[] {
  return [...reading.types].flatMap((type) => {
    const action = type === tagsType ? undefined : readActions[type];
    return action === undefined ? [] : [{ type, action }];
  });
}

/** How many levels of management groups are asked, from the root down, and how many groups in all. */
const levelsAsked = 3;
const groupsAsked = 8;

/**
 * The subscriptions in which a role that the reader holds at a management group above them allows to
 * read everything; what is inherited holds below, whatever other roles say there. One question then
 * spares one for each subscription. A group that does not say so says nothing.
 */
async function readableFromAbove(
  reading: Reading,
  subscriptions: readonly string[],
): Promise<ReadonlySet<string>> {
  const all = decidedByRoles(reading);
  const readable = new Set<string>();
  const above = subscriptions.flatMap((subscription) => {
    const row = reading.rows.get(resourceId(`/subscriptions/${subscription}`));
    const groups = row === undefined ? undefined : managementGroupsIn(row);
    return groups?.known === true ? [{ subscription, groups: groups.value.toReversed() }] : [];
  });
  let left = groupsAsked;
  for (let level = 0; level < levelsAsked; level += 1) {
    const open = above.filter(({ subscription }) => !readable.has(subscription));
    const byGroup = Map.groupBy(open, ({ groups }) => groups[level]);
    for (const [group, below] of byGroup) {
      // A question for one subscription alone spares none.
      if (group === undefined || below.length < 2 || left === 0) continue;
      left -= 1;
      if (!(await permitsAll(reading, group, all))) continue;
      for (const { subscription } of below) readable.add(subscription);
    }
  }
  return readable;
}

async function permitsAll(
  { clients }: Reading,
  group: string,
  all: ReturnType<typeof decidedByRoles>,
): Promise<boolean> {
  try {
    const permissions = await permissionsAt(clients, group);
    return all.every(({ action }) => permits(permissions, action));
  } catch (error) {
    if (!(error instanceof AzureError)) throw error;
    // Who may not ask there asks in each subscription.
    return false;
  }
}

async function gapsIn(reading: Reading, subscription: string): Promise<readonly NewGap[]> {
  let permissions: readonly ConditionalPermission[];
  try {
    permissions = await permissionsAt(reading.clients, `/subscriptions/${subscription}`);
  } catch (error) {
    if (!(error instanceof AzureError)) throw error;
    const why = `what may be read there is not known: ${error.message}`;
    return [everything(subscription, why)];
  }
  const all = decidedByRoles(reading);
  const hidden = all.filter(({ action }) => !permits(permissions, action));
  // To see that a subscription exists is no reading of what is in it.
  const readable = all.filter(({ type }) => type !== 'microsoft.resources/subscriptions');
  if (readable.every((one) => hidden.includes(one))) {
    return [everything(subscription, 'no role of the reader there allows to read anything')];
  }
  return hidden.map(({ type, action }) => ({
    type,
    scope: `/subscriptions/${subscription}`,
    what: `rows of ${type}`,
    why: `no role of the reader there allows ${action}`,
  }));
}

const everyone = '00000000-0000-0000-0000-000000000000';

/** What deny assignments take from the reader, or may: whom their groups hold is not asked. */
function deniedGaps(
  reading: Reading,
  denials: readonly DenyAssignmentRow[],
  reader: TokenClaims | undefined,
): NewGap[] {
  const own = reader?.objectId.toLowerCase();
  return denials.flatMap(({ name, properties }) => {
    const { principals, excludePrincipals, permissions, scope, denyAssignmentName } = properties;
    const isExcluded = excludePrincipals.some(({ id }) => id === own);
    const mayConcern =
      own === undefined ||
      principals.some(
        ({ id, type }) => id === own || id === everyone || type?.toLowerCase() === 'group',
      );
    if (isExcluded || !mayConcern) return [];
    return decidedByRoles(reading)
      .filter(({ action }) => permits(permissions, action))
      .map(({ type, action }) => ({
        type,
        scope,
        what: `rows of ${type}`,
        why: `deny assignment ${denyAssignmentName ?? name ?? 'there'} keeps the reader from ${action}, or may`,
      }));
  });
}

function everything(subscription: string, why: string): NewGap {
  return {
    scope: `/subscriptions/${subscription}`,
    what: `the resources of subscription ${subscription}`,
    why,
  };
}

function keyOf({ scope, what }: NewGap): string {
  return `${scope} ${what}`;
}
