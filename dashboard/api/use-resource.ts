import { useCallback, useEffect, useSyncExternalStore } from 'react';
import { addressOf } from './address.ts';
import type { ReadAnswer, ReadParameters, ReadPath } from './endpoints.ts';
import { type Reading, listen, readingOf, refresh } from './resource-store.ts';

const pollInterval = 10_000;

/** A reading, and how to read again at once. */
export interface Resource<T> extends Reading<T> {
  readonly retry: () => void;
}

/** A resource of the API, read now and every ten seconds while the page is visible. */
export function useResource<P extends ReadPath>(
  path: P,
  parameters: ReadParameters<P>,
): Resource<ReadAnswer<P>> {
  const address = addressOf(path, parameters);
  const subscribe = useCallback((listener: () => void) => listen(address, listener), [address]);
  const reading = useSyncExternalStore(subscribe, () => readingOf(address));
  const retry = useCallback(() => void refresh(address), [address]);

  useEffect(() => {
    const readIfVisible = (): void => {
      if (document.visibilityState === 'visible') void refresh(address);
    };
    readIfVisible();
    const timer = setInterval(readIfVisible, pollInterval);
    document.addEventListener('visibilitychange', readIfVisible);
    window.addEventListener('online', readIfVisible);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', readIfVisible);
      window.removeEventListener('online', readIfVisible);
    };
  }, [address]);

  // The path says what is answered; the service checks its answers with the same schemas.
  return { ...(reading as Reading<ReadAnswer<P>>), retry };
}
