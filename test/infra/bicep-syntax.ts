/** Bicep as a typed tree. What the tree does not hold is refused, so that nothing goes unchecked. */
import { createRequire } from 'node:module';
import { Language, Parser } from 'web-tree-sitter';
import type { Node } from 'web-tree-sitter';

interface Placed {
  /** `main.bicep:12`. */
  readonly at: string;
}

export type Expression = Placed &
  (
    | { readonly kind: 'text'; readonly parts: readonly (string | Expression)[] }
    | { readonly kind: 'number'; readonly value: number }
    | { readonly kind: 'boolean'; readonly value: boolean }
    | { readonly kind: 'null' }
    | ObjectExpression
    | { readonly kind: 'array'; readonly items: readonly Expression[] }
    | { readonly kind: 'name'; readonly name: string }
    | { readonly kind: 'member'; readonly of: Expression; readonly name: string }
    | { readonly kind: 'index'; readonly of: Expression; readonly index: Expression }
    | { readonly kind: 'call'; readonly name: string; readonly given: readonly Expression[] }
    | { readonly kind: 'unary'; readonly operand: Expression; readonly operator: string }
    | {
        readonly kind: 'binary';
        readonly operator: string;
        readonly left: Expression;
        readonly right: Expression;
      }
    | {
        readonly kind: 'choice';
        readonly condition: Expression;
        readonly met: Expression;
        readonly otherwise: Expression;
      }
    | ForExpression
    | { readonly kind: 'if'; readonly condition: Expression; readonly body: Expression }
    | { readonly kind: 'lambda'; readonly parameters: readonly string[]; readonly body: Expression }
  );

export interface ObjectExpression extends Placed {
  readonly kind: 'object';
  readonly properties: readonly Property[];
}

export interface Property extends Placed {
  /** Absent where the name is computed. */
  readonly name?: string;
  /** The computed name. */
  readonly computed?: Expression;
  readonly value: Expression;
}

interface ForExpression extends Placed {
  readonly kind: 'for';
  readonly variables: readonly string[];
  readonly items: Expression;
  readonly body: Expression;
}

export type TypeExpression = Placed &
  (
    | { readonly kind: 'primitive'; readonly name: string }
    | { readonly kind: 'literal'; readonly value: string }
    | { readonly kind: 'named'; readonly name: string }
    | { readonly kind: 'arrayOf'; readonly item: TypeExpression }
    | { readonly kind: 'union'; readonly options: readonly TypeExpression[] }
  );

export interface Decorator extends Placed {
  readonly name: string;
  readonly given: readonly Expression[];
}

export type Declaration = Placed & { readonly decorators: readonly Decorator[] } & (
    | {
        readonly kind: 'parameter';
        readonly name: string;
        readonly type: TypeExpression;
        readonly fallback?: Expression;
      }
    | { readonly kind: 'variable'; readonly name: string; readonly value: Expression }
    | {
        readonly kind: 'output';
        readonly name: string;
        readonly type: TypeExpression;
        readonly value: Expression;
      }
    | {
        readonly kind: 'resource';
        readonly name: string;
        /** `Microsoft.Storage/storageAccounts@2026-04-01`. */
        readonly type: string;
        readonly existing: boolean;
        readonly value: Expression;
      }
    | {
        readonly kind: 'module';
        readonly name: string;
        readonly path: string;
        readonly value: Expression;
      }
  );

export interface BicepFile {
  readonly path: string;
  readonly targetScope: string;
  readonly declarations: readonly Declaration[];
}

const require = createRequire(import.meta.url);

/** A parser of Bicep, with the grammar of https://github.com/tree-sitter-grammars/tree-sitter-bicep. */
export async function bicepParser(): Promise<(path: string, text: string) => BicepFile> {
  await Parser.init();
  const grammar = await Language.load(require.resolve('tree-sitter-bicep/tree-sitter-bicep.wasm'));
  const parser = new Parser().setLanguage(grammar);
  return (path, text) => {
    const tree = parser.parse(text);
    if (tree === null) throw new Error(`${path} could not be parsed`);
    try {
      return new TreeReader(path).file(tree.rootNode);
    } finally {
      tree.delete();
    }
  };
}

const primitives = /^(array|bool|int|object|string|secureString|secureObject)$/;

