import type { AccessFacts } from '../access/access-facts.ts';
import { deniedToEverybody } from '../access/denied-to-everybody.ts';
import type { OwnershipFacts } from '../facts/ownership-facts.ts';
import { type ResourceId, nameOf, resourceId } from '../model/resource-id.ts';
import { type Listing, type Missing, foundIn } from '../model/verdict.ts';
import type { ArmWrite } from './arm-write.ts';
import type { Plan, Planned } from './plan.ts';
import { idIn } from './without-writes.ts';

/** Whether something may be changed by us: only what is proven to be nobody else's. */
export type Ownership =
  | { readonly kind: 'ours' }
  /** Something else owns it, or bars the change or its undoing. */
  | { readonly kind: 'notOurs'; readonly because: string }
  /** What was not read may say that it is somebody else's. */
  | { readonly kind: 'unknown'; readonly because: string };

/** Whose a resource is. Tag keys are compared without regard to case, as Azure does. */
export function ownershipOf(
  facts: OwnershipFacts,
  { ownedByTags }: { readonly ownedByTags: readonly string[] },
): Ownership {
  const because =
    aksText(facts) ?? lockText(facts) ?? stackText(facts) ?? marksText(facts, ownedByTags);
  if (because !== undefined) return { kind: 'notOurs', because };
  const { managedByAks, locks, stacks, marks } = facts;
  const missing = [managedByAks, locks, stacks, marks].flatMap(missingIn);
  if (missing.length === 0) return { kind: 'ours' };
  return {
    kind: 'unknown',
    because: `It cannot be proven that nobody else owns or locks ${nameOf(facts.id)} (${wordsOf(missing)}).`,
  };
}

const mostSaid = 3;

function wordsOf(missing: readonly Missing[]): string {
  const said = [...new Set(missing.map(({ what, why }) => `${what}: ${why}`))];
  return said.slice(0, mostSaid).join('; ');
}

function missingIn(list: Listing<unknown>): readonly Missing[] {
  return list.known ? [] : list.missing;
}

function aksText({ id, managedByAks }: OwnershipFacts): string | undefined {
  const [cluster] = foundIn(managedByAks);
  return cluster === undefined
    ? undefined
    : `${nameOf(id)} is managed by AKS for cluster ${nameOf(cluster)}, which takes back what others change in the node resource group.`;
}

function lockText({ id, locks }: OwnershipFacts): string | undefined {
  const [lock] = foundIn(locks);
  if (lock === undefined) return undefined;
  const where = lock.scope === id ? '' : ` on ${nameOf(lock.scope)}`;
  const bars =
    lock.level.toLowerCase() === 'cannotdelete' ? 'bars taking a change back' : 'bars any change';
  return `${nameOf(id)} is under lock ${lock.name} (${lock.level})${where}, which ${bars}.`;
}

function stackText({ id, stacks }: OwnershipFacts): string | undefined {
  const [stack] = foundIn(stacks);
  if (stack === undefined) return undefined;
  const holds =
    stack.holds === id
      ? 'has it among its resources'
      : `has ${nameOf(stack.holds)} among its resources`;
  return `Deployment stack ${nameOf(stack.id)} ${holds}: change ${nameOf(id)} in its template.`;
}

function marksText(
  { id, marks }: OwnershipFacts,
  ownedByTags: readonly string[],
): string | undefined {
  const owned = new Set(ownedByTags.map((key) => key.toLowerCase()));
  for (const { at, managedBy, tagKeys } of foundIn(marks)) {
    const what =
      at === id ? nameOf(id) : `Resource group ${nameOf(at)}, in which ${nameOf(id)} lies,`;
    if (managedBy !== undefined) return `${what} is managed by ${nameOf(resourceId(managedBy))}.`;
    const tag = tagKeys.find((key) => owned.has(key.toLowerCase()));
    if (tag !== undefined) {
      return `${what} has the tag ${tag} (guard.ownedByTags): another tool owns it.`;
    }
  }
  return undefined;
}

