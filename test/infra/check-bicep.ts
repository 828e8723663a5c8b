/** Checks Bicep files against Azure's published types, and that their names and modules fit together. */
import { posix } from 'node:path';
import { nearest } from '../../shared/settings/nearest.ts';
import type {
  AzureType,
  ObjectType,
  PropertyType,
  ResourceType,
  ScopeName,
} from './azure-types.ts';
import type {
  BicepFile,
  Declaration,
  Decorator,
  Expression,
  ObjectExpression,
  Property,
  TypeExpression,
} from './bicep-syntax.ts';

/** What a file may use. */
export interface BicepWorld {
  /** Parses a file by its path. @throws Error where there is none. */
  readonly file: (path: string) => BicepFile;
  /** Reads a text or JSON file by its path. @throws Error where there is none. */
  readonly text: (path: string) => string;
  /** Undefined where Azure publishes no such type. */
  readonly resourceType: (name: string) => ResourceType | undefined;
}

/** The problems of a file and of every module below it, `main.bicep:12: …` each. */
export function problemsOf(path: string, world: BicepWorld): string[] {
  const seen = new Map<string, FileCheck>();
  return [...new Set(check(path, world, seen).problemsOfAll(seen))];
}

function check(path: string, world: BicepWorld, seen: Map<string, FileCheck>): FileCheck {
  const known = seen.get(path);
  if (known !== undefined) return known;
  const made = new FileCheck(world.file(path), world, (module) => check(module, world, seen));
  seen.set(path, made);
  made.run();
  return made;
}

const any: AzureType = { kind: 'any' };
const string: AzureType = { kind: 'string' };
const boolean: AzureType = { kind: 'boolean' };
const integer: AzureType = { kind: 'integer' };
const arrayOfAny: AzureType = { kind: 'array', item: () => any };
const anyObject: AzureType = {
  kind: 'object',
  name: 'object',
  properties: new Map(),
  further: () => any,
};

/** What the functions of Bicep return: https://learn.microsoft.com/azure/azure-resource-manager/bicep/bicep-functions */
const functions: Readonly<Record<string, AzureType>> = {
  any: any,
  array: arrayOfAny,
  cidrSubnet: string,
  concat: arrayOfAny,
  contains: boolean,
  empty: boolean,
  environment: anyObject,
  extensionResourceId: string,
  filter: arrayOfAny,
  first: any,
  flatten: arrayOfAny,
  format: string,
  guid: string,
  items: arrayOfAny,
  join: string,
  json: any,
  last: any,
  length: integer,
  loadJsonContent: any,
  loadTextContent: string,
  managementGroup: anyObject,
  managementGroupResourceId: string,
  map: arrayOfAny,
  range: { kind: 'array', item: () => integer },
  replace: string,
  resourceGroup: anyObject,
  resourceId: string,
  split: { kind: 'array', item: () => string },
  string: string,
  subscription: anyObject,
  subscriptionResourceId: string,
  substring: string,
  take: any,
  tenant: anyObject,
  tenantResourceId: string,
  toLower: string,
  toObject: anyObject,
  trim: string,
  union: any,
  uniqueString: string,
  utcNow: string,
};

const decorators =
  /^(description|allowed|secure|minLength|maxLength|minValue|maxValue|metadata|batchSize)$/;

/** Properties of a resource that are known before it is deployed, besides what its template says. */
const knownBeforehand = /^(id|name|type|apiVersion)$/;
const ofEveryResource = /^(scope|parent|dependsOn)$/;

type Variables = ReadonlyMap<string, AzureType>;
const noVariables: Variables = new Map();

/** The check of one file. */
class FileCheck {
  readonly #file: BicepFile;
  readonly #world: BicepWorld;
  readonly #checkModule: (path: string) => FileCheck;
  readonly #declared = new Map<string, Declaration>();
  readonly #used = new Set<string>();
  readonly #problems: string[] = [];