/** Reads the tree of one file. */
class TreeReader {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  file(root: Node): BicepFile {
    this.#refuseErrors(root);
    let targetScope = 'resourceGroup';
    let decorators: Decorator[] = [];
    const declarations: Declaration[] = [];
    for (const node of childrenOf(root)) {
      if (node.type === 'target_scope_assignment') {
        targetScope = this.#plainText(childrenOf(node)[0]);
      } else if (node.type === 'decorators') {
        decorators = childrenOf(node).map((each) => this.#decorator(each));
      } else {
        declarations.push(this.#declaration(node, decorators));
        decorators = [];
      }
    }
    return { path: this.#path, targetScope, declarations };
  }

  #refuseErrors(node: Node): void {
    if (!node.hasError) return;
    if (node.isError || node.isMissing) {
      throw new SyntaxError(`${this.#at(node)}: not understood: ${node.text.slice(0, 60)}`);
    }
    for (const child of node.children) this.#refuseErrors(child);
  }

  #at(node: Node): string {
    return `${this.#path}:${node.startPosition.row + 1}`;
  }

  #unknown(node: Node | undefined, parent?: Node): never {
    const place = node ?? parent;
    const at = place === undefined ? this.#path : this.#at(place);
    throw new SyntaxError(`${at}: ${node?.type ?? 'nothing'} is not understood here`);
  }

