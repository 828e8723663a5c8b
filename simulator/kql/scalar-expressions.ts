/** Scalar expressions as closures over a row. */
import { type Comparison, comparisonOf, folded, not, readerOf } from './comparisons.ts';
import { type SyntaxNode, listAt, partAt } from './kusto-parser.ts';
import {
  type Row,
  type Scalar,
  type Scope,
  constantOf,
  mapped,
  textOf,
  truthOf,
} from './scalar.ts';
import { functionNamed } from './scalar-functions.ts';
import { literalOf } from './scalar-literals.ts';
import { SimulatorLimit } from './simulator-limit.ts';
import { regexOf, textTestOf } from './string-operators.ts';
import { type Value, asText, familyOf, isBag } from './values.ts';

const comparisons: ReadonlySet<string> = new Set(['==', '!=', '=~', '!~', '<', '<=', '>', '>=']);

/** `node` as a closure. @throws SimulatorLimit for what is not evaluated */
export function compileScalar(node: SyntaxNode, scope: Scope): Scalar {
  switch (node.kind) {
    case 'NameReference':
      return columnOf(node, scope);
    case 'ParenthesizedExpression':
      return compileScalar(partAt(node, 1), scope);
    case 'SimpleNamedExpression':
      return compileScalar(partAt(node, 2), scope);
    case 'LiteralExpression':
    case 'CompoundStringLiteralExpression':
    case 'DynamicExpression':
      return constantOf(typeOf(node), literalOf(node));
    case 'PathExpression':
    case 'ElementExpression':
      return memberOf(node, scope);
    case 'PrefixUnaryExpression':
      return unaryOf(node, scope);
    case 'BinaryExpression':
      return binaryOf(node, scope);
    case 'InExpression':
    case 'HasAnyExpression':
    case 'HasAllExpression':
      return listTestOf(node, scope);
    case 'BetweenExpression':
      return betweenOf(node, scope);
    case 'FunctionCallExpression':
      return callOf(node, scope);
    default:
      throw new SimulatorLimit(`'${node.text}' (${node.kind})`);
  }
}

function typeOf(node: SyntaxNode): string {
  if (node.type === undefined) throw new SimulatorLimit(`'${node.text}' as a value`);
  return node.type;
}

function callOf(node: SyntaxNode, scope: Scope): Scalar {
  const name = partAt(node, 0).name ?? '';
  const args = listAt(partAt(node, 1), 1).map((arg) => compileScalar(arg, scope));
  return functionNamed(name)({ type: typeOf(node), args, now: scope.now });
}

function columnOf(node: SyntaxNode, { columns }: Scope): Scalar {
  const index = columns.findIndex(({ name }) => name === node.name);
  const column = columns[index];
  if (column === undefined) throw new SimulatorLimit(`the name '${node.text}'`);
  return { type: column.type, of: (row) => row[index] ?? null };
}

function memberOf(node: SyntaxNode, scope: Scope): Scalar {
  const holder = compileScalar(partAt(node, 0), scope);
  if (holder.type !== 'dynamic')
    throw new SimulatorLimit(`a member of the ${holder.type} in '${node.text}'`);
  if (node.kind === 'PathExpression') {
    const name = partAt(node, 2).name;
    if (name === undefined) throw new SimulatorLimit(`'${node.text}'`);
    return { type: 'dynamic', of: (row) => memberAt(holder.of(row), name) };
  }
  const key = compileScalar(partAt(partAt(node, 1), 1), scope);
  return { type: 'dynamic', of: (row) => memberAt(holder.of(row), key.of(row)) };
}

/** The slot of a bag, case-sensitively, or the element of an array; null where there is none. */
function memberAt(holder: Value, key: Value): Value {
  if (isBag(holder)) {
    // JSON in, JSON out.
    return typeof key === 'string' && Object.hasOwn(holder, key) ? (holder[key] as Value) : null;
  }
  if (!Array.isArray(holder) || typeof key !== 'number') return null;
  return (holder.at(key) as Value | undefined) ?? null;
}

function unaryOf(node: SyntaxNode, scope: Scope): Scalar {
  const operand = compileScalar(partAt(node, 1), scope);
  if (partAt(node, 0).text === '+') return operand;
  return mapped(typeOf(node), [operand], ([value]) =>
    typeof value === 'number' || typeof value === 'bigint' ? -value : null,
  );
}

function binaryOf(node: SyntaxNode, scope: Scope): Scalar {
  const operator = partAt(node, 1).text.toLowerCase();
  const left = compileScalar(partAt(node, 0), scope);
  const right = compileScalar(partAt(node, 2), scope);
  if (operator === 'and' || operator === 'or') return logical(operator, left, right);
  if (operator === '<>') return compared('!=', left, right);
  if (comparisons.has(operator)) return compared(operator as Comparison, left, right);
  if (operator === 'matches regex') return matched(left, right);
  const test = textTestOf(operator);
  if (test !== undefined) {
    const [text, wanted] = [textOf(left), textOf(right)];
    return { type: 'bool', of: (row) => test(text(row), wanted(row)) };
  }
  if (/^[-+*/%]$/.test(operator)) return arithmetic(operator, typeOf(node), left, right);
  throw new SimulatorLimit(`the operator '${operator}'`);
}

/** Three-valued: a null decides nothing that the other side does not. */
function logical(operator: 'and' | 'or', left: Scalar, right: Scalar): Scalar {
  const decisive = operator === 'or';
  const [a, b] = [truthOf(left), truthOf(right)];
  return {
    type: 'bool',
    of: (row) => {
      const first = a(row);
      if (first === decisive) return decisive;
      const second = b(row);
      if (second === decisive) return decisive;
      return first === null || second === null ? null : !decisive;
    },
  };
}

