import type { Kept, ScanState, ScanStore, ShardState } from '../../store-ports.ts';
import { type RecordPlace, recordIn, textOfRecord } from './records.ts';
import { type TableRow, behind } from './table-store.ts';

const table = 'Scans';
/** Where the scans themselves are; a scan's shards have a partition of their own. */
const all = 'scans';

/** The table `Scans`: a row for each scan, and one for each of its shards. */
export function scanRecords({ tables, files }: RecordPlace): ScanStore {
  const keptIn = async <T>(found: TableRow): Promise<Kept<T>> => ({
    value: await recordIn<T>(files, found),
    version: found.version,
  });
  async function put(partition: string, row: string, value: object, version?: string) {
    const text = await textOfRecord(files, value);
    await tables.write(table, partition, [
      version === undefined
        ? { kind: 'insert', row, text }
        : { kind: 'update', row, text, version },
    ]);
  }
  async function* shardRows(scanId: string) {
    yield* tables.list(table, { partition: scanId, from: 'shard|', to: behind('shard|') });
  }
  async function* list(): AsyncGenerator<Kept<ScanState>> {
    for await (const found of tables.list(table, { partition: all })) yield await keptIn(found);
  }
  return {
    async get(scanId) {
      for await (const kept of list()) if (kept.value.scanId === scanId) return kept;
      return undefined;
    },
    put: (scan, version) => put(all, rowOf(scan), scan, version),
    list,
    async remove(scan) {
      for await (const { row } of shardRows(scan.scanId)) {
        await tables.write(table, scan.scanId, [{ kind: 'remove', row }]);
      }
      await tables.write(table, all, [{ kind: 'remove', row: rowOf(scan) }]);
    },
    async shard(scanId, shard) {
      const found = await tables.get(table, scanId, shardRow(shard));
      return found === undefined ? undefined : keptIn(found);
    },
    putShard: (shard, version) => put(shard.scanId, shardRow(shard.shard), shard, version),
    async shards(scanId) {
      const shards: ShardState[] = [];
      for await (const found of shardRows(scanId)) {
        shards.push(await recordIn<ShardState>(files, found));
      }
      return shards;
    },
  };
}

/** The newest scan first: rows come in the order of their keys. */
function rowOf({ startedAt, scanId }: ScanState): string {
  const end = 9_999_999_999_999;
  return `${String(end - Date.parse(startedAt)).padStart(13, '0')}|${scanId}`;
}

function shardRow(shard: number): string {
  return `shard|${String(shard).padStart(6, '0')}`;
}
