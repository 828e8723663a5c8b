import {
  keyOf,
  lastOf,
  managementGroupIn,
  managementGroupKey,
  resourceGroupIn,
  rootScope,
  subscriptionIn,
} from './azure-id.ts';

export type Row = Readonly<Record<string, unknown>>;

/** A row of the estate with what it is found by. */
export interface Resource {
  /** The id as it is compared. */
  readonly key: string;
  readonly id: string;
  /** Lower-cased. */
  readonly type: string;
  readonly row: Row;
}

/** The estate, indexed by what Azure's interfaces ask for. */
export interface Tenant {
  readonly resources: readonly Resource[];
  byId(id: string): Resource | undefined;
  /** The resources of a type, lower-cased, in the order of the estate. */
  ofType(type: string): readonly Resource[];
  readonly types: readonly string[];
  hasSubscription(subscription: string): boolean;
  hasResourceGroup(subscription: string, name: string): boolean;
  /** The key itself, every scope around it, and the root, nearest first. */
  scopesAround(key: string): readonly string[];
  /** From a moment on there is this row: a new one, or in the place of the one with its id. */
  put(row: Row, at: Date): void;
  /** From a moment on the resource is gone. */
  remove(resource: Resource, at: Date): void;
  /** The resources of a type, lower-cased, as they were at a moment. */
  ofTypeAt(type: string, at: Date): readonly Resource[];
  /** How often resources of a type have been changed: what was derived from them before is stale. */
  changesOf(type: string): number;
}

/** What there was until a moment: a resource, or nothing. */
interface Past {
  readonly until: number;
  readonly resource: Resource | undefined;
}

/** How a scope lies to the one that was asked about. */
export type Relation = 'at' | 'above' | 'below' | 'apart';

/** The types that the simulator treats in ways of their own, lower-cased. */
export const types = {
  subscriptions: 'microsoft.resources/subscriptions',
  resourceGroups: 'microsoft.resources/subscriptions/resourcegroups',
  managementGroups: 'microsoft.management/managementgroups',
  roleAssignments: 'microsoft.authorization/roleassignments',
  roleDefinitions: 'microsoft.authorization/roledefinitions',
  denyAssignments: 'microsoft.authorization/denyassignments',
  policyExemptions: 'microsoft.authorization/policyexemptions',
  locks: 'microsoft.authorization/locks',
  groups: 'microsoft.graph/groups',
  servicePrincipals: 'microsoft.graph/serviceprincipals',
  serviceTags: 'microsoft.network/servicetags',
  adminRules: 'microsoft.network/effectivesecurityadminrules',
  extensions: 'microsoft.kubernetesconfiguration/extensions',
} as const;

const aliases: Readonly<Record<string, string>> = {
  'microsoft.resources/resourcegroups': types.resourceGroups,
};

/**
 * The tenant that these rows describe. Subscriptions and resource groups that rows lie in but no row
 * describes are added, for in Azure nothing lies in what does not exist. Of rows with one id the last
 * holds.
 */
export function createTenant(rows: readonly Row[]): Tenant {
  const found = new Map<string, Resource>();
  for (const row of rows) {
    const resource = resourceOf(row);
    if (resource !== undefined) found.set(resource.key, resource);
  }
  for (const container of impliedContainers([...found.values()])) {
    found.set(container.key, container);
  }
  const resources = [...found.values()];
  const ofType = Map.groupBy(resources, ({ type }) => type);
  const chains = new Map(
    (ofType.get(types.subscriptions) ?? []).map((subscription) => [
      subscription.key,
      [...managementGroupsAround(subscription.row), rootScope],
    ]),
  );
  const aboveGroups = groupsAbove([...chains.values()]);

  function scopesAround(key: string): readonly string[] {
    if (key === rootScope) return [rootScope];
    const group = managementGroupIn(key);
    if (group !== undefined) {
      const own = managementGroupKey(group);
      return [...new Set([key, own]), ...(aboveGroups.get(own) ?? [rootScope])];
    }
    const subscription = subscriptionIn(key);
    const chain = chains.get(`/subscriptions/${subscription ?? ''}`) ?? [rootScope];
    return [...prefixesOf(key), ...chain];
  }

  /** What was under a key, until when, oldest first, by type. */
  const past = new Map<string, Map<string, Past[]>>();
  const changes = new Map<string, number>();

  /** The resource under a key from a moment on; undefined where there is none any more. */
  function set(key: string, type: string, after: Resource | undefined, at: Date): void {
    const before = found.get(key);
    const ofItsType = past.get(type) ?? new Map<string, Past[]>();
    past.set(type, ofItsType);
    ofItsType.set(key, [...(ofItsType.get(key) ?? []), { until: at.getTime(), resource: before }]);
    changes.set(type, (changes.get(type) ?? 0) + 1);
    if (!ofType.has(type)) ofType.set(type, []);
    for (const list of [resources, ofType.get(type) ?? []]) {
      const index = list.findIndex((resource) => resource.key === key);
      const place = index < 0 ? list.length : index;
      list.splice(place, index < 0 ? 0 : 1, ...(after === undefined ? [] : [after]));
    }
    if (after === undefined) found.delete(key);
    else found.set(key, after);
  }

  return {
    put(row, at) {
      const resource = resourceOf(row);
      if (resource === undefined) throw new RangeError('a row needs an id and a type');
      set(resource.key, resource.type, resource, at);
    },
    remove: ({ key, type }, at) => {
      set(key, type, undefined, at);
    },
    ofTypeAt(type, at) {
      const now = ofType.get(type) ?? [];
      const then = past.get(type);
      if (then === undefined) return now;
      const gone = [...then.keys()].filter((key) => !found.has(key));
      return [...now.map(({ key }) => key), ...gone].flatMap((key) => {
        const old = then.get(key)?.find(({ until }) => at.getTime() < until);
        const resource = old === undefined ? found.get(key) : old.resource;
        return resource === undefined ? [] : [resource];
      });
    },
    changesOf: (type) => changes.get(type) ?? 0,
    resources,
    byId: (id) => found.get(keyOf(id)),
    ofType: (type) => ofType.get(type) ?? [],
    get types() {
      return [...ofType.keys()];
    },
    hasSubscription: (subscription) => found.has(keyOf(`/subscriptions/${subscription}`)),
    hasResourceGroup: (subscription, name) =>
      found.has(keyOf(`/subscriptions/${subscription}/resourceGroups/${name}`)),
    scopesAround,
  };
}

