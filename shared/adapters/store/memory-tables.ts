import { ConflictError } from '../../store-ports.ts';
import type { TableRow, TableStore } from './table-store.ts';

/** Tables in memory, for tests: they are gone with the process. */
export function memoryTables(): TableStore {
  /** Rows by table and partition, then by row. */
  const partitions = new Map<string, Map<string, TableRow>>();
  let writes = 0;
  const keyOf = (table: string, partition: string) => `${table}\n${partition}`;
  const rowsOf = (table: string, partition: string) =>
    partitions.get(keyOf(table, partition)) ?? new Map<string, TableRow>();
  const everyRow = (table: string) =>
    [...partitions]
      .filter(([key]) => key.startsWith(`${table}\n`))
      .flatMap(([, rows]) => [...rows.values()]);
  return {
    async get(table, partition, row) {
      return rowsOf(table, partition).get(row);
    },
    async *list(table, { partition, from = '', to, after }) {
      const all =
        partition === undefined ? everyRow(table) : [...rowsOf(table, partition).values()];
      const found = all.filter(
        (each) =>
          each.row >= from &&
          (to === undefined || each.row < to) &&
          (after === undefined || isBehind(each, after)),
      );
      yield* found.toSorted((a, b) => (isBehind(a, b) ? 1 : -1));
    },
    async removeAs(table, { partition, row, version }) {
      const rows = rowsOf(table, partition);
      if (rows.get(row)?.version !== version) {
        throw new ConflictError(`${table}: ${row} was written meanwhile`);
      }
      rows.delete(row);
    },
    async write(table, partition, given) {
      const rows = rowsOf(table, partition);
      partitions.set(keyOf(table, partition), rows);
      if (new Set(given.map(({ row }) => row)).size < given.length) {
        throw new RangeError('a transaction writes every row once');
      }
      for (const write of given) {
        const there = rows.get(write.row);
        const fits = {
          insert: () => there === undefined,
          upsert: () => true,
          update: () =>
            there !== undefined && 'version' in write && there.version === write.version,
          remove: () => there !== undefined,
        }[write.kind]();
        if (!fits) throw new ConflictError(`${table}: ${write.row} was written meanwhile`);
      }
      for (const write of given) {
        writes += 1;
        if (write.kind === 'remove') rows.delete(write.row);
        else {
          const { row, text } = write;
          rows.set(row, { partition, row, text, version: `v${writes}` });
        }
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
