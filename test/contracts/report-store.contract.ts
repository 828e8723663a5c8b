/** What every report store promises, whatever it keeps its reports in. */
import { setTimeout } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { ReportStore, ReportedScan, StoredReport } from '../../shared/ports.ts';

const earlier: ReportedScan = { scanId: 'scan-earlier', startedAt: '2026-11-23T02:00:00.000Z' };
const later: ReportedScan = { scanId: 'scan-later', startedAt: '2026-11-24T02:00:00.000Z' };

/** A store with nothing in it, by the clock given. */
export type EmptyStore = (now: () => Date) => Promise<ReportStore> | ReportStore;

export function reportStoreContract(emptyStore: EmptyStore): void {
  const at = (iso: string) => () => new Date(iso);
  const now = at('2026-11-24T02:05:00.000Z');

  test('nothing is the latest where nothing was saved', async () => {
    expect(await (await emptyStore(now)).latest()).toBeUndefined();
  });

  test('the latest is what was saved, with when', async () => {
    const store = await emptyStore(now);
    await store.save(later, pieces('{"a":', '"é𝄞"', '}'));
    const found = await latestOf(store);
    expect(found).toMatchObject({ ...later, savedAt: '2026-11-24T02:05:00.000Z' });
    expect(found.etag).toMatch(/^"[^"]+"$/);
    expect(await textOf(found)).toBe('{"a":"é𝄞"}');
    expect(await textOf(found)).toBe('{"a":"é𝄞"}');
  });

  test('a newer scan takes the place of an older one, under another ETag', async () => {
    const store = await emptyStore(now);
    await store.save(earlier, pieces('first'));
    const { etag } = await latestOf(store);
    await store.save(later, pieces('second'));
    const found = await latestOf(store);
    expect(found.scanId).toBe(later.scanId);
    expect(found.etag).not.toBe(etag);
    expect(await textOf(found)).toBe('second');
  });

  test('an older scan that ends late does not take the place of a newer one', async () => {
    const store = await emptyStore(now);
    await store.save(later, pieces('newer'));
    await store.save(earlier, pieces('older'));
    expect(await textOf(await latestOf(store))).toBe('newer');
  });

  test('of scans that end together the newest is the latest', async () => {
    const store = await emptyStore(now);
    const scans = [4, 9, 1, 7, 3, 8].map((hour) => ({
      scanId: `scan-${hour}`,
      startedAt: `2026-11-24T0${hour}:00:00.000Z`,
    }));
    await Promise.all(scans.map((scan) => store.save(scan, pieces(scan.scanId))));
    expect(await textOf(await latestOf(store))).toBe('scan-9');
  });

  test('a report that breaks on the way leaves the latest as it was', async () => {
    const store = await emptyStore(now);
    await store.save(earlier, pieces('whole'));
    async function* broken(): AsyncGenerator<string> {
      yield 'half';
      await setTimeout(0);
      throw new Error('the scan broke');
    }
    await expect(store.save(later, broken())).rejects.toThrow('the scan broke');
    const found = await latestOf(store);
    expect(found.scanId).toBe(earlier.scanId);
    expect(await textOf(found)).toBe('whole');
  });

  test('a report of many megabytes comes back byte for byte', async () => {
    const store = await emptyStore(now);
    const line = `${'0123456789abcdefé'.repeat(64)}\n`;
    const lines = 9000;
    async function* long(): AsyncGenerator<string> {
      for (let index = 0; index < lines; index += 1) yield line;
    }
    await store.save(later, long());
    expect(await textOf(await latestOf(store))).toBe(line.repeat(lines));
  });
}

export async function latestOf(store: ReportStore): Promise<StoredReport> {
  const found = await store.latest();
  if (found === undefined) throw new Error('the store has no latest report');
  return found;
}

async function textOf(report: StoredReport): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of report.read()) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

export async function* pieces(...texts: readonly string[]): AsyncGenerator<string> {
  yield* texts;
}