/** How `scope` lies to `asked`, both as keys. */
export function relationOf(tenant: Tenant, scope: string, asked: string): Relation {
  if (scope === asked) return 'at';
  if (tenant.scopesAround(asked).includes(scope)) return 'above';
  return tenant.scopesAround(scope).includes(asked) ? 'below' : 'apart';
}

/** The members of a row's `properties`. */
export function propertiesOf(row: Row): Row {
  const { properties } = row;
  return isRow(properties) ? properties : {};
}

/** Whether a value is an object with members. */
export function isRow(value: unknown): value is Row {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A member as text; empty where it is none. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function resourceOf(row: Row): Resource | undefined {
  const { id, type } = row;
  if (typeof id !== 'string' || typeof type !== 'string' || id === '') return undefined;
  const lowered = type.toLowerCase();
  return { key: keyOf(id), id, type: aliases[lowered] ?? lowered, row };
}

function impliedContainers(resources: readonly Resource[]): Resource[] {
  const seen = new Set(resources.map(({ key }) => key));
  const implied: Resource[] = [];
  const isNew = (key: string): boolean => {
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  };
  for (const { id, key, row } of resources) {
    const subscription = subscriptionIn(key);
    if (subscription === undefined) continue;
    const subscriptionKey = `/subscriptions/${subscription}`;
    const [, , subscriptionId = '', , groupName = ''] = id.split('/');
    if (isNew(subscriptionKey)) {
      implied.push({
        key: subscriptionKey,
        id: `/subscriptions/${subscriptionId}`,
        type: types.subscriptions,
        row: {
          id: `/subscriptions/${subscriptionId}`,
          name: subscriptionId,
          type: 'Microsoft.Resources/subscriptions',
          properties: { state: 'Enabled', managementGroupAncestorsChain: [] },
        },
      });
    }
    const group = resourceGroupIn(key);
    if (group === undefined || !isNew(`${subscriptionKey}/resourcegroups/${group}`)) continue;
    const groupId = `/subscriptions/${subscriptionId}/resourceGroups/${groupName}`;
    implied.push({
      key: keyOf(groupId),
      id: groupId,
      type: types.resourceGroups,
      row: {
        id: groupId,
        name: groupName,
        type: 'Microsoft.Resources/resourceGroups',
        location: textOf(row['location']) || 'westeurope',
        properties: { provisioningState: 'Succeeded' },
      },
    });
  }
  return implied;
}

/** `/a/b/c/d`, `/a/b/c`, `/a/b`: everything that could be a scope around the key, and it. */
function prefixesOf(key: string): string[] {
  const prefixes: string[] = [];
  for (let end = key.length; end > 0; end = key.lastIndexOf('/', end - 1)) {
    prefixes.push(key.slice(0, end));
  }
  return prefixes;
}

/** The management groups around a subscription, nearest first, as Resource Graph lists them. */
function managementGroupsAround(row: Row): string[] {
  const chain = propertiesOf(row)['managementGroupAncestorsChain'];
  if (!Array.isArray(chain)) return [];
  return chain.map((group: unknown) =>
    managementGroupKey(lastOf(isRow(group) ? textOf(group['name']) : '')),
  );
}

/** Of each management group that some subscription lies in: the scopes above it. */
function groupsAbove(chains: readonly (readonly string[])[]): Map<string, readonly string[]> {
  const above = new Map<string, readonly string[]>();
  for (const chain of chains) {
    for (const [index, group] of chain.entries()) {
      if (group !== rootScope) above.set(group, chain.slice(index + 1));
    }
  }
  return above;
}
