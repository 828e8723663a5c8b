/** The operators that read one table. */
import { keyOf } from './aggregates.ts';
import { orderOf } from './comparisons.ts';
import { joinOperator } from './join-operator.ts';
import { type SyntaxNode, listAt, partAt } from './kusto-parser.ts';
import { mvExpandOperator } from './mv-expand-operator.ts';
import { type Row, type Scalar, type Scope, truthOf } from './scalar.ts';
import { compileScalar } from './scalar-expressions.ts';
import { SimulatorLimit } from './simulator-limit.ts';
import { summarizeOperator } from './summarize-operator.ts';
import { type Evaluation, type Table, type TabularOperator, picked, positionsOf } from './table.ts';
import type { Column } from './table-schemas.ts';
import { unionOperator } from './union-operator.ts';

const operators: Readonly<Record<string, TabularOperator>> = {
  CountOperator: (_, { rows }, columns) => ({ columns, rows: [[rows.length]] }),
  DistinctOperator: distinctOperator,
  ExtendOperator: extendOperator,
  FilterOperator: filterOperator,
  JoinOperator: joinOperator,
  MvExpandOperator: mvExpandOperator,
  ProjectAwayOperator: pickOperator,
  ProjectKeepOperator: pickOperator,
  ProjectOperator: (node, input, columns, { now }) => {
    const cells = listAt(node, 1).map((one) => compileScalar(one, { columns: input.columns, now }));
    return projected(cells, input, columns);
  },
  ProjectRenameOperator: renameOperator,
  ProjectReorderOperator: pickOperator,
  SortOperator: (node, input, columns, { now }) => ({
    columns,
    rows: sorted(listAt(node, 3), input, now),
  }),
  SummarizeOperator: summarizeOperator,
  TakeOperator: (node, { rows }, columns) => ({ columns, rows: rows.slice(0, countAt(node, 2)) }),
  TopOperator: (node, input, columns, { now }) => ({
    columns,
    rows: sorted([partAt(node, 4)], input, now).slice(0, countAt(node, 2)),
  }),
  UnionOperator: unionOperator,
};

/** The output of one operator. @throws SimulatorLimit for operators that are not evaluated */
export function applyOperator(
  node: SyntaxNode,
  input: Table,
  columns: readonly Column[],
  evaluation: Evaluation,
): Table {
  const operator = operators[node.kind];
  if (operator === undefined) {
    throw new SimulatorLimit(`the operator '${node.text.split(/\s/)[0]}'`);
  }
  return operator(node, input, columns, evaluation);
}

function filterOperator(
  node: SyntaxNode,
  input: Table,
  columns: readonly Column[],
  { now }: Evaluation,
): Table {
  const holds = truthOf(compileScalar(partAt(node, 2), { columns: input.columns, now }));
  return { columns, rows: input.rows.filter((row) => holds(row) === true) };
}

function projected(cells: readonly Scalar[], input: Table, columns: readonly Column[]): Table {
  if (cells.length !== columns.length) throw new SimulatorLimit('columns made several at a time');
  return { columns, rows: input.rows.map((row) => cells.map(({ of }) => of(row))) };
}

/**
 * New columns stand after the old ones, or in the place of the one whose name they have. Those
 * without a name get one from the binder, in their order.
 */
function extendOperator(
  node: SyntaxNode,
  input: Table,
  columns: readonly Column[],
  { now }: Evaluation,
): Table {
  const scope: Scope = { columns: input.columns, now };
  const made = listAt(node, 1);
  const named = new Set([
    ...input.columns.map(({ name }) => name),
    ...made.flatMap((one) => nameOf(one) ?? []),
  ]);
  const unnamed = columns.filter(({ name }) => !named.has(name)).values();
  const cells = new Map(
    made.map((one) => [nameOf(one) ?? unnamed.next().value?.name, compileScalar(one, scope)]),
  );
  if (cells.has(undefined)) throw new SimulatorLimit('an extend whose columns have no names');
  return projected(
    columns.map(({ name, type }) => cells.get(name) ?? inputColumn(name, type, input)),
    input,
    columns,
  );
}

function nameOf(expression: SyntaxNode): string | undefined {
  if (expression.kind === 'SimpleNamedExpression') return partAt(expression, 0).name;
  return expression.kind === 'NameReference' ? expression.name : undefined;
}

function inputColumn(name: string, type: string, { columns }: Table): Scalar {
  const [at = 0] = positionsOf([name], columns);
  return { type, of: (row) => row[at] ?? null };
}

/** Operators that only choose and order columns: the binder has done their work. */
function pickOperator(_: SyntaxNode, input: Table, columns: readonly Column[]): Table {
  const names = columns.map(({ name }) => name);
  return picked(input, positionsOf(names, input.columns), columns);
}

function renameOperator(node: SyntaxNode, input: Table, columns: readonly Column[]): Table {
  const oldNames = new Map(
    listAt(node, 1).map((one) => [partAt(one, 0).name, partAt(one, 2).name ?? '']),
  );
  const names = columns.map(({ name }) => oldNames.get(name) ?? name);
  return picked(input, positionsOf(names, input.columns), columns);
}

function distinctOperator(
  node: SyntaxNode,
  input: Table,
  columns: readonly Column[],
  { now }: Evaluation,
): Table {
  const list = listAt(node, 2);
  const scope: Scope = { columns: input.columns, now };
  const { rows } = list.some(({ kind }) => kind === 'StarExpression')
    ? input
    : projected(
        list.map((one) => compileScalar(one, scope)),
        input,
        columns,
      );
  const first = new Map<string, Row>();
  for (const row of rows) {
    const key = keyOf(row);
    if (!first.has(key)) first.set(key, row);
  }
  return { columns, rows: [...first.values()] };
}

function countAt(node: SyntaxNode, index: number): number {
  const { constant } = compileScalar(partAt(node, index), { columns: [], now: 0n });
  if (typeof constant !== 'number') throw new SimulatorLimit('a number of rows that is no literal');
  return Math.max(constant, 0);
}

/**
 * Descending unless it says `asc`; nulls last, or first where ascending, unless it says otherwise.
 * Source: https://learn.microsoft.com/kusto/query/sort-operator
 */
function sorted(expressions: readonly SyntaxNode[], input: Table, now: bigint): readonly Row[] {
  const scope: Scope = { columns: input.columns, now };
  const orders = expressions.map((expression) => {
    const isOrdered = expression.kind === 'OrderedExpression';
    const clause = isOrdered ? (expression.parts[1]?.text ?? '') : '';
    const isAscending = /^asc\b/.test(clause);
    const nullsFirst = /nulls\s+(first|last)/.exec(clause)?.[1] ?? (isAscending ? 'first' : 'last');
    const { of } = compileScalar(isOrdered ? partAt(expression, 0) : expression, scope);
    return { of, sign: isAscending ? 1 : -1, nullSign: nullsFirst === 'first' ? -1 : 1 };
  });
  const keyed = input.rows.map((row) => ({ row, keys: orders.map(({ of }) => of(row)) }));
  keyed.sort((a, b) => {
    for (const [index, { sign, nullSign }] of orders.entries()) {
      const [left = null, right = null] = [a.keys[index], b.keys[index]];
      if (left === null || right === null) {
        if (left !== right) return left === null ? nullSign : -nullSign;
        continue;
      }
      const order = orderOf(left, right) * sign;
      if (order !== 0) return order;
    }
    return 0;
  });
  return keyed.map(({ row }) => row);
}
