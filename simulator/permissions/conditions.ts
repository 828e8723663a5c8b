/** What a condition may ask of a role assignment: of the one that is written, and of the one that is there. */
export interface Attributes {
  /** By name, such as `PrincipalType`; without what is not said. */
  readonly request: Readonly<Record<string, string>>;
  readonly resource: Readonly<Record<string, string>>;
}

interface ConditionSubject extends Attributes {
  readonly action: string;
}

type Test = (subject: ConditionSubject) => boolean;

const comparisons: Readonly<Record<string, (a: string, b: string) => boolean>> = {
  guidequals: (a, b) => a.toLowerCase() === b.toLowerCase(),
  guidnotequals: (a, b) => a.toLowerCase() !== b.toLowerCase(),
  stringequals: (a, b) => a === b,
  stringequalsignorecase: (a, b) => a.toLowerCase() === b.toLowerCase(),
  stringnotequals: (a, b) => a !== b,
  stringnotequalsignorecase: (a, b) => a.toLowerCase() !== b.toLowerCase(),
};

const token = /\s*(&&|\|\||[!()]|\{[^}]*\}|@(?:Request|Resource)\[[^\]]+\]|'[^']*'|[\w.:/*-]+)/giy;

/**
 * Whether a condition of version 2.0 holds, as far as it speaks of role assignments. An attribute that
 * the request does not have equals nothing: https://learn.microsoft.com/azure/role-based-access-control/conditions-format
 * @throws RangeError for what the simulator does not know.
 */
export function conditionHolds(condition: string, subject: ConditionSubject): boolean {
  const tokens = tokensOf(condition);
  const test = either(tokens);
  const [left] = tokens;
  if (left !== undefined) throw unknown(left);
  return test(subject);
}

function tokensOf(condition: string): string[] {
  const tokens: string[] = [];
  token.lastIndex = 0;
  const text = condition.trimEnd();
  while (token.lastIndex < text.length) {
    const at = token.lastIndex;
    const [, found] = token.exec(text) ?? [];
    if (found === undefined) throw unknown(text.slice(at, at + 20));
    tokens.push(found);
  }
  return tokens;
}

function either(tokens: string[]): Test {
  const tests = [both(tokens)];
  while (isNext(tokens, '||', 'or')) tests.push(both(tokens));
  return (subject) => tests.some((test) => test(subject));
}

function both(tokens: string[]): Test {
  const tests = [one(tokens)];
  while (isNext(tokens, '&&', 'and')) tests.push(one(tokens));
  return (subject) => tests.every((test) => test(subject));
}

function one(tokens: string[]): Test {
  const first = tokens.shift() ?? '';
  if (first === '!' || /^not$/i.test(first)) {
    const test = one(tokens);
    return (subject) => !test(subject);
  }
  if (first === '(') {
    const test = either(tokens);
    if (tokens.shift() !== ')') throw unknown('a bracket that is not closed');
    return test;
  }
  if (/^actionmatches$/i.test(first)) {
    const actions = valuesIn(tokens.shift() ?? '');
    return ({ action }) => actions.some((wanted) => wanted.toLowerCase() === action.toLowerCase());
  }
  return comparison(first, tokens.shift() ?? '', tokens.shift() ?? '');
}

function comparison(attribute: string, operator: string, set: string): Test {
  const [, source, name] =
    /^@(Request|Resource)\[Microsoft\.Authorization\/roleAssignments:(\w+)\]$/i.exec(attribute) ??
    [];
  const [function_, quantifier] = operator.split(':').toReversed();
  const compare = comparisons[function_?.toLowerCase() ?? ''];
  if (source === undefined || name === undefined) throw unknown(attribute);
  if (compare === undefined || !/^(ForAnyOf(Any|All)Values)?$/i.test(quantifier ?? '')) {
    throw unknown(operator);
  }
  const values = valuesIn(set);
  const isAll = /AllValues$/i.test(quantifier ?? '');
  return ({ request, resource }) => {
    const own = (source.toLowerCase() === 'request' ? request : resource)[name];
    if (own === undefined) return false;
    return isAll
      ? values.every((value) => compare(own, value))
      : values.some((value) => compare(own, value));
  };
}

function isNext(tokens: string[], ...words: readonly string[]): boolean {
  const found = words.includes(tokens[0]?.toLowerCase() ?? '');
  if (found) tokens.shift();
  return found;
}

function valuesIn(set: string): readonly string[] {
  const inner = /^\{(.*)\}$/s.exec(set)?.[1] ?? set;
  return inner.split(',').map((value) => value.trim().replaceAll(/^'|'$/g, ''));
}

function unknown(what: string): RangeError {
  return new RangeError(`the simulator does not know ${what} in a condition`);
}
