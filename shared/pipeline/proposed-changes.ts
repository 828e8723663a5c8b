import { resourceTypeNamed, typeInId } from '../inventory/row-type.ts';
import { type Json, isObject } from '../facts/rows/lenient.ts';
import { type ResourceId, nameOf, parentOf, resourceId } from '../model/resource-id.ts';
import { pathDeeperThan } from '../model/nesting.ts';
import { shownJson } from '../model/shown-json.ts';
import type { ProposedChange } from './proposed-change.ts';
import { isTerraform, terraformChanges } from './terraform-plan.ts';

/** Resources of Azure have a dozen. */
const mostLevels = 200;

/**
 * The changes that a file proposes: resources or security rules as Azure Resource Manager returns
 * them, what a what-if of a deployment says, or a plan of Terraform.
 * Source: https://learn.microsoft.com/rest/api/resources/deployments/what-if
 * @throws RangeError naming what is not understood, and what to give instead.
 */
export function proposedChanges(json: unknown): readonly ProposedChange[] {
  const deep = pathDeeperThan(json, mostLevels);
  if (deep !== undefined) {
    throw new RangeError(
      `${deep === '' ? 'the file' : deep} has lists and objects nested in more than ${mostLevels} levels, and no resource of Azure has; give what Azure or Terraform wrote`,
    );
  }
  if (Array.isArray(json)) return json.map((one, index) => resourcePut(one, `[${index}]`));
  const whole = objectOf(json, 'the file');
  const inner = whole['properties'];
  const changes = whole['changes'] ?? (isObject(inner) ? inner['changes'] : undefined);
  if (Array.isArray(changes)) return [...changes.map(whatIfChange), ...potential(whole, inner)];
  if (isTerraform(whole)) return terraformChanges(whole);
  if (typeof whole['$schema'] === 'string') {
    throw new RangeError(
      'the file is a template, and only Azure knows what deploying it changes; give what az deployment group what-if --no-pretty-print prints',
    );
  }
  const listed = whole['value'];
  if (whole['id'] === undefined && Array.isArray(listed)) {
    return listed.map((one, index) => resourcePut(one, `value[${index}]`));
  }
  return [resourcePut(whole, 'the file')];
}

/** That these resources go. */
export function removalsOf(ids: readonly ResourceId[]): readonly ProposedChange[] {
  return ids.map((id) => ({ ...named(id), outcome: { kind: 'delete' } }));
}

function resourcePut(json: unknown, where: string): ProposedChange {
  const body = objectOf(json, where);
  const id = idIn(body, 'id', where);
  return { ...named(id), outcome: { kind: 'put', body } };
}

function named(id: ResourceId): Pick<ProposedChange, 'id' | 'type'> {
  return { id, type: typeInId(id) };
}

/** Changes that depend on what Azure learns only while it deploys. */
function potential(whole: Json, inner: unknown): readonly ProposedChange[] {
  const listed =
    whole['potentialChanges'] ?? (isObject(inner) ? inner['potentialChanges'] : undefined);
  if (!Array.isArray(listed)) return [];
  return listed.map((one, index) => {
    const id = idIn(
      objectOf(one, `potentialChanges[${index}]`),
      'resourceId',
      `potentialChanges[${index}]`,
    );
    const because = 'whether it is deployed is known only while deploying';
    return { ...named(id), outcome: { kind: 'untold', because } };
  });
}

function whatIfChange(json: unknown, index: number): ProposedChange {
  const where = `changes[${index}]`;
  const change = objectOf(json, where);
  const id = idIn(change, 'resourceId', where);
  return { ...named(id), outcome: outcomeOf(change, where) };
}

function outcomeOf(change: Json, where: string): ProposedChange['outcome'] {
  const [changeType, unsupportedReason] = [change['changeType'], change['unsupportedReason']];
  const [before, after, delta] = [change['before'], change['after'], change['delta']];
  const kind = typeof changeType === 'string' ? changeType.toLowerCase() : '';
  switch (kind) {
    case 'create':
      return { kind: 'put', body: objectOf(after, `${where}.after`) };
    case 'modify':
      return {
        kind: 'patch',
        before: objectOf(before, `${where}.before`),
        after: objectOf(after, `${where}.after`),
        noEffect: pathsWithoutEffect(delta),
      };
    case 'delete':
      return { kind: 'delete' };
    case 'nochange':
    case 'noeffect':
    case 'ignore':
      return { kind: 'none' };
    case 'deploy':
      return {
        kind: 'untold',
        because:
          'the what-if says that it is deployed, and not how it changes; ask for full results (--result-format FullResourcePayloads)',
      };
    case 'unsupported': {
      const why = typeof unsupportedReason === 'string' ? `: ${unsupportedReason}` : '';
      return { kind: 'untold', because: `the what-if cannot tell what happens to it${why}` };
    }
    default:
      throw new RangeError(
        `${where}.changeType ${showBriefly(changeType)} is none of Create, Modify, Delete, Deploy, NoChange, Ignore, Unsupported`,
      );
  }
}

