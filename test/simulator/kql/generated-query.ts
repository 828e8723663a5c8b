// Generated queries that Microsoft's binder accepts, over rows with nulls, missing members and
// values of several types.
import fc from 'fast-check';

import type { Aggregation, Expression, NaiveType, Operator } from './naive-query.ts';
import type { ResourceRow } from './sample-tables.ts';

type Columns = ReadonlyMap<string, NaiveType>;

const words = ['', 'a', 'A', 'ab', 'Ab', 'b', 'a-b', 'A b', "it's", '7', '-3', 'true'] as const;
const numbers = [-3, 0, 1, 7, 100] as const;
const word = fc.constantFrom(...words);
const number = fc.constantFrom(...numbers);

/** JSON of every kind. */
const anything = fc.oneof(
  word,
  number,
  fc.boolean(),
  fc.constant(null),
  fc.array(word, { maxLength: 3 }),
  fc.dictionary(fc.constantFrom('s', 'S'), number),
);

const properties = fc.record(
  {
    s: fc.option(word),
    S: word,
    n: fc.option(number),
    b: fc.option(fc.boolean()),
    mixed: anything,
    list: fc.array(fc.oneof(word, number), { maxLength: 3 }),
  },
  { requiredKeys: [] },
);

export const generatedRows: fc.Arbitrary<readonly ResourceRow[]> = fc.array(
  fc.record(
    {
      id: fc.constantFrom('/x/1', '/X/1', '/x/2', '/y'),
      name: word,
      location: fc.option(word),
      properties: fc.option(properties, { freq: 10 }),
      tags: fc.option(fc.dictionary(fc.constantFrom('env', 'Env'), word)),
    },
    { requiredKeys: ['id'] },
  ),
  { maxLength: 12 },
);

