/** A table between two operators. */
import type { SyntaxNode } from './kusto-parser.ts';
import type { Row } from './scalar.ts';
import { SimulatorLimit } from './simulator-limit.ts';
import type { Column } from './table-schemas.ts';

export interface Table {
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
}

/** An operator at work. */
export interface OperatorCall {
  readonly node: SyntaxNode;
  readonly input: Table;
  /** The columns the binder gave the output. */
  readonly columns: readonly Column[];
  /** Ticks of the moment the query runs. */
  readonly now: bigint;
  /** The table an expression stands for. */
  readonly tableOf: (expression: SyntaxNode) => Table;
}

/** The position of each column of `names` among `columns`. @throws SimulatorLimit where one is not there */
export function positionsOf(names: readonly string[], columns: readonly Column[]): number[] {
  return names.map((name) => {
    const index = columns.findIndex((column) => column.name === name);
    if (index < 0) throw new SimulatorLimit(`the column '${name}'`);
    return index;
  });
}

/** The table with only the cells at `positions`, under the names of `columns`. */
export function picked(
  { rows }: Table,
  positions: readonly number[],
  columns: readonly Column[],
): Table {
  return { columns, rows: rows.map((row) => positions.map((at) => row[at] ?? null)) };
}
