/** Compiled scalar expressions, and what functions and operators build them with. */
import type { Truth } from './comparisons.ts';
import { SimulatorLimit } from './simulator-limit.ts';
import type { Column } from './table-schemas.ts';
import { type Value, asText } from './values.ts';

/** The cells of a row, in the order of its table's columns. */
export type Row = readonly Value[];

/** A compiled expression. */
export interface Scalar {
  readonly type: string;
  readonly of: (row: Row) => Value;
  /** The value, where it is the same for every row. */
  readonly constant?: Value;
}

/** What the names of an expression mean. */
export interface Scope {
  readonly columns: readonly Column[];
  /** Ticks of the moment the query runs. */
  readonly now: bigint;
}

/** The same value for every row. */
export function constantOf(type: string, value: Value): Scalar {
  return { type, of: () => value, constant: value };
}

/** The expression's text, as every function and operator on strings reads it. */
export function textOf({ type, of }: Scalar): (row: Row) => string {
  return (row) => asText(of(row), type);
}

/** `of` applied to the values of `args`; computed once where they are all constant. */
export function mapped(
  type: string,
  args: readonly Scalar[],
  of: (values: readonly Value[]) => Value,
): Scalar {
  if (args.every((arg) => arg.constant !== undefined)) {
    return constantOf(type, of(args.map((arg) => arg.of([]))));
  }
  return { type, of: (row) => of(args.map((arg) => arg.of(row))) };
}

/** The expression as a condition. */
export function truthOf({ type, of }: Scalar): (row: Row) => Truth {
  if (type !== 'bool') throw new SimulatorLimit(`a ${type} as a condition`);
  return (row) => {
    const value = of(row);
    return typeof value === 'boolean' ? value : null;
  };
}
