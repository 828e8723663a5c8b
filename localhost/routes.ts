import type { RegisteredFunction } from './function-app.ts';

/** A function with an HTTP trigger, with what its trigger says. */
export interface HttpRoute {
  readonly called: RegisteredFunction;
  /** Upper case. */
  readonly methods: readonly string[];
  readonly authLevel: 'anonymous' | 'function' | 'admin';
  /** Segments below the route prefix: words, `{name}`, and at the end perhaps `{*name}`. */
  readonly segments: readonly string[];
}

/** The route that a request takes, or why it takes none. */
export type RouteMatch =
  | { readonly kind: 'found'; readonly route: HttpRoute; readonly params: Record<string, string> }
  | { readonly kind: 'notFound' }
  | { readonly kind: 'methodNotAllowed'; readonly allowed: readonly string[] };

/**
 * The route of an HTTP function. @throws Error where the template or the level is not understood:
 * of ASP.NET's templates, words, `{name}` and a final `{*name}` are.
 */
export function httpRoute(called: RegisteredFunction): HttpRoute {
  const { name, trigger } = called;
  const template = typeof trigger['route'] === 'string' ? trigger['route'] : name;
  const segments = template.split('/').filter((segment) => segment !== '');
  segments.forEach((segment, index) => {
    const isLast = index === segments.length - 1;
    if (/^(\{\w+\}|[^{}]+)$/.test(segment) || (isLast && /^\{\*\w+\}$/.test(segment))) return;
    throw new Error(
      `function ${name}: route "${template}": "${segment}" must be a word, {name}, or {*name} at the end`,
    );
  });
  const methods = Array.isArray(trigger['methods'])
    ? trigger['methods'].map(String)
    : ['GET', 'POST'];
  const given = trigger['authLevel'];
  const level = typeof given === 'string' ? given.toLowerCase() : 'function';
  const authLevel = authLevels.find((each) => each === level);
  if (authLevel === undefined) {
    throw new Error(
      `function ${name}: authLevel "${level}" must be one of ${authLevels.join(', ')}`,
    );
  }
  return { called, methods: methods.map((method) => method.toUpperCase()), authLevel, segments };
}

const authLevels = ['anonymous', 'function', 'admin'] as const;

/** The most specific route for a path below the prefix: words before `{name}` before `{*name}`. */
export function matchRoute(routes: readonly HttpRoute[], method: string, path: string): RouteMatch {
  const parts = path.split('/').filter((part) => part !== '');
  const fitting = routes
    .flatMap((route) => {
      const params = paramsOf(route.segments, parts);
      return params === undefined ? [] : [{ route, params, rank: rankOf(route.segments) }];
    })
    .sort((a, b) => (a.rank < b.rank ? -1 : a.rank > b.rank ? 1 : 0));
  const found = fitting.find(({ route }) => route.methods.includes(method));
  if (found !== undefined) return { kind: 'found', route: found.route, params: found.params };
  if (fitting.length === 0) return { kind: 'notFound' };
  const allowed = fitting.flatMap(({ route }) => route.methods);
  return { kind: 'methodNotAllowed', allowed: [...new Set(allowed)].toSorted() };
}

function paramsOf(
  segments: readonly string[],
  parts: readonly string[],
): Record<string, string> | undefined {
  const params: Record<string, string> = {};
  for (const [index, segment] of segments.entries()) {
    const [, star, name] = /^\{(\*?)(\w+)\}$/.exec(segment) ?? [];
    if (name !== undefined && star === '*') {
      const rest = parts.slice(index).map(decoded);
      if (rest.length > 0) params[name] = rest.join('/');
      return params;
    }
    const part = parts[index];
    if (part === undefined) return undefined;
    if (name !== undefined) params[name] = decoded(part);
    else if (segment.toLowerCase() !== decoded(part).toLowerCase()) return undefined;
  }
  return segments.length === parts.length ? params : undefined;
}

/** Sorts a more specific template before a less specific one, segment by segment. */
function rankOf(segments: readonly string[]): string {
  return segments
    .map((segment) => (segment.startsWith('{*') ? '2' : segment.startsWith('{') ? '1' : '0'))
    .join('');
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    // No UTF-8 behind the percent signs: taken as it was written.
    return part;
  }
}
