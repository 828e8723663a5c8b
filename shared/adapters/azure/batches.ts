import { idsPerQuery } from './queries.ts';

/**
 * The items in lists that one request may name (`most`), as few as can be and of about one size: a full list of
 * resource groups holds more rows than a page.
 */
export function batches<T>(
  items: readonly T[],
  most: number = idsPerQuery,
): readonly (readonly T[])[] {
  const count = Math.ceil(items.length / most);
  const size = Math.ceil(items.length / count);
  return Array.from({ length: count }, (_, at) => items.slice(at * size, (at + 1) * size));
}
