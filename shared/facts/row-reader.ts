import type { z } from 'zod';
import type { InventorySnapshot } from '../inventory/inventory-snapshot.ts';
import type { ResourceType } from '../inventory/resource-types.ts';
import { type ResourceId, nameOf } from '../model/resource-id.ts';
import { type Known, type Listing, type Missing, listing, unknown } from '../model/verdict.ts';
import type { Row } from '../ports.ts';
import { parseRow } from './rows/parse-row.ts';

/** Rows of one type that were understood, and what was missed in those that were not. */
export interface RowsRead<T> {
  readonly found: readonly { readonly row: Row; readonly value: T }[];
  readonly missing: readonly Missing[];
}

/** Reads the rows of a snapshot, each once: clusters that share a resource share its facts. */
export interface RowReader {
  readonly snapshot: InventorySnapshot;
  read<T>(schema: z.ZodType<T>, row: Row): Known<T>;
  /** The row that another resource names; unknown where it is not here or not understood. */
  follow<T>(schema: z.ZodType<T>, id: ResourceId, what: string): Known<T>;
  /** Every row of the type, or those at or below a scope. */
  all<T>(schema: z.ZodType<T>, type: ResourceType, scope?: ResourceId): RowsRead<T>;
}

export function rowReader(snapshot: InventorySnapshot): RowReader {
  const read = new Map<unknown, Map<Row, unknown>>();

  function readOnce<T>(schema: z.ZodType<T>, row: Row): Known<T> {
    const rows = read.get(schema) ?? new Map<Row, unknown>();
    read.set(schema, rows);
    const before = rows.get(row);
    // What lies under a schema was put there by that schema.
    if (before !== undefined) return before as Known<T>;
    const value = parseRow(schema, row);
    rows.set(row, value);
    return value;
  }

  return {
    snapshot,
    read: readOnce,
    follow: (schema, id, what) => {
      const row = snapshot.get(id);
      return row === undefined ? unknown(notRead(what, id)) : readOnce(schema, row);
    },
    all: <T>(schema: z.ZodType<T>, type: ResourceType, scope?: ResourceId) => {
      const rows = scope === undefined ? snapshot.rowsOf(type) : snapshot.rowsWithin(type, scope);
      const found: { row: Row; value: T }[] = [];
      const missing: Missing[] = [];
      for (const row of rows) {
        const value = readOnce(schema, row);
        if (value.known) found.push({ row, value: value.value });
        else missing.push(...value.missing);
      }
      return { found, missing };
    },
  };
}

/** Something that a resource names and that is not among the rows. */
export function notRead(what: string, id: ResourceId): Missing {
  return {
    what: `${what} ${nameOf(id)}`,
    scope: id,
    why: 'it is referred to, and it is not among the rows that were read',
  };
}

/** What is missing of a value; nothing where it is known. */
export function missingOf(value: Known<unknown>): readonly Missing[] {
  return value.known ? [] : value.missing;
}

/** The values that are known, and what is missing of the others. */
export function allKnown<T>(values: readonly Known<T>[]): Listing<T> {
  const found: T[] = [];
  const missing: Missing[] = [];
  for (const value of values) {
    if (value.known) found.push(value.value);
    else missing.push(...value.missing);
  }
  return listing(found, missing);
}
