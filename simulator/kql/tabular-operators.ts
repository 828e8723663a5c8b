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
import { type OperatorCall, type Table, picked, positionsOf } from './table.ts';
import type { Column } from './table-schemas.ts';
import { unionOperator } from './union-operator.ts';
import { familyOf } from './values.ts';

const operators: Readonly<Record<string, (call: OperatorCall) => Table>> = {
  CountOperator: ({ input, columns }) => ({ columns, rows: [[input.rows.length]] }),
  DistinctOperator: distinctOperator,
  ExtendOperator: extendOperator,
  FilterOperator: filterOperator,
  JoinOperator: joinOperator,
  MvExpandOperator: mvExpandOperator,
  ProjectAwayOperator: pickOperator,
  ProjectKeepOperator: pickOperator,
  ProjectOperator: projectOperator,
  ProjectRenameOperator: renameOperator,
  ProjectReorderOperator: pickOperator,
  SortOperator: (call) => sorted(listAt(call.node, 3), call),
  SummarizeOperator: summarizeOperator,
  TakeOperator: ({ node, input }) => first(countAt(node, 2), input),
  TopOperator: (call) => first(countAt(call.node, 2), sorted([partAt(call.node, 4)], call)),
  UnionOperator: unionOperator,
};

/** The output of one operator. @throws SimulatorLimit for operators that are not evaluated */
export function applyOperator(call: OperatorCall): Table {
  const { kind, text } = call.node;
  const operator = operators[kind];
  if (operator === undefined) throw new SimulatorLimit(`the operator '${text.split(/\s/)[0]}'`);
  return operator(call);
}

function first(count: number, { columns, rows }: Table): Table {
  return { columns, rows: rows.slice(0, count) };
}

function projectOperator({ node, input, columns, now }: OperatorCall): Table {
  const cells = listAt(node, 1).map((one) => compileScalar(one, { columns: input.columns, now }));
  return projected(cells, input, columns);
}

function filterOperator({ node, input, columns, now }: OperatorCall): Table {
  const holds = truthOf(compileScalar(partAt(node, 2), { columns: input.columns, now }));
  return { columns, rows: input.rows.filter((row) => holds(row) === true) };
}

function projected(cells: readonly Scalar[], input: Table, columns: readonly Column[]): Table {
  if (cells.length !== columns.length) throw new SimulatorLimit('columns made several at a time');
  for (const [index, { name, type }] of columns.entries()) {
    if (familyOf(cells[index]?.type) !== familyOf(type)) {
      throw new SimulatorLimit(`the column '${name}' of the type ${type}`);
    }
  }
  return { columns, rows: input.rows.map((row) => cells.map(({ of }) => of(row))) };
}

/**
 * New columns stand after the old ones, or in the place of the one whose name they have. Those
 * without a name get one from the binder, in their order.
 */
function extendOperator({ node, input, columns, now }: OperatorCall): Table {
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
function pickOperator({ input, columns }: OperatorCall): Table {
  const names = columns.map(({ name }) => name);
  return picked(input, positionsOf(names, input.columns), columns);
}

function renameOperator({ node, input, columns }: OperatorCall): Table {
  const oldNames = new Map(
    listAt(node, 1).map((one) => [partAt(one, 0).name, partAt(one, 2).name ?? '']),
  );
  const names = columns.map(({ name }) => oldNames.get(name) ?? name);
  return picked(input, positionsOf(names, input.columns), columns);
}

function distinctOperator({ node, input, columns, now }: OperatorCall): Table {
  const list = listAt(node, 2);
  const scope: Scope = { columns: input.columns, now };
  const { rows } = list.some(({ kind }) => kind === 'StarExpression')
    ? input
    : projected(
        list.map((one) => compileScalar(one, scope)),
        input,
        columns,
      );
  const unique = new Map<string, Row>();
  for (const row of rows) {
    const key = keyOf(row);
    if (!unique.has(key)) unique.set(key, row);
  }
  return { columns, rows: [...unique.values()] };
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
function sorted(expressions: readonly SyntaxNode[], { input, now }: OperatorCall): Table {
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
  return { columns: input.columns, rows: keyed.map(({ row }) => row) };
}
