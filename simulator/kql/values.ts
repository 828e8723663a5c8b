/** Values as Kusto types them, and how it reads one type as another. */
import { SimulatorLimit } from './simulator-limit.ts';
import { parseDateTime, printDateTime, printShortDateTime, printTimespan } from './times.ts';

/**
 * A value whose static type stands beside it. `long`, `int`, `real` and `decimal` are numbers,
 * `datetime` and `timespan` ticks, `dynamic` whatever JSON holds. A `string` is never null.
 */
export type Value = string | number | boolean | bigint | null | readonly unknown[] | Bag;

/** A property bag. */
export interface Bag {
  readonly [key: string]: unknown;
}

/** What a type's values are compared as. */
export type Family = 'text' | 'number' | 'truth' | 'datetime' | 'timespan' | 'dynamic';

const families: Readonly<Record<string, Family>> = {
  string: 'text',
  guid: 'text',
  int: 'number',
  long: 'number',
  real: 'number',
  decimal: 'number',
  bool: 'truth',
  datetime: 'datetime',
  timespan: 'timespan',
  dynamic: 'dynamic',
};

/** The family of Kusto's type `type`. @throws SimulatorLimit for a type that is not a value's. */
export function familyOf(type: string | undefined): Family {
  const family = families[type ?? ''];
  if (family === undefined) throw new SimulatorLimit(`values of the type '${type}'`);
  return family;
}

/** What a cell holds where there is nothing: strings are never null. */
export function nothingOf(type: string): Value {
  return type === 'string' ? '' : null;
}

/** A cell of a table as a value of its column's type. */
export function cellValue(cell: unknown, type: string): Value {
  if (cell === undefined || cell === null) return nothingOf(type);
  if (type === 'string') return typeof cell === 'string' ? cell : JSON.stringify(cell);
  // Rows hold JSON, which is exactly what `dynamic` holds.
  return cell as Value;
}

export function isBag(value: unknown): value is Bag {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `tostring()`: null is the empty string, arrays and bags are JSON. */
export function asText(value: Value, type: string): string {
  if (value === null) return '';
  if (typeof value === 'string') return value;
  if (typeof value === 'bigint') {
    return type === 'timespan' ? printTimespan(value) : printDateTime(value);
  }
  // The pages do not say how: `true` or `True`. A dynamic one is JSON.
  if (type === 'bool') throw new SimulatorLimit('a bool as text');
  if (typeof value === 'number' && type === 'real' && Number.isInteger(value)) return `${value}.0`;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** A value as an element of a `dynamic` array: JSON has no datetimes, so they become text. */
export function asDynamic(value: Value, type: string): Value {
  return typeof value === 'bigint' ? asText(value, type) : value;
}

/** A value as the answer holds it. */
export function asJson(value: Value, type: string): Value {
  if (typeof value !== 'bigint') return value;
  return type === 'timespan' ? printTimespan(value) : printShortDateTime(value);
}

/** `toreal()`; null where it is no number. */
export function asReal(value: Value): number | null {
  if (typeof value === 'number') return value;
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value !== 'string' || !/^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i.test(value)) {
    return null;
  }
  return Number(value);
}

/** `tolong()`; null where it is no number. @throws SimulatorLimit beyond the safe integers. */
export function asLong(value: Value): number | null {
  const real = asReal(value);
  if (real === null) return null;
  if (typeof value === 'string' && !/^\s*[+-]?\d+\s*$/.test(value)) {
    throw new SimulatorLimit(`'${value}' as a whole number`);
  }
  const whole = Math.trunc(real);
  if (!Number.isSafeInteger(whole)) throw new SimulatorLimit(`the whole number ${whole}`);
  return whole;
}

/** `tobool()`; null where it is neither. */
export function asBool(value: Value): boolean | null {
  if (typeof value === 'boolean') return value;
  if (typeof value === 'number') return value !== 0;
  if (typeof value !== 'string') return null;
  const text = value.trim().toLowerCase();
  if (text === 'true' || text === '1') return true;
  return text === 'false' || text === '0' ? false : null;
}

/** `todatetime()`; null where it is none. @throws SimulatorLimit for dates that are not ISO 8601. */
export function asDateTime(value: Value): bigint | null {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'number') throw new SimulatorLimit(`the number ${value} as a datetime`);
  if (typeof value !== 'string') return null;
  const ticks = parseDateTime(value);
  if (ticks !== undefined) return ticks;
  if (/\d/.test(value) && !Number.isNaN(Date.parse(value))) {
    throw new SimulatorLimit(`the date '${value}'`);
  }
  return null;
}

/** `todynamic()`: the text's JSON, or the text itself where it is none. */
export function parseDynamic(value: Value): Value {
  if (typeof value !== 'string') return value;
  if (value === '') return null;
  try {
    // JSON.parse answers what `dynamic` holds.
    return JSON.parse(value) as Value;
  } catch (error) {
    if (error instanceof SyntaxError) return value;
    throw error;
  }
}
