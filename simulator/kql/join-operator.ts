/** `join`. Source: https://learn.microsoft.com/kusto/query/join-operator */
import { keyOf } from './aggregates.ts';
import { type SyntaxNode, listAt, parametersOf, partAt } from './kusto-parser.ts';
import type { Row, Scalar, Scope } from './scalar.ts';
import { compileScalar } from './scalar-expressions.ts';
import { SimulatorLimit } from './simulator-limit.ts';
import type { OperatorCall, Table } from './table.ts';
import { familyOf, nothingOf } from './values.ts';

/** The rows of both sides whose keys are equal; all columns of both, the right ones renamed by the binder. */
export function joinOperator({ node, input: left, columns, now, tableOf }: OperatorCall): Table {
  const right = tableOf(partAt(node, 2));
  const kind = parametersOf(node).get('kind') ?? 'innerunique';
  const clause = node.parts.find((part) => part?.kind === 'JoinOnClause');
  if (clause === undefined) throw new SimulatorLimit('a join without `on`');
  const scopes = { left: { columns: left.columns, now }, right: { columns: right.columns, now } };
  const pairs = listAt(clause, 1).map((condition) => keysOf(condition, scopes));
  const leftKey = keyReader(pairs.map((pair) => pair.left));
  const rightKey = keyReader(pairs.map((pair) => pair.right));

  const rightRows = Map.groupBy(right.rows, rightKey);
  const matched = new Set<string>();
  const seen = new Set<string>();
  const rows: Row[] = [];
  for (const row of left.rows) {
    const key = leftKey(row);
    if (kind === 'innerunique' && seen.has(key)) continue;
    seen.add(key);
    const partners = rightRows.get(key);
    if (partners !== undefined) {
      matched.add(key);
      rows.push(...partners.map((partner) => [...row, ...partner]));
    } else if (kind === 'leftouter' || kind === 'fullouter') {
      rows.push([...row, ...blank(right)]);
    }
  }
  if (kind === 'fullouter') {
    const lonely = right.rows.filter((row) => !matched.has(rightKey(row)));
    rows.push(...lonely.map((row) => [...blank(left), ...row]));
  }
  return { columns, rows };
}

function blank({ columns }: Table): Row {
  return columns.map(({ type }) => nothingOf(type));
}

/** `on id`, or `on $left.a == $right.b`. */
function keysOf(
  condition: SyntaxNode,
  scopes: { readonly left: Scope; readonly right: Scope },
): { left: Scalar; right: Scalar } {
  const isName = condition.kind === 'NameReference';
  const left = isName ? condition : columnAt(condition, 0, '$left');
  const right = isName ? condition : columnAt(condition, 2, '$right');
  const keys = {
    left: compileScalar(left, scopes.left),
    right: compileScalar(right, scopes.right),
  };
  if (familyOf(keys.left.type) !== familyOf(keys.right.type)) {
    throw new SimulatorLimit(`the join of a ${keys.left.type} with a ${keys.right.type}`);
  }
  return keys;
}

function columnAt(condition: SyntaxNode, index: number, side: string): SyntaxNode {
  const path = partAt(condition, index);
  if (path.kind !== 'PathExpression' || partAt(path, 0).text !== side) {
    throw new SimulatorLimit(`the join condition '${condition.text}'`);
  }
  return partAt(path, 2);
}

function keyReader(keys: readonly Scalar[]): (row: Row) => string {
  if (keys.some(({ type }) => type === 'dynamic'))
    throw new SimulatorLimit('a join on dynamic values');
  return (row) => {
    const cells = keys.map(({ of }) => of(row));
    if (cells.includes(null)) throw new SimulatorLimit('a join on nulls');
    return keyOf(cells);
  };
}