  constructor(file: BicepFile, world: BicepWorld, checkModule: (path: string) => FileCheck) {
    this.#file = file;
    this.#world = world;
    this.#checkModule = checkModule;
  }

  problemsOfAll(files: ReadonlyMap<string, FileCheck>): string[] {
    return [...files.values()].flatMap((each) => each.#problems);
  }

  get targetScope(): string {
    return this.#file.targetScope;
  }

  get #parameters() {
    return this.#file.declarations.filter((each) => each.kind === 'parameter');
  }

  get #outputs() {
    return this.#file.declarations.filter((each) => each.kind === 'output');
  }

  run(): void {
    for (const each of this.#file.declarations) {
      if (each.kind === 'output') continue;
      if (this.#declared.has(each.name)) this.#say(each, `${each.name} is declared twice`);
      this.#declared.set(each.name, each);
    }
    for (const each of this.#file.declarations) this.#declaration(each);
    for (const { name, kind, at } of this.#declared.values()) {
      // A resource or a module is there to be deployed, an existing one to be referred to.
      const declared = this.#declared.get(name);
      const isDeployed = kind === 'module' || (declared?.kind === 'resource' && !declared.existing);
      if (!isDeployed && !this.#used.has(name)) this.#say({ at }, `${name} is never used`);
    }
  }

  #say({ at }: { readonly at: string }, problem: string): void {
    this.#problems.push(`${at}: ${problem}`);
  }

  #declaration(declaration: Declaration): void {
    for (const decorator of declaration.decorators) this.#decorator(decorator);
    switch (declaration.kind) {
      case 'parameter':
        if (declaration.fallback !== undefined) {
          this.#fits(declaration.fallback, this.#typeOfParameter(declaration), noVariables);
        }
        if (!declaration.decorators.some(({ name }) => name === 'description')) {
          this.#say(declaration, `${declaration.name} has no @description`);
        }
        break;
      case 'variable':
        this.#typeOf(declaration.value, noVariables);
        break;
      case 'output':
        this.#fits(declaration.value, typeOfDeclared(declaration.type), noVariables);
        break;
      case 'resource':
        this.#withoutLoop(declaration.value, (body, variables) => {
          this.#resource(declaration, body, variables);
        });
        break;
      case 'module':
        this.#withoutLoop(declaration.value, (body, variables) => {
          this.#module(declaration, body, variables);
        });
        break;
    }
  }

  #decorator(decorator: Decorator): void {
    if (!decorators.test(decorator.name)) this.#say(decorator, `there is no @${decorator.name}`);
  }

  /** Hands the body of `[for …: …]` and `if (…) {…}` on; what decides about them must be known at the start. */
  #withoutLoop(
    value: Expression,
    use: (body: ObjectExpression, variables: Variables) => void,
    variables: Variables = noVariables,
  ): void {
    if (value.kind === 'for') {
      this.#typeOf(value.items, variables);
      this.#mustBeKnownAtStart(value.items, 'what a loop runs over');
      this.#withoutLoop(value.body, use, this.#loopVariables(value, variables));
    } else if (value.kind === 'if') {
      this.#fits(value.condition, boolean, variables);
      this.#mustBeKnownAtStart(value.condition, 'a condition');
      this.#withoutLoop(value.body, use, variables);
    } else if (value.kind === 'object') {
      use(value, variables);
    } else {
      this.#say(value, 'must be an object');
    }
  }

  #loopVariables(loop: Expression & { readonly kind: 'for' }, variables: Variables): Variables {
    const items = this.#typeOf(loop.items, variables);
    const [item = '', index] = loop.variables;
    for (const name of loop.variables) {
      if (this.#declared.has(name)) this.#say(loop, `${name} hides what is declared by that name`);
    }
    const more: [string, AzureType][] = [[item, items.kind === 'array' ? items.item() : any]];
    if (index !== undefined) more.push([index, integer]);
    return new Map([...variables, ...more]);
  }

  #resource(
    declaration: Declaration & { readonly kind: 'resource' },
    body: ObjectExpression,
    variables: Variables,
  ): void {
    const type = this.#world.resourceType(declaration.type);
    if (type === undefined) this.#say(declaration, `Azure publishes no type ${declaration.type}`);
    const own = body.properties.filter(({ name = '' }) => !ofEveryResource.test(name));
    const given = { ...body, properties: own };
    for (const { name = '', value } of body.properties) {
      if (ofEveryResource.test(name)) this.#typeOf(value, variables);
      if (name === 'scope') this.#mustBeKnownAtStart(value, 'a scope');
    }
    this.#place(declaration, body, type);
    if (type === undefined || declaration.existing) {
      for (const { name, value, at } of own) {
        this.#typeOf(value, variables);
        if (name === 'name') this.#mustBeKnownAtStart(value, 'a name');
        else if (declaration.existing) this.#say({ at }, `an existing resource sets no ${name}`);
      }
    } else {
      this.#objectFits(given, type.body, variables);
    }
    if (!own.some(({ name }) => name === 'name')) this.#say(body, 'has no name');
  }

  /** That a resource can be deployed where it is, and that its parent is one. */
  #place(
    declaration: Declaration & { readonly kind: 'resource' },
    body: ObjectExpression,
    type: ResourceType | undefined,
  ): void {
    const parent = propertyOf(body, 'parent');
    const [path = ''] = declaration.type.split('@');
    if (parent !== undefined) {
      // One of a loop is a resource too.
      const named = parent.kind === 'index' ? parent.of : parent;
      const of = named.kind === 'name' ? this.#declared.get(named.name) : undefined;
      const expected = path.split('/').slice(0, -1).join('/').toLowerCase();
      const found = of?.kind === 'resource' ? of.type.split('@')[0]?.toLowerCase() : undefined;
      if (found !== expected) this.#say(parent, `the parent of ${path} is a ${expected}`);
      return;
    }
    if (path.split('/').length > 2) this.#say(declaration, `${path} has no parent`);
    const scope = propertyOf(body, 'scope');
    const at = scope === undefined ? this.targetScope : this.#scopeOf(scope);
    if (at === undefined || type === undefined || declaration.existing) return;
    const scopes: ReadonlySet<string> = type.scopes;
    if (!scopes.has(at)) this.#say(declaration, `${path} is not deployed to a ${at}`);
    const isElsewhere = scope !== undefined && at !== 'resource' && at !== this.targetScope;
    if (isElsewhere) this.#say(scope, `a ${this.targetScope} deploys to a ${at} by a module only`);
  }

  /** What a value of `scope` names; undefined where that is not seen. */
  #scopeOf(scope: Expression): ScopeName | undefined {
    if (scope.kind === 'name') {
      const of = this.#declared.get(scope.name);
      if (of?.kind !== 'resource') return undefined;
      return /^microsoft\.resources\/resourcegroups@/i.test(of.type) ? 'resourceGroup' : 'resource';
    }
    if (scope.kind !== 'call') return undefined;
    const levels: readonly ScopeName[] = [
      'tenant',
      'managementGroup',
      'subscription',
      'resourceGroup',
    ];
    return levels.find((level) => level === scope.name);
  }

  #module(
    declaration: Declaration & { readonly kind: 'module' },
    body: ObjectExpression,
    variables: Variables,
  ): void {
    const module = this.#moduleOf(declaration);
    if (module === undefined) return;
    const scope = propertyOf(body, 'scope');
    const to = scope === undefined ? this.targetScope : this.#scopeOf(scope);
    if (to !== module.targetScope) {
      this.#say(declaration, `is for a ${module.targetScope}, and is deployed to a ${to}`);
    }
    for (const { name = '', value, at } of body.properties) {
      if (!/^(name|scope|params|dependsOn)$/.test(name))
        this.#say({ at }, `a module has no ${name}`);
      if (name === 'params') continue;
      this.#typeOf(value, variables);
      if (name !== 'dependsOn') this.#mustBeKnownAtStart(value, `the ${name} of a module`);
    }
    const params = propertyOf(body, 'params') ?? { at: body.at, kind: 'object', properties: [] };
    if (params.kind !== 'object') return this.#say(params, 'params must be an object');
    this.#objectFits(params, module.#inputs(), variables);
  }

  #moduleOf(declaration: Declaration & { readonly kind: 'module' }): FileCheck | undefined {
    const path = posix.join(posix.dirname(this.#file.path), declaration.path);
    try {
      return this.#checkModule(path);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      this.#say(declaration, `module ${declaration.path}: ${why}`);
      return undefined;
    }
  }

  /** What a module takes, as the type of an object. */
  #inputs(): ObjectType {
    const properties = this.#parameters.map((each): [string, PropertyType] => {
      const required = each.fallback === undefined;
      const type = () => this.#typeOfParameter(each);
      return [each.name, { type, required, readOnly: false, knownAtStart: false }];
    });
    return { kind: 'object', name: this.#file.path, properties: new Map(properties) };
  }

  #typeOfParameter(parameter: Declaration & { readonly kind: 'parameter' }): AzureType {
    const allowed = parameter.decorators.find(({ name }) => name === 'allowed')?.given[0];
    const words = allowed?.kind === 'array' ? allowed.items.map(plainText) : [];
    const options = words.flatMap((value): AzureType[] =>
      value === undefined ? [] : [{ kind: 'literal', value }],
    );
    return options.length === 0
      ? typeOfDeclared(parameter.type)
      : { kind: 'union', options: () => options };
  }

  /** Says where a value does not fit a type. */
  #fits(value: Expression, type: AzureType, variables: Variables): void {
    if (value.kind === 'object') {
      this.#objectFits(value, type, variables);
    } else if (value.kind === 'array') {
      for (const item of value.items) this.#fits(item, this.#itemOf(value, type), variables);
    } else if (value.kind === 'for') {
      const within = this.#loopVariables(value, variables);
      this.#fits(value.body, this.#itemOf(value, type), within);
    } else if (value.kind === 'if') {
      this.#fits(value.condition, boolean, variables);
      this.#fits(value.body, type, variables);
    } else if (value.kind === 'choice') {
      this.#fits(value.condition, boolean, variables);
      this.#fits(value.met, type, variables);
      this.#fits(value.otherwise, type, variables);
    } else if (value.kind === 'call' && value.name === '()' && value.given[0] !== undefined) {
      this.#fits(value.given[0], type, variables);
    } else if (value.kind === 'call' && value.name === 'loadJsonContent') {
      this.#fits(this.#loaded(value), type, variables);
    } else {
      const declared = value.kind === 'name' ? this.#declared.get(value.name) : undefined;
      if (declared?.kind === 'variable' && !variables.has(declared.name)) {
        this.#used.add(declared.name);
        this.#fits(declared.value, type, noVariables);
        return;
      }
      const problem = mismatch(this.#typeOf(value, variables), type);
      if (problem !== undefined) this.#say(value, problem);
    }
  }

  #itemOf(value: Expression, type: AzureType): AzureType {
    if (type.kind === 'array') return type.item();
    if (type.kind !== 'any') this.#say(value, `is an array, must be ${described(type)}`);
    return any;
  }

  #objectFits(value: ObjectExpression, type: AzureType, variables: Variables): void {
    if (type.kind === 'object') return this.#propertiesFit(value, type, variables);
    if (type.kind !== 'discriminated') {
      if (type.kind !== 'any') this.#say(value, `is an object, must be ${described(type)}`);
      for (const property of value.properties) this.#typeOf(property.value, variables);
      return;
    }
    const { discriminator, elements } = type;
    const chosen = propertyOf(value, discriminator);
    const word = chosen === undefined ? undefined : plainText(chosen);
    const element = elements.get(word ?? '')?.();
    if (element?.kind !== 'object') {
      const one = [...elements.keys()].join(', ');
      return this.#say(chosen ?? value, `${discriminator} must be one of ${one}`);
    }
    const properties = new Map([...type.properties, ...element.properties]);
    this.#propertiesFit(value, { ...element, properties }, variables);
  }

  #propertiesFit(value: ObjectExpression, type: ObjectType, variables: Variables): void {
    const seen = new Set<string>();
    for (const property of value.properties) {
      this.#propertyFits(property, type, variables);
      if (property.name === undefined) continue;
      if (seen.has(property.name)) this.#say(property, `${property.name} is set twice`);
      seen.add(property.name);
    }
    for (const [name, { required, readOnly }] of type.properties) {
      if (required && !readOnly && !seen.has(name)) this.#say(value, `${name} is missing`);
    }
  }

  #propertyFits(property: Property, type: ObjectType, variables: Variables): void {
    const { name, computed, value } = property;
    if (computed !== undefined) this.#typeOf(computed, variables);
    const known = name === undefined ? undefined : type.properties.get(name);
    if (known === undefined) {
      // The set of types at hand leaves descriptions out, those that a resource has too.
      if (name === 'description') return this.#fits(value, string, variables);
      if (type.further !== undefined) return this.#fits(value, type.further(), variables);
      const meant = nearest(name ?? '', type.properties.keys());
      const hint = meant === undefined ? '' : `; did you mean ${meant}?`;
      this.#say(property, `${type.name} has no ${name ?? 'computed property'}${hint}`);
      this.#typeOf(value, variables);
      return;
    }
    if (known.readOnly) this.#say(property, `${name} is read-only`);
    if (known.knownAtStart) this.#mustBeKnownAtStart(value, `the ${name}`);
    this.#fits(value, known.type(), variables);
  }

  /** The type of a value, as far as it can be seen; says what in it refers to nothing. */
  #typeOf(value: Expression, variables: Variables): AzureType {
    switch (value.kind) {
      case 'text': {
        for (const part of value.parts) if (typeof part !== 'string') this.#typeOf(part, variables);
        const plain = plainText(value);
        return plain === undefined ? string : { kind: 'literal', value: plain };
      }
      case 'number':
        return { kind: 'integer', min: value.value, max: value.value };
      case 'boolean':
        return boolean;
      case 'null':
        return any;
      case 'object':
        return this.#typeOfObject(value, variables);
      case 'array': {
        const items = value.items.map((item) => this.#typeOf(item, variables));
        return { kind: 'array', item: () => (items.length === 0 ? any : oneOf(items)) };
      }
      case 'name':
        return this.#typeOfName(value, variables);
      case 'member':
        return this.#memberOf(value, this.#typeOf(value.of, variables));
      case 'index': {
        this.#typeOf(value.index, variables);
        const of = this.#typeOf(value.of, variables);
        return of.kind === 'array' ? of.item() : any;
      }
      case 'call':
        return this.#typeOfCall(value, variables);
      case 'unary':
        this.#typeOf(value.operand, variables);
        return value.operator === '!' ? boolean : integer;
      case 'binary': {
        const sides = [value.left, value.right].map((side) => this.#typeOf(side, variables));
        if (value.operator === '??') return oneOf(sides);
        return /^[-+*/%]$/.test(value.operator) ? integer : boolean;
      }
      case 'choice': {
        this.#typeOf(value.condition, variables);
        return oneOf([value.met, value.otherwise].map((each) => this.#typeOf(each, variables)));
      }
      case 'for': {
        const item = this.#typeOf(value.body, this.#loopVariables(value, variables));
        return { kind: 'array', item: () => item };
      }
      case 'if':
        this.#typeOf(value.condition, variables);
        return this.#typeOf(value.body, variables);
      case 'lambda': {
        const parameters = value.parameters.map((name): [string, AzureType] => [name, any]);
        return this.#typeOf(value.body, new Map([...variables, ...parameters]));
      }
    }
  }

  #typeOfObject(value: ObjectExpression, variables: Variables): ObjectType {
    const properties = value.properties.flatMap((each): [string, PropertyType][] => {
      if (each.computed !== undefined) this.#typeOf(each.computed, variables);
      const type = this.#typeOf(each.value, variables);
      const found = { type: () => type, required: false, readOnly: false, knownAtStart: false };
      return each.name === undefined ? [] : [[each.name, found]];
    });
    const isOpen = value.properties.some(({ name }) => name === undefined);
    return {
      kind: 'object',
      name: 'this object',
      properties: new Map(properties),
      ...(isOpen ? { further: () => any } : {}),
    };
  }

  #typeOfName(value: Expression & { readonly kind: 'name' }, variables: Variables): AzureType {
    const { name } = value;
    const local = variables.get(name);
    if (local !== undefined) return local;
    const declared = this.#declared.get(name);
    this.#used.add(name);
    switch (declared?.kind) {
      case undefined:
        this.#say(value, `${name} is not declared`);
        return any;
      case 'parameter':
        return this.#typeOfParameter(declared);
      case 'variable':
        return this.#typeOf(declared.value, noVariables);
      case 'resource': {
        const body = this.#world.resourceType(declared.type)?.body ?? any;
        return declared.value.kind === 'for' ? { kind: 'array', item: () => body } : body;
      }
      case 'module': {
        const module = this.#moduleOf(declared);
        const outputs = module === undefined ? any : module.#results();
        return declared.value.kind === 'for' ? { kind: 'array', item: () => outputs } : outputs;
      }
      case 'output':
        return any;
    }
  }

  /** What a module gives, as the type of an object. */
  #results(): AzureType {
    const outputs = this.#outputs.map(({ name, type }): [string, PropertyType] => [
      name,
      { type: () => typeOfDeclared(type), required: true, readOnly: true, knownAtStart: false },
    ]);
    const given: ObjectType = {
      kind: 'object',
      name: this.#file.path,
      properties: new Map(outputs),
    };
    const property = { required: true, readOnly: true, knownAtStart: false };
    const properties = new Map<string, PropertyType>([
      ['outputs', { ...property, type: () => given }],
      ['name', { ...property, type: () => string }],
    ]);
    return { kind: 'object', name: 'a module', properties };
  }

  #memberOf(value: Expression & { readonly kind: 'member' }, of: AzureType): AzureType {
    if (of.kind !== 'object') {
      const simple = of.kind === 'string' || of.kind === 'integer' || of.kind === 'boolean';
      if (simple) this.#say(value, `${described(of)} has no ${value.name}`);
      return any;
    }
    const known = of.properties.get(value.name);
    if (known === undefined && of.further === undefined) {
      const meant = nearest(value.name, of.properties.keys());
      const hint = meant === undefined ? '' : `; did you mean ${meant}?`;
      this.#say(value, `${of.name} has no ${value.name}${hint}`);
    }
    return known?.type() ?? of.further?.() ?? any;
  }

  #typeOfCall(value: Expression & { readonly kind: 'call' }, variables: Variables): AzureType {
    const given = value.given.map((each) => this.#typeOf(each, variables));
    if (value.name === '()') return given[0] ?? any;
    if (value.name === 'loadJsonContent') return this.#typeOf(this.#loaded(value), noVariables);
    if (value.name === 'loadTextContent') this.#textOf(value);
    const result = Object.hasOwn(functions, value.name) ? functions[value.name] : undefined;
    if (result === undefined) this.#say(value, `there is no function ${value.name}`);
    return result ?? any;
  }

  /** What a file holds that is loaded; empty, and said, where it cannot be. */
  #textOf(value: Expression & { readonly kind: 'call' }): string {
    const named = value.given[0] === undefined ? undefined : plainText(value.given[0]);
    try {
      if (named === undefined) throw new Error('a file is loaded by its plain name');
      return this.#world.text(posix.join(posix.dirname(this.#file.path), named));
    } catch (error) {
      this.#say(value, `${named}: ${error instanceof Error ? error.message : String(error)}`);
      return '';
    }
  }

  #loaded(value: Expression & { readonly kind: 'call' }): Expression {
    try {
      return written(JSON.parse(this.#textOf(value)), value.at);
    } catch (error) {
      this.#say(value, `is no JSON: ${error instanceof Error ? error.message : String(error)}`);
      return { at: value.at, kind: 'null' };
    }
  }

  /** Says what in a value is known only after something was deployed. */
  #mustBeKnownAtStart(value: Expression, what: string): void {
    for (const each of this.#knownLate(value)) {
      this.#say(each, `${what} must be known before anything is deployed`);
    }
  }

  #knownLate(value: Expression): Expression[] {
    if (value.kind === 'name') {
      const of = this.#declared.get(value.name);
      return of?.kind === 'variable' ? this.#knownLate(of.value) : [];
    }
    if (value.kind !== 'member') return childrenOf(value).flatMap((each) => this.#knownLate(each));
    const root = rootOf(value.of);
    const of = root === undefined ? undefined : this.#declared.get(root.name);
    const isKnown = value.of === root && knownBeforehand.test(value.name);
    if (of?.kind === 'module') return [value];
    if (of?.kind === 'resource') return isKnown || isIndexed(value) ? [] : [value];
    return this.#knownLate(value.of);
  }
}

