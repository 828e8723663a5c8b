/** A JSON value that is no list and no object, or a mark, and the blanks before it: RFC 8259. */
const token =
  /[ \t\n\r]*(?:("(?:[ !#-[\]-\u{10FFFF}]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*")|(-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.+-])|(?:true|false|null)(?!\w))|([{}[\],:]))/uy;
const blanks = /[ \t\n\r]*/y;

/** What may come next: `item` and `name` stand at the begin, where the list or object may also end. */
type Expected = 'value' | 'item' | 'name' | 'nextName' | 'colon' | 'end';

/**
 * Where a text stops being JSON, as an offset into it: the begin of the first token that has no place
 * there, or the length of a text that ends too early; undefined for JSON. The platform's own error
 * names no place in most cases, and quotes the text, which may be a secret.
 */
export function jsonBreak(text: string): number | undefined {
  const open: ('{' | '[')[] = [];
  let expected: Expected = 'value';
  for (let at = 0; ;) {
    blanks.lastIndex = at;
    blanks.exec(text);
    const begin = blanks.lastIndex;
    if (begin === text.length) return expected === 'end' && open.length === 0 ? undefined : begin;
    token.lastIndex = at;
    const [, string, scalar, mark] = token.exec(text) ?? [];
    const kind = string === undefined ? (scalar === undefined ? mark : 'scalar') : 'string';
    const next: Expected | undefined = kind === undefined ? undefined : after(expected, kind, open);
    if (next === undefined) return begin;
    expected = next;
    at = token.lastIndex;
  }
}

/** What may follow a token where `expected` could come, or undefined where it has no place. */
function after(expected: Expected, kind: string, open: ('{' | '[')[]): Expected | undefined {
  const within = open.at(-1);
  switch (expected) {
    case 'name':
    case 'nextName':
      if (kind === 'string') return 'colon';
      return expected === 'name' && kind === '}' ? closed(open) : undefined;
    case 'colon':
      return kind === ':' ? 'value' : undefined;
    case 'end':
      if (kind === ',' && within !== undefined) return within === '{' ? 'nextName' : 'value';
      return kind === (within === '{' ? '}' : ']') && within !== undefined
        ? closed(open)
        : undefined;
    case 'item':
    case 'value':
      if (kind === 'string' || kind === 'scalar') return 'end';
      if (expected === 'item' && kind === ']') return closed(open);
      if (kind !== '{' && kind !== '[') return undefined;
      open.push(kind);
      return kind === '{' ? 'name' : 'item';
  }
}

function closed(open: unknown[]): Expected {
  open.pop();
  return 'end';
}
