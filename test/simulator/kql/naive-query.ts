// Queries as a syntax tree of their own, printed as KQL and evaluated on rows as the pages say it,
// with no thought of speed: the oracle of the compiled queries.
import type { ResourceRow } from './sample-tables.ts';

export type NaiveType = 'string' | 'long' | 'bool' | 'dynamic';
type Cell = unknown;

export type Expression =
  | { readonly kind: 'column'; readonly type: NaiveType; readonly name: string }
  | {
      readonly kind: 'literal';
      readonly type: NaiveType;
      readonly value: string | number | boolean | null;
    }
  | {
      readonly kind: 'member';
      readonly type: 'dynamic';
      readonly holder: Expression;
      readonly key: string | number;
    }
  | {
      readonly kind: 'binary';
      readonly type: NaiveType;
      readonly operator: string;
      readonly left: Expression;
      readonly right: Expression;
    }
  | {
      readonly kind: 'list';
      readonly type: 'bool';
      readonly operator: 'in' | '!in' | 'in~' | '!in~';
      readonly left: Expression;
      readonly items: readonly Expression[];
    }
  | {
      readonly kind: 'call';
      readonly type: NaiveType;
      readonly name: string;
      readonly args: readonly Expression[];
    };

interface Named {
  readonly name: string;
  readonly value: Expression;
}

export interface Aggregation {
  readonly name: string;
  readonly call: string;
  readonly type: NaiveType;
  readonly args: readonly Expression[];
}

export type Operator =
  | { readonly kind: 'where'; readonly condition: Expression }
  | { readonly kind: 'project' | 'extend'; readonly columns: readonly Named[] }
  | { readonly kind: 'distinct'; readonly columns: readonly Expression[] }
  | {
      readonly kind: 'order';
      readonly by: readonly {
        readonly value: Expression;
        readonly asc: boolean;
        readonly nulls?: 'first' | 'last';
      }[];
    }
  | { readonly kind: 'take'; readonly count: number }
  | {
      readonly kind: 'summarize';
      readonly aggregations: readonly Aggregation[];
      readonly by: readonly Named[];
    };

/** Thrown where the pages do not say what Kusto answers. */
export class Unsure extends Error {}

export function printQuery(operators: readonly Operator[]): string {
  return ['resources', ...operators.map(printOperator)].join('\n| ');
}

function printOperator(operator: Operator): string {
  const named = ({ name, value }: Named): string => `${name} = ${print(value)}`;
  switch (operator.kind) {
    case 'where':
      return `where ${print(operator.condition)}`;
    case 'project':
    case 'extend':
      return `${operator.kind} ${operator.columns.map(named).join(', ')}`;
    case 'distinct':
      return `distinct ${operator.columns.map(print).join(', ')}`;
    case 'take':
      return `take ${operator.count}`;
    case 'order':
      return `order by ${operator.by
        .map(
          ({ value, asc, nulls }) =>
            `${print(value)} ${asc ? 'asc' : 'desc'}${nulls ? ` nulls ${nulls}` : ''}`,
        )
        .join(', ')}`;
    case 'summarize': {
      const calls = operator.aggregations.map(
        ({ name, call, args }) => `${name} = ${call}(${args.map(print).join(', ')})`,
      );
      return `summarize ${calls.join(', ')} by ${operator.by.map(named).join(', ')}`;
    }
  }
}

