/** Runs a query in KQL over tables; a query that Resource Graph would refuse is refused. */
export type QueryEngine = (
  query: string,
  tables: { rowsOf(table: string): Iterable<Record<string, unknown>> | undefined },
  now: Date,
) => QueryAnswer;

export type QueryAnswer =
  | {
      readonly kind: 'answer';
      readonly columns: readonly { readonly name: string; readonly type: string }[];
      readonly rows: readonly Record<string, unknown>[];
    }
  | {
      readonly kind: 'refused';
      readonly code: string;
      readonly message: string;
      readonly details: readonly unknown[];
    };