/** A value of JSON as if it stood in the file. */
function written(json: unknown, at: string): Expression {
  if (typeof json === 'string') return { at, kind: 'text', parts: [json] };
  if (typeof json === 'number') return { at, kind: 'number', value: json };
  if (typeof json === 'boolean') return { at, kind: 'boolean', value: json };
  if (Array.isArray(json)) {
    return { at, kind: 'array', items: json.map((item) => written(item, at)) };
  }
  if (typeof json !== 'object' || json === null) return { at, kind: 'null' };
  const properties = Object.entries(json).map(([name, value]) => {
    return { at, name, value: written(value, at) };
  });
  return { at, kind: 'object', properties };
}

/** `one[0].name`, of a resource in a loop. */
function isIndexed({ of, name }: Expression & { readonly kind: 'member' }): boolean {
  return of.kind === 'index' && of.of.kind === 'name' && knownBeforehand.test(name);
}

function rootOf(value: Expression): (Expression & { readonly kind: 'name' }) | undefined {
  if (value.kind === 'name') return value;
  return value.kind === 'member' || value.kind === 'index' ? rootOf(value.of) : undefined;
}

/** The values that a value is made of. */
function childrenOf(value: Expression): readonly Expression[] {
  switch (value.kind) {
    case 'text':
      return value.parts.filter((part) => typeof part !== 'string');
    case 'object':
      return value.properties.flatMap(({ computed, value: of }) =>
        computed === undefined ? [of] : [computed, of],
      );
    case 'array':
      return value.items;
    case 'member':
      return [value.of];
    case 'index':
      return [value.of, value.index];
    case 'call':
      return value.given;
    case 'unary':
      return [value.operand];
    case 'binary':
      return [value.left, value.right];
    case 'choice':
      return [value.condition, value.met, value.otherwise];
    case 'for':
      return [value.items, value.body];
    case 'if':
      return [value.condition, value.body];
    case 'lambda':
      return [value.body];
    case 'number':
    case 'boolean':
    case 'null':
    case 'name':
      return [];
  }
}

