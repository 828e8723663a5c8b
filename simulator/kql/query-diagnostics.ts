/** What is wrong with a query before any row is read. */
import { type SyntaxNode, listAt, parseAndBind, parseSyntax, partAt } from './kusto-parser.ts';
import { restrictionsOf } from './resource-graph-restrictions.ts';
import { defaultTable } from './table-schemas.ts';

export interface QueryDiagnostic {
  readonly code: string;
  readonly message: string;
  /** Where in the query, in characters from its start. */
  readonly start: number;
}

/** A query that may run, or what speaks against it and who says so. */
export type QueryAnalysis =
  | { readonly kind: 'sound'; readonly statement: SyntaxNode }
  | {
      readonly kind: 'faulty';
      readonly fault: 'syntax' | 'meaning' | 'restriction';
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

/** The syntax tree of a query that may run, or the diagnostics against it. */
export function analyse(query: string): QueryAnalysis {
  const { tree, diagnostics } = parseSyntax(query);
  if (diagnostics.length > 0) return { kind: 'faulty', fault: 'syntax', diagnostics };
  const statements = listAt(tree, 1);
  if (statements.length === 0) {
    const empty = { code: 'ParserFailure', message: 'The query is empty.', start: 0 };
    return { kind: 'faulty', fault: 'syntax', diagnostics: [empty] };
  }
  const restrictions = restrictionsOf(statements);
  if (restrictions.length > 0) {
    return { kind: 'faulty', fault: 'restriction', diagnostics: restrictions };
  }
  return bind(query, statements);
}

/** Binds the query, with the default table where it begins with an operator. */
function bind(query: string, statements: readonly SyntaxNode[]): QueryAnalysis {
  const prefix = beginsWithOperator(statements) ? `${defaultTable} | ` : '';
  const { tree, diagnostics } = parseAndBind(prefix + query);
  if (diagnostics.length > 0) {
    const own = diagnostics.map((found) => ({ ...found, start: found.start - prefix.length }));
    return { kind: 'faulty', fault: 'meaning', diagnostics: own };
  }
  const [statement] = listAt(tree, 1);
  if (statement === undefined) throw new Error(`no statement in ${query}`);
  return { kind: 'sound', statement: partAt(statement, 0) };
}

function beginsWithOperator(statements: readonly SyntaxNode[]): boolean {
  let first = statements[0]?.parts[0];
  while (first?.kind === 'PipeExpression') first = first.parts[0];
  return first?.kind.endsWith('Operator') ?? false;
}
