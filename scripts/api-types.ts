type Json = Readonly<Record<string, unknown>>;

/**
 * The types of an OpenAPI 3.1 document as TypeScript, in the form that `openapi-fetch` reads. The
 * usual generator, openapi-typescript, needs the compiler's programming interface, which
 * TypeScript 7 does not have. Throws an `Error` that names what it has no words for.
 */
export function apiTypes(document: Json): string {
  const { paths, components } = document;
  const schemas = objectOf(objectOf(components)['schemas']);
  return [
    '/** Made from docs/openapi.json by `npm run docs`: change the schemas in shared/api/ instead. */',
    '',
    'type Answer<Content> = { readonly headers: { readonly [name: string]: unknown }; readonly content: Content };',
    "type Json<Content> = { readonly 'application/json': Content };",
    ...Object.entries(schemas).flatMap(([name, schema]) => [
      '',
      ...comment(objectOf(schema), ''),
      `export type ${name} = ${typeOf(objectOf(schema), '')};`,
    ]),
    '',
    'export interface paths {',
    ...Object.entries(objectOf(paths)).flatMap(([path, operations]) => [
      `  '${path}': {`,
      ...Object.entries(objectOf(operations)).flatMap(([method, operation]) =>
        operationLines(method, objectOf(operation)),
      ),
      '  };',
    ]),
    '}',
    '',
  ].join('\n');
}

function operationLines(method: string, operation: Json): string[] {
  const parameters = listOf(operation['parameters']).map(objectOf);
  const places = ['query', 'path', 'header'].map((place) => {
    const members = parameters.filter((parameter) => parameter['in'] === place);
    const required = members.filter((one) => one['required'] === true).map((one) => one['name']);
    const properties = Object.fromEntries(
      members.map((one) => [
        one['name'],
        { ...objectOf(one['schema']), description: one['description'] },
      ]),
    );
    // Whoever fills in what was asked for leaves out by `undefined`; the client sends none of it.
    const shape = typeOf({ type: 'object', properties, required }, '        ').replaceAll(
      /^(.*\?: .*);$/gm,
      '$1 | undefined;',
    );
    if (members.length === 0) return `        ${place}?: never;`;
    return `        ${place}${required.length === 0 ? '?' : ''}: ${shape};`;
  });
  const body = operation['requestBody'];
  return [
    ...comment({ description: operation['summary'] }, '    '),
    `    ${method}: {`,
    '      parameters: {',
    ...places,
    '        cookie?: never;',
    '      };',
    body === undefined
      ? '      requestBody?: never;'
      : `      requestBody: { content: ${contentOf(objectOf(body))} };`,
    '      responses: {',
    ...Object.entries(objectOf(operation['responses'])).map(
      ([status, response]) => `        ${status}: Answer<${contentOf(objectOf(response))}>;`,
    ),
    '      };',
    '    };',
  ];
}

function contentOf({ content }: Json): string {
  const media = Object.entries(objectOf(content ?? {}));
  const members = media.map(([type, one]) => {
    const { schema } = objectOf(one);
    return [type, schema === undefined ? 'string' : typeOf(objectOf(schema), '        ')] as const;
  });
  const [only] = members;
  if (only === undefined) return 'Record<string, never>';
  if (members.length === 1 && only[0] === 'application/json') return `Json<${only[1]}>`;
  return `{ ${members.map(([type, written]) => `'${type}': ${written}`).join('; ')} }`;
}

const keywords: Readonly<Record<string, string>> = {
  string: 'string',
  number: 'number',
  integer: 'number',
  boolean: 'boolean',
  null: 'null',
};

function typeOf(schema: Json, indent: string): string {
  const { $ref, type } = schema;
  if (typeof $ref === 'string') return referred($ref);
  if ('const' in schema) return literal(schema['const']);
  if ('enum' in schema) return union(listOf(schema['enum']).map(literal));
  const choice = schema['anyOf'] ?? schema['oneOf'];
  if (choice !== undefined) {
    return union(listOf(choice).map((one) => typeOf(objectOf(one), indent)));
  }
  if (schema['allOf'] !== undefined) {
    const parts = listOf(schema['allOf']).map((one) => `(${typeOf(objectOf(one), indent)})`);
    return parts.join(' & ');
  }
  if (type === undefined) return 'unknown';
  if (Array.isArray(type)) {
    return union(type.map((one) => typeOf({ ...schema, type: one }, indent)));
  }
  if (type === 'array') return `${list(typeOf(objectOf(schema['items']), indent))}`;
  if (type === 'object') return objectType(schema, indent);
  const word = typeof type === 'string' ? keywords[type] : undefined;
  if (word === undefined) throw new Error(`no word for the type ${JSON.stringify(type)}`);
  return word;
}

function referred(address: string): string {
  const name = /^#\/components\/schemas\/(\w+)$/.exec(address)?.[1];
  if (name === undefined) throw new Error(`no schema is called ${address}`);
  return name;
}

function objectType(schema: Json, indent: string): string {
  const required = new Set(listOf(schema['required'] ?? []));
  const properties = Object.entries(objectOf(schema['properties'] ?? {}));
  const { additionalProperties: others } = schema;
  const rest =
    typeof others === 'object' && others !== null
      ? [`${indent}  readonly [name: string]: ${typeOf(objectOf(others), `${indent}  `)};`]
      : [];
  // A named property would have to be of the type of the others.
  if (rest.length > 0 && properties.length > 0 && Object.keys(objectOf(others)).length > 0) {
    throw new Error('no words for named properties beside others of one type');
  }
  const lines = properties.flatMap(([name, property]) => [
    ...comment(objectOf(property), `${indent}  `),
    `${indent}  readonly ${nameOf(name)}${required.has(name) ? '' : '?'}: ${typeOf(objectOf(property), `${indent}  `)};`,
  ]);
  const all = [...lines, ...rest];
  return all.length === 0 ? 'Record<string, never>' : ['{', ...all, `${indent}}`].join('\n');
}

function list(item: string): string {
  return /^\w+$/.test(item) ? `readonly ${item}[]` : `readonly (${item})[]`;
}

function comment({ description }: Json, indent: string): string[] {
  return typeof description === 'string'
    ? [`${indent}/** ${description.replaceAll('*/', '* /')} */`]
    : [];
}

function union(types: readonly string[]): string {
  return [...new Set(types)].join(' | ');
}

function literal(value: unknown): string {
  return typeof value === 'string'
    ? `'${value.replaceAll(/[\\']/g, String.raw`\$&`)}'`
    : JSON.stringify(value);
}

function nameOf(name: string): string {
  return /^[A-Za-z_]\w*$/.test(name) ? name : `'${name}'`;
}

function objectOf(json: unknown): Json {
  if (typeof json !== 'object' || json === null) throw new Error(`no object: ${String(json)}`);
  return Object.fromEntries(Object.entries(json));
}

function listOf(json: unknown): readonly unknown[] {
  if (!Array.isArray(json)) throw new Error(`no list: ${String(json)}`);
  return json;
}