/** What a property of an object is set to. */
export function propertyOf(value: ObjectExpression, name: string): Expression | undefined {
  return value.properties.find((each) => each.name === name)?.value;
}

/** A text without anything computed in it. */
export function plainText(value: Expression): string | undefined {
  if (value.kind !== 'text') return undefined;
  const [part = '', more] = value.parts;
  return typeof part === 'string' && more === undefined ? part : undefined;
}

function typeOfDeclared(type: TypeExpression): AzureType {
  switch (type.kind) {
    case 'literal':
      return { kind: 'literal', value: type.value };
    case 'arrayOf':
      return { kind: 'array', item: () => typeOfDeclared(type.item) };
    case 'union':
      return { kind: 'union', options: () => type.options.map(typeOfDeclared) };
    case 'named':
      throw new SyntaxError(`${type.at}: type ${type.name} is not understood`);
    case 'primitive': {
      const simple = { string, secureString: string, int: integer, bool: boolean };
      const found = Object.entries(simple).find(([name]) => name === type.name)?.[1];
      return found ?? (type.name === 'array' ? arrayOfAny : anyObject);
    }
  }
}

function oneOf(types: readonly AzureType[]): AzureType {
  const options = types.flatMap((type) => (type.kind === 'union' ? type.options() : [type]));
  return options.some(({ kind }) => kind === 'any')
    ? any
    : { kind: 'union', options: () => options };
}