  #decorator(node: Node): Decorator {
    const call = this.#expression(childrenOf(node)[0]);
    if (call.kind !== 'call') return this.#unknown(node);
    return { at: call.at, name: call.name, given: call.given };
  }

  #declaration(node: Node, decorators: readonly Decorator[]): Declaration {
    const [first, second, third] = childrenOf(node);
    const placed = { at: this.#at(node), decorators, name: first?.text ?? '' };
    switch (node.type) {
      case 'parameter_declaration':
        return {
          ...placed,
          kind: 'parameter',
          type: this.#type(second),
          ...(third === undefined ? {} : { fallback: this.#expression(third) }),
        };
      case 'variable_declaration':
        return { ...placed, kind: 'variable', value: this.#expression(second) };
      case 'output_declaration': {
        const type = this.#type(second);
        return { ...placed, kind: 'output', type, value: this.#expression(third) };
      }
      case 'resource_declaration': {
        const existing = node.children.some(({ type }) => type === 'existing');
        const type = this.#plainText(second);
        return { ...placed, kind: 'resource', type, existing, value: this.#expression(third) };
      }
      case 'module_declaration': {
        const path = this.#plainText(second);
        return { ...placed, kind: 'module', path, value: this.#expression(third) };
      }
      default:
        return this.#unknown(node);
    }
  }

  #type(node: Node | undefined): TypeExpression {
    if (node === undefined) return this.#unknown(node);
    const at = this.#at(node);
    const children = childrenOf(node);
    switch (node.type) {
      case 'type':
        return this.#type(children[0]);
      case 'primitive_type':
        return { at, kind: 'primitive', name: node.text };
      case 'identifier':
        return primitives.test(node.text)
          ? { at, kind: 'primitive', name: node.text }
          : { at, kind: 'named', name: node.text };
      case 'string':
        return { at, kind: 'literal', value: this.#plainText(node) };
      case 'array_type':
        return { at, kind: 'arrayOf', item: this.#type(children[0]) };
      case 'union_type':
        return { at, kind: 'union', options: children.map((child) => this.#type(child)) };
      default:
        return this.#unknown(node);
    }
  }

  #plainText(node: Node | undefined): string {
    const text = this.#expression(node);
    const [part = '', more] = text.kind === 'text' ? text.parts : [];
    if (text.kind !== 'text' || typeof part !== 'string' || more !== undefined) {
      return this.#unknown(node);
    }
    return part;
  }

  #expression(node: Node | undefined): Expression {
    if (node === undefined) return this.#unknown(node);
    const at = this.#at(node);
    const children = childrenOf(node);
    const [first, second, third] = children;
    switch (node.type) {
      case 'string':
        return { at, kind: 'text', parts: this.#textParts(children) };
      case 'number':
        return { at, kind: 'number', value: Number(node.text) };
      case 'boolean':
        return { at, kind: 'boolean', value: node.text === 'true' };
      case 'null':
        return { at, kind: 'null' };
      case 'identifier':
        return { at, kind: 'name', name: node.text };
      case 'object':
        return { at, kind: 'object', properties: this.#properties(node) };
      case 'array':
        return { at, kind: 'array', items: this.#apart(children).map((c) => this.#expression(c)) };
      case 'parenthesized_expression':
        // Stays whole when what follows it is given to its last operand.
        return { at, kind: 'call', name: '()', given: [this.#expression(first)] };
      case 'member_expression': {
        const name = node.childForFieldName('property')?.text ?? '';
        if (node.children.some(({ type }) => type === '!')) return this.#unknown(node);
        return toLastOperand(this.#expression(first), (of) => ({ at, kind: 'member', of, name }));
      }
      case 'subscript_expression': {
        const index = this.#expression(second);
        return toLastOperand(this.#expression(first), (of) => ({ at, kind: 'index', of, index }));
      }
      case 'call_expression': {
        if (first?.type !== 'identifier') return this.#unknown(node);
        const given = childrenOf(second ?? node).map((child) => this.#expression(child));
        return { at, kind: 'call', name: first.text, given };
      }
      case 'unary_expression': {
        const operator = node.childForFieldName('operator')?.text ?? '';
        return { at, kind: 'unary', operator, operand: this.#expression(first) };
      }
      case 'binary_expression': {
        const operator = node.childForFieldName('operator')?.text ?? '';
        const [left, right] = [this.#expression(first), this.#expression(second)];
        return { at, kind: 'binary', operator, left, right };
      }
      case 'ternary_expression': {
        const [condition, met] = [this.#expression(first), this.#expression(second)];
        return { at, kind: 'choice', condition, met, otherwise: this.#expression(third) };
      }
      case 'lambda_expression': {
        if (first?.type !== 'identifier') return this.#unknown(node);
        return { at, kind: 'lambda', parameters: [first.text], body: this.#expression(second) };
      }
      case 'for_statement': {
        const variables =
          first?.type === 'for_loop_parameters'
            ? childrenOf(first).map(({ text }) => text)
            : [first?.text ?? ''];
        const [items, body] = [this.#expression(second), this.#expression(third)];
        return { at, kind: 'for', variables, items, body };
      }
      case 'if_statement': {
        const [condition] = childrenOf(first ?? node);
        const [met, body] = [this.#expression(condition), this.#expression(second)];
        return { at, kind: 'if', condition: met, body };
      }
      default:
        return this.#unknown(node);
    }
  }

  #textParts(children: readonly Node[]): (string | Expression)[] {
    const parts: (string | Expression)[] = [];
    for (const child of children) {
      if (child.type === 'interpolation') {
        parts.push(this.#expression(childrenOf(child)[0]));
        continue;
      }
      if (child.type !== 'string_content' && child.type !== 'escape_sequence') this.#unknown(child);
      const text = child.type === 'escape_sequence' ? unescaped(child.text) : child.text;
      const last = parts.at(-1);
      if (typeof last === 'string') parts[parts.length - 1] = last + text;
      else parts.push(text);
    }
    return parts;
  }

  #properties(node: Node): Property[] {
    return this.#apart(childrenOf(node)).map((property) => {
      const [name, value] = childrenOf(property);
      if (property.type !== 'object_property' || name === undefined) return this.#unknown(property);
      const at = this.#at(property);
      const key: Expression =
        name.type === 'identifier'
          ? { at, kind: 'text', parts: [name.text] }
          : this.#expression(name);
      const [part, more] = key.kind === 'text' ? key.parts : [];
      return {
        at,
        ...(typeof part === 'string' && more === undefined ? { name: part } : { computed: key }),
        value: this.#expression(value),
      };
    });
  }

  /** The grammar wants nothing between two items; Bicep wants a new line or a comma. */
  #apart(items: readonly Node[]): readonly Node[] {
    items.forEach((item, index) => {
      const before = items[index - 1];
      if (before === undefined || before.endPosition.row < item.startPosition.row) return;
      if (item.previousSibling?.type !== ',') {
        throw new SyntaxError(`${this.#at(item)}: a new line or a comma is missing`);
      }
    });
    return items;
  }
}

function childrenOf(node: Node): Node[] {
  return node.namedChildren.filter(({ type }) => !type.endsWith('comment'));
}

/**
 * The grammar binds `.name` and `[…]` more loosely than every operator: `a ? b : c.d` is read as
 * `(a ? b : c).d`. Bicep gives them to the last operand.
 */
function toLastOperand(of: Expression, make: (of: Expression) => Expression): Expression {
  if (of.kind === 'choice') return { ...of, otherwise: toLastOperand(of.otherwise, make) };
  if (of.kind === 'binary') return { ...of, right: toLastOperand(of.right, make) };
  if (of.kind === 'unary') return { ...of, operand: toLastOperand(of.operand, make) };
  return of.kind === 'lambda' ? { ...of, body: toLastOperand(of.body, make) } : make(of);
}

const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };

/** https://learn.microsoft.com/azure/azure-resource-manager/bicep/data-types#strings */
function unescaped(text: string): string {
  const letter = text.slice(1);
  return escapes[letter] ?? letter;
}