function print(expression: Expression): string {
  switch (expression.kind) {
    case 'column':
      return expression.name;
    case 'literal':
      if (expression.value === null) return `${expression.type}(null)`;
      return typeof expression.value === 'string'
        ? `'${expression.value.replaceAll("'", String.raw`\'`)}'`
        : String(expression.value);
    case 'member': {
      const { holder, key } = expression;
      return typeof key === 'number' ? `${print(holder)}[${key}]` : `${print(holder)}['${key}']`;
    }
    case 'binary':
      return `(${print(expression.left)} ${expression.operator} ${print(expression.right)})`;
    case 'list':
      return `(${print(expression.left)} ${expression.operator} (${expression.items.map(print).join(', ')}))`;
    case 'call':
      return `${expression.name}(${expression.args.map(print).join(', ')})`;
  }
}

/** The rows of the answer. @throws Unsure */
export function evaluateQuery(
  operators: readonly Operator[],
  rows: readonly ResourceRow[],
): readonly ResourceRow[] {
  return operators.reduce((input, operator) => apply(operator, input), rows);
}

function apply(operator: Operator, rows: readonly ResourceRow[]): readonly ResourceRow[] {
  switch (operator.kind) {
    case 'where':
      return rows.filter((row) => evaluate(operator.condition, row) === true);
    case 'project':
      return rows.map((row) => named(operator.columns, row));
    case 'extend':
      return rows.map((row) => ({ ...row, ...named(operator.columns, row) }));
    case 'distinct': {
      const all = rows.map((row) =>
        named(
          operator.columns.map((value) => ({ name: print(value), value })),
          row,
        ),
      );
      return all.filter((row, at) => all.findIndex((other) => same(other, row)) === at);
    }
    case 'take':
      return rows.filter((_, at) => at < operator.count);
    case 'order': {
      // Every key of every row is read, those too that no two rows need: where one is unsure, all is.
      const keyed = rows.map((row) => ({
        row,
        keys: operator.by.map(({ value }) => evaluate(value, row)),
      }));
      const placed: typeof keyed = [];
      for (const one of keyed) {
        const before = placed.filter((other) => !precedes(operator, one.keys, other.keys));
        placed.splice(before.length, 0, one);
      }
      return placed.map(({ row }) => row);
    }
    case 'summarize': {
      const keys = rows.map((row) => named(operator.by, row));
      const groups = keys.filter((key, at) => keys.findIndex((other) => same(other, key)) === at);
      return groups.map((group) => {
        const members = rows.filter((_, at) => same(keys[at], group));
        const cells = operator.aggregations.map(
          (one) => [one.name, aggregate(one, members)] as const,
        );
        return { ...group, ...Object.fromEntries(cells) };
      });
    }
  }
}

function named(columns: readonly Named[], row: ResourceRow): ResourceRow {
  return Object.fromEntries(columns.map(({ name, value }) => [name, evaluate(value, row)]));
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** Whether the row with `keys` belongs before that with `others`, by the first that differs. */
function precedes(
  { by }: Operator & { kind: 'order' },
  keys: readonly Cell[],
  others: readonly Cell[],
): boolean {
  for (const [at, { asc, nulls }] of by.entries()) {
    const [a, b] = [keys[at] ?? null, others[at] ?? null];
    if (a === b) continue;
    const nullsFirst = (nulls ?? (asc ? 'first' : 'last')) === 'first';
    if (a === null) return nullsFirst;
    if (b === null) return !nullsFirst;
    return lower(a, b) === asc;
  }
  return false;
}

function lower(a: Cell, b: Cell): boolean {
  if (typeof a === 'number' && typeof b === 'number') return a < b;
  if (typeof a === 'string' && typeof b === 'string') return a < b;
  if (typeof a === 'boolean' && typeof b === 'boolean') return !a && b;
  throw new Unsure();
}

function aggregate({ call, type, args }: Aggregation, rows: readonly ResourceRow[]): Cell {
  const column = (at: number): Cell[] =>
    rows.map((row) => (args[at] === undefined ? null : evaluate(args[at], row)));
  const values = column(0).filter((value) => value !== null);
  const unique = values.filter(
    (value, at) => values.findIndex((other) => same(other, value)) === at,
  );
  const best = (beats: (a: Cell, b: Cell) => boolean): Cell =>
    values.find((value) => values.every((other) => other === value || beats(value, other))) ??
    (type === 'string' ? '' : null);
  switch (call) {
    case 'count':
      return rows.length;
    case 'countif':
      return values.filter((value) => value === true).length;
    case 'dcount':
      return unique.length;
    case 'sum':
      return values.reduce((sum: number, value) => sum + Number(value), 0);
    case 'min':
      return best((a, b) => lower(a, b));
    case 'max':
      return best((a, b) => lower(b, a));
    case 'make_list':
      return values;
    case 'make_set':
      return unique;
    case 'take_any':
      return column(0)[0];
    default:
      throw new Error(`no such aggregation: ${call}`);
  }
}

function evaluate(expression: Expression, row: ResourceRow): Cell {
  switch (expression.kind) {
    case 'column':
      return row[expression.name] ?? (expression.type === 'string' ? '' : null);
    case 'literal':
      return expression.value;
    case 'member': {
      const holder = evaluate(expression.holder, row);
      if (typeof holder !== 'object' || holder === null) return null;
      if (Array.isArray(holder) !== (typeof expression.key === 'number')) return null;
      const entry = Object.entries(holder).find(([key]) => key === String(expression.key));
      return entry === undefined ? null : entry[1];
    }
    case 'binary':
      return binary(expression, evaluate(expression.left, row), evaluate(expression.right, row));
    case 'list': {
      const isFolded = expression.operator.endsWith('~');
      const found = expression.items
        .map((item) =>
          compare(
            isFolded ? '=~' : '==',
            expression.left.type,
            item.type,
            evaluate(expression.left, row),
            evaluate(item, row),
          ),
        )
        .includes(true);
      return found !== expression.operator.startsWith('!');
    }
    case 'call':
      return call(
        expression,
        expression.args.map((arg) => evaluate(arg, row)),
      );
  }
}

function binary(
  { operator, left, right }: Expression & { kind: 'binary' },
  a: Cell,
  b: Cell,
): Cell {
  switch (operator) {
    case 'and':
      if (a === false || b === false) return false;
      return a === null || b === null ? null : true;
    case 'or':
      if (a === true || b === true) return true;
      return a === null || b === null ? null : false;
    case '+':
    case '-': {
      const operands = [a, b].map((value) => {
        if (value !== null && typeof value !== 'number') throw new Unsure();
        return value;
      });
      const [x = null, y = null] = operands;
      if (x === null || y === null) return null;
      return operator === '+' ? x + y : x - y;
    }
    case 'has':
    case 'contains':
    case 'startswith':
    case 'endswith': {
      const [found, wanted] = [text(a).toLowerCase(), text(b).toLowerCase()];
      if (operator === 'contains') return found.split(wanted).length > 1 || wanted === '';
      if (operator === 'startswith') return found.slice(0, wanted.length) === wanted;
      if (operator === 'endswith') return wanted === '' || found.slice(-wanted.length) === wanted;
      const terms = (of: string): string => `|${of.split(/[^a-z0-9]+/).join('|')}|`;
      return terms(found).includes(terms(wanted));
    }
    default:
      return compare(operator, left.type, right.type, a, b);
  }
}

function compare(
  operator: string,
  leftType: NaiveType,
  rightType: NaiveType,
  a: Cell,
  b: Cell,
): Cell {
  if (leftType === 'dynamic' && rightType === 'dynamic') throw new Unsure();
  const type = leftType === 'dynamic' ? rightType : leftType;
  const [x, y] = [typed(a, leftType, type), typed(b, rightType, type)];
  if (operator === '=~') return text(x).toLowerCase() === text(y).toLowerCase();
  if (operator === '!~') return text(x).toLowerCase() !== text(y).toLowerCase();
  if (operator === '==' || operator === '!=') {
    if (x === null && y === null) return null;
    return (x === y) === (operator === '==');
  }
  if (x === null || y === null) return null;
  switch (operator) {
    case '<':
      return lower(x, y);
    case '>':
      return lower(y, x);
    case '<=':
      return !lower(y, x);
    case '>=':
      return !lower(x, y);
    default:
      throw new Error(`no such operator: ${operator}`);
  }
}

/** A dynamic value beside one of `type`. */
function typed(value: Cell, own: NaiveType, type: NaiveType): Cell {
  if (own !== 'dynamic') return value;
  if (type === 'string') {
    if (typeof value === 'object' && value !== null) throw new Unsure();
    return text(value);
  }
  if (value !== null && typeof value !== (type === 'long' ? 'number' : 'boolean'))
    throw new Unsure();
  return value;
}

function text(value: Cell): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function call({ name, type }: Expression & { kind: 'call' }, args: readonly Cell[]): Cell {
  const [first = null, second = null, third = null] = args;
  switch (name) {
    case 'tostring':
      return text(first);
    case 'tolower':
      return text(first).toLowerCase();
    case 'strcat':
      return args.map(text).join('');
    case 'tolong':
      if (typeof first === 'boolean') return first ? 1 : 0;
      if (typeof first === 'string' && /^-?\d+$/.test(first)) return Number.parseInt(first, 10);
      return typeof first === 'number' ? first : null;
    case 'isnull':
      return first === null;
    case 'isempty':
      return text(first) === '';
    case 'not':
      return first === null ? null : first === false;
    case 'iff':
      return first === true ? second : third;
    case 'coalesce':
      return args.find((arg) => arg !== null && arg !== '') ?? (type === 'string' ? '' : null);
    case 'array_length':
      return Array.isArray(first) ? first.length : null;
    default:
      throw new Error(`no such function: ${name}`);
  }
}