/** Why a value of one type is not one of another; undefined where it is, or may be. */
function mismatch(from: AzureType, to: AzureType): string | undefined {
  if (from.kind === 'any' || to.kind === 'any') return undefined;
  if (from.kind === 'union') {
    return from
      .options()
      .map((each) => mismatch(each, to))
      .find((each) => each !== undefined);
  }
  if (to.kind === 'union') {
    const options = to.options();
    const words = options.flatMap((each) => (each.kind === 'literal' ? [each.value] : []));
    // Azure lets other words through where the list is open; a word that nobody has heard of is a slip.
    const isWord = from.kind !== 'literal' || words.length === 0 || words.includes(from.value);
    const fits = isWord && options.some((each) => mismatch(from, each) === undefined);
    return fits
      ? undefined
      : `${described(from)} is not one of ${options.map(described).join(', ')}`;
  }
  const wrong = `is ${described(from)}, must be ${described(to)}`;
  switch (to.kind) {
    case 'literal':
      return from.kind === 'literal' && from.value === to.value ? undefined : wrong;
    case 'string':
      if (from.kind === 'literal') return textMismatch(from.value, to);
      return from.kind === 'string' ? undefined : wrong;
    case 'integer': {
      if (from.kind !== 'integer') return wrong;
      const isLow = (from.min ?? Infinity) < (to.min ?? -Infinity);
      const isHigh = (from.max ?? -Infinity) > (to.max ?? Infinity);
      return isLow || isHigh ? `${from.min} is outside ${to.min ?? ''}…${to.max ?? ''}` : undefined;
    }
    case 'array':
      return from.kind === 'array' ? mismatch(from.item(), to.item()) : wrong;
    case 'object':
    case 'discriminated':
      return from.kind === 'object' || from.kind === 'discriminated' ? undefined : wrong;
    case 'boolean':
    case 'null':
      return from.kind === to.kind ? undefined : wrong;
  }
}

function textMismatch(
  text: string,
  { minLength = 0, maxLength = Infinity, pattern }: AzureType & { readonly kind: 'string' },
): string | undefined {
  if (text.length < minLength || text.length > maxLength) {
    return `"${text}" must have ${minLength} to ${maxLength} characters`;
  }
  return pattern?.test(text) === false ? `"${text}" does not match ${pattern.source}` : undefined;
}

function described(type: AzureType): string {
  if (type.kind === 'literal') return `"${type.value}"`;
  if (type.kind === 'union') return type.options().map(described).join(' or ');
  const isObject = type.kind === 'object' || type.kind === 'discriminated';
  return isObject ? `the object ${type.name}` : type.kind;
}
