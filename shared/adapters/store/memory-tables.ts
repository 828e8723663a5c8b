import { ConflictError } from '../../store-ports.ts';
import type { TableRow, TableStore } from './table-store.ts';

/** Tables in memory, for tests: they are gone with the process. */
export function memoryTables(): TableStore {
  const tables = new Map<string, Map<string, TableRow>>();
  let writes = 0;
  const keyOf = (partition: string, row: string) => `${partition}\n${row}`;
  const rowsOf = (table: string) => {
    const rows = tables.get(table) ?? new Map<string, TableRow>();
    tables.set(table, rows);
    return rows;
  };
  return {
    async get(table, partition, row) {
      return rowsOf(table).get(keyOf(partition, row));
    },
    async *list(table, { partition, from = '', to, after }) {
      const found = [...rowsOf(table).values()].filter(
        (each) =>
          (partition === undefined || each.partition === partition) &&
          each.row >= from &&
          (to === undefined || each.row < to) &&
          (after === undefined || isBehind(each, after)),
      );
      yield* found.toSorted((a, b) => (isBehind(a, b) ? 1 : -1));
    },
    async write(table, partition, given) {
      const rows = rowsOf(table);
      if (new Set(given.map(({ row }) => row)).size < given.length) {
        throw new RangeError('a transaction writes every row once');
      }
      for (const write of given) {
        const there = rows.get(keyOf(partition, write.row));
        const fits =
          write.kind === 'insert'
            ? there === undefined
            : write.kind !== 'update' || there?.version === write.version;
        if (!fits) throw new ConflictError(`${table}: ${write.row} was written meanwhile`);
      }
      for (const write of given) {
        const key = keyOf(partition, write.row);
        writes += 1;
        if (write.kind === 'remove') rows.delete(key);
        else rows.set(key, { partition, row: write.row, text: write.text, version: `v${writes}` });
      }
    },
  };
}

function isBehind(
  a: Pick<TableRow, 'partition' | 'row'>,
  b: Pick<TableRow, 'partition' | 'row'>,
): boolean {
  return a.partition === b.partition ? a.row > b.row : a.partition > b.partition;
}
