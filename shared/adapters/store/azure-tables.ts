import { type TableClient, type TransactionAction, odata } from '@azure/data-tables';
import { RestError } from '@azure/core-rest-pipeline';
import { ConflictError } from '../../store-ports.ts';
import type { TableRange, TableRow, TableStore, TableWrite } from './table-store.ts';

/** A text of 64 KB, counted in UTF-16, is the longest a property takes. */
interface Entity {
  readonly partitionKey?: string;
  readonly rowKey?: string;
  readonly text?: string;
  readonly etag?: string;
}

/** The tables of a storage account; each is made when it is first written. */
export function azureTables(clientOf: (table: string) => TableClient): TableStore {
  return {
    async get(table, partition, row) {
      try {
        return rowOf(await clientOf(table).getEntity<Entity>(partition, row));
      } catch (error) {
        if (hasStatus(error, 404)) return undefined;
        throw explained(error, table);
      }
    },
    async *list(table, range) {
      const filter = filterOf(range);
      const entities = clientOf(table).listEntities<Entity>(
        filter === '' ? {} : { queryOptions: { filter } },
      );
      try {
        for await (const entity of entities) yield rowOf(entity);
      } catch (error) {
        // A table that nobody has written to has no rows.
        if (!hasStatus(error, 404)) throw explained(error, table);
      }
    },
    async removeAs(table, { partition, row, version: etag }) {
      await clientOf(table)
        .deleteEntity(partition, row, { etag })
        .catch((error: unknown) => {
          throw refusal(error, table);
        });
    },
    async write(table, partition, writes) {
      if (writes.length === 0) return;
      const client = clientOf(table);
      const actions = writes.map((write) => actionOf(partition, write));
      try {
        await client.submitTransaction(actions);
      } catch (error) {
        if (codeOf(error) !== 'TableNotFound') throw refusal(error, table);
        await client.createTable();
        await client.submitTransaction(actions).catch((again: unknown) => {
          throw refusal(again, table);
        });
      }
    },
  };
}

function rowOf({ partitionKey = '', rowKey = '', text = '', etag = '' }: Entity): TableRow {
  return { partition: partitionKey, row: rowKey, text, version: etag };
}

function actionOf(partitionKey: string, write: TableWrite): TransactionAction {
  const key = { partitionKey, rowKey: write.row };
  switch (write.kind) {
    case 'insert':
      return ['create', { ...key, text: write.text }];
    case 'upsert':
      return ['upsert', { ...key, text: write.text }, 'Replace'];
    case 'update':
      return ['update', { ...key, text: write.text }, 'Replace', { etag: write.version }];
    case 'remove':
      return ['delete', key];
  }
}

function filterOf({ partition, from, to, after }: TableRange): string {
  return [
    partition === undefined ? '' : odata`PartitionKey eq ${partition}`,
    from === undefined ? '' : odata`RowKey ge ${from}`,
    to === undefined ? '' : odata`RowKey lt ${to}`,
    after === undefined
      ? ''
      : odata`(PartitionKey gt ${after.partition} or (PartitionKey eq ${after.partition} and RowKey gt ${after.row}))`,
  ]
    .filter((part) => part !== '')
    .join(' and ');
}

/** https://learn.microsoft.com/rest/api/storageservices/table-service-error-codes */
function refusal(error: unknown, table: string): unknown {
  const lost = [404, 409, 412].some((status) => hasStatus(error, status));
  return lost
    ? new ConflictError(`${table} was written meanwhile`, { cause: error })
    : explained(error, table);
}

function explained(error: unknown, table: string): unknown {
  if (!(error instanceof Error)) return error;
  return new Error(`the table ${table} could not be used: ${error.message}`, { cause: error });
}

function hasStatus(error: unknown, status: number): boolean {
  return error instanceof Error && 'statusCode' in error && error.statusCode === status;
}

function codeOf(error: unknown): string | undefined {
  if (error instanceof RestError && error.code !== undefined) return error.code;
  const details: unknown = error instanceof RestError ? error.details : undefined;
  const odataError: unknown =
    typeof details === 'object' && details !== null && 'odataError' in details
      ? details.odataError
      : undefined;
  return typeof odataError === 'object' && odataError !== null && 'code' in odataError
    ? String(odataError.code)
    : undefined;
}
