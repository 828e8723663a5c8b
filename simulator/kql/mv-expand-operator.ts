/** `mv-expand`. Source: https://learn.microsoft.com/kusto/query/mv-expand-operator */
import { type SyntaxNode, listAt, parametersOf, partAt } from './kusto-parser.ts';
import type { Row, Scope } from './scalar.ts';
import { compileScalar } from './scalar-expressions.ts';
import { SimulatorLimit } from './simulator-limit.ts';
import type { OperatorCall, Table } from './table.ts';
import type { Column } from './table-schemas.ts';
import { type Value, isBag, nothingOf } from './values.ts';

/** What Resource Graph makes of one row where the query sets no limit. */
const defaultRowLimit = 128;

/**
 * The arrays and bags of a row, element by element, side by side. A null makes one row, an empty
 * array none; what is longer than the limit is cut off without a word.
 */
export function mvExpandOperator({ node, input, columns, now }: OperatorCall): Table {
  const scope: Scope = { columns: input.columns, now };
  const parameters = parametersOf(node);
  const asPairs = [parameters.get('kind'), parameters.get('bagexpansion')].includes('array');
  const expansions = listAt(node, 2).map((one) => expansionOf(one, scope, columns));
  const indexName = parameters.get('with_itemindex');
  const clause = node.parts.find((part) => part?.kind === 'MvExpandRowLimitClause');
  const limit = clause === undefined ? defaultRowLimit : Number(partAt(clause, 1).text);

  const rows = input.rows.flatMap((row) => {
    const lists = expansions.map(({ of }) => elementsOf(of(row), asPairs));
    const length = Math.min(limit, Math.max(...lists.map((list) => list.length)));
    return Array.from({ length }, (_, index): Row =>
      columns.map(({ name }) => {
        if (name === indexName) return index;
        const at = expansions.findIndex((expansion) => expansion.name === name);
        const expansion = expansions[at];
        return expansion === undefined
          ? cellOf(row, name, input.columns)
          : expansion.read(lists[at]?.[index] ?? null);
      }),
    );
  });
  return { columns, rows };
}

function expansionOf(
  node: SyntaxNode,
  scope: Scope,
  columns: readonly Column[],
): { name: string; of: (row: Row) => Value; read: (value: Value) => Value } {
  const expression = node.kind === 'MvExpandExpression' ? partAt(node, 0) : node;
  const { of, type } = compileScalar(expression, scope);
  if (type !== 'dynamic') throw new SimulatorLimit(`mv-expand of a ${type}`);
  const given = expression.kind === 'SimpleNamedExpression' ? partAt(expression, 0) : expression;
  const name = given.name ?? joinedName(expression.text, scope);
  const column = columns.find((one) => one.name === name);
  if (column === undefined) throw new SimulatorLimit(`mv-expand of '${expression.text}'`);
  return { name, of, read: castTo(column.type) };
}

/** The binder's name for a path, `properties_rules`; what is taken already gets one that is not known here. */
function joinedName(path: string, { columns }: Scope): string {
  const name = path.replaceAll(/[^\p{L}\p{N}_]+/gu, '_').replace(/_$/, '');
  if (columns.some((column) => column.name === name)) {
    throw new SimulatorLimit(`mv-expand of '${path}' beside a column '${name}'`);
  }
  return name;
}

function textOnly(value: Value): Value {
  if (value !== null && typeof value !== 'string') {
    throw new SimulatorLimit('mv-expand of what is no string to typeof(string)');
  }
  return value ?? '';
}

/** `to typeof(…)` only casts: what is of another type becomes null. */
function castTo(type: string): (value: Value) => Value {
  switch (type) {
    case 'dynamic':
      return (value) => value;
    case 'string':
      return textOnly;
    case 'long':
    case 'int':
      return (value) => (Number.isInteger(value) ? value : nothingOf(type));
    case 'bool':
      return (value) => (typeof value === 'boolean' ? value : null);
    default:
      throw new SimulatorLimit(`mv-expand to typeof(${type})`);
  }
}

function elementsOf(value: Value, asPairs: boolean): readonly Value[] {
  // JSON in, JSON out.
  if (Array.isArray(value)) return value as readonly Value[];
  if (!isBag(value)) return [value];
  return Object.entries(value).map(([key, slot]) => (asPairs ? [key, slot] : { [key]: slot }));
}

function cellOf(row: Row, name: string, columns: readonly Column[]): Value {
  return row[columns.findIndex((column) => column.name === name)] ?? null;
}