/**
 * Properties that a template sets and Azure does not heed; those within lists are not looked for. A path
 * of more steps than there are levels names nothing.
 */
function pathsWithoutEffect(delta: unknown): readonly string[] {
  if (!Array.isArray(delta)) return [];
  return delta
    .filter(isObject)
    .flatMap(({ path, propertyChangeType }) =>
      typeof path === 'string' &&
      path.split('.').length <= mostLevels &&
      /^noeffect$/i.test(String(propertyChangeType))
        ? [path]
        : [],
    );
}

/** Lists of children that Azure keeps inside their parent, and that are written by themselves too. */
const embedded: ReadonlyMap<string, string> = new Map([
  ['microsoft.network/networksecuritygroups/securityrules', 'securityRules'],
  ['microsoft.network/routetables/routes', 'routes'],
  ['microsoft.network/virtualnetworks/subnets', 'subnets'],
  ['microsoft.network/virtualnetworks/virtualnetworkpeerings', 'virtualNetworkPeerings'],
]);

/** The resource in whose row a change of `id` shows, where it is not a row of its own. */
export function holderOf({
  id,
  type,
}: Pick<ProposedChange, 'id' | 'type'>): ResourceId | undefined {
  return type !== undefined && embedded.has(type) ? parentOf(id) : undefined;
}

/**
 * What a resource is once a change of it, or of a child inside it, is made; undefined once it is gone.
 * `body` is undefined where there is none yet.
 */
export function changedBody(body: Json | undefined, change: ProposedChange): Json | undefined {
  const { id, type = '' } = change;
  const member = embedded.get(type);
  return member === undefined
    ? afterOutcome(body, change, id)
    : body === undefined
      ? undefined
      : withChild(body, member, change);
}

/** What is at an id: the resource whose body it is, or a child inside it; undefined where nothing is. */
export function bodyAt(
  body: Json | undefined,
  { id, type = '' }: Pick<ProposedChange, 'id' | 'type'>,
): Json | undefined {
  const member = embedded.get(type);
  if (member === undefined || body === undefined) return body;
  const { children, at } = childIn(body, member, id);
  const own = children[at];
  return isObject(own) ? own : undefined;
}

/** The children of a resource, with the place of one among them; below 0 where it is not there. */
function childIn(
  body: Json,
  member: string,
  id: ResourceId,
): { readonly children: readonly unknown[]; readonly at: number } {
  const listed = (isObject(body['properties']) ? body['properties'] : body)[member];
  const children: readonly unknown[] = Array.isArray(listed) ? listed : [];
  const name = nameOf(id);
  return {
    children,
    at: children.findIndex((child) => isObject(child) && nameIn(child) === name),
  };
}

function withChild(body: Json, member: string, change: ProposedChange): Json {
  const inner = isObject(body['properties']) ? body['properties'] : undefined;
  const members = inner ?? body;
  const { children, at } = childIn(body, member, change.id);
  const own = children[at];
  const changed = afterOutcome(isObject(own) ? own : undefined, change, change.id);
  const kept = children.filter((_, index) => index !== at);
  const list =
    changed === undefined
      ? kept
      : at < 0
        ? [...children, changed]
        : children.map((child, index) => (index === at ? changed : child));
  const written = { ...members, [member]: list };
  return inner === undefined ? written : { ...body, properties: written };
}

function nameIn(child: Json): string {
  const [name, id] = [child['name'], child['id']];
  return nameOf(resourceId(typeof name === 'string' ? name : typeof id === 'string' ? id : ''));
}

function afterOutcome(
  body: Json | undefined,
  { outcome }: ProposedChange,
  id: ResourceId,
): Json | undefined {
  switch (outcome.kind) {
    case 'put':
      return identified(keptDefaults(body, outcome.body), id);
    case 'patch':
      return identified(patched(body ?? {}, outcome), id);
    case 'delete':
      return undefined;
    case 'none':
    case 'untold':
    case 'unjudged':
      return body;
    default:
      return outcome satisfies never;
  }
}

