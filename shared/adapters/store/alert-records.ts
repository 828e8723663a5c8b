import type { Alert } from '../../model/alert.ts';
import type { AlertStore } from '../../store-ports.ts';
import { type RecordPlace, recordIn, textOfRecord } from './records.ts';
import { behind } from './table-store.ts';

const table = 'Alerts';
/** The alert's own row; what else lies in the table begins otherwise. */
const row = 'a|';

/** The table `Alerts`: a partition for each alert. */
export function alertRecords({ tables, files }: RecordPlace): AlertStore {
  return {
    async get(id) {
      const found = await tables.get(table, id, row);
      if (found === undefined) return undefined;
      return { value: await recordIn<Alert>(files, found), version: found.version };
    },
    async put(alert, version) {
      const text = await textOfRecord(files, alert);
      await tables.write(table, alert.id, [
        version === undefined
          ? { kind: 'insert', row, text }
          : { kind: 'update', row, text, version },
      ]);
    },
    async page(limit, from) {
      const items: Alert[] = [];
      const after = from === undefined ? {} : { after: { partition: from, row } };
      for await (const found of tables.list(table, { from: row, to: behind(row), ...after })) {
        items.push(await recordIn<Alert>(files, found));
        if (items.length >= limit) return { items, next: found.partition };
      }
      return { items };
    },
    async forget(before) {
      let removed = 0;
      for await (const found of tables.list(table, { from: row, to: behind(row) })) {
        const { state, since } = await recordIn<Alert>(files, found);
        if (state !== 'resolved' || since >= before) continue;
        await tables.write(table, found.partition, [{ kind: 'remove', row }]);
        removed += 1;
      }
      return removed;
    },
  };
}