/** Why something stays although we take it away: it will, or nobody knows. */
export interface Bar {
  readonly outcome: 'left' | 'unknown';
  readonly because: string;
}

/**
 * What keeps a thing of ours from being taken away: undefined where nothing does. `facts` are those of
 * the rule or role assignment itself. Whatever its level, a lock on it or above it bars that; a stack
 * that denies changes may exclude whoever asks. Who else owns what it lies in does not keep it.
 * Sources: learn.microsoft.com/azure/azure-resource-manager/management/lock-resources,
 * learn.microsoft.com/azure/azure-resource-manager/bicep/deployment-stacks
 */
export function whyKept(facts: OwnershipFacts): Bar | undefined {
  const because = lockText(facts);
  if (because !== undefined) return { outcome: 'left', because };
  const { id, locks, stacks } = facts;
  const missing = [locks, stacks].flatMap(missingIn);
  if (missing.length > 0) {
    const says = `Whether a lock or a deployment stack keeps ${nameOf(id)} is not known (${wordsOf(missing)}).`;
    return { outcome: 'unknown', because: says };
  }
  const [stack] = foundIn(stacks);
  if (stack === undefined) return undefined;
  const says = `Deployment stack ${nameOf(stack.id)}, which has ${nameOf(stack.holds)} among its resources, may keep it.`;
  return { outcome: 'unknown', because: says };
}

/** The plan, or the same finding without one where something that it writes to is not proven to be ours; what to do by hand stays. */
export function keptFromOthers(planned: Planned, ownerOf: (id: ResourceId) => Ownership): Planned {
  if (planned.kind === 'unplanned') return planned;
  const { plan } = planned;
  const because = [...new Set(plan.changes.flatMap((change) => refusalOf(change, ownerOf)))];
  return because.length === 0 ? planned : withoutPlan(plan, because.join(' '));
}

/** The plan, or the same finding without one where Azure would refuse it to whoever carries it out. */
export function keptFromDenials(planned: Planned, access: AccessFacts): Planned {
  if (planned.kind === 'unplanned') return planned;
  const { plan } = planned;
  const because = new Set(
    plan.changes.flatMap((change): readonly string[] => {
      const id = idIn(change);
      const denied = deniedToEverybody(plan.permissions, id, access);
      if (denied === undefined) return [];
      const { deny, action } = denied;
      return [
        `Deny assignment ${deny.name} on ${nameOf(deny.scope)} denies ${action} to everybody, so Azure refuses the change.`,
      ];
    }),
  );
  return because.size === 0 ? planned : withoutPlan(plan, [...because].join(' '));
}

function withoutPlan(plan: Plan, because: string): Planned {
  const { checkId, clusterId, fingerprint, snippets } = plan;
  return { kind: 'unplanned', unplanned: { checkId, clusterId, fingerprint, because, snippets } };
}

function refusalOf(change: ArmWrite, ownerOf: (id: ResourceId) => Ownership): readonly string[] {
  const id = idIn(change);
  const name = nameOf(id);
  // The rules that AKS writes, wherever it may write them: kubernetes-sigs/cloud-provider-azure.
  if (name.startsWith('k8s-azure-lb')) return [`Rule ${name} is one of those that AKS writes.`];
  const owner = ownerOf(changedResource(id));
  return owner.kind === 'ours' ? [] : [owner.because];
}

/** The resource that a request changes: the group of a security rule, the scope of a role assignment. */
function changedResource(id: ResourceId): ResourceId {
  const rule = /^(.*\/networksecuritygroups\/[^/]+)\/securityrules\/[^/]+$/.exec(id)?.[1];
  const role = /^(.*)\/providers\/microsoft\.authorization\/roleassignments\/[^/]+$/.exec(id)?.[1];
  const changed = rule ?? role;
  if (changed === undefined) throw new RangeError(`a plan never writes to ${id}`);
  return resourceId(changed);
}
