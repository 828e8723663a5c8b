/** What the literals of a query stand for. */
import { type SyntaxNode, listAt, partAt } from './kusto-parser.ts';
import { SimulatorLimit } from './simulator-limit.ts';
import { parseDateTime, parseTimespan } from './times.ts';
import { type Value, asBool, asLong, asReal } from './values.ts';

/** The value of a literal, null for `long(null)` and its kin. @throws SimulatorLimit for rare forms */
export function literalOf(node: SyntaxNode): Value {
  if (node.kind === 'DynamicExpression') return jsonOf(partAt(node, 2));
  if (node.kind === 'CompoundStringLiteralExpression') {
    throw new SimulatorLimit('string literals side by side');
  }
  if (node.type === 'string') return node.literal ?? '';
  const inner = /^[a-z]+\d*\s*\((.*)\)$/is.exec(node.text)?.[1]?.trim() ?? node.text;
  if (inner.toLowerCase() === 'null') return null;
  const value = simpleOf(node.type ?? '', inner.replace(/^(['"])(.*)\1$/, '$2'));
  if (value === undefined || value === null) throw new SimulatorLimit(`the literal ${node.text}`);
  return value;
}

function simpleOf(type: string, text: string): Value | undefined {
  switch (type) {
    case 'bool':
      return asBool(text);
    case 'int':
    case 'long':
      return asLong(text);
    case 'real':
    case 'decimal':
      return asReal(text);
    case 'datetime':
      return parseDateTime(text);
    case 'timespan':
      return parseTimespan(text);
    case 'guid':
      return text.toLowerCase();
    default:
      return undefined;
  }
}

/** The key of a pair, without its quotes. */
function keyOf(text: string): string {
  if (text.includes('\\')) throw new SimulatorLimit(`the key ${text}`);
  return text.slice(1, -1);
}

function jsonOf(node: SyntaxNode): Value {
  switch (node.kind) {
    case 'JsonArrayExpression':
      return listAt(node, 1).map(jsonOf);
    case 'JsonObjectExpression':
      return Object.fromEntries(
        listAt(node, 1).map((pair) => [keyOf(partAt(pair, 0).text), jsonOf(partAt(pair, 2))]),
      );
    case 'PrefixUnaryExpression':
      return -Number(partAt(node, 1).text);
    default: {
      if (node.text === 'null') return null;
      const value = literalOf(node);
      if (typeof value === 'bigint') throw new SimulatorLimit(`${node.text} in a dynamic literal`);
      return value;
    }
  }
}
