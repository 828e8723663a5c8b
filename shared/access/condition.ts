/**
 * A condition of Azure's attribute-based access control, as far as the action alone decides it.
 * Source: learn.microsoft.com/azure/role-based-access-control/conditions-format
 */
export type Condition =
  /** Whether the action matches the pattern: `ActionMatches{'…'}`. */
  | { readonly kind: 'action'; readonly pattern: string }
  /** Anything about the request, the resource, the principal or the environment: true or false. */
  | { readonly kind: 'attribute' }
  | { readonly kind: 'not'; readonly of: Condition }
  | { readonly kind: 'and' | 'or'; readonly of: readonly Condition[] };

/** Azure's own limit is 8 KB of text; nobody nests deeper than this by hand or by portal. */
const deepest = 100;

/**
 * The condition that the text writes, or undefined where it is not understood: another language
 * (version 1.0), unknown functions, or AND and OR on one level without the parentheses that Azure
 * asks for.
 */
export function parseCondition(text: string): Condition | undefined {
  const tokens = tokensOf(text);
  if (tokens === undefined) return undefined;
  const parsed = expression(tokens, 0, 0);
  return parsed?.next === tokens.length ? parsed.condition : undefined;
}

interface Token {
  readonly kind: 'symbol' | 'word' | 'text' | 'attribute';
  /** Symbols and words as they compare: lower-cased; texts without their quotes. */
  readonly value: string;
}

const attribute = /@[a-z]+\[[^\][']+\]/iy;
const literal = /'[^'\\]*(?:\\[^'][^'\\]*)*'/y;
/** Names, operators (`ForAnyOfAnyValues:StringEquals`), GUIDs and numbers. */
const word = /[a-z0-9_](?:[a-z0-9_.:-]*[a-z0-9_])?|-\d+/iy;
const symbol = /&&|\|\||[!(){},]/y;
const space = /\s+/y;

const spellings: Readonly<Record<string, string>> = { '&&': 'and', '||': 'or', '!': 'not' };

function tokensOf(text: string): readonly Token[] | undefined {
  const tokens: Token[] = [];
  let at = 0;
  function take(pattern: RegExp): string | undefined {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0];
    at += found?.length ?? 0;
    return found;
  }
  while (at < text.length) {
    if (take(space) !== undefined) continue;
    const named = take(attribute);
    if (named !== undefined) {
      tokens.push({ kind: 'attribute', value: named });
      continue;
    }
    const quoted = take(literal);
    if (quoted !== undefined) {
      tokens.push({ kind: 'text', value: quoted.slice(1, -1) });
      continue;
    }
    const other = take(symbol);
    const value = other ?? take(word);
    if (value === undefined) return undefined;
    const spelt = spellings[value] ?? value.toLowerCase();
    tokens.push({ kind: other === undefined || spelt !== value ? 'word' : 'symbol', value: spelt });
  }
  return tokens;
}

interface Parsed {
  readonly condition: Condition;
  readonly next: number;
}

/** One or more terms joined by one operator: AND beside OR asks for parentheses. */
function expression(tokens: readonly Token[], from: number, depth: number): Parsed | undefined {
  const first = term(tokens, from, depth);
  if (first === undefined) return undefined;
  const joint = tokens[first.next];
  if (!isWord(joint, 'and') && !isWord(joint, 'or')) return first;
  const of = [first.condition];
  let { next } = first;
  while (isWord(tokens[next], joint.value)) {
    const one = term(tokens, next + 1, depth);
    if (one === undefined) return undefined;
    of.push(one.condition);
    next = one.next;
  }
  return { condition: { kind: joint.value, of }, next };
}

function term(tokens: readonly Token[], from: number, depth: number): Parsed | undefined {
  if (depth > deepest) return undefined;
  const token = tokens[from];
  if (isWord(token, 'not')) {
    const negated = term(tokens, from + 1, depth + 1);
    return negated && { condition: { kind: 'not', of: negated.condition }, next: negated.next };
  }
  if (isSymbol(token, '(')) {
    const inner = expression(tokens, from + 1, depth + 1);
    return inner && isSymbol(tokens[inner.next], ')')
      ? { ...inner, next: inner.next + 1 }
      : undefined;
  }
  if (isWord(token, 'actionmatches') || isWord(token, 'suboperationmatches')) {
    const pattern = tokens[from + 2];
    const isWhole =
      isSymbol(tokens[from + 1], '{') &&
      pattern?.kind === 'text' &&
      isSymbol(tokens[from + 3], '}');
    if (!isWhole || !/^[\w.*/-]+$/.test(pattern.value)) return undefined;
    const condition: Condition =
      token.value === 'actionmatches'
        ? { kind: 'action', pattern: pattern.value }
        : { kind: 'attribute' };
    return { condition, next: from + 4 };
  }
  if (isWord(token, 'exists')) {
    return tokens[from + 1]?.kind === 'attribute'
      ? { condition: { kind: 'attribute' }, next: from + 2 }
      : undefined;
  }
  return comparison(tokens, from);
}

/** `<operand> <operator> <operand>`, whatever the operator: it is true or false. */
function comparison(tokens: readonly Token[], from: number): Parsed | undefined {
  const operator = operand(tokens, from);
  if (operator === undefined || !isName(tokens[operator])) return undefined;
  const next = operand(tokens, operator + 1);
  return next === undefined ? undefined : { condition: { kind: 'attribute' }, next };
}

/** Where an attribute, a literal or a set of literals ends. */
function operand(tokens: readonly Token[], from: number): number | undefined {
  const token = tokens[from];
  if (token?.kind === 'attribute' || isLiteral(token)) return from + 1;
  if (!isSymbol(token, '{')) return undefined;
  for (let at = from + 1; isLiteral(tokens[at]); at += 2) {
    if (isSymbol(tokens[at + 1], '}')) return at + 2;
    if (!isSymbol(tokens[at + 1], ',')) return undefined;
  }
  return undefined;
}

const keywords = new Set(['and', 'or', 'not', 'exists', 'actionmatches', 'suboperationmatches']);

function isLiteral(token: Token | undefined): boolean {
  return (
    token?.kind === 'text' ||
    (token?.kind === 'word' && /^(-?\d+|true|false|[\da-f-]{36})$/.test(token.value))
  );
}

function isName(token: Token | undefined): boolean {
  return (
    token?.kind === 'word' && /^[a-z]+(:[a-z]+)?$/.test(token.value) && !keywords.has(token.value)
  );
}

function isWord<const T extends string>(
  token: Token | undefined,
  value: T,
): token is Token & { readonly value: T } {
  return token?.kind === 'word' && token.value === value;
}

function isSymbol(token: Token | undefined, value: string): boolean {
  return token?.kind === 'symbol' && token.value === value;
}
