import type { ResourceId } from '../model/resource-id.ts';
import { isOfWrongClock } from '../model/wrong-clock.ts';
import type { Gap, Row } from '../ports.ts';

/** Everything that bears on a cluster, as Azure told it. */
export interface LiveReading {
  readonly items: readonly (Row | Gap)[];
  /** When reading began. */
  readonly readAt: Date;
}

/** Clusters as they are now, for people who look at them. */
export interface LiveReads {
  /**
   * What was read of a cluster within the last minute, else what `read` reads now. Whoever asks
   * meanwhile waits for the same reading. With `since`, what was read before that does not do:
   * something was changed then (ISO 8601). @throws whatever `read` throws.
   */
  of(
    cluster: ResourceId,
    read: () => Promise<LiveReading['items']>,
    since?: string,
  ): Promise<LiveReading>;
}

/** A reading is shown again for so long: pages ask every few seconds, and Azure counts every call. */
const keptMs = 60_000;
/** As many clusters are kept; each is a few hundred rows. */
const clustersKept = 20;

export function liveReads(now: () => Date): LiveReads {
  const readings = new Map<
    ResourceId,
    {
      readonly startedAt: number;
      /** What whoever began it knew of. */
      readonly since: string;
      readonly reading: Promise<LiveReading>;
    }
  >();
  return {
    of(cluster, read, since = '') {
      const at = now();
      const startedAt = at.getTime();
      const before = readings.get(cluster);
      const isFresh = (of: number) => startedAt - of < keptMs && !isOfWrongClock(of, at);
      // Whoever changed it may have a clock that runs ahead: nobody reads again and again until then.
      const isSince = (own: { readonly startedAt: number; readonly since: string }) =>
        own.since >= since || new Date(own.startedAt).toISOString() > since;
      if (before !== undefined && isFresh(before.startedAt) && isSince(before)) {
        return before.reading;
      }
      const reading = read().then((items) => ({ items, readAt: new Date(startedAt) }));
      const own = { startedAt, since, reading };
      readings.delete(cluster);
      readings.set(cluster, own);
      const [oldest] = readings.keys();
      if (readings.size > clustersKept && oldest !== undefined) readings.delete(oldest);
      // A failure is told to those who wait for it, and to nobody after them.
      reading.catch(() => {
        if (readings.get(cluster) === own) readings.delete(cluster);
      });
      return reading;
    },
  };
}
