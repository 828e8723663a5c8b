/**
 * Microsoft's own parser and binder of Kusto queries, and its answer as a plain tree. The package
 * is made for browsers: its two scripts want to be run as scripts and leave two globals behind.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { runInThisContext } from 'node:vm';
import { type Column, defaultTable, tableColumns, tableNames } from './table-schemas.ts';

/** A node of the query's syntax tree. */
export interface SyntaxNode {
  /** The parser's name of the node: `FilterOperator`, `BinaryExpression`, `List`, `Token`, … */
  readonly kind: string;
  readonly text: string;
  readonly start: number;
  /** Name of the scalar type the binder found, where the node is a value. */
  readonly type: string | undefined;
  /** The columns the binder found, where the node is a table. */
  readonly columns: readonly Column[] | undefined;
  /** The name without its brackets, where the node is one. */
  readonly name: string | undefined;
  /** What a string literal stands for, its escapes resolved. */
  readonly literal: string | undefined;
  /** Children by the grammar's positions; undefined where an optional one is not there. */
  readonly parts: readonly (SyntaxNode | undefined)[];
}

/** What Microsoft's parser says against a query. */
interface ParserDiagnostic {
  readonly code: string;
  readonly message: string;
  readonly start: number;
}

/** A query's bound syntax tree, or the errors of its syntax. */
export type ParsedQuery =
  | { readonly kind: 'broken'; readonly diagnostics: readonly ParserDiagnostic[] }
  | {
      readonly kind: 'parsed';
      readonly statements: readonly SyntaxNode[];
      /** What its names and types do not allow. */
      readonly diagnostics: readonly ParserDiagnostic[];
      /** The first table is not named. */
      readonly usesDefaultTable: boolean;
    };

interface BridgeList<T> {
  readonly Count: number;
  getItem(index: number): T;
}

interface BridgeType {
  readonly Name: string;
  readonly Columns?: BridgeList<{ readonly Name: string; readonly Type: BridgeType }> | null;
}

interface BridgeNode {
  readonly ChildCount: number;
  readonly TextStart: number;
  readonly Width: number;
  readonly IsToken: boolean;
  readonly ResultType?: BridgeType | null;
  readonly SimpleName?: string;
  readonly LiteralValue?: unknown;
  GetChild(index: number): BridgeNode | null;
}

interface BridgeDiagnostic {
  readonly Code: string;
  readonly Severity: string;
  readonly Message: string;
  readonly Start: number;
}

interface BridgeCode {
  readonly Syntax: BridgeNode;
  Analyze(globals: GlobalState): BridgeCode;
  GetDiagnostics(): BridgeList<BridgeDiagnostic>;
}

interface TableSymbol {
  WithName(name: string): TableSymbol;
}

interface GlobalState {
  WithDatabase(database: unknown): GlobalState;
}

interface KustoLanguage {
  readonly KustoCode: {
    Parse(query: string): BridgeCode;
  };
  readonly GlobalState: { readonly Default: GlobalState };
  readonly Symbols: {
    readonly TableSymbol: { From(schema: string): TableSymbol };
    readonly DatabaseSymbol: {
      readonly $ctor3: new (name: string, alternate: null, tables: unknown) => unknown;
    };
  };
}

interface Globals {
  readonly Bridge: {
    toArray(items: readonly unknown[]): unknown;
    getTypeName(node: unknown): string;
  };
  readonly Kusto: { readonly Language: KustoLanguage };
}

let loaded: Globals | undefined;

function load(): Globals {
  if (loaded === undefined) {
    const require = createRequire(import.meta.url);
    const scripts = [
      require.resolve('@kusto/language-service-next/bridge.min.js'),
      require.resolve('@kusto/language-service-next/Kusto.Language.Bridge.min.js'),
    ];
    for (const script of scripts) runInThisContext(readFileSync(script, 'utf8'));
    // The scripts are not modules: nothing but their two globals has a type to import.
    loaded = runInThisContext('({ Bridge, Kusto })') as Globals;
  }
  return loaded;
}

/** Every column in brackets: a bare `kind` would silently end the schema. */
const schema = `(${tableColumns.map(({ name, type }) => `['${name}']:${type}`).join(', ')})`;

let plainWorld: GlobalState | undefined;

/**
 * The binder's world. Resource Graph reads the names of its tables in any case, Microsoft's binder
 * in one, so each spelling that the query uses is a table of its own to the binder.
 */
function worldOf(query: string): GlobalState {
  const known = new Set(tableNames);
  const spellings = Array.from(query.matchAll(/[a-z]+/gi), ([word]) => word).filter(
    (word) => known.has(word.toLowerCase()) && !known.has(word),
  );
  if (spellings.length > 0) return worldWith([...tableNames, ...new Set(spellings)]);
  plainWorld ??= worldWith(tableNames);
  return plainWorld;
}

function worldWith(names: readonly string[]): GlobalState {
  const { Bridge, Kusto } = load();
  const { GlobalState, Symbols } = Kusto.Language;
  const template = Symbols.TableSymbol.From(schema);
  const tables = Bridge.toArray(names.map((name) => template.WithName(name)));
  return GlobalState.Default.WithDatabase(
    new Symbols.DatabaseSymbol.$ctor3('ResourceGraph', null, tables),
  );
}

function itemsOf<T>(list: BridgeList<T>): T[] {
  return Array.from({ length: list.Count }, (_, index) => list.getItem(index));
}

