import { type Answer, failure, ok, parameter } from '../http/wire.ts';
import { membersOf } from '../permissions/directory.ts';
import { listPage } from '../arm/list-page.ts';
import type { Estate, SignedCall } from '../surface.ts';
import { type Row, type Tenant, propertiesOf, textOf, types } from '../tenant/tenant.ts';

const pageSizeOfGraph = 100;
/** Values that Microsoft Graph takes in one `in`. */
const mostClauses = 15;

/**
 * Answers what is asked of Microsoft Graph: service principals, groups and who is in them.
 * https://learn.microsoft.com/graph/api/serviceprincipal-get,
 * https://learn.microsoft.com/graph/api/group-list-transitivemembers
 */
export function microsoftGraphAnswer(
  call: SignedCall,
  { tenant, pageSize }: Estate,
  denied: boolean,
): Answer {
  if (denied) {
    return failure(
      403,
      'Authorization_RequestDenied',
      'Insufficient privileges to complete the operation.',
    );
  }
  if (call.method !== 'GET') {
    return failure(405, 'Request_BadRequest', 'Specified HTTP method is not allowed.');
  }
  const [, collection = '', id = '', navigation] = call.segments;
  const size = Math.min(pageSize, pageSizeOfGraph);
  const [, appId] = /^servicePrincipals\(appId='([^']*)'\)$/i.exec(collection) ?? [];
  if (appId !== undefined && call.segments.length === 2) {
    return principalBy(call, tenant, 'appId', appId);
  }
  if (/^servicePrincipals$/i.test(collection)) {
    return id === '' ? principalsFiltered(call, tenant, size) : principalBy(call, tenant, 'id', id);
  }
  if (/^groups$/i.test(collection) && id !== '') {
    return groupAnswer(call, tenant, id, navigation?.toLowerCase(), size);
  }
  return failure(400, 'BadRequest', `Resource not found for the segment '${collection}'.`);
}

function principalBy(call: SignedCall, tenant: Tenant, member: string, value: string): Answer {
  const found = tenant
    .ofType(types.servicePrincipals)
    .find(({ row }) => textOf(row[member]).toLowerCase() === value.toLowerCase());
  if (found === undefined) return notFound(value);
  return ok({
    '@odata.context': contextOf(call, 'servicePrincipals/$entity'),
    ...selected(principalBody(found.row), call),
  });
}

function principalsFiltered(call: SignedCall, tenant: Tenant, size: number): Answer {
  const filter = parameter(call.query, '$filter')?.trim();
  const wanted = filter === undefined ? undefined : readComparison(filter);
  if (filter !== undefined && wanted === undefined) {
    return failure(400, 'Request_UnsupportedQuery', `Unsupported query filter '${filter}'.`);
  }
  const clauses = wanted?.values.length ?? 0;
  if (clauses > mostClauses) {
    return failure(
      400,
      'Request_UnsupportedQuery',
      `Too many child clauses specified in search filter expression containing 'OR' operators: ${clauses}. Max allowed: ${mostClauses}.`,
    );
  }
  const found = tenant
    .ofType(types.servicePrincipals)
    .map(({ row }) => principalBody(row))
    .filter(
      (body) =>
        wanted === undefined || wanted.values.includes(textOf(body[wanted.member]).toLowerCase()),
    );
  return listPage(
    call,
    found.map((body) => selected(body, call)),
    size,
    '@odata.nextLink',
    { '@odata.context': contextOf(call, 'servicePrincipals') },
  );
}

/** `appId eq '…'` or `appId in ('…','…')`. */
function readComparison(filter: string) {
  const [, member, one, several] =
    /^(appId|id|displayName)\s+(?:eq\s+('[^']*')|in\s*\(([^)]*)\))$/i.exec(filter) ?? [];
  const listed = one ?? several;
  if (member === undefined || listed === undefined) return undefined;
  return {
    member: member.toLowerCase() === 'appid' ? 'appId' : member,
    values: [...listed.matchAll(/'([^']*)'/g)].map(([, value = '']) => value.toLowerCase()),
  };
}

function groupAnswer(
  call: SignedCall,
  tenant: Tenant,
  id: string,
  navigation: string | undefined,
  size: number,
): Answer {
  const found = groupWith(tenant, id);
  if (found === undefined) return notFound(id);
  if (navigation === undefined) {
    const body = { id: textOf(found['id']), displayName: textOf(found['displayName']) };
    return ok({
      '@odata.context': contextOf(call, 'groups/$entity'),
      ...selected(body, call),
    });
  }
  const direct = membersOf(found['members']);
  const ids =
    navigation === 'members'
      ? direct
      : navigation === 'transitivemembers'
        ? transitiveMembers(tenant, direct)
        : undefined;
  if (ids === undefined) {
    return failure(400, 'BadRequest', `Resource not found for the segment '${navigation}'.`);
  }
  const kindOf = directoryKinds(tenant);
  return listPage(
    call,
    ids.map((member) => ({
      '@odata.type': `#microsoft.graph.${kindOf(member)}`,
      ...selected({ id: member }, call),
    })),
    size,
    '@odata.nextLink',
    { '@odata.context': contextOf(call, 'directoryObjects') },
  );
}

function groupWith(tenant: Tenant, id: string): Row | undefined {
  const found = tenant.byId(id);
  return found?.type === types.groups ? found.row : undefined;
}

function transitiveMembers(tenant: Tenant, direct: readonly string[]): readonly string[] {
  const found = new Set(direct);
  // A set that grows while it is walked is walked to its end.
  for (const id of found) {
    for (const member of membersOf(groupWith(tenant, id)?.['members'])) found.add(member);
  }
  return [...found];
}

/** What an object of the directory is, as far as the estate tells. */
function directoryKinds(tenant: Tenant): (id: string) => string {
  const principals = new Set(
    tenant.ofType(types.servicePrincipals).map(({ row }) => textOf(row['id']).toLowerCase()),
  );
  const identities = new Set(
    tenant.resources.map(({ row }) => {
      const { identity } = row;
      return typeof identity === 'object' && identity !== null && 'principalId' in identity
        ? textOf(identity.principalId).toLowerCase()
        : '';
    }),
  );
  const assigned = new Set(
    tenant
      .ofType(types.roleAssignments)
      .map(({ row }) => propertiesOf(row))
      .filter(({ principalType }) => principalType === 'ServicePrincipal')
      .map(({ principalId }) => textOf(principalId).toLowerCase()),
  );
  return (id) => {
    if (groupWith(tenant, id) !== undefined) return 'group';
    const isPrincipal = principals.has(id) || identities.has(id) || assigned.has(id);
    return isPrincipal ? 'servicePrincipal' : 'user';
  };
}

function principalBody(row: Row): Row {
  return {
    id: textOf(row['id']),
    appId: textOf(row['appId']),
    displayName: textOf(row['displayName']),
    servicePrincipalType: textOf(row['servicePrincipalType']) || 'Application',
    accountEnabled: true,
  };
}

/** Only the members that `$select` names, if it names any. */
function selected(body: Row, { query }: SignedCall): Row {
  const names = parameter(query, '$select')
    ?.split(',')
    .map((name) => name.trim().toLowerCase());
  if (names === undefined) return body;
  return Object.fromEntries(
    Object.entries(body).filter(([name]) => names.includes(name.toLowerCase())),
  );
}

function contextOf({ origin }: SignedCall, what: string): string {
  return `${origin}/v1.0/$metadata#${what}`;
}

function notFound(id: string): Answer {
  return failure(
    404,
    'Request_ResourceNotFound',
    `Resource '${id}' does not exist or one of its queried reference-property objects are not present.`,
  );
}
