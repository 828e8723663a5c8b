import { useEffect, useReducer, useState } from 'react';
import { addressOf } from '../api/address.ts';
import type { ReadAnswer, ReadParameters, ReadPath } from '../api/endpoints.ts';
import type { Trouble } from '../api/problem.ts';
import { type Reading, listen, readingOf, refresh } from '../api/resource-store.ts';

/** Paths of lists that come a page at a time. */
export type ListPath = {
  [P in ReadPath]: ReadAnswer<P> extends PageEnds ? P : never;
}[ReadPath];

interface PageEnds {
  readonly next: string | null;
  readonly total: number;
}

/** A page of a list. */
export type PageOf<P extends ListPath> = ReadAnswer<P> & PageEnds;

/** A list as far as it is read. */
export interface Pages<P extends ListPath> {
  /** The pages in their order; none before the first is read. */
  readonly data: readonly PageOf<P>[] | undefined;
  readonly total: number;
  /** Whether what is shown is still another list, because this one is being read. */
  readonly isBusy: boolean;
  readonly readAt: number | undefined;
  readonly trouble: Trouble | undefined;
  readonly retry: () => void;
  /** Says how many rows should be there; more pages are read for it. */
  readonly want: (rows: number) => void;
}

export const pageSize = 250;
const pollInterval = 10_000;

interface Chain<T> {
  /** Of the pages that are read or to be read, in their order. */
  readonly addresses: readonly string[];
  readonly pages: readonly T[];
  readonly trouble: Trouble | undefined;
}

/** The pages of the list that begins at an address, as far as so many rows need them. */
function chainFrom<T extends PageEnds>(first: string, rows: number): Chain<T> {
  const addresses = [first];
  const pages: T[] = [];
  for (;;) {
    // The path says what is answered; the service checks its answers with the same schemas.
    const { data, trouble } = readingOf(addresses.at(-1) ?? first) as Reading<T>;
    if (data !== undefined) pages.push(data);
    const next = data?.next ?? null;
    if (next === null || addresses.length * pageSize >= rows) return { addresses, pages, trouble };
    addresses.push(`${first}&next=${encodeURIComponent(next)}`);
  }
}

/**
 * A list of the API: the first page, more as they are wanted, all polled while visible. While
 * another list is read for the first time, the one before it stays, so that nothing jumps.
 */
export function usePages<P extends ListPath>(
  path: P,
  parameters: ReadParameters<P> & { readonly query?: object },
): Pages<P> {
  const first = addressOf(path, { query: { ...parameters.query, limit: pageSize } });
  const [wanted, setWanted] = useState({ first, rows: pageSize });
  const [shown, setShown] = useState(first);
  const [, draw] = useReducer((count: number) => count + 1, 0);
  const rows = wanted.first === first ? wanted.rows : pageSize;
  const asked = chainFrom<PageOf<P>>(first, rows);
  const isRead = asked.pages.length > 0;
  if (isRead && shown !== first) setShown(first);
  const { pages } = isRead ? asked : chainFrom<PageOf<P>>(shown, pageSize);

  const chain = asked.addresses.join('\n');
  useEffect(() => {
    const all = chain.split('\n');
    const ends = all.map((address) => listen(address, draw));
    const readUnread = async (): Promise<void> => {
      for (const address of all) {
        if (readingOf(address).data === undefined) await refresh(address);
      }
    };
    const readAll = async (): Promise<void> => {
      if (document.visibilityState !== 'visible') return;
      for (const address of all) await refresh(address);
    };
    void readUnread();
    const timer = setInterval(() => void readAll(), pollInterval);
    const onVisible = (): void => void readAll();
    document.addEventListener('visibilitychange', onVisible);
    return () => {
      for (const end of ends) end();
      clearInterval(timer);
      document.removeEventListener('visibilitychange', onVisible);
    };
  }, [chain]);

  return {
    data: pages.length === 0 ? undefined : pages,
    total: pages[0]?.total ?? 0,
    isBusy: !isRead,
    readAt: readingOf(first).readAt,
    trouble: asked.trouble,
    retry: () => {
      for (const address of asked.addresses) void refresh(address);
    },
    want: (more) => {
      if (more > rows) setWanted({ first, rows: more });
    },
  };
}
