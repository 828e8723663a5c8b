import { isRow } from '../tenant/tenant.ts';

const scopeFilters = [
  'AtScopeAndBelow',
  'AtScopeAndAbove',
  'AtScopeExact',
  'AtScopeAboveAndBelow',
] as const;

export type ScopeFilterName = (typeof scopeFilters)[number];

/** The body of a query, read. */
export interface QueryRequest {
  readonly query: string;
  /** Ids, lower-cased; undefined where the whole tenant is asked about. */
  readonly subscriptions: readonly string[] | undefined;
  readonly managementGroups: readonly string[] | undefined;
  readonly top: number | undefined;
  readonly skip: number;
  readonly skipToken: string | undefined;
  readonly format: 'objectArray' | 'table';
  readonly scopeFilter: ScopeFilterName;
}

/** The request in a body, or what is wrong with it. */
export function readQueryRequest(
  body: string,
  apiVersion: string,
): QueryRequest | { readonly problem: string } {
  const request = parsed(body);
  if (!isRow(request)) return { problem: 'The request body is not valid JSON.' };
  const { query, options, facets } = request;
  if (typeof query !== 'string' || query.trim() === '') {
    return { problem: "The request body must have a 'query'." };
  }
  if (Array.isArray(facets) && facets.length > 0) {
    return { problem: 'Facets are not supported by this simulator; leave them out.' };
  }
  const subscriptions = namesIn(request['subscriptions']);
  const managementGroups = namesIn(request['managementGroups']);
  if (subscriptions !== undefined && managementGroups !== undefined) {
    return { problem: "'subscriptions' and 'managementGroups' exclude each other." };
  }
  const given = isRow(options) ? options : {};
  const top = given['$top'];
  const skip = given['$skip'] ?? 0;
  if (top !== undefined && !isWhole(top, 1, 1000)) {
    return { problem: `$top must be from 1 to 1000, not ${JSON.stringify(top)}.` };
  }
  if (!isWhole(skip, 0, Number.MAX_SAFE_INTEGER)) {
    return { problem: `$skip must be 0 or more, not ${JSON.stringify(skip)}.` };
  }
  const scopeFilter = oneOf(scopeFilters, given['authorizationScopeFilter'] ?? 'AtScopeAndBelow');
  if (scopeFilter === undefined) {
    return { problem: `authorizationScopeFilter must be one of ${scopeFilters.join(', ')}.` };
  }
  const format = oneOf(
    ['objectArray', 'table'] as const,
    // The first versions answered with tables unless asked otherwise.
    given['resultFormat'] ?? (apiVersion < '2020' ? 'table' : 'objectArray'),
  );
  if (format === undefined) return { problem: 'resultFormat must be objectArray or table.' };
  const skipToken = given['$skipToken'];
  return {
    query,
    subscriptions,
    managementGroups,
    top: typeof top === 'number' ? top : undefined,
    skip: typeof skip === 'number' ? skip : 0,
    skipToken: typeof skipToken === 'string' && skipToken !== '' ? skipToken : undefined,
    format,
    scopeFilter,
  };
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function namesIn(value: unknown): readonly string[] | undefined {
  if (!Array.isArray(value) || value.length === 0) return undefined;
  return value.map((name) => String(name).toLowerCase());
}

function isWhole(value: unknown, low: number, high: number): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value >= low && value <= high;
}

function oneOf<T extends string>(words: readonly T[], value: unknown): T | undefined {
  return words.find((word) => word.toLowerCase() === String(value).toLowerCase());
}
