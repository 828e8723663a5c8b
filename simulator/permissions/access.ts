import { keyOf, lastOf, rootScope } from '../tenant/azure-id.ts';
import { type Row, type Tenant, isRow, propertiesOf, textOf, types } from '../tenant/tenant.ts';
import { type Permission, hasAction } from './action-matching.ts';
import { type Attributes, conditionHolds } from './conditions.ts';
import { type GroupsOf, groupsByMember } from './directory.ts';

/** What somebody was granted at a scope and everything below it. */
interface Grant extends Permission {
  readonly scope: string;
  /** Under which it gives what it gives, where there is one. */
  readonly condition: string | undefined;
}

/** A grant to one of the estate's own identities, as an option of the simulator. */
export interface IdentityGrant {
  readonly scope: string;
  readonly actions: readonly string[];
  readonly notActions?: readonly string[];
  /** On writing and removing role assignments, in version 2.0. */
  readonly condition?: string;
}

/** A deny assignment, as the refusal of a request names it. */
export interface Denial {
  readonly name: string;
  readonly id: string;
  readonly scope: string;
}

/** Who may do what where. */
export interface Access {
  /**
   * Whether the principal may do the action at the scope, or what denies it although it is granted. A
   * grant under a condition counts where the attributes are given and fulfil it.
   */
  decide(
    principalId: string,
    action: string,
    scope: string,
    attributes?: Attributes,
  ): 'allowed' | 'notGranted' | Denial;
  /** What the principal holds at the scope through grants there and above. */
  permissionsAt(principalId: string, scope: string): readonly Permission[];
  /** Whether anything is granted to the principal at the scope, above it or below it. */
  hasAnything(principalId: string, scope: string): boolean;
  readonly groupsOf: GroupsOf;
}

interface DenyRule extends Denial {
  readonly permissions: readonly Permission[];
  readonly principals: ReadonlySet<string>;
  readonly excluded: ReadonlySet<string>;
  readonly hereOnly: boolean;
}

/** The actions that conditions bear on. */
const conditioned = /^microsoft\.authorization\/roleassignments\/(write|delete)$/i;

/** Of what types of resources it depends who may do what. */
const bearing = [
  types.roleAssignments,
  types.roleDefinitions,
  types.denyAssignments,
  types.groups,
] as const;

/** Everyone, as deny assignments write it. */
const everyone = '00000000-0000-0000-0000-000000000000';

/**
 * Evaluates the role assignments and deny assignments of the estate, and what the options grant its own
 * identities, by their object ids. Conditions are evaluated for writing and removing role assignments;
 * the others that there are bear on data.
 */
