/**
 * Comparison. A null is equal to no value and not equal to any; two nulls compare to null; an order
 * with a null is null.
 * Source: https://learn.microsoft.com/kusto/query/scalar-data-types/null-values
 */
import { SimulatorLimit } from './simulator-limit.ts';
import { type Family, type Value, asText, familyOf } from './values.ts';

export type Comparison = '==' | '!=' | '=~' | '!~' | '<' | '<=' | '>' | '>=';

/** Three-valued truth. */
export type Truth = boolean | null;

/**
 * How values of two types are compared.
 * @throws SimulatorLimit where Kusto's conversion between the two is not known for certain
 */
export function comparisonOf(
  comparison: Comparison,
  leftType: string | undefined,
  rightType: string | undefined,
): (left: Value, right: Value) => Truth {
  const family = commonFamily(leftType, rightType);
  const [left, right] = [readerOf(leftType, family), readerOf(rightType, family)];
  const decide = decisionOf(comparison, family);
  return (a, b) => decide(left(a), right(b));
}

/** A value of `type` read as one of `family`, for comparison. */
export function readerOf(type: string | undefined, family: Family): (value: Value) => Value {
  if (familyOf(type) !== 'dynamic' || family === 'dynamic') return (value) => value;
  switch (family) {
    case 'text':
      return dynamicText;
    case 'number':
      return (value) => dynamicOf('number', value);
    case 'truth':
      return (value) => dynamicOf('boolean', value);
    case 'datetime':
    case 'timespan':
      throw new SimulatorLimit(`the comparison of a dynamic value with a ${family}`);
  }
}

function commonFamily(leftType: string | undefined, rightType: string | undefined): Family {
  const [left, right] = [familyOf(leftType), familyOf(rightType)];
  if (left === right || right === 'dynamic') return left;
  if (left === 'dynamic') return right;
  throw new SimulatorLimit(`the comparison of a ${leftType} with a ${rightType}`);
}

/**
 * A dynamic value beside a string is read as `tostring()` would: an answer recorded from Resource
 * Graph finds a JSON `false` equal to `'false'`.
 */
function dynamicText(value: Value): string {
  if (typeof value === 'object' && value !== null) {
    throw new SimulatorLimit('the comparison of an array or a bag with a string');
  }
  return asText(value, 'dynamic');
}

function dynamicOf(type: 'number' | 'boolean', value: Value): Value {
  if (value !== null && typeof value !== type) {
    throw new SimulatorLimit(`the comparison of ${JSON.stringify(value)} with a ${type}`);
  }
  // Whether Kusto cuts it off before it compares or calculates is not known.
  if (typeof value === 'number' && !Number.isInteger(value)) {
    throw new SimulatorLimit(`the dynamic fraction ${value} without toreal()`);
  }
  return value;
}

function decisionOf(comparison: Comparison, family: Family): (a: Value, b: Value) => Truth {
  const equal = family === 'dynamic' ? dynamicEqual : strictlyEqual;
  switch (comparison) {
    case '==':
      return (a, b) => equality(a, b, equal);
    case '!=':
      return (a, b) => not(equality(a, b, equal));
    case '=~':
      return (a, b) => folded(a) === folded(b);
    case '!~':
      return (a, b) => folded(a) !== folded(b);
    case '<':
      return ordering((order) => order < 0);
    case '<=':
      return ordering((order) => order <= 0);
    case '>':
      return ordering((order) => order > 0);
    case '>=':
      return ordering((order) => order >= 0);
  }
}

function equality(a: Value, b: Value, equal: (a: Value, b: Value) => boolean): Truth {
  if (a === null || b === null) return a === b ? null : false;
  return equal(a, b);
}

function strictlyEqual(a: Value, b: Value): boolean {
  return a === b;
}

function dynamicEqual(a: Value, b: Value): boolean {
  if (typeof a !== typeof b || typeof a === 'object') {
    throw new SimulatorLimit('the comparison of dynamic values that are not both simple and alike');
  }
  return a === b;
}

function ordering(holds: (order: number) => boolean): (a: Value, b: Value) => Truth {
  return (a, b) => (a === null || b === null ? null : holds(orderOf(a, b)));
}

/** Negative where `a` comes first. Neither may be null; strings are compared by code unit. */
export function orderOf(a: Value, b: Value): number {
  if (typeof a !== typeof b || typeof a === 'object') {
    throw new SimulatorLimit('the order of dynamic values that are not alike');
  }
  // Both are of one simple type here, and `<` orders each of them.
  const [left, right] = [a as string, b as string];
  if (left < right) return -1;
  return left > right ? 1 : 0;
}

/** A text as the case-insensitive operators see it. */
export function folded(value: Value): string {
  return asText(value, 'string').toLowerCase();
}

export function not(truth: Truth): Truth {
  return truth === null ? null : !truth;
}
