/** The schemas of answers as the document of the API has them, for a validator that knows nothing of ours. */
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { openApiDocument } from '../../shared/api/openapi.ts';

type Json = Readonly<Record<string, unknown>>;

/** The document in which no object has a member that is not in its schema. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== 'object' || schema === null) return schema;
  const inner: Json = Object.fromEntries(
    Object.entries(schema).map(([key, value]) => [key, closed(value)]),
  );
  return inner['type'] === 'object' && 'properties' in inner && !('additionalProperties' in inner)
    ? { ...inner, additionalProperties: false }
    : inner;
}

const document = openApiDocument('0.0.0');
const ajv = new Ajv2020({ strict: false, allErrors: true });
addFormats.default(ajv);
ajv.addSchema({ ...(closed(document) as Json), $id: 'https://api.example/' });

interface Operation {
  readonly operationId: string;
  readonly responses: Readonly<Record<string, { readonly content?: Json }>>;
}

/** By the name of the operation: where in the document its answer is described. */
const places = new Map(
  Object.entries(document['paths'] as Readonly<Record<string, Json>>).flatMap(([path, item]) =>
    Object.entries(item as Readonly<Record<string, Operation>>).map(
      ([method, { operationId }]): [string, string] => [
        operationId,
        `https://api.example/#/paths/${path.replaceAll('/', '~1').replaceAll('{', '%7B').replaceAll('}', '%7D')}/${method}/responses/200/content/application~1json/schema`,
      ],
    ),
  ),
);

/** What is wrong with an answer of an operation; empty where nothing is. */
export function objectionsTo(operation: string, answer: unknown): readonly string[] {
  const place = places.get(operation);
  if (place === undefined) throw new Error(`the document has no operation ${operation}`);
  const validate = ajv.getSchema(place);
  if (validate === undefined) throw new Error(`the document has no answer of ${operation}`);
  if (validate(answer) === true) return [];
  return (validate.errors ?? []).map(
    ({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`,
  );
}
