/** `summarize`. Source: https://learn.microsoft.com/kusto/query/summarize-operator */
import { type Aggregate, aggregateOf, keyOf } from './aggregates.ts';
import { type SyntaxNode, listAt, partAt } from './kusto-parser.ts';
import type { Row, Scalar, Scope } from './scalar.ts';
import { compileScalar } from './scalar-expressions.ts';
import { SimulatorLimit } from './simulator-limit.ts';
import type { OperatorCall, Table } from './table.ts';

/** One row per group, in the order the groups first appear; one row over all without `by`. */
export function summarizeOperator({ node, input, columns, now }: OperatorCall): Table {
  const scope: Scope = { columns: input.columns, now };
  const clause = node.parts.find((part) => part?.kind === 'SummarizeByClause');
  const by = clause === undefined ? [] : listAt(clause, 1);
  const groupNames = new Set(by.map(({ text }) => text));
  const keys = by.map((one) => compileScalar(one, scope));
  const aggregates = listAt(node, 2).map((one) => compileAggregate(one, scope, groupNames));
  const width = aggregates.reduce((sum, aggregate) => sum + aggregate.width, keys.length);
  if (width !== columns.length) throw new SimulatorLimit(`the columns of '${node.text}'`);
  const groups = clause === undefined ? [{ cells: [], rows: input.rows }] : grouped(input, keys);
  return {
    columns,
    rows: groups.map(({ cells, rows }) => [...cells, ...aggregates.flatMap(({ of }) => of(rows))]),
  };
}

function grouped(input: Table, keys: readonly Scalar[]): { cells: Row; rows: Row[] }[] {
  const groups = new Map<string, { cells: Row; rows: Row[] }>();
  for (const row of input.rows) {
    const cells = keys.map(({ of }) => of(row));
    const key = keyOf(cells);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { cells, rows: [row] });
    else group.rows.push(row);
  }
  return [...groups.values()];
}

function compileAggregate(
  node: SyntaxNode,
  scope: Scope,
  groupNames: ReadonlySet<string>,
): Aggregate {
  const call = node.kind === 'SimpleNamedExpression' ? partAt(node, 2) : node;
  if (call.kind !== 'FunctionCallExpression') {
    throw new SimulatorLimit(`'${call.text}' in summarize, which is no single aggregation`);
  }
  const given = listAt(partAt(call, 1), 1);
  const [first] = given;
  const args = given.flatMap((arg) =>
    arg.kind === 'StarExpression'
      ? columnsOf(scope).filter(([name]) => !groupNames.has(name) && name !== first?.text)
      : [[arg.text, compileScalar(arg, scope)] as const],
  );
  return aggregateOf({
    name: partAt(call, 0).name ?? '',
    type: call.type ?? 'dynamic',
    args: args.map(([, scalar]) => scalar),
  });
}

function columnsOf({ columns }: Scope): (readonly [string, Scalar])[] {
  return columns.map(({ name, type }, at) => [name, { type, of: (row) => row[at] ?? null }]);
}
