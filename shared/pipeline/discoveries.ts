/** What events named and nobody has looked at yet: kept until somebody has, so that checks know what they do not. */
import { type ResourceId, parentOf } from '../model/resource-id.ts';
import { typeInId } from '../inventory/row-type.ts';
import { isOfWrongClock } from '../model/wrong-clock.ts';
import { ConflictError, type Discovery, type DiscoveryStore, type Kept } from '../store-ports.ts';
import type { ServiceContext } from './service-context.ts';

const computesType = 'microsoft.machinelearningservices/workspaces/computes';
/** A resource is looked at this long after its first change: often enough, and not for each. */
const longestDelayMs = 5000;
/** A message that has not been handled by then is lost. */
const lostAfterMs = 600_000;
/** What nobody could look at for so long, scans have seen. */
const longestUnsureMs = 14 * 86_400_000;
const attempts = 100;

/**
 * Has somebody look whom a resource concerns, once for all changes of it that come until they begin.
 * That somebody was asked is written before the message is sent, and that it was sent after: of a process
 * that ends between the two, Event Grid delivers the event again.
 */
export async function requestDiscovery(
  { stores, now, checkDelayMs }: Pick<ServiceContext, 'stores' | 'now' | 'checkDelayMs'>,
  resource: ResourceId,
): Promise<void> {
  const { discoveries, queues } = stores;
  const isLost = (askedAt: string) =>
    now().getTime() - Date.parse(askedAt) > lostAfterMs || isOfWrongClock(askedAt, now());
  const asked = await changed(discoveries, resource, (kept) => {
    const isOnItsWay = kept?.sent === true && kept.begun !== true && !isLost(kept.askedAt);
    return isOnItsWay ? undefined : { resource, askedAt: now().toISOString(), sent: false };
  });
  if (asked === undefined) return;
  await queues.send(
    'cluster-checks',
    { discover: resource },
    Math.min(checkDelayMs, longestDelayMs),
  );
  await changed(discoveries, resource, (kept) =>
    // Somebody has begun to look, or asked anew.
    kept === undefined || kept.begun === true || kept.askedAt !== asked.askedAt
      ? undefined
      : { ...kept, sent: true },
  );
}

/**
 * Writes that somebody looks, before they read: who asks from then on has it looked at again. Returns
 * what to forget once that is done.
 */
export async function beginLooking(
  discoveries: DiscoveryStore,
  resource: ResourceId,
): Promise<Kept<Discovery> | undefined> {
  await changed(discoveries, resource, (kept) => kept && { ...kept, begun: true });
  const kept = await discoveries.get(resource);
  return kept?.value.begun === true ? kept : undefined;
}

/** Forgets what was looked at, unless somebody has asked anew since. */
export async function forgetDiscovery(
  discoveries: DiscoveryStore,
  { value: { resource }, version }: Kept<Discovery>,
): Promise<void> {
  try {
    await discoveries.remove(resource, version);
  } catch (error) {
    // Somebody has asked anew, or looked as well.
    if (!(error instanceof ConflictError)) throw error;
  }
}

/**
 * The workspaces in a cluster's subscription with a compute that changed, and of which nobody knows yet
 * which cluster it is of. Azure ML attaches only clusters of a workspace's own subscription. To be asked
 * before what is kept of the cluster: who looks writes there first, and then forgets.
 */
export async function unsureWorkspaces(
  { stores: { discoveries }, now }: Pick<ServiceContext, 'stores' | 'now'>,
  cluster: ResourceId,
): Promise<readonly ResourceId[]> {
  const isOld = ({ value: { askedAt } }: Kept<Discovery>): boolean =>
    now().getTime() - Date.parse(askedAt) > longestUnsureMs || isOfWrongClock(askedAt, now());
  const all = await discoveries.inSubscriptionOf(cluster);
  for (const old of all.filter(isOld)) await forgetDiscovery(discoveries, old);
  const resources = all.filter((one) => !isOld(one)).map(({ value }) => value.resource);
  const computes = resources.filter((id) => typeInId(id) === computesType);
  return [...new Set(computes.map(parentOf))].toSorted();
}

/** All workspaces to look into for a cluster: those that are known to attach it, and those that may. */
export async function rootsToRead(
  context: Pick<ServiceContext, 'stores' | 'now'>,
  cluster: ResourceId,
): Promise<readonly ResourceId[]> {
  const unsure = await unsureWorkspaces(context, cluster);
  const known = (await context.stores.clusters.get(cluster))?.value.roots ?? [];
  return [...new Set([...known, ...unsure])];
}

/** Changes what is kept of a resource, whoever else does so at the same time; undefined leaves it. */
async function changed(
  discoveries: DiscoveryStore,
  resource: ResourceId,
  change: (kept: Discovery | undefined) => Discovery | undefined,
): Promise<Discovery | undefined> {
  for (let attempt = 1; ; attempt += 1) {
    const kept = await discoveries.get(resource);
    const after = change(kept?.value);
    if (after === undefined) return undefined;
    try {
      await discoveries.put(after, kept?.version);
      return after;
    } catch (error) {
      if (!(error instanceof ConflictError) || attempt === attempts) throw error;
    }
  }
}
