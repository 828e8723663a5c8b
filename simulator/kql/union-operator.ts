/** `union`. Source: https://learn.microsoft.com/kusto/query/union-operator */
import { listAt, parametersOf } from './kusto-parser.ts';
import { SimulatorLimit } from './simulator-limit.ts';
import type { OperatorCall, Table } from './table.ts';
import type { Column } from './table-schemas.ts';
import { nothingOf } from './values.ts';

/** All rows of all legs, under all their columns. */
export function unionOperator({ node, input, columns, tableOf }: OperatorCall): Table {
  const parameters = parametersOf(node);
  if (parameters.has('withsource') || parameters.get('kind') === 'inner') {
    throw new SimulatorLimit('a union with its source or of common columns only');
  }
  const legs = [input, ...listAt(node, 2).map((leg) => tableOf(leg))];
  return { columns, rows: legs.flatMap((leg) => aligned(leg, columns)) };
}

/** The leg's rows under the union's columns; columns of one name and several types bear their type. */
function aligned(leg: Table, columns: readonly Column[]): Table['rows'] {
  const positions = columns.map(({ name, type }) =>
    leg.columns.findIndex(
      (own) => own.type === type && (own.name === name || `${own.name}_${own.type}` === name),
    ),
  );
  return leg.rows.map((row) =>
    columns.map(({ type }, index) => row[positions[index] ?? -1] ?? nothingOf(type)),
  );
}
