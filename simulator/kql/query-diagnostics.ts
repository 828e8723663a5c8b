/** What is wrong with a query before any row is read. */
import { type SyntaxNode, parseQuery, partAt } from './kusto-parser.ts';
import { restrictionsOf } from './resource-graph-restrictions.ts';

interface QueryDiagnostic {
  readonly code: string;
  readonly message: string;
  /** Where in the query, in characters from its start. */
  readonly start: number;
}

/** A query that may run, or what speaks against it and who says so. */
export type QueryAnalysis =
  | { readonly kind: 'sound'; readonly expression: SyntaxNode }
  | {
      readonly kind: 'faulty';
      readonly fault: 'syntax' | 'restriction' | 'meaning';
      readonly diagnostics: readonly QueryDiagnostic[];
    };

/**
 * What Microsoft's parser and semantic analysis (`KS…`), and Resource Graph's own restrictions, say
 * against a query; empty where nothing.
 */
export function diagnosticsOf(query: string): readonly QueryDiagnostic[] {
  const analysis = analyse(query);
  return analysis.kind === 'sound' ? [] : analysis.diagnostics;
}

/** Parsing takes a hundred times as long as most queries run, and clients ask the same ones again. */
const keptAnalyses = 500;
const analyses = new Map<string, QueryAnalysis>();

/** The expression of a query that may run, or the diagnostics against it. */
export function analyse(query: string): QueryAnalysis {
  const known = analyses.get(query) ?? analysed(query);
  analyses.delete(query);
  analyses.set(query, known);
  const [oldest] = analyses.keys();
  if (analyses.size > keptAnalyses && oldest !== undefined) analyses.delete(oldest);
  return known;
}

function analysed(query: string): QueryAnalysis {
  const parsed = parseQuery(query);
  if (parsed.kind === 'broken') return faulty('syntax', parsed.diagnostics);
  const { statements, diagnostics, usesDefaultTable } = parsed;
  const [statement] = statements;
  if (statement === undefined) {
    return faulty('syntax', [{ code: 'ParserFailure', message: 'The query is empty.', start: 0 }]);
  }
  const restrictions = restrictionsOf(statements, usesDefaultTable);
  if (restrictions.length > 0) return faulty('restriction', restrictions);
  if (diagnostics.length > 0) return faulty('meaning', diagnostics);
  return { kind: 'sound', expression: partAt(statement, 0) };
}

function faulty(
  fault: 'syntax' | 'restriction' | 'meaning',
  diagnostics: readonly QueryDiagnostic[],
): QueryAnalysis {
  return { kind: 'faulty', fault, diagnostics };
}
