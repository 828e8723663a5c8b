/**
 * The aggregation functions of `summarize`. Nulls are left out.
 * Source: https://learn.microsoft.com/kusto/query/aggregation-functions
 */
import { orderOf } from './comparisons.ts';
import { type Row, type Scalar, truthOf } from './scalar.ts';
import { SimulatorLimit } from './simulator-limit.ts';
import { type Value, asDynamic, nothingOf } from './values.ts';

/** Folds the rows of one group into as many cells as `width` says. */
export interface Aggregate {
  readonly width: number;
  readonly of: (rows: readonly Row[]) => Row;
}

/** A call of an aggregation function; `*` stands as the columns it means. */
interface AggregateCall {
  readonly name: string;
  readonly type: string;
  readonly args: readonly Scalar[];
}

type AggregateFunction = (call: AggregateCall) => Aggregate;

const functions: Readonly<Record<string, AggregateFunction>> = {
  count: () => single((rows) => rows.length),
  countif: ({ args }) => single((rows) => selected(rows, args[0]).length),
  dcount: ({ args }) => single((rows) => distinct(valuesOf(rows, args[0])).length),
  dcountif: ({ args }) =>
    single((rows) => distinct(valuesOf(selected(rows, args[1]), args[0])).length),
  count_distinct: ({ args }) => single((rows) => distinct(valuesOf(rows, args[0])).length),
  sum: ({ args }) => single((rows) => total(valuesOf(rows, args[0]))),
  sumif: ({ args }) => single((rows) => total(valuesOf(selected(rows, args[1]), args[0]))),
  avg: ({ args }) => single((rows) => mean(valuesOf(rows, args[0]))),
  min: ({ type, args }) => single((rows) => extreme(valuesOf(rows, args[0]), -1, type)),
  max: ({ type, args }) => single((rows) => extreme(valuesOf(rows, args[0]), 1, type)),
  make_list: ({ args }) => single((rows) => limited(valuesOf(rows, args[0]), args, 1)),
  makelist: ({ args }) => single((rows) => limited(valuesOf(rows, args[0]), args, 1)),
  make_list_if: ({ args }) =>
    single((rows) => limited(valuesOf(selected(rows, args[1]), args[0]), args, 2)),
  make_set: ({ args }) => single((rows) => limited(distinct(valuesOf(rows, args[0])), args, 1)),
  makeset: ({ args }) => single((rows) => limited(distinct(valuesOf(rows, args[0])), args, 1)),
  make_set_if: ({ args }) =>
    single((rows) => limited(distinct(valuesOf(selected(rows, args[1]), args[0])), args, 2)),
  any: anyOf,
  take_any: anyOf,
  arg_max: ({ args }) => atExtreme(args, 1),
  arg_min: ({ args }) => atExtreme(args, -1),
};

/** A call as an aggregate. @throws SimulatorLimit for functions that are not evaluated */
export function aggregateOf(call: AggregateCall): Aggregate {
  const found = Object.hasOwn(functions, call.name) ? functions[call.name] : undefined;
  if (found === undefined) throw new SimulatorLimit(`${call.name}()`);
  return found(call);
}

function single(of: (rows: readonly Row[]) => Value): Aggregate {
  return { width: 1, of: (rows) => [of(rows)] };
}

function argument(arg: Scalar | undefined): Scalar {
  if (arg === undefined) throw new SimulatorLimit('an aggregation without its argument');
  return arg;
}

function selected(rows: readonly Row[], condition: Scalar | undefined): readonly Row[] {
  const holds = truthOf(argument(condition));
  return rows.filter((row) => holds(row) === true);
}

/** The values that are not null, as elements of a dynamic array where they are times. */
function valuesOf(rows: readonly Row[], scalar: Scalar | undefined): Value[] {
  const { of } = argument(scalar);
  return rows.map((row) => of(row)).filter((value) => value !== null);
}

function distinct(values: readonly Value[]): Value[] {
  return [...new Map(values.map((value) => [keyOf([value]), value])).values()];
}

/** A text that is the same for equal cells only. */
export function keyOf(cells: readonly Value[]): string {
  return JSON.stringify(cells, (_, value: unknown) =>
    typeof value === 'bigint' ? `${value}` : value,
  );
}

function total(values: readonly Value[]): number {
  return values.reduce<number>((sum, value) => {
    if (typeof value !== 'number') throw new SimulatorLimit('the sum of what is no number');
    return sum + value;
  }, 0);
}

function mean(values: readonly Value[]): number {
  if (values.length === 0) throw new SimulatorLimit('the average of nothing');
  return total(values) / values.length;
}

function extreme(values: readonly Value[], sign: 1 | -1, type: string): Value {
  return (
    values.reduce<Value>(
      (best, value) => (best === null || orderOf(value, best) * sign > 0 ? value : best),
      null,
    ) ?? nothingOf(type)
  );
}

function limited(values: readonly Value[], args: readonly Scalar[], at: number): Value {
  const limit = args[at]?.constant;
  const items = values.map((value) => asDynamic(value, argument(args[0]).type));
  return typeof limit === 'number' ? items.slice(0, limit) : items;
}

/** The cells of the first row: which one is up to Kusto. */
function anyOf({ args }: AggregateCall): Aggregate {
  return {
    width: args.length,
    of: ([row]) => cellsOf(row, args),
  };
}

/** The row where the measure is greatest or least; the first where it is null in all of them. */
function atExtreme(args: readonly Scalar[], sign: 1 | -1): Aggregate {
  const measure = argument(args[0]);
  return {
    width: args.length,
    of: (rows) => {
      const best = rows.reduce<Row | undefined>(
        (found, next) =>
          found === undefined || surpasses(next, found, measure, sign) ? next : found,
        undefined,
      );
      return cellsOf(best, args);
    },
  };
}

function surpasses(next: Row, found: Row, { of }: Scalar, sign: 1 | -1): boolean {
  const [value, best] = [of(next), of(found)];
  if (value === null || best === null) return value !== null;
  return orderOf(value, best) * sign > 0;
}

function cellsOf(row: Row | undefined, scalars: readonly Scalar[]): Row {
  return scalars.map(({ of, type }) => (row === undefined ? nothingOf(type) : of(row)));
}