export function createAccess(
  tenant: Tenant,
  own: Readonly<Record<string, readonly IdentityGrant[]>>,
): Access {
  const remembered = new Map<string, ReturnType<typeof relevantFor>>();
  let readAt: string | undefined;
  let granted: ReturnType<typeof grantsByPrincipal> = new Map();
  let holders: GroupsOf = () => new Set();
  let denies: readonly DenyRule[] = [];

  /** Assignments come and go, and so do groups and who is in them. */
  function refresh(): void {
    const changes = bearing.map((type) => tenant.changesOf(type)).join();
    if (changes === readAt) return;
    granted = grantsByPrincipal(tenant);
    holders = groupsByMember(tenant);
    denies = tenant.ofType(types.denyAssignments).map(({ row }) => denyRule(row));
    readAt = changes;
    remembered.clear();
  }

  function groupsOf(principalId: string): ReadonlySet<string> {
    refresh();
    return holders(principalId);
  }

  function grantsOf(principalId: string): readonly Grant[] {
    refresh();
    const assigned = [principalId, ...groupsOf(principalId)].flatMap((id) => granted.get(id) ?? []);
    const given = own[principalId] ?? [];
    return [
      ...assigned,
      ...given.map(({ scope, actions, notActions = [], condition }): Grant => ({
        scope: keyOf(scope),
        condition,
        actions,
        notActions,
        dataActions: [],
        notDataActions: [],
      })),
    ];
  }

  function relevantFor(principalId: string, action: string) {
    const identities = [principalId, ...groupsOf(principalId)];
    const granting = grantsOf(principalId).filter((grant) => hasAction(grant, action));
    const isFree = ({ condition }: Grant): boolean =>
      condition === undefined || !conditioned.test(action);
    return {
      scopes: new Set(granting.filter(isFree).map(({ scope }) => scope)),
      conditional: granting.filter((grant) => !isFree(grant)),
      denies: denies.filter(
        ({ permissions, principals, excluded }) =>
          [everyone, ...identities].some((id) => principals.has(id)) &&
          !identities.some((id) => excluded.has(id)) &&
          permissions.some((permission) => hasAction(permission, action)),
      ),
    };
  }

  function remember(principalId: string, action: string) {
    refresh();
    const key = `${principalId} ${action.toLowerCase()}`;
    const known = remembered.get(key) ?? relevantFor(principalId, action);
    remembered.set(key, known);
    return known;
  }

  return {
    groupsOf,
    decide(principalId, action, scope, attributes) {
      const relevant = remember(principalId, action);
      const fulfilled = relevant.conditional.filter(({ condition = '' }) =>
        fulfils(attributes, action, condition),
      );
      // Asked of every row of a query, where no condition bears on anything.
      const scopes =
        fulfilled.length === 0
          ? relevant.scopes
          : new Set([...relevant.scopes, ...fulfilled.map((grant) => grant.scope)]);
      if (scopes.size === 0) return 'notGranted';
      if (relevant.denies.length === 0 && scopes.has(rootScope)) return 'allowed';
      const around = tenant.scopesAround(keyOf(scope));
      if (!around.some((above) => scopes.has(above))) return 'notGranted';
      const denial = relevant.denies.find((deny) =>
        deny.hereOnly ? around[0] === deny.scope : around.includes(deny.scope),
      );
      return denial ?? 'allowed';
    },
    permissionsAt(principalId, scope) {
      const around = tenant.scopesAround(keyOf(scope));
      return grantsOf(principalId)
        .filter((grant) => around.includes(grant.scope))
        .map(({ actions, notActions, dataActions, notDataActions }) => ({
          actions,
          notActions,
          dataActions,
          notDataActions,
        }));
    },
    hasAnything(principalId, scope) {
      const asked = keyOf(scope);
      const around = tenant.scopesAround(asked);
      return grantsOf(principalId).some(
        (grant) =>
          grant.actions.length > 0 &&
          (around.includes(grant.scope) || tenant.scopesAround(grant.scope).includes(asked)),
      );
    },
  };
}

function fulfils(attributes: Attributes | undefined, action: string, condition: string): boolean {
  return attributes !== undefined && conditionHolds(condition, { ...attributes, action });
}

function grantsByPrincipal(tenant: Tenant): Map<string, Grant[]> {
  const definitions = new Map(
    tenant
      .ofType(types.roleDefinitions)
      .map(({ id, row }) => [lastOf(id).toLowerCase(), permissionsOf(row)]),
  );
  const grants = new Map<string, Grant[]>();
  for (const { row } of tenant.ofType(types.roleAssignments)) {
    const properties = propertiesOf(row);
    const principalId = textOf(properties['principalId']).toLowerCase();
    const role = lastOf(textOf(properties['roleDefinitionId'])).toLowerCase();
    const scope = keyOf(textOf(properties['scope']));
    const condition = textOf(properties['condition']) || undefined;
    const more = (definitions.get(role) ?? []).map((permission) => ({
      ...permission,
      scope,
      condition,
    }));
    grants.set(principalId, [...(grants.get(principalId) ?? []), ...more]);
  }
  return grants;
}

function denyRule(row: Row): DenyRule {
  const properties = propertiesOf(row);
  return {
    name: textOf(properties['denyAssignmentName']),
    id: textOf(row['name']),
    scope: keyOf(textOf(properties['scope'])),
    permissions: permissionsOf(row),
    principals: idsIn(properties['principals']),
    excluded: idsIn(properties['excludePrincipals']),
    hereOnly: properties['doNotApplyToChildScopes'] === true,
  };
}

function permissionsOf(row: Row): Permission[] {
  const { permissions } = propertiesOf(row);
  return (Array.isArray(permissions) ? permissions : []).filter(isRow).map((block) => ({
    actions: strings(block['actions']),
    notActions: strings(block['notActions']),
    dataActions: strings(block['dataActions']),
    notDataActions: strings(block['notDataActions']),
  }));
}

function idsIn(principals: unknown): Set<string> {
  return new Set(
    (Array.isArray(principals) ? principals : [])
      .filter(isRow)
      .map((principal) => textOf(principal['id']).toLowerCase()),
  );
}

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}
