import type { ScanState, Stores } from '../store-ports.ts';

/** How the newest scan stands. */
export type ScanStanding = Pick<ScanState, 'state' | 'startedAt'>;

/** The newest scan, whatever became of it; null where there was none yet. */
export async function latestScan({ scans }: Pick<Stores, 'scans'>): Promise<ScanStanding | null> {
  for await (const { value } of scans.list()) {
    return { state: value.state, startedAt: value.startedAt };
  }
  return null;
}
