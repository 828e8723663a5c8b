import { idsPerQuery } from './queries.ts';

/** The items in lists that one query may name. */
export function batches<T>(items: readonly T[]): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(items.length / idsPerQuery) }, (_, at) =>
    items.slice(at * idsPerQuery, (at + 1) * idsPerQuery),
  );
}
