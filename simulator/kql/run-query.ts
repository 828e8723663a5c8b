/** Resource Graph's query language over rows in memory. */
import { type SyntaxNode, partAt } from './kusto-parser.ts';
import { type QueryAnalysis, analyse } from './query-diagnostics.ts';
import { SimulatorLimit } from './simulator-limit.ts';
import type { Table } from './table.ts';
import { tableColumns } from './table-schemas.ts';
import { applyOperator } from './tabular-operators.ts';
import { ticksOf } from './times.ts';
import { asJson, cellValue } from './values.ts';

export interface QueryTables {
  /** undefined where Resource Graph has no such table; names lower-cased */
  rowsOf(table: string): Iterable<Readonly<Record<string, unknown>>> | undefined;
}

export type QueryAnswer =
  | {
      readonly kind: 'answer';
      readonly columns: readonly { readonly name: string; readonly type: string }[];
      readonly rows: readonly Readonly<Record<string, unknown>>[];
    }
  | QueryRefusal;

/** What stands in `error` of Resource Graph's answer 400. */
interface QueryRefusal {
  readonly kind: 'refused';
  readonly code: string;
  readonly message: string;
  readonly details: readonly Detail[];
}

interface Detail {
  readonly code: string;
  readonly message: string;
}

/** The names of types in an answer of the format `table`. */
const answerTypes: Readonly<Record<string, string>> = {
  dynamic: 'object',
  int: 'integer',
  long: 'integer',
  real: 'number',
  decimal: 'number',
  bool: 'boolean',
  datetime: 'datetime',
};

class UnknownTable extends Error {}

/**
 * The answer to `query` at the moment `now`, or Resource Graph's refusal. What Resource Graph might
 * answer and the simulator does not evaluate is refused with the detail `SimulatorLimit`.
 */
export function runQuery(query: string, tables: QueryTables, now: Date): QueryAnswer {
  const analysis = analyse(query);
  if (analysis.kind === 'faulty') return refusal(detailsOf(analysis), now);
  try {
    return answerOf(evaluate(analysis.expression, tables, ticksOf(now)));
  } catch (error) {
    if (error instanceof SimulatorLimit) {
      return refusal([{ code: 'SimulatorLimit', message: error.message }], now);
    }
    if (error instanceof UnknownTable) {
      return refusal([{ code: 'InvalidQuery', message: error.message }], now);
    }
    throw error;
  }
}

function evaluate(expression: SyntaxNode, tables: QueryTables, now: bigint): Table {
  const tableOf = (node: SyntaxNode): Table => evaluate(node, tables, now);
  switch (expression.kind) {
    case 'NameReference':
      return tableNamed(expression.name ?? '', tables);
    case 'ParenthesizedExpression':
      return tableOf(partAt(expression, 1));
    case 'PipeExpression': {
      const { columns = [] } = expression;
      const input = tableOf(partAt(expression, 0));
      return applyOperator({ node: partAt(expression, 2), input, columns, now, tableOf });
    }
    default:
      throw new SimulatorLimit(`'${expression.text}' as a table`);
  }
}

function tableNamed(name: string, tables: QueryTables): Table {
  const rows = tables.rowsOf(name.toLowerCase());
  if (rows === undefined) throw new UnknownTable(`Table ${name} is invalid or not supported.`);
  return {
    columns: tableColumns,
    rows: Array.from(rows, (row) =>
      tableColumns.map(({ name: key, type }) => cellValue(row[key], type)),
    ),
  };
}

function answerOf({ columns, rows }: Table): QueryAnswer {
  return {
    kind: 'answer',
    columns: columns.map(({ name, type }) => ({ name, type: answerTypes[type] ?? 'string' })),
    rows: rows.map((row) =>
      Object.fromEntries(
        columns.map(({ name, type }, index) => [name, asJson(row[index] ?? null, type)]),
      ),
    ),
  };
}

/** Syntax errors are recorded as `ParserFailure`; of errors of meaning only the code is not known. */
function detailsOf(analysis: QueryAnalysis & { kind: 'faulty' }): readonly Detail[] {
  switch (analysis.fault) {
    case 'syntax':
      return analysis.diagnostics.map(() => ({ code: 'ParserFailure', message: 'ParserFailure' }));
    case 'meaning':
      return analysis.diagnostics.map(({ message }) => ({ code: 'InvalidQuery', message }));
    case 'restriction':
      return analysis.diagnostics.map(({ code, message }) => ({ code, message }));
  }
}

function refusal(details: readonly Detail[], now: Date): QueryRefusal {
  const correlationId = '00000000-0000-0000-0000-000000000000';
  return {
    kind: 'refused',
    code: 'BadRequest',
    message: `Please provide below info when asking for support: timestamp = ${now.toISOString()}, correlationId = ${correlationId}.`,
    details: [
      {
        code: 'InvalidQuery',
        message:
          'Query is invalid. Please refer to the documentation for the Azure Resource Graph service and fix the error before retrying.',
      },
      ...details,
    ],
  };
}
