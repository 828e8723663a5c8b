import { createHash } from 'node:crypto';
import { isOfWrongClock } from '../../model/wrong-clock.ts';
import type { ReportStore, ReportedScan } from '../../ports.ts';

interface Kept extends ReportedScan {
  readonly savedAt: string;
  readonly etag: string;
  readonly bytes: Uint8Array;
}

/** Reports in memory, for tests: they are gone with the process. */
export function memoryReports(now: () => Date = () => new Date()): ReportStore {
  let newest: Kept | undefined;
  return {
    async save(scan, pieces) {
      let text = '';
      for await (const piece of pieces) text += piece;
      const theirs = newest?.startedAt ?? '';
      if (Date.parse(theirs) > Date.parse(scan.startedAt) && !isOfWrongClock(theirs, now())) return;
      const bytes = new TextEncoder().encode(text);
      const etag = `"${createHash('sha256').update(bytes).digest('hex')}"`;
      newest = { ...scan, savedAt: now().toISOString(), etag, bytes };
    },
    async latest() {
      if (newest === undefined) return undefined;
      const { bytes, ...kept } = newest;
      return {
        ...kept,
        async *read() {
          yield bytes;
        },
      };
    },
  };
}
