import { z } from 'zod';
import { namedSchemas, problem } from './parts.ts';
import { type Route, routes } from './routes.ts';

type Json = Readonly<Record<string, unknown>>;

/** What problems mean, by status. */
const meanings: Readonly<Record<number, string>> = {
  304: 'It is as the caller knows it.',
  400: 'What was asked is ill-formed: the field, the value, and what to write instead.',
  401: 'Nobody is signed in.',
  403: 'Whoever asks has no role that suffices, or the request comes from another site.',
  404: 'There is none.',
  409: 'It is no longer as the caller saw it, or the mode does not allow it.',
  413: 'The body is too long.',
  415: 'The body is not JSON.',
  500: 'The service is at fault, or its configuration is.',
  502: 'What the answer needs could not be read.',
  503: 'A part of the service does not work.',
};

/**
 * The API as OpenAPI 3.1, made of the schemas that requests and answers are checked with.
 * Source: https://spec.openapis.org/oas/v3.1.1.html
 */
export function openApiDocument(version: string): Json {
  const written = writtenSchemas();
  const paths: Record<string, Record<string, Json>> = {};
  for (const [name, route] of Object.entries<Route>(routes)) {
    const path = (paths[`/${route.path}`] ??= {});
    path[route.method.toLowerCase()] = operation(name, route, written);
  }
  return {
    openapi: '3.1.1',
    info: {
      title: 'Portcullis',
      version,
      summary:
        'What is known of the networks around inference clusters, and what is done about it.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [
      { url: '/api', description: 'For programs, by function key.' },
      { url: '/dashboard/api', description: 'For people who are signed in.' },
    ],
    security: [{ functionKey: [] }, { signedIn: [] }],
    paths,
    components: {
      schemas: written.components,
      securitySchemes: {
        functionKey: { type: 'apiKey', in: 'header', name: 'x-functions-key' },
        signedIn: {
          type: 'apiKey',
          in: 'cookie',
          name: 'AppServiceAuthSession',
          description: 'Set by App Service Authentication.',
        },
      },
    },
  };
}

function operation(name: string, route: Route, { inline }: Written): Json {
  const { method, says, role, byKey, body, statuses } = route;
  const isRead = method === 'GET';
  const refused = [...(isRead ? [304] : []), 400, 401, 403, ...statuses, 500];
  const whoever = byKey ? 'a function key, or ' : '';
  return {
    operationId: name,
    summary: says,
    description: `Needs ${whoever}the role ${role}.`,
    parameters: [
      ...pathParameters(route, inline),
      ...queryParameters(route, inline),
      ...(isRead ? [known] : []),
    ],
    ...(body === undefined
      ? {}
      : {
          requestBody: {
            required: true,
            content: { 'application/json': { schema: inline(body) } },
          },
        }),
    responses: {
      200: answerOf(route, inline),
      ...Object.fromEntries(refused.map((status) => [status, refusal(status, inline)])),
    },
  };
}

const known: Json = {
  name: 'If-None-Match',
  in: 'header',
  description: 'The ETag of the answer that the caller has.',
  schema: { type: 'string' },
};

function answerOf({ method, says, answer }: Route, inline: Written['inline']): Json {
  const content =
    'mediaTypes' in answer
      ? Object.fromEntries(answer.mediaTypes.map((type) => [type, {}]))
      : { 'application/json': { schema: inline(answer) } };
  const headers = {
    ETag: {
      description: 'Another one if and only if the answer is another.',
      schema: { type: 'string' },
    },
  };
  return { description: says, ...(method === 'GET' ? { headers } : {}), content };
}

function refusal(status: number, inline: Written['inline']): Json {
  const description = meanings[status] ?? '';
  return status === 304
    ? { description }
    : { description, content: { 'application/json': { schema: inline(problem) } } };
}

function pathParameters({ params }: Route, inline: Written['inline']): readonly Json[] {
  return Object.entries(params).map(([name, schema]) => {
    const { description, ...own } = inline(schema);
    return { name, in: 'path', required: true, ...said(description), schema: own };
  });
}

function queryParameters({ query }: Route, inline: Written['inline']): readonly Json[] {
  return Object.entries(query.shape).map(([name, schema]) => {
    const { description, ...own } = inline(schema);
    const listed = own['type'] === 'array' ? { style: 'form', explode: false } : {};
    return { name, in: 'query', ...said(description), ...listed, schema: own };
  });
}

function said(description: unknown): Json {
  return description === undefined ? {} : { description };
}

const address = (id: string): string => `#/components/schemas/${id}`;

interface Written {
  /** By the names they have. */
  readonly components: Json;
  /** A schema by itself; one that has a name is referred to by it. */
  readonly inline: (schema: z.core.$ZodType) => Json;
}

/** All schemas of the routes, written at once: they refer to each other. */
function writtenSchemas(): Written {
  const components = [...namedSchemas].toSorted(([, a], [, b]) => (a < b ? -1 : 1));
  const others = [problem, ...Object.values<Route>(routes).flatMap(schemasOf)].filter(
    (schema) => !namedSchemas.has(schema),
  );
  const numbered = [...new Set(others)].map((schema, index) => [schema, `#${index}`] as const);
  const registry = z.registry<{ id: string }>();
  for (const [schema, id] of components) registry.add(schema, { id });
  // Copies: what has no name is written out wherever else it stands.
  for (const [schema, id] of numbered) {
    registry.add(z.clone(schema, schema._zod.def, { parent: true }), { id });
  }
  const { schemas } = z.toJSONSchema(registry, {
    io: 'input',
    target: 'draft-2020-12',
    uri: address,
    override: ({ jsonSchema }) => {
      // What the format and the type say already.
      if (jsonSchema.format === 'date-time') delete jsonSchema.pattern;
      // A way of zod's to name a pattern.
      if (jsonSchema.format === 'starts_with') delete jsonSchema.format;
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
      if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
    },
  });
  const bare = (id: string): Json => {
    const { $schema: _, $id: __, ...schema } = schemas[id] ?? {};
    return schema;
  };
  const ids = new Map<z.core.$ZodType, string>(numbered);
  return {
    components: Object.fromEntries(components.map(([, id]) => [id, bare(id)])),
    inline: (schema) => {
      const name = namedSchemas.get(schema);
      return name === undefined ? bare(ids.get(schema) ?? '') : { $ref: address(name) };
    },
  };
}

function schemasOf({ params, query, body, answer }: Route): readonly z.core.$ZodType[] {
  return [
    ...Object.values(params),
    ...Object.values(query.shape),
    ...(body === undefined ? [] : [body]),
    ...('mediaTypes' in answer ? [] : [answer]),
  ];
}
