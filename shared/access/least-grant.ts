import { resourceGroupIdOf, resourceId, subscriptionIdOf } from '../model/resource-id.ts';
import type { ResourceId } from '../model/resource-id.ts';
import { searchOf, wellFormed } from './asked-actions.ts';
import { findAction, uncoveredAction } from './action-search.ts';
import { type PlainRole, builtInRoles } from './built-in-roles.ts';
import { isManagementGroup } from './scope-reach.ts';

/** The least that would give missing actions at a scope. */
export interface LeastGrant {
  readonly scope: ResourceId;
  readonly actions: readonly string[];
  /** The narrowest role of Microsoft's that holds all of them; undefined where only a privileged one does. */
  readonly builtIn?: BuiltInGrant;
  /** A role with exactly these actions; undefined where no custom role can be assigned at the scope. */
  readonly custom?: CustomRole;
}

interface BuiltInGrant {
  readonly role: PlainRole;
  /** The role's patterns that give more than was missing. */
  readonly beyond: readonly string[];
}

/**
 * A custom role as `az role definition create --role-definition` takes it.
 * Source: learn.microsoft.com/azure/role-based-access-control/custom-roles#custom-role-properties
 */
export interface CustomRole {
  readonly Name: string;
  readonly IsCustom: true;
  readonly Description: string;
  readonly Actions: readonly string[];
  readonly NotActions: readonly string[];
  readonly DataActions: readonly string[];
  readonly NotDataActions: readonly string[];
  readonly AssignableScopes: readonly string[];
}

/**
 * Roles that Microsoft's guidance and the AKS documentation hand to a control plane or a deployer: no
 * later one lies within an earlier one. Privileged roles (Owner, Contributor, User Access
 * Administrator) are no least grant of anything.
 * Sources: learn.microsoft.com/azure/aks/use-managed-identity, …/aks/private-clusters,
 * learn.microsoft.com/azure/machine-learning/v1/how-to-secure-inferencing-vnet
 */
export const offeredRoles: readonly PlainRole[] = [
  'f1a07417-d97a-45cb-824c-7a7467783830',
  'b12aa53e-6015-4669-85d0-8515ebb3ae7f',
  'acdd72a7-3385-48ef-bd42-f606fba81ae7',
  '4d97b98b-1d4f-4787-a291-c67834d212e7',
].flatMap((guid) => builtInRoles.get(guid) ?? []);

/**
 * The least grant of the actions (patterns allowed) at the scope. A grant mends what no role gives;
 * what a deny assignment takes away, no grant gives back. Azure wants the name of a custom role to be
 * the only one of its kind in the tenant.
 */
export function leastGrant(
  actions: readonly string[],
  scope: ResourceId,
  name = `Portcullis: ${actions.length === 1 ? '1 action' : `${actions.length} actions`} on ${scope}`,
): LeastGrant {
  const role = leastRoleOf(actions);
  const assignable = assignableScopeOf(scope);
  return {
    scope,
    actions,
    ...(role === undefined ? {} : { builtIn: new RoleFor(role, actions) }),
    ...(assignable === undefined ? {} : { custom: customRole(name, actions, assignable) }),
  };
}

const leastRoles = new WeakMap<readonly string[], PlainRole | null>();

/** The narrowest role that holds all of the actions, found once for a list: many clusters lack the same. */
function leastRoleOf(actions: readonly string[]): PlainRole | undefined {
  const before = leastRoles.get(actions);
  if (before !== undefined) return before ?? undefined;
  const search = searchOf(actions);
  const role = offeredRoles.find(
    ({ permissions }) => uncoveredAction(actions, permissions, [], search).kind === 'none',
  );
  leastRoles.set(actions, role ?? null);
  return role;
}

/** What lies beyond is searched pattern by pattern, and most callers never ask. */
class RoleFor implements BuiltInGrant {
  readonly role: PlainRole;
  readonly #actions: readonly string[];
  #beyond: readonly string[] | undefined;

  constructor(role: PlainRole, actions: readonly string[]) {
    this.role = role;
    this.#actions = actions;
  }

  get beyond(): readonly string[] {
    return (this.#beyond ??= beyond(this.role, this.#actions));
  }
}

function beyond({ permissions }: PlainRole, actions: readonly string[]): readonly string[] {
  const missing = [{ actions, notActions: [] }];
  return permissions.flatMap((block) =>
    block.actions.filter(
      (pattern) =>
        findAction([[{ ...block, actions: [pattern] }]], [missing], { among: [wellFormed] })
          .kind !== 'none',
    ),
  );
}

function customRole(name: string, actions: readonly string[], assignable: ResourceId): CustomRole {
  return {
    Name: name,
    IsCustom: true,
    Description: 'The actions that an audit of Portcullis found missing, and nothing else.',
    Actions: actions,
    NotActions: [],
    DataActions: [],
    NotDataActions: [],
    AssignableScopes: [assignable],
  };
}

/**
 * The nearest scope at or above that a custom role may name: a resource group, a subscription or a
 * management group, never a resource and never the root.
 * Source: learn.microsoft.com/azure/role-based-access-control/custom-roles#custom-role-properties
 */
function assignableScopeOf(scope: ResourceId): ResourceId | undefined {
  const group = resourceGroupIdOf(scope);
  if (group !== undefined) return group;
  const subscription = subscriptionIdOf(scope);
  if (subscription !== undefined) return resourceId(`/subscriptions/${subscription}`);
  return isManagementGroup(scope) ? scope : undefined;
}
