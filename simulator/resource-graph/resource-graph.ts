import { randomUUID } from 'node:crypto';
import { type Answer, failure, ok, parameter } from '../http/wire.ts';
import { armErrors } from '../arm/arm-errors.ts';
import type { Estate, SignedCall } from '../surface.ts';
import { type Resource, type Row, types } from '../tenant/tenant.ts';
import { graphRow } from './graph-row.ts';
import { type QueryRequest, readQueryRequest } from './query-request.ts';
import { type QueryScope, queryScope } from './query-scope.ts';
import { positionIn, skipTokenOf } from './skip-token.ts';
import { tableWith, tables } from './tables.ts';

/** Where Resource Graph is asked, lower-cased. */
export const resourceGraphPath = '/providers/microsoft.resourcegraph/resources';

const apiVersions = ['2024-04-01', '2022-10-01', '2021-03-01', '2019-04-01'];
const largestPage = 1000;
const graphRows = new WeakMap<Resource, Row>();

/**
 * Answers a query in KQL over what its caller may read.
 * https://learn.microsoft.com/rest/api/azureresourcegraph/resourcegraph/resources/resources
 */
export function resourceGraphAnswer(call: SignedCall, estate: Estate): Answer {
  const version = parameter(call.query, 'api-version') ?? '';
  if (version === '') return armErrors.missingApiVersion();
  if (!apiVersions.includes(version)) {
    return armErrors.invalidResourceType('Microsoft.ResourceGraph/resources', version);
  }
  if (call.method !== 'POST') return armErrors.methodNotAllowed(call.method);
  const now = estate.now();
  const request = readQueryRequest(call.body, version);
  if ('problem' in request) return refused(now, [detail('InvalidRequest', request.problem)]);
  const position =
    request.skipToken === undefined
      ? { offset: request.skip, top: request.top ?? largestPage }
      : positionIn(request.skipToken, request.query);
  if (position === undefined) {
    return refused(now, [detail('InvalidSkipToken', 'The skip token is not of this query.')]);
  }
  const scope = queryScope(request, call.caller.objectId, estate);
  if (scope.refused === 'accessDenied') return accessDenied(now);
  if (scope.refused === 'noSubscription') return withoutSubscription(now, request);
  const answer = estate.runQuery(request.query, { rowsOf: rowsFor(scope, call, estate) }, now);
  if (answer.kind === 'refused') {
    return refused(now, [detail(answer.code, answer.message), ...answer.details]);
  }
  // A token of an earlier page keeps its size unless another is asked for.
  const { offset } = position;
  const top = request.top ?? position.top;
  const page = answer.rows.slice(offset, offset + top);
  const rest = offset + page.length < answer.rows.length;
  const pageable = answer.columns.some(({ name }) => name === 'id');
  return ok({
    totalRecords: answer.rows.length,
    count: page.length,
    data: request.format === 'table' ? asTable(answer.columns, page) : page,
    facets: [],
    // Recorded pages that have a successor say "false" beside their token.
    resultTruncated: rest && !pageable ? 'true' : 'false',
    ...(rest && pageable
      ? { $skipToken: skipTokenOf(request.query, { offset: offset + page.length, top }) }
      : {}),
  });
}

/** The rows of a table that the scope holds and the caller may read. */
function rowsFor(scope: QueryScope, { caller }: SignedCall, { tenant, access, tenantId }: Estate) {
  return (table: string): Iterable<Record<string, unknown>> | undefined => {
    const wanted = table.toLowerCase();
    if (!tables.has(wanted)) return undefined;
    return tenant.types
      .filter((type) => tableWith(type) === wanted)
      .flatMap((type) => tenant.ofType(type))
      .filter(
        (resource) =>
          scope.holds(resource) &&
          access.decide(caller.objectId, readActionOf(resource.type), resource.key) === 'allowed',
      )
      .map((resource) => remembered(resource, tenantId));
  };
}

function remembered(resource: Resource, tenantId: string): Row {
  const known = graphRows.get(resource) ?? graphRow(resource, tenantId);
  graphRows.set(resource, known);
  return known;
}

/** Admin rules are read with their network. */
function readActionOf(type: string): string {
  return type === types.adminRules ? 'microsoft.network/virtualnetworks/read' : `${type}/read`;
}

function asTable(columns: readonly { readonly name: string }[], rows: readonly Row[]): object {
  return { columns, rows: rows.map((row) => columns.map(({ name }) => row[name] ?? null)) };
}

interface Detail {
  readonly code: string;
  readonly message: string;
}

function detail(code: string, message: string): Detail {
  return { code, message };
}

function refused(
  now: Date,
  details: readonly unknown[],
  status = 400,
  code = 'BadRequest',
): Answer {
  return failure(
    status,
    code,
    `Please provide below info when asking for support: timestamp = ${now.toISOString()}, correlationId = ${randomUUID()}.`,
    { details },
  );
}

function accessDenied(now: Date): Answer {
  const why =
    'Access is denied to the requested resource. The user might not have enough permission.';
  return refused(now, [detail('AccessDenied', why)], 403, 'AccessDenied');
}

function withoutSubscription(now: Date, { subscriptions, managementGroups }: QueryRequest): Answer {
  const given = (subscriptions ?? managementGroups ?? []).join(', ');
  const why = `There must be at least one subscription that is eligible to contain resources. Given: '${given}'.`;
  return refused(now, [detail('NoValidSubscriptionsInQueryRequest', why)]);
}