/** A pipe of one to five operators. */
export const generatedQuery: fc.Arbitrary<readonly Operator[]> = fc.gen().map((draw) => {
  const one = <T>(items: readonly T[]): T => draw(() => fc.constantFrom(...items));
  const chance = (outOf: number): boolean => draw(fc.nat, outOf - 1) === 0;
  const times = <T>(low: number, high: number, make: () => T): T[] =>
    Array.from({ length: draw(fc.integer, { min: low, max: high }) }, make);

  function columnOf(type: NaiveType, columns: Columns): Expression | undefined {
    const names = [...columns].filter(([, own]) => own === type).map(([name]) => name);
    return names.length === 0 ? undefined : { kind: 'column', type, name: one(names) };
  }

  function call(name: string, type: NaiveType, ...args: readonly Expression[]): Expression {
    return { kind: 'call', name, type, args };
  }

  function literal(type: 'string' | 'long' | 'bool'): Expression {
    if (type === 'string') return { kind: 'literal', type, value: one(words) };
    if (chance(3)) return { kind: 'literal', type, value: null };
    if (type === 'long') return { kind: 'literal', type, value: Math.abs(one(numbers)) };
    return { kind: 'literal', type, value: one([true, false]) };
  }

  function member(key: string, columns: Columns): Expression {
    const holder = columnOf('dynamic', columns);
    if (holder === undefined) return call('tostring', 'string', literal('string'));
    return { kind: 'member', type: 'dynamic', holder, key };
  }

  function dynamic(columns: Columns): Expression {
    const path = member(one(['s', 'S', 'n', 'b', 'mixed', 'list', 'env', 'absent']), columns);
    if (path.type !== 'dynamic' || !chance(3)) return path;
    return {
      kind: 'member',
      type: 'dynamic',
      holder: path,
      key: one<string | number>([0, 1, 's', 'S']),
    };
  }

  function string(depth: number, columns: Columns): Expression {
    if (depth === 0) return columnOf('string', columns) ?? literal('string');
    switch (one(['column', 'tostring', 'tolower', 'strcat', 'iff', 'coalesce'])) {
      case 'tostring':
        return call('tostring', 'string', dynamic(columns));
      case 'tolower':
        return call('tolower', 'string', string(depth - 1, columns));
      case 'strcat':
        return call(
          'strcat',
          'string',
          string(depth - 1, columns),
          long(depth - 1, columns),
          dynamic(columns),
        );
      case 'iff':
        return call(
          'iff',
          'string',
          bool(depth - 1, columns),
          string(depth - 1, columns),
          literal('string'),
        );
      case 'coalesce':
        return call('coalesce', 'string', string(depth - 1, columns), string(depth - 1, columns));
      default:
        return columnOf('string', columns) ?? literal('string');
    }
  }

  function long(depth: number, columns: Columns): Expression {
    if (depth === 0) return columnOf('long', columns) ?? literal('long');
    switch (one(['tolong', 'array_length', 'arithmetic', 'iff', 'coalesce', 'literal'])) {
      case 'tolong':
        return call('tolong', 'long', dynamic(columns));
      case 'array_length': {
        const list = dynamic(columns);
        return list.type === 'dynamic' ? call('array_length', 'long', list) : literal('long');
      }
      case 'arithmetic':
        return {
          kind: 'binary',
          type: 'long',
          operator: one(['+', '-']),
          left: long(depth - 1, columns),
          right: long(depth - 1, columns),
        };
      case 'iff':
        return call(
          'iff',
          'long',
          bool(depth - 1, columns),
          long(depth - 1, columns),
          long(depth - 1, columns),
        );
      case 'coalesce':
        return call('coalesce', 'long', long(depth - 1, columns), literal('long'));
      default:
        return literal('long');
    }
  }

  function bool(depth: number, columns: Columns): Expression {
    const binary = (operator: string, left: Expression, right: Expression): Expression => ({
      kind: 'binary',
      type: 'bool',
      operator,
      left,
      right,
    });
    const next = Math.max(depth - 1, 0);
    switch (
      one([
        'text',
        'number',
        'find',
        'list',
        'empty',
        'null',
        'literal',
        ...(depth > 0 ? ['and', 'or', 'not'] : []),
      ])
    ) {
      case 'text':
        return binary(
          one(['==', '!=', '=~', '!~']),
          chance(3)
            ? member(one(['s', 'S', 'absent', 'b', 'mixed']), columns)
            : string(next, columns),
          string(0, columns),
        );
      case 'number':
        return binary(
          one(['==', '!=', '<', '<=', '>', '>=']),
          columnOf('dynamic', columns) !== undefined && chance(3)
            ? member(one(['n', 'n', 'mixed']), columns)
            : long(next, columns),
          chance(3) ? literal('long') : long(0, columns),
        );
      case 'find':
        return binary(one(['has', 'contains', 'startswith', 'endswith']), string(next, columns), {
          kind: 'literal',
          type: 'string',
          value: one(['a', 'AB', 'b', 'x', '7']),
        });
      case 'list':
        return {
          kind: 'list',
          type: 'bool',
          operator: one(['in', '!in', 'in~', '!in~']),
          left: string(next, columns),
          items: times(1, 4, () => literal('string')),
        };
      case 'empty':
        return call('isempty', 'bool', chance(2) ? dynamic(columns) : string(next, columns));
      case 'null':
        return call('isnull', 'bool', chance(2) ? dynamic(columns) : long(next, columns));
      case 'literal':
        return literal('bool');
      case 'not':
        return call('not', 'bool', bool(next, columns));
      default:
        return binary(one(['and', 'or']), bool(next, columns), bool(next, columns));
    }
  }

  function scalar(columns: Columns): Expression {
    return one([string, long, bool])(2, columns);
  }

  function aggregation(name: string, columns: Columns): Aggregation {
    const call = one([
      'count',
      'countif',
      'dcount',
      'sum',
      'min',
      'max',
      'make_list',
      'make_set',
      'take_any',
    ]);
    switch (call) {
      case 'count':
        return { name, call, type: 'long', args: [] };
      case 'countif':
        return { name, call, type: 'long', args: [bool(1, columns)] };
      case 'dcount':
        return { name, call, type: 'long', args: [scalar(columns)] };
      case 'sum':
        return { name, call, type: 'long', args: [long(2, columns)] };
      case 'make_list':
      case 'make_set':
        return { name, call, type: 'dynamic', args: [scalar(columns)] };
      default: {
        const value = scalar(columns);
        return { name, call, type: value.type, args: [value] };
      }
    }
  }

  const operators: Operator[] = [];
  let columns: Columns = new Map<string, NaiveType>([
    ['id', 'string'],
    ['name', 'string'],
    ['location', 'string'],
    ['properties', 'dynamic'],
    ['tags', 'dynamic'],
  ]);
  let made = 0;
  const named = (): { name: string; value: Expression } => {
    made += 1;
    return { name: `c${made}`, value: chance(4) ? dynamic(columns) : scalar(columns) };
  };
  const typesOf = (list: readonly { name: string; value: Expression }[]): [string, NaiveType][] =>
    list.map(({ name, value }) => [name, value.type]);

  for (let left = draw(fc.integer, { min: 1, max: 5 }); left > 0; left -= 1) {
    switch (
      one(['where', 'where', 'project', 'extend', 'order', 'take', 'summarize', 'distinct'])
    ) {
      case 'where':
        operators.push({ kind: 'where', condition: bool(2, columns) });
        break;
      case 'project': {
        const list = times(1, 3, named);
        operators.push({ kind: 'project', columns: list });
        columns = new Map(typesOf(list));
        break;
      }
      case 'extend': {
        const list = times(1, 2, named);
        operators.push({ kind: 'extend', columns: list });
        columns = new Map([...columns, ...typesOf(list)]);
        break;
      }
      case 'order': {
        const by = times(1, 2, () => ({
          value: scalar(columns),
          asc: chance(2),
          ...(chance(2) ? { nulls: one(['first', 'last'] as const) } : {}),
        }));
        operators.push({ kind: 'order', by });
        break;
      }
      case 'take':
        operators.push({ kind: 'take', count: draw(fc.nat, 8) });
        break;
      case 'distinct': {
        const list = [...columns].filter(([, type]) => type !== 'dynamic');
        if (list.length === 0) break;
        operators.push({
          kind: 'distinct',
          columns: list.map(([name, type]) => ({ kind: 'column', type, name })),
        });
        columns = new Map(list);
        break;
      }
      default: {
        const by = times(1, 2, () => {
          made += 1;
          return { name: `c${made}`, value: scalar(columns) };
        });
        const aggregations = times(1, 3, () => {
          made += 1;
          return aggregation(`c${made}`, columns);
        });
        operators.push({ kind: 'summarize', aggregations, by });
        // To the binder a list is an array of its elements' type and has no members.
        const plain = aggregations.filter(({ type }) => type !== 'dynamic');
        columns = new Map([
          ...typesOf(by),
          ...plain.map(({ name, type }): [string, NaiveType] => [name, type]),
        ]);
      }
    }
  }
  return operators;
});
