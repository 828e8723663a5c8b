/**
 * What Resource Graph refuses although Kusto has it.
 * Source: https://learn.microsoft.com/azure/governance/resource-graph/concepts/query-language
 */
import { type SyntaxNode, listAt, nodesOf, parametersOf, partAt } from './kusto-parser.ts';
import { defaultTable } from './table-schemas.ts';

interface Restriction {
  readonly code: string;
  readonly message: string;
  readonly start: number;
}

/** The documented operators, and `project-rename` and its kin, which change nothing but columns. */
const operators = new Set([
  'CountOperator',
  'DistinctOperator',
  'ExtendOperator',
  'FilterOperator',
  'JoinOperator',
  'MvApplyOperator',
  'MvExpandOperator',
  'ParseOperator',
  'ProjectAwayOperator',
  'ProjectKeepOperator',
  'ProjectOperator',
  'ProjectRenameOperator',
  'ProjectReorderOperator',
  'SortOperator',
  'SummarizeOperator',
  'TakeOperator',
  'TopOperator',
  'UnionOperator',
]);

const joinKinds = new Set(['innerunique', 'inner', 'leftouter', 'fullouter']);
const freelyJoined = new Set(['resources', 'resourcecontainers']);
const maxJoinsAndUnions = 3;
const maxExpansions = 3;
const maxRowLimit = 400;

/** Resource Graph's own objections to the statements of a query, which may leave the first table out. */
export function restrictionsOf(
  statements: readonly SyntaxNode[],
  usesDefaultTable: boolean,
): readonly Restriction[] {
  const nodes = statements.flatMap((statement) => [...nodesOf(statement)]);
  return [
    ...otherStatements(statements).map(unsupported),
    ...nodes.filter(({ kind }) => isOperator(kind) && !operators.has(kind)).map(unsupported),
    ...nodes.filter(({ kind }) => kind === 'JoinOperator').flatMap(joinRestrictions),
    ...nodes.filter(({ kind }) => kind === 'UnionOperator').flatMap(unionRestrictions),
    ...nodes.filter(({ kind }) => kind === 'MvExpandRowLimitClause').flatMap(rowLimitRestrictions),
    ...countRestrictions(nodes),
    ...statements.flatMap((statement) => tableRestrictions(statement, usesDefaultTable)),
  ];
}

/** What stands beside the one expression that a query is: `let`, `set`, a second expression. */
function otherStatements(statements: readonly SyntaxNode[]): readonly SyntaxNode[] {
  const others = statements.filter(({ kind }) => kind !== 'ExpressionStatement');
  return others.length > 0 ? others : statements.slice(1);
}

function isOperator(kind: string): boolean {
  return kind.endsWith('Operator') || kind === 'DataTableExpression';
}

/** The code is the recorded one of an operator Resource Graph does not know. */
function unsupported(node: SyntaxNode): Restriction {
  const word = node.text.split(/[\s(|]/)[0] ?? '';
  return {
    code: 'InvalidQueryLanguage',
    message: `Resource Graph does not support '${word}'.`,
    start: node.start,
  };
}

function joinRestrictions(join: SyntaxNode): Restriction[] {
  const parameters = parametersOf(join);
  const kind = parameters.get('kind') ?? 'innerunique';
  const hint = [...parameters.keys()].find((name) => name.startsWith('hint.'));
  return [
    ...(joinKinds.has(kind)
      ? []
      : [
          {
            code: 'UnsupportedJoinFlavor',
            message: `The join kind "${kind}" is not supported or not allowed.`,
            start: join.start,
          },
        ]),
    ...(hint === undefined
      ? []
      : [invalid(join, `Custom join strategies are not allowed: '${hint}'.`)]),
  ];
}

function unionRestrictions(union: SyntaxNode): Restriction[] {
  const legs = listAt(union, 2);
  return [
    ...(legs.length === 1 ? [] : [invalid(union, 'A union takes a single table.')]),
    ...(parametersOf(union).get('isfuzzy') === 'true'
      ? [invalid(union, 'Fuzzy resolution of the tables of a union is not allowed.')]
      : []),
  ];
}

function rowLimitRestrictions(clause: SyntaxNode): Restriction[] {
  const limit = Number(partAt(clause, 1).text);
  return limit <= maxRowLimit
    ? []
    : [invalid(clause, `The row limit of mv-expand is at most ${maxRowLimit}, not ${limit}.`)];
}

/** Joins and unions are counted together. */
function countRestrictions(nodes: readonly SyntaxNode[]): Restriction[] {
  const combining = nodes.filter(({ kind }) => kind === 'JoinOperator' || kind === 'UnionOperator');
  const expanding = nodes.filter(({ kind }) => kind === 'MvExpandOperator');
  return [
    ...combining.slice(maxJoinsAndUnions, maxJoinsAndUnions + 1).map((node) => ({
      code: 'DisallowedMaxNumberOfRemoteTables',
      message: `A query has at most ${maxJoinsAndUnions} joins and unions, not ${combining.length}.`,
      start: node.start,
    })),
    ...expanding
      .slice(maxExpansions, maxExpansions + 1)
      .map((node) =>
        invalid(node, `A query has at most ${maxExpansions} mv-expand, not ${expanding.length}.`),
      ),
  ];
}

/** One join across tables; three only between Resources and ResourceContainers. */
function tableRestrictions(statement: SyntaxNode, usesDefaultTable: boolean): Restriction[] {
  const own = leadingTable(statement.parts[0]);
  const legs = [...nodesOf(statement)].flatMap((node) => {
    if (node.kind === 'JoinOperator') return [{ node, table: leadingTable(partAt(node, 2)) }];
    if (node.kind !== 'UnionOperator') return [];
    return listAt(node, 2).map((leg) => ({ node, table: leadingTable(leg) }));
  });
  const [first] = legs;
  if (usesDefaultTable && first !== undefined) {
    const message = `The first table may be left out (${defaultTable}) only where there is no join and no union.`;
    return [invalid(first.node, message)];
  }
  const foreign = legs.filter(({ table }) => table !== own);
  const second = foreign[1];
  const free = [own, ...foreign.map(({ table }) => table)].every(
    (table) => table !== undefined && freelyJoined.has(table),
  );
  if (second === undefined || free) return [];
  return [
    {
      code: 'DisallowedMaxNumberOfRemoteTables',
      message:
        'A query crosses from one table to another at most once, except between Resources and ResourceContainers.',
      start: second.node.start,
    },
  ];
}

/** The table at the head of a pipe, lower-cased; undefined where it begins with an operator. */
function leadingTable(expression: SyntaxNode | undefined): string | undefined {
  if (expression === undefined) return undefined;
  switch (expression.kind) {
    case 'PipeExpression':
      return leadingTable(expression.parts[0]);
    case 'ParenthesizedExpression':
      return leadingTable(expression.parts[1]);
    case 'NameReference':
      return expression.name?.toLowerCase();
    default:
      return undefined;
  }
}

function invalid({ start }: SyntaxNode, message: string): Restriction {
  return { code: 'InvalidQuery', message, start };
}