function kindOf(node: BridgeNode): string {
  if (node.IsToken) return 'Token';
  const name = load().Bridge.getTypeName(node).replace('Kusto.Language.Syntax.', '');
  return name.startsWith('SyntaxList') ? 'List' : name.replace(/`.*$/, '');
}

function plain(node: BridgeNode | null, query: string, offset: number): SyntaxNode | undefined {
  if (node === null) return undefined;
  const kind = kindOf(node);
  const children = Array.from({ length: node.ChildCount }, (_, index) => node.GetChild(index));
  if (kind === 'SeparatedElement') return plain(children[0] ?? null, query, offset);
  const type = node.IsToken ? undefined : node.ResultType;
  const columns = type?.Columns;
  return {
    kind,
    text: query.slice(node.TextStart, node.TextStart + node.Width),
    start: node.TextStart - offset,
    type: type && !columns ? type.Name : undefined,
    columns: columns
      ? itemsOf(columns).map(({ Name, Type }) => ({ name: Name, type: Type.Name }))
      : undefined,
    name: typeof node.SimpleName === 'string' ? node.SimpleName : undefined,
    literal:
      kind === 'LiteralExpression' && typeof node.LiteralValue === 'string'
        ? node.LiteralValue
        : undefined,
    parts: children.map((child) => plain(child, query, offset)),
  };
}

function errorsOf(code: BridgeCode, offset: number): ParserDiagnostic[] {
  return itemsOf(code.GetDiagnostics())
    .filter(({ Severity }) => Severity === 'Error')
    .map(({ Code, Message, Start }) => ({ code: Code, message: Message, start: Start - offset }));
}

/** The statements of `query`, with the types and columns its names have in Resource Graph. */
export function parseQuery(query: string): ParsedQuery {
  try {
    return parse(query);
  } catch (error) {
    if (error instanceof Error) throw error;
    // The package throws objects of its own, which hold half of its heap.
    throw new Error(`Microsoft's parser failed on the query: ${query}`);
  }
}

/** What Microsoft's parser and binder say against a query of these tables, by name with their columns. */
export function bindQuery(
  query: string,
  tables: Readonly<Record<string, string>>,
): readonly ParserDiagnostic[] {
  const { Bridge, Kusto } = load();
  const { GlobalState, KustoCode, Symbols } = Kusto.Language;
  const symbols = Object.entries(tables).map(([name, columns]) =>
    Symbols.TableSymbol.From(columns).WithName(name),
  );
  const database = new Symbols.DatabaseSymbol.$ctor3('Database', null, Bridge.toArray(symbols));
  const world = GlobalState.Default.WithDatabase(database);
  return errorsOf(KustoCode.Parse(query).Analyze(world), 0);
}

function parse(query: string): ParsedQuery {
  const { KustoCode } = load().Kusto.Language;
  const code = KustoCode.Parse(query);
  const broken = errorsOf(code, 0);
  if (broken.length > 0) return { kind: 'broken', diagnostics: broken };
  const usesDefaultTable = beginsWithOperator(code.Syntax);
  const prefix = usesDefaultTable ? `${defaultTable} | ` : '';
  const text = prefix + query;
  const bound = (usesDefaultTable ? KustoCode.Parse(text) : code).Analyze(worldOf(query));
  const tree = plain(bound.Syntax, text, prefix.length);
  return {
    kind: 'parsed',
    statements: tree === undefined ? [] : listAt(tree, 1),
    diagnostics: errorsOf(bound, prefix.length),
    usesDefaultTable,
  };
}

/** Whether the head of the first statement's pipe is an operator and no table. */
function beginsWithOperator(tree: BridgeNode): boolean {
  const statements = childAt(tree, 1);
  let head = childAt(childAt(childAt(statements, 0), 0), 0);
  while (head !== null && kindOf(head) === 'PipeExpression') head = childAt(head, 0);
  return head !== null && kindOf(head).endsWith('Operator');
}

/** GetChild, which throws beyond the last. */
function childAt(node: BridgeNode | null, index: number): BridgeNode | null {
  return node !== null && index < node.ChildCount ? node.GetChild(index) : null;
}

/** `node` and everything below it, in the order of the text. */
export function* nodesOf(node: SyntaxNode): Generator<SyntaxNode> {
  yield node;
  for (const part of node.parts) if (part !== undefined) yield* nodesOf(part);
}

/** The child at a position of the grammar; throws where the grammar is not as this code knows it. */
export function partAt(node: SyntaxNode, index: number): SyntaxNode {
  const part = node.parts[index];
  if (part === undefined) throw new Error(`${node.kind} has no part ${index}: ${node.text}`);
  return part;
}

/** The elements of the list at a position of the grammar. */
export function listAt(node: SyntaxNode, index: number): readonly SyntaxNode[] {
  return partAt(node, index).parts.filter((part) => part !== undefined);
}

/** The named parameters of an operator: `kind`, `withsource`, `hint.strategy`, … with their text. */
export function parametersOf(node: SyntaxNode): ReadonlyMap<string, string> {
  const named = node.parts
    .filter((part) => part?.kind === 'List')
    .flatMap((list) => list?.parts ?? [])
    .filter((part) => part?.kind === 'NamedParameter');
  return new Map(
    named.flatMap((part) =>
      part === undefined
        ? []
        : [[partAt(part, 0).text.toLowerCase(), partAt(part, 2).text] as const],
    ),
  );
}
