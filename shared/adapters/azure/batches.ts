import { idsPerQuery } from './queries.ts';

/**
 * The items in lists that one query may name, as few as can be and of about one size: a full list of
 * resource groups holds more rows than a page.
 */
export function batches<T>(items: readonly T[]): readonly (readonly T[])[] {
  const count = Math.ceil(items.length / idsPerQuery);
  const size = Math.ceil(items.length / count);
  return Array.from({ length: count }, (_, at) => items.slice(at * size, (at + 1) * size));
}
