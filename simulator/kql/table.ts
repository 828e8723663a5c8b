/** A table between two operators. */
import type { SyntaxNode } from './kusto-parser.ts';
import type { Row } from './scalar.ts';
import { SimulatorLimit } from './simulator-limit.ts';
import type { Column } from './table-schemas.ts';

export interface Table {
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
}

/** What an operator needs beside its input. */
export interface Evaluation {
  /** Ticks of the moment the query runs. */
  readonly now: bigint;
  /** The table an expression stands for. */
  readonly tableOf: (expression: SyntaxNode) => Table;
}

/** A tabular operator: its node, its input, and the columns the binder gave its output. */
export type TabularOperator = (
  node: SyntaxNode,
  input: Table,
  columns: readonly Column[],
  evaluation: Evaluation,
) => Table;

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
