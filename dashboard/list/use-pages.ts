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
  readonly readAt: number | undefined;
  readonly trouble: Trouble | undefined;
  readonly retry: () => void;
  /** Says how many rows should be there; more pages are read for it. */
  readonly want: (rows: number) => void;
}

export const pageSize = 250;
const pollInterval = 10_000;

/** A list of the API: the first page, more as they are wanted, all polled while visible. */
export function usePages<P extends ListPath>(path: P, parameters: ReadParameters<P>): Pages<P> {
  const first = addressOf(path, withPage(parameters, undefined));
  const [wanted, setWanted] = useState({ first, rows: pageSize });
  const [, draw] = useReducer((count: number) => count + 1, 0);
  const rows = wanted.first === first ? wanted.rows : pageSize;

  const addresses: string[] = [first];
  const readings: Reading<PageOf<P>>[] = [];
  let next: string | null | undefined;
  do {
    // The path says what is answered; the service checks its answers with the same schemas.
    const reading = readingOf(addresses.at(-1) ?? first) as Reading<PageOf<P>>;
    readings.push(reading);
    next = reading.data?.next;
    if (typeof next === 'string' && addresses.length * pageSize < rows) {
      addresses.push(addressOf(path, withPage(parameters, next)));
    } else {
      break;
    }
  } while (next !== null);

  const chain = addresses.join('\n');
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

  const pages = readings.flatMap(({ data }) => (data === undefined ? [] : [data]));
  return {
    data: pages.length === 0 ? undefined : pages,
    total: pages[0]?.total ?? 0,
    readAt: readings[0]?.readAt,
    trouble: readings.find(({ trouble }) => trouble !== undefined)?.trouble,
    retry: () => {
      for (const address of addresses) void refresh(address);
    },
    want: (more) => {
      if (more > rows) setWanted({ first, rows: more });
    },
  };
}

function withPage<T extends { readonly query?: object }>(parameters: T, next: string | undefined) {
  return { ...parameters, query: { ...parameters.query, limit: pageSize, next } };
}
