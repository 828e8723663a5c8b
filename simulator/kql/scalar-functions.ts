/**
 * The scalar functions.
 * Source: https://learn.microsoft.com/kusto/query/scalar-functions
 */
import { not } from './comparisons.ts';
import { type Row, type Scalar, constantOf, mapped, textOf, truthOf } from './scalar.ts';
import { SimulatorLimit } from './simulator-limit.ts';
import { regexOf } from './string-operators.ts';
import {
  type Value,
  asBool,
  asDateTime,
  asDynamic,
  asLong,
  asReal,
  asText,
  familyOf,
  isBag,
  parseDynamic,
} from './values.ts';

/** A call whose arguments are compiled. */
interface Call {
  /** The type the binder gave the call. */
  readonly type: string;
  readonly args: readonly Scalar[];
  readonly now: bigint;
}

type ScalarFunction = (call: Call) => Scalar;

const functions: Readonly<Record<string, ScalarFunction>> = {
  // Types
  tostring: onTexts(([text = '']) => text),
  tolower: onTexts(([text = '']) => text.toLowerCase()),
  toupper: onTexts(([text = '']) => text.toUpperCase()),
  toint: onValue(asLong),
  tolong: onValue(asLong),
  toreal: onValue(asReal),
  todouble: onValue(asReal),
  tobool: onValue(asBool),
  toboolean: onValue(asBool),
  todatetime: onValue(asDateTime),
  todynamic: onValue(parseDynamic),
  parse_json: onValue(parseDynamic),
  gettype: ({ type, args }) => mapped(type, args, ([value = null]) => nameOfType(args[0], value)),

  // Conditions
  not: ({ type, args }) => {
    const truth = truthOf(argument(args, 0));
    return { type, of: (row) => not(truth(row)) };
  },
  isempty: onTexts(([text]) => text === ''),
  isnotempty: onTexts(([text]) => text !== ''),
  notempty: onTexts(([text]) => text !== ''),
  isnull: onValue((value) => value === null),
  isnotnull: onValue((value) => value !== null),
  notnull: onValue((value) => value !== null),
  iff: ({ type, args }) => choice(type, args),
  iif: ({ type, args }) => choice(type, args),
  case: ({ type, args }) => choice(type, args),
  coalesce: ({ type, args }) => {
    const options = args.map((arg) => as(type, arg));
    const isThere = (value: Value): boolean => value !== null && value !== '';
    return {
      type,
      of: (row) => {
        for (const option of options) {
          const value = option(row);
          if (isThere(value)) return value;
        }
        return options.at(-1)?.(row) ?? null;
      },
    };
  },

  // Strings
  strcat: onTexts((texts) => texts.join('')),
  strcat_delim: onTexts(([delimiter = '', ...texts]) => texts.join(delimiter)),
  strlen: onTexts(([text = '']) => Array.from(text).length),
  split: ({ type, args }) =>
    mapped(type, args, ([text = null, delimiter = null, index = null]) => {
      const parts = splitText(asText(text, argument(args, 0).type), asText(delimiter, 'string'));
      if (index === null) return parts;
      return typeof index === 'number' && parts[index] !== undefined ? [parts[index]] : null;
    }),
  substring: ({ type, args }) =>
    mapped(type, args, ([source = null, start = null, length = null]) => {
      const text = asText(source, argument(args, 0).type);
      if (typeof start !== 'number' || -start > text.length) {
        throw new SimulatorLimit('substring() from before the start');
      }
      const from = start < 0 ? text.length + start : start;
      return text.slice(from, typeof length === 'number' ? from + Math.max(length, 0) : undefined);
    }),
  replace_string: onTexts(([text = '', wanted = '', replacement = '']) =>
    wanted === '' ? text : text.replaceAll(wanted, () => replacement),
  ),
  indexof: onTexts(([text = '', wanted = '', start]) => {
    if (start !== undefined) throw new SimulatorLimit('indexof() with a start');
    return text.indexOf(wanted);
  }),
  trim: trimmed((pattern) => [`^(?:${pattern})+`, `(?:${pattern})+$`]),
  trim_start: trimmed((pattern) => [`^(?:${pattern})+`]),
  trim_end: trimmed((pattern) => [`(?:${pattern})+$`]),
  extract: ({ type, args }) => {
    const [pattern, group] = [args[0]?.constant, args[1]?.constant];
    if (typeof pattern !== 'string' || typeof group !== 'number' || args.length > 3) {
      throw new SimulatorLimit(
        'extract() with a type, or with a pattern or a group that is no literal',
      );
    }
    const [regex, text] = [regexOf(pattern), textOf(argument(args, 2))];
    return { type, of: (row) => regex.exec(text(row))?.[group] ?? '' };
  },

  // Arrays and bags
  array_length: onValue((value) => (Array.isArray(value) ? value.length : null)),
  bag_keys: onValue((value) => (isBag(value) ? Object.keys(value) : null)),
  bag_has_key: ({ type, args }) =>
    mapped(type, args, ([bag = null, key]) => {
      if (typeof key !== 'string' || key.startsWith('$'))
        throw new SimulatorLimit('bag_has_key() with a path');
      return isBag(bag) ? Object.hasOwn(bag, key) : null;
    }),
  pack_array: ({ type, args }) =>
    mapped(type, args, (values) =>
      values.map((value, index) => asDynamic(value, argument(args, index).type)),
    ),
  bag_pack: packed,
  pack: packed,
  array_concat: ({ type, args }) =>
    mapped(type, args, (values) => {
      if (!values.every((value) => Array.isArray(value)))
        throw new SimulatorLimit('array_concat() of what is no array');
      return values.flat();
    }),
  strcat_array: ({ type, args }) =>
    mapped(type, args, ([array, delimiter = null]) =>
      // The elements of a dynamic array are JSON.
      Array.isArray(array)
        ? array.map((one) => asText(one as Value, 'dynamic')).join(asText(delimiter, 'string'))
        : '',
    ),

  // Times
  now: ({ type, args, now }) =>
    mapped(type, args, ([offset]) => now + (typeof offset === 'bigint' ? offset : 0n)),
  ago: ({ type, args, now }) =>
    mapped(type, args, ([span]) => (typeof span === 'bigint' ? now - span : null)),
};

