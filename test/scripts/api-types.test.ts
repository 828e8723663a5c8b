import { describe, expect, it } from 'vitest';
import { apiTypes } from '../../scripts/api-types.ts';

const documentOf = (schema: object, paths: object = {}): Record<string, unknown> => ({
  paths,
  components: { schemas: { Thing: schema } },
});
const squeezed = (text: string): string => text.replaceAll(/\s+/g, ' ');

describe('types from the document of the API', () => {
  it.each([
    [{ type: 'string' }, 'string'],
    [{ type: ['integer', 'null'] }, 'number | null'],
    [{ enum: ["it's", 1, null] }, String.raw`'it\'s' | 1 | null`],
    [{ const: true }, 'true'],
    [{}, 'unknown'],
    [{ type: 'array', items: { $ref: '#/components/schemas/Other' } }, 'readonly Other[]'],
    [{ type: 'array', items: { enum: ['a', 'b'] } }, "readonly ('a' | 'b')[]"],
    [{ anyOf: [{ type: 'string' }, { type: 'null' }] }, 'string | null'],
    [{ type: 'object' }, 'Record<string, never>'],
    [
      { type: 'object', additionalProperties: { type: 'number' } },
      '{ readonly [name: string]: number; }',
    ],
    [
      {
        type: 'object',
        properties: { 'a-b': { type: 'string' }, c: { type: 'boolean' } },
        required: ['c'],
      },
      "{ readonly 'a-b'?: string; readonly c: boolean; }",
    ],
  ])('%j', (schema, type) => {
    expect(squeezed(apiTypes(documentOf(schema)))).toContain(`export type Thing = ${type};`);
  });

  it.each([
    [{ $ref: '#/components/schemas/#11' }, /no schema is called/],
    [{ type: 'tuple' }, /no word for the type "tuple"/],
  ])('refuses what it has no words for: %j', (schema, message) => {
    expect(() => apiTypes(documentOf(schema))).toThrow(message);
  });

  it('tells parameters, bodies and answers of a path', () => {
    const text = squeezed(
      apiTypes(
        documentOf(
          { type: 'string' },
          {
            '/things/{id}': {
              post: {
                summary: 'Says.',
                parameters: [
                  { name: 'id', in: 'path', required: true, schema: { type: 'string' } },
                  { name: 'limit', in: 'query', schema: { type: 'integer' } },
                ],
                requestBody: {
                  content: { 'application/json': { schema: { type: 'boolean' } } },
                },
                responses: {
                  200: {
                    content: {
                      'application/json': { schema: { $ref: '#/components/schemas/Thing' } },
                    },
                  },
                  304: {},
                },
              },
            },
          },
        ),
      ),
    );
    expect(text).toContain('query?: { readonly limit?: number | undefined; };');
    expect(text).toContain('path: { readonly id: string; };');
    expect(text).toContain('requestBody: { content: Json<boolean> };');
    expect(text).toContain('200: Answer<Json<Thing>>; 304: Answer<Record<string, never>>;');
  });
});
