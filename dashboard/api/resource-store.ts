import { type Trouble, troubleOf, unreachable } from './problem.ts';

/** What is known of one resource of the API. */
export interface Reading<T> {
  /** As it was last read; undefined before it was. */
  readonly data: T | undefined;
  /** Milliseconds since 1970, of the last time that the service answered. */
  readonly readAt: number | undefined;
  /** Set while the last attempt failed; `data` is then older than it looks. */
  readonly trouble: Trouble | undefined;
}

interface Entry {
  reading: Reading<unknown>;
  etag: string | null;
  readonly listeners: Set<() => void>;
  running: AbortController | undefined;
}

const nothing: Reading<never> = { data: undefined, readAt: undefined, trouble: undefined };
/** Beyond so many, those that nobody looks at are forgotten. */
const most = 60;
const entries = new Map<string, Entry>();

/** What is known of the resource at an address now; the same value until that changes. */
export function readingOf(address: string): Reading<unknown> {
  return entries.get(address)?.reading ?? nothing;
}

/** Hears of every change of a resource; returns what ends it. */
export function listen(address: string, listener: () => void): () => void {
  const entry = entryOf(address);
  entry.listeners.add(listener);
  return () => {
    entry.listeners.delete(listener);
    if (entry.listeners.size > 0) return;
    entry.running?.abort();
    // Whoever listens next does not wait for what was given up.
    entry.running = undefined;
  };
}

/**
 * Reads a resource unless it is being read; whoever listens hears of it. It asks whether it is as
 * we know it (`If-None-Match`), past the browser's own cache, which would hide the 304.
 */
export async function refresh(address: string): Promise<void> {
  const entry = entryOf(address);
  if (entry.running !== undefined) return;
  const running = new AbortController();
  entry.running = running;
  try {
    const headers = new Headers({ accept: 'application/json' });
    if (entry.etag !== null && entry.reading.data !== undefined) {
      headers.set('if-none-match', entry.etag);
    }
    const response = await fetch(address, {
      headers,
      cache: 'no-store',
      signal: running.signal,
    });
    await settle(entry, response);
  } catch {
    // Whatever keeps `fetch` from an answer; an aborted one has nobody left to tell.
    if (!running.signal.aborted) tell(entry, { ...entry.reading, trouble: unreachable });
  } finally {
    if (entry.running === running) entry.running = undefined;
  }
}

async function settle(entry: Entry, response: Response): Promise<void> {
  if (response.status === 304) {
    tell(entry, { data: entry.reading.data, readAt: Date.now(), trouble: undefined });
    return;
  }
  const body: unknown = await response.json().catch(() => undefined);
  if (response.ok && body !== undefined) {
    entry.etag = response.headers.get('etag');
    tell(entry, { data: body, readAt: Date.now(), trouble: undefined });
  } else {
    tell(entry, { ...entry.reading, trouble: troubleOf(response.status, body, 'by itself') });
  }
}

function tell(entry: Entry, reading: Reading<unknown>): void {
  entry.reading = reading;
  for (const listener of entry.listeners) listener();
}

function entryOf(address: string): Entry {
  const known = entries.get(address);
  if (known !== undefined) return known;
  for (const [old, { listeners }] of entries) {
    if (entries.size < most) break;
    if (listeners.size === 0) entries.delete(old);
  }
  const entry: Entry = { reading: nothing, etag: null, listeners: new Set(), running: undefined };
  entries.set(address, entry);
  return entry;
}
