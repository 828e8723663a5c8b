import { randomUUID } from 'node:crypto';
import { type Answer, failure, ok, parameter } from '../http/wire.ts';
import { type QueryAnswer, runQuery } from '../kql/run-query.ts';
import { tableNames } from '../kql/table-schemas.ts';
import { armErrors } from '../arm/arm-errors.ts';
import type { Estate, SignedCall } from '../surface.ts';
import type { Resource, Row } from '../tenant/tenant.ts';
import { graphRow } from './graph-row.ts';
import { type QueryRequest, readQueryRequest } from './query-request.ts';
import { type QueryScope, queryScope } from './query-scope.ts';
import { positionIn, skipTokenOf } from './skip-token.ts';
import { tableWith } from './tables.ts';

/** Where Resource Graph is asked, lower-cased. */
export const resourceGraphPath = '/providers/microsoft.resourcegraph/resources';

type Rows = Extract<QueryAnswer, { kind: 'answer' }>;

const apiVersions = ['2024-04-01', '2022-10-01', '2021-03-01', '2019-04-01'];
const largestPage = 1000;
/** How many answers are kept for the pages after the first. */
const keptAnswers = 8;

/**
 * Answers queries in KQL over what their callers may read. The pages after the first are cut from the
 * same answer while it is kept.
 * https://learn.microsoft.com/rest/api/azureresourcegraph/resourcegraph/resources/resources
 */
export function createResourceGraph(estate: Estate): (call: SignedCall) => Answer {
  const kept = new Map<string, Rows>();
  const graphRows = new WeakMap<Resource, Row>();

  function rowOf(resource: Resource): Row {
    const known = graphRows.get(resource) ?? graphRow(resource, estate.tenantId);
    graphRows.set(resource, known);
    return known;
  }

  /** The rows of a table that the query may see. */
  function rowsOf(scope: QueryScope, table: string): Iterable<Row> | undefined {
    if (!tableNames.includes(table)) return undefined;
    const { tenant } = estate;
    const indexed = new Date(estate.now().getTime() - estate.indexLagMs());
    return tenant.types
      .filter((type) => tableWith(type) === table)
      .flatMap((type) => tenant.ofTypeAt(type, indexed))
      .filter((resource) => scope.shows(resource))
      .map(rowOf);
  }

  function keep(key: string, answer: Rows): void {
    const [oldest] = kept.keys();
    if (kept.size >= keptAnswers && oldest !== undefined) kept.delete(oldest);
    kept.set(key, answer);
  }

  function rowsFor(request: QueryRequest, { caller }: SignedCall, now: Date): Rows | Answer {
    const { skipToken } = request;
    const key = JSON.stringify([
      caller.objectId,
      request.query,
      request.subscriptions,
      request.managementGroups,
      request.scopeFilter,
    ]);
    const earlier = skipToken === undefined ? undefined : kept.get(key);
    if (earlier !== undefined) return earlier;
    const scope = queryScope(request, caller.objectId, estate);
    if (scope.refused === 'accessDenied') return accessDenied(now);
    if (scope.refused === 'noSubscription') return withoutSubscription(now, request);
    const answer = runQuery(request.query, { rowsOf: (table) => rowsOf(scope, table) }, now);
    if (answer.kind === 'refused') {
      return failure(400, answer.code, answer.message, { details: answer.details });
    }
    keep(key, answer);
    return answer;
  }

  return (call) => {
    const version = parameter(call.query, 'api-version') ?? '';
    if (version === '') return armErrors.missingApiVersion();
    if (!apiVersions.includes(version)) {
      return armErrors.invalidResourceType('Microsoft.ResourceGraph/resources', version);
    }
    if (call.method !== 'POST') return armErrors.methodNotAllowed(call.method);
    const now = estate.now();
    const request = readQueryRequest(call.body, version);
    if ('problem' in request) return refused(now, 'InvalidRequest', request.problem);
    const { skipToken, skip, top = largestPage, query } = request;
    const position = skipToken === undefined ? { offset: skip, top } : positionIn(skipToken, query);
    if (position === undefined) {
      return refused(now, 'InvalidSkipToken', 'The skip token is not of this query.');
    }
    const rows = rowsFor(request, call, now);
    if ('status' in rows) return rows;
    // A token of an earlier page keeps its size unless another is asked for.
    return ok(pageOf(rows, request, { ...position, top: request.top ?? position.top }));
  };
}

function pageOf(
  { columns, rows }: Rows,
  { query, format }: QueryRequest,
  { offset, top }: { readonly offset: number; readonly top: number },
): object {
  const page = rows.slice(offset, offset + top);
  const next = offset + page.length;
  const rest = next < rows.length;
  const pageable = columns.some(({ name }) => name === 'id');
  return {
    totalRecords: rows.length,
    count: page.length,
    data: format === 'table' ? asTable(columns, page) : page,
    facets: [],
    // Recorded pages that have a successor say "false" beside their token.
    resultTruncated: rest && !pageable ? 'true' : 'false',
    ...(rest && pageable ? { $skipToken: skipTokenOf(query, { offset: next, top }) } : {}),
  };
}

function asTable(columns: readonly { readonly name: string }[], rows: readonly Row[]): object {
  return { columns, rows: rows.map((row) => columns.map(({ name }) => row[name] ?? null)) };
}

function refused(
  now: Date,
  detail: string,
  why: string,
  [status, code]: readonly [number, string] = [400, 'BadRequest'],
): Answer {
  return failure(
    status,
    code,
    `Please provide below info when asking for support: timestamp = ${now.toISOString()}, correlationId = ${randomUUID()}.`,
    { details: [{ code: detail, message: why }] },
  );
}

function accessDenied(now: Date): Answer {
  const why =
    'Access is denied to the requested resource. The user might not have enough permission.';
  return refused(now, 'AccessDenied', why, [403, 'AccessDenied']);
}

function withoutSubscription(now: Date, { subscriptions, managementGroups }: QueryRequest): Answer {
  const given = (subscriptions ?? managementGroups ?? []).join(', ');
  const why = `There must be at least one subscription that is eligible to contain resources. Given: '${given}'.`;
  return refused(now, 'NoValidSubscriptionsInQueryRequest', why);
}
