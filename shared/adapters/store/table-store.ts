/** A text under two keys; texts of one partition are written together. */
export interface TableRow {
  readonly partition: string;
  readonly row: string;
  readonly text: string;
  /** Changes with every write. */
  readonly version: string;
}

/** One write of a transaction. An update names the version that it holds for. */
export type TableWrite =
  | { readonly kind: 'insert' | 'upsert'; readonly row: string; readonly text: string }
  | {
      readonly kind: 'update';
      readonly row: string;
      readonly text: string;
      readonly version: string;
    }
  | { readonly kind: 'remove'; readonly row: string };

/** Which rows: of one partition or of all, with row keys from `from` on and before `to`. */
export interface TableRange {
  readonly partition?: string;
  readonly from?: string;
  readonly to?: string;
  /** Only rows behind this one, in the order of partition and row. */
  readonly after?: { readonly partition: string; readonly row: string };
}

/** What Azure's tables can do, and all that is asked of them. */
export interface TableStore {
  get(table: string, partition: string, row: string): Promise<TableRow | undefined>;
  /** In the order of partition and row. */
  list(table: string, range: TableRange): AsyncIterable<TableRow>;
  /**
   * All of it or nothing; at most a hundred writes, each of another row.
   * @throws ConflictError where something is there, gone or changed against what a write says.
   */
  write(table: string, partition: string, writes: readonly TableWrite[]): Promise<void>;
  /** Removes a row as it was read. @throws ConflictError where it is gone, or changed since. */
  removeAs(table: string, row: Omit<TableRow, 'text'>): Promise<void>;
}

/** No more rows fit a transaction. https://learn.microsoft.com/rest/api/storageservices/performing-entity-group-transactions */
export const writesAtOnce = 100;

/** The first text behind every text that begins with this one. */
export function behind(prefix: string): string {
  return `${prefix}\u{7f}`;
}
