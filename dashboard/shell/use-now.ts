import { useSyncExternalStore } from 'react';

const beat = 15_000;
let now = Date.now();

function subscribe(listener: () => void): () => void {
  now = Date.now();
  const timer = setInterval(() => {
    now = Date.now();
    listener();
  }, beat);
  return () => clearInterval(timer);
}

/** The time, in milliseconds since 1970, good to a quarter of a minute. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, () => now);
}
