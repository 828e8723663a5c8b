import { z } from 'zod';
import { type Caller, type Role, roles } from '../model/caller.ts';
import { problemText, problemsOf } from '../settings/settings-problems.ts';
import type { Problem } from './parts.ts';
import { type Route, type RouteName, routes } from './routes.ts';

/** A request as it comes in, whoever serves HTTP. */
export interface Asked {
  readonly method: string;
  /** Below `/api/` or `/dashboard/api/`, decoded. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly header: (name: string) => string | null;
}

/** Why a request is not answered. */
export interface Refused {
  readonly kind: 'refused';
  readonly status: number;
  readonly problem: Problem;
}

/** A request that is answered: what is done, on which terms, and for whom. */
export interface Admitted {
  readonly kind: 'admitted';
  readonly name: RouteName;
  readonly route: Route;
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, unknown>>;
  readonly caller: Caller;
}

export function refused(status: number, error: string, more: { next?: string } = {}): Refused {
  return { kind: 'refused', status, problem: { error, ...more } };
}

/**
 * Which resource a request is for, and whether whoever calls may have it. `caller` is undefined where
 * nobody is signed in. Whoever holds no key comes with what a browser adds by itself, so what changes
 * anything must come from our own page.
 */
export function admit(asked: Asked, caller: Caller | undefined): Admitted | Refused {
  if (caller === undefined) return refused(401, 'Nobody is signed in.', { next: signIn });
  if (caller.roles.length === 0) {
    return refused(403, `${caller.name} has no role here.`, { next: askForRole('Reader') });
  }
  const found = routeOf(asked.method, asked.path);
  if (found.kind === 'refused') return found;
  const { name, route, params } = found;
  const suffices = caller.roles.includes(route.role) || (route.byKey && caller.hasKey);
  if (!suffices) {
    const error = `The role ${route.role} is needed.`;
    return refused(403, error, { next: askForRole(route.role) });
  }
  const foreign = route.method === 'POST' && !caller.hasKey ? objectionTo(asked) : undefined;
  if (foreign !== undefined) return foreign;
  const query = queryOf(route, asked.query, caller);
  if (query.kind === 'refused') return query;
  return { kind: 'admitted', name, route, params, query: query.values, caller };
}

const signIn = 'Open /dashboard/ in a browser and sign in, or call /api/ with a function key.';

function askForRole(role: Role): string {
  const enough = roles.slice(roles.indexOf(role)).join(' or ');
  return `Ask whoever manages this app in Microsoft Entra for the role ${enough}.`;
}

interface FoundRoute extends Pick<Admitted, 'name' | 'route' | 'params'> {
  readonly kind: 'found';
}

const table = Object.entries<Route>(routes).map(([name, route]) => ({
  // The keys of the table.
  name: name as RouteName,
  route,
  segments: route.path.split('/'),
}));

function routeOf(method: string, path: string): FoundRoute | Refused {
  const parts = path.split('/');
  for (const { name, route, segments } of table) {
    if (route.method !== method || segments.length !== parts.length) continue;
    const params = paramsOf(segments, parts);
    if (params === undefined) continue;
    for (const [param, schema] of Object.entries(route.params)) {
      const parsed = schema.safeParse(params[param]);
      if (parsed.success) continue;
      const says = parsed.error.issues.map(({ message }) => `${param} ${message}`).join(', ');
      return refused(404, `No "${path}" here: ${says}.`);
    }
    return { kind: 'found', name, route, params };
  }
  const paths = table.map(({ route }) => route.path);
  const problem = { error: `No "${path}" here.`, paths: [...new Set(paths)] };
  return { kind: 'refused', status: 404, problem };
}

function paramsOf(
  segments: readonly string[],
  parts: readonly string[],
): Readonly<Record<string, string>> | undefined {
  const params: Record<string, string> = {};
  for (const [index, segment] of segments.entries()) {
    const part = parts[index] ?? '';
    const [, name] = /^\{(\w+)\}$/.exec(segment) ?? [];
    if (name !== undefined && part !== '') params[name] = part;
    else if (segment !== part) return undefined;
  }
  return params;
}

/** Why a request that changes something is not from our own page. Source: https://cheatsheetseries.owasp.org/cheatsheets/Cross-Site_Request_Forgery_Prevention_Cheat_Sheet.html#fetch-metadata-headers */
function objectionTo({ header }: Asked): Refused | undefined {
  const site = header('sec-fetch-site');
  const origin = header('origin') ?? '';
  const isOwn =
    site === null
      ? URL.canParse(origin) && new URL(origin).host === (header('host') ?? '').toLowerCase()
      : site === 'same-origin';
  if (!isOwn) return refused(403, 'The request does not come from a page of this app.');
  const [type = ''] = (header('content-type') ?? '').split(';');
  return type.trim().toLowerCase() === 'application/json'
    ? undefined
    : refused(415, 'The body must be JSON, with the content type application/json.');
}

type Query =
  | { readonly kind: 'parsed'; readonly values: Readonly<Record<string, unknown>> }
  | Refused;

function queryOf({ query }: Route, given: URLSearchParams, { hasKey }: Caller): Query {
  const values: Record<string, unknown> = {};
  for (const name of new Set(given.keys())) {
    // The function key, which the host has looked at.
    if (name === 'code' && hasKey) continue;
    const all = given.getAll(name);
    const isList = listsIn(query).has(name);
    values[name] = isList ? all.flatMap((each) => each.split(',')) : all.length > 1 ? all : all[0];
  }
  const parsed = query.safeParse(values);
  return parsed.success
    ? { kind: 'parsed', values: parsed.data }
    : refused(400, problemIn(parsed.error.issues, values, query));
}

/** The parameters that take several values. */
function listsIn({ shape }: z.ZodObject): ReadonlySet<string> {
  return new Set(
    Object.entries(shape).flatMap(([name, schema]) =>
      schema instanceof z.ZodOptional && schema.unwrap() instanceof z.ZodArray ? [name] : [],
    ),
  );
}

/**
 * What a body says, as its schema has it.
 * Returns a refusal that names the field, the value, and what to write instead.
 */
export function bodyIn(
  schema: z.ZodType,
  text: string,
): { readonly kind: 'parsed'; readonly body: unknown } | Refused {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return refused(400, 'The body is not JSON.');
  }
  const parsed = schema.safeParse(json);
  return parsed.success
    ? { kind: 'parsed', body: parsed.data }
    : refused(400, problemIn(parsed.error.issues, json, schema));
}

function problemIn(issues: readonly z.core.$ZodIssue[], json: unknown, schema: z.ZodType): string {
  const known = z.toJSONSchema(schema, { io: 'input', target: 'draft-2020-12' });
  const texts = problemsOf(issues, json, known).map(problemText);
  return `${texts.join('; ')}.`;
}