function patched(
  body: Json,
  {
    before,
    after,
    noEffect,
  }: { readonly before: Json; readonly after: Json; readonly noEffect: readonly string[] },
): Json {
  const changed = differing(body, before, after);
  return noEffect.reduce(
    (whole, path) => withPath(whole, path.split('.'), body),
    asObject(changed),
  );
}

/** What `now` becomes by the difference of two predictions; what neither of them names stays. */
function differing(now: unknown, before: unknown, after: unknown): unknown {
  if (isObject(after)) {
    const [own, old] = [asObject(now), asObject(before)];
    const gone = Object.keys(old).filter((key) => !(key in after));
    const kept = Object.entries(own).filter(([key]) => !gone.includes(key));
    const set = Object.entries(after).map(
      ([key, value]) => [key, differing(own[key], old[key], value)] as const,
    );
    return Object.fromEntries([...kept, ...set]);
  }
  if (Array.isArray(after)) {
    return after.map((item: unknown) =>
      differing(namedAlike(now, item), namedAlike(before, item), item),
    );
  }
  return after;
}

/** The item of a list that has the name of another; lists of what has no name are taken in whole. */
function namedAlike(list: unknown, item: unknown): unknown {
  if (!Array.isArray(list) || !isObject(item) || item['name'] === undefined) return undefined;
  return list.find((one: unknown) => isObject(one) && nameIn(one) === nameIn(item));
}

/** The object with the value that another has at a path, or with none where that has none. */
function withPath(whole: Json, [key = '', ...rest]: readonly string[], from: Json): Json {
  if (rest.length > 0) {
    return { ...whole, [key]: withPath(asObject(whole[key]), rest, asObject(from[key])) };
  }
  const { [key]: _, ...others } = whole;
  return key in from ? { ...others, [key]: from[key] } : others;
}

/** Azure makes the default rules of a group itself; who proposes one need not write them. */
function keptDefaults(body: Json | undefined, put: Json): Json {
  const own = body === undefined ? undefined : asObject(body['properties'])['defaultSecurityRules'];
  const given = put['properties'];
  return own === undefined || !isObject(given) || given['defaultSecurityRules'] !== undefined
    ? put
    : { ...put, properties: { ...given, defaultSecurityRules: own } };
}

/** What-ifs leave out the ids of what lies inside: Azure gives it the one that its place says. */
function identified(body: Json, id: ResourceId): Json {
  const properties = isObject(body['properties'])
    ? Object.fromEntries(
        Object.entries(body['properties']).map(([key, value]) => [
          key,
          [...embedded.values()].includes(key) ? childrenOf(value, `${id}/${key}`) : value,
        ]),
      )
    : undefined;
  const whole = properties === undefined ? body : { ...body, properties };
  const placed = { ...whole, id: whole['id'] ?? id, name: whole['name'] ?? nameOf(id) };
  return typeInId(id) === 'microsoft.authorization/roleassignments' ? scoped(placed, id) : placed;
}

function childrenOf(list: unknown, under: string): unknown {
  if (!Array.isArray(list)) return list;
  return list.map((child: unknown) =>
    isObject(child) && child['id'] === undefined
      ? { ...child, id: `${under}/${nameIn(child)}` }
      : child,
  );
}

/** A role assignment is made where its id says. */
function scoped(body: Json, id: ResourceId): Json {
  const properties = asObject(body['properties']);
  const scope = id.slice(0, id.lastIndexOf('/providers/microsoft.authorization/')) || '/';
  return { ...body, properties: { scope, ...properties } };
}

/** Whether audits read resources of the type, or find it inside one that they read. */
export function isRead(type: string | undefined): boolean {
  return type !== undefined && (embedded.has(type) || resourceTypeNamed(type) !== undefined);
}

function objectOf(json: unknown, where: string): Json {
  if (isObject(json)) return json;
  throw new RangeError(`${where} ${showBriefly(json)} is no resource of Azure and no what-if`);
}

function idIn(body: Json, member: string, where: string): ResourceId {
  const written = body[member];
  if (typeof written === 'string' && written.trim().startsWith('/')) return resourceId(written);
  const hint =
    member === 'id'
      ? 'without it nobody knows which resource is meant: portcullis nsg diff compares groups by themselves'
      : 'it is the id of what changes';
  throw new RangeError(
    `${where}: ${member} ${showBriefly(written)} is no id of a resource; ${hint}`,
  );
}

/** The value as JSON, cut where it is long. */
function showBriefly(value: unknown): string {
  const written = shownJson(value) ?? 'undefined';
  return written.length > 60 ? `${written.slice(0, 59)}…` : written;
}

function asObject(value: unknown): Json {
  return isObject(value) ? value : {};
}
