import type { TrendPoint, TrendStore } from '../../store-ports.ts';
import { type RecordPlace, recordIn, textOfRecord } from './records.ts';

const table = 'History';
const partition = 'tenant';

/** The table `History`: how the tenant stood after each scan. */
export function trendRecords({ tables, files }: RecordPlace): TrendStore {
  return {
    async add(point) {
      const row = `${point.at}|${point.scanId}`;
      const text = await textOfRecord(files, point);
      await tables.write(table, partition, [{ kind: 'upsert', row, text }]);
    },
    async since(at) {
      const points: TrendPoint[] = [];
      for await (const found of tables.list(table, { partition, from: at })) {
        points.push(await recordIn<TrendPoint>(files, found));
      }
      return points;
    },
    async forget(before) {
      let removed = 0;
      for await (const { row } of tables.list(table, { partition, to: before })) {
        await tables.write(table, partition, [{ kind: 'remove', row }]);
        removed += 1;
      }
      return removed;
    },
  };
}