function compared(operator: Comparison, left: Scalar, right: Scalar): Scalar {
  const isFolded = operator === '=~' || operator === '!~';
  const [leftType, rightType] = isFolded
    ? [left.type, right.type === 'dynamic' ? 'string' : right.type]
    : [left.type, right.type];
  const compare = comparisonOf(operator, leftType, rightType);
  return { type: 'bool', of: (row) => compare(left.of(row), right.of(row)) };
}

function matched(left: Scalar, right: Scalar): Scalar {
  const pattern = right.constant;
  if (typeof pattern !== 'string')
    throw new SimulatorLimit('a regular expression that is no literal');
  const [text, regex] = [textOf(left), regexOf(pattern)];
  return { type: 'bool', of: (row) => regex.test(text(row)) };
}

/** `in`, `in~`, `has_any`, `has_all` and their negations. */
function listTestOf(node: SyntaxNode, scope: Scope): Scalar {
  const operator = partAt(node, 1).text.toLowerCase();
  const left = compileScalar(partAt(node, 0), scope);
  const wanted = listAt(partAt(node, 2), 1).flatMap((element) => elementsOf(element, scope));
  if (operator === 'has_any' || operator === 'has_all') {
    const has = textTestOf('has') ?? (() => false);
    const [text, wantedTexts] = [
      textOf(left),
      wanted.map(({ value, type }) => asText(value, type)),
    ];
    const holds = (row: Row) => (one: string) => has(text(row), one);
    return operator === 'has_any'
      ? { type: 'bool', of: (row) => wantedTexts.some(holds(row)) }
      : { type: 'bool', of: (row) => wantedTexts.every(holds(row)) };
  }
  const isFolded = operator.endsWith('~');
  const family = isFolded
    ? 'text'
    : commonFamilyOf(
        wanted.map(({ type }) => type),
        left.type,
      );
  const keyOf: (value: Value) => Value = isFolded ? folded : (value) => value;
  const keys = new Set(wanted.map(({ value, type }) => keyOf(readerOf(type, family)(value))));
  // No value is equal to null.
  keys.delete(null);
  const read = readerOf(left.type, family);
  const wantsMembers = !operator.startsWith('!');
  return { type: 'bool', of: (row) => keys.has(keyOf(read(left.of(row)))) === wantsMembers };
}

function elementsOf(node: SyntaxNode, scope: Scope): { value: Value; type: string }[] {
  const { type, constant } = compileScalar(node, scope);
  if (constant === undefined)
    throw new SimulatorLimit(`'${node.text}' in a list, which is no literal`);
  if (!Array.isArray(constant)) return [{ value: constant, type }];
  return constant.map((value: Value) => ({
    value,
    type: typeof value === 'string' ? 'string' : type,
  }));
}

/** What the elements of a list and the value looked for are compared as. */
function commonFamilyOf(listed: readonly string[], sought: string): ReturnType<typeof familyOf> {
  const found = new Set([...listed, sought].map(familyOf));
  found.delete('dynamic');
  const [family = 'text', ...others] = found;
  if (others.length > 0 || found.size === 0) throw new SimulatorLimit(`a list of mixed types`);
  return family;
}

function betweenOf(node: SyntaxNode, scope: Scope): Scalar {
  const value = compileScalar(partAt(node, 0), scope);
  const low = compileScalar(partAt(partAt(node, 2), 1), scope);
  const high = compileScalar(partAt(partAt(node, 2), 3), scope);
  if (high.type !== low.type && high.type === 'timespan') {
    throw new SimulatorLimit('a range whose end is a timespan');
  }
  const within = logical('and', compared('>=', value, low), compared('<=', value, high));
  if (partAt(node, 1).text === 'between') return within;
  return { type: 'bool', of: (row) => not(truthOf(within)(row)) };
}

function arithmetic(operator: string, type: string, left: Scalar, right: Scalar): Scalar {
  const [a, b] = [familyOf(left.type), familyOf(right.type)];
  const areTimes = [a, b].every((family) => family === 'datetime' || family === 'timespan');
  if (areTimes && (operator === '+' || operator === '-')) {
    return mapped(type, [left, right], ([x, y]) => {
      if (typeof x !== 'bigint' || typeof y !== 'bigint') return null;
      return operator === '+' ? x + y : x - y;
    });
  }
  const [readLeft, readRight] = [numberOf(left), numberOf(right)];
  return mapped(type, [left, right], ([x = null, y = null]) => {
    const [first, second] = [readLeft(x), readRight(y)];
    if (first === null || second === null) return null;
    return calculated(operator, type, first, second);
  });
}

function numberOf({ type }: Scalar): (value: Value) => number | null {
  const family = familyOf(type);
  if (family !== 'number' && family !== 'dynamic')
    throw new SimulatorLimit(`arithmetic with a ${type}`);
  const read = readerOf(type, 'number');
  return (value) => {
    const number = read(value);
    return typeof number === 'number' ? number : null;
  };
}

function calculated(operator: string, type: string, a: number, b: number): number | null {
  const isWhole = type !== 'real' && type !== 'decimal';
  switch (operator) {
    case '+':
      return exact(a + b, isWhole);
    case '-':
      return exact(a - b, isWhole);
    case '*':
      return exact(a * b, isWhole);
    case '/':
      if (b === 0) throw new SimulatorLimit('a division by zero');
      return isWhole ? Math.trunc(a / b) : a / b;
    default:
      if (a < 0 || b <= 0)
        throw new SimulatorLimit('the remainder of a division with negative numbers or by zero');
      return a % b;
  }
}

function exact(value: number, isWhole: boolean): number {
  if (isWhole && !Number.isSafeInteger(value))
    throw new SimulatorLimit(`the whole number ${value}`);
  return value;
}
