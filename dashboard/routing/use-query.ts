import { useCallback } from 'react';
import { navigate, useSearch } from './location.ts';
import { type QueryChange, changedQuery } from './query.ts';

/** The query of the page's address, and how to change it: filters and choices live there. */
export function useQuery(): readonly [string, (change: QueryChange) => void] {
  const search = useSearch();
  const change = useCallback((change: QueryChange) => {
    const query = changedQuery(location.search, change);
    navigate(location.pathname + query, { replace: true });
  }, []);
  return [search, change];
}