/** The function of that name. @throws SimulatorLimit for functions that are not evaluated */
export function functionNamed(name: string): ScalarFunction {
  const found = Object.hasOwn(functions, name) ? functions[name] : undefined;
  if (found === undefined) throw new SimulatorLimit(`${name}()`);
  return found;
}

function argument(args: readonly Scalar[], index: number): Scalar {
  return args[index] ?? constantOf('dynamic', null);
}

function onTexts(of: (texts: readonly string[]) => Value): ScalarFunction {
  return ({ type, args }) =>
    mapped(type, args, (values) =>
      of(values.map((value, index) => asText(value, argument(args, index).type))),
    );
}

function onValue(of: (value: Value) => Value): ScalarFunction {
  return ({ type, args }) => {
    if (args.length !== 1) throw new SimulatorLimit('a conversion with more than one argument');
    return mapped(type, args, ([value = null]) => of(value));
  };
}

/** The closure's value as `type`: a dynamic branch beside strings is their text. */
function as(type: string, { type: own, of }: Scalar): (row: Row) => Value {
  if (own === type) return of;
  if (type === 'dynamic') return (row) => asDynamic(of(row), own);
  if (type === 'string') return (row) => asText(of(row), own);
  if (familyOf(own) === familyOf(type)) return of;
  throw new SimulatorLimit(`a ${own} where the other values are of the type ${type}`);
}

/** Conditions and values in turn, and at last the value where none of them holds. */
function choice(type: string, args: readonly Scalar[]): Scalar {
  const last = as(type, argument(args, args.length - 1));
  const cases = Array.from({ length: (args.length - 1) / 2 }, (_, index) => ({
    holds: truthOf(argument(args, 2 * index)),
    value: as(type, argument(args, 2 * index + 1)),
  }));
  return {
    type,
    of: (row) => (cases.find(({ holds }) => holds(row) === true)?.value ?? last)(row),
  };
}

function splitText(text: string, delimiter: string): string[] {
  if (delimiter === '') throw new SimulatorLimit('split() without a delimiter');
  return text.split(delimiter);
}

function trimmed(patternsOf: (pattern: string) => string[]): ScalarFunction {
  return ({ type, args }) => {
    const pattern = argument(args, 0).constant;
    if (typeof pattern !== 'string')
      throw new SimulatorLimit('trim() with a pattern that is no literal');
    const [regexes, text] = [
      patternsOf(pattern).map((one) => regexOf(one)),
      textOf(argument(args, 1)),
    ];
    return {
      type,
      of: (row) => regexes.reduce((rest, regex) => rest.replace(regex, ''), text(row)),
    };
  };
}

function packed({ type, args }: Call): Scalar {
  return mapped(type, args, (values) => {
    const pairs = Array.from({ length: values.length / 2 }, (_, index) => [
      asText(values[2 * index] ?? null, 'string'),
      asDynamic(values[2 * index + 1] ?? null, argument(args, 2 * index + 1).type),
    ]);
    // Keys are texts and values are values, by the line above.
    return Object.fromEntries(pairs) as Value;
  });
}

function nameOfType(arg: Scalar | undefined, value: Value): string {
  if (value === null) return 'null';
  if (arg?.type !== 'dynamic') return arg?.type ?? 'null';
  if (Array.isArray(value)) return 'array';
  if (isBag(value)) return 'dictionary';
  if (typeof value === 'number') return Number.isInteger(value) ? 'long' : 'double';
  return typeof value === 'boolean' ? 'bool' : 'string';
}
