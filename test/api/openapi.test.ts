/** The document of the API is OpenAPI 3.1, and says what the code does. */
import { readFileSync } from 'node:fs';
import { Validator } from '@seriousme/openapi-schema-validator';
import { expect, test } from 'vitest';
import { openApiDocument } from '../../shared/api/openapi.ts';
import { routes } from '../../shared/api/routes.ts';
import manifest from '../../package.json' with { type: 'json' };

const document = openApiDocument(manifest.version);

test('is OpenAPI 3.1, by the schema of those who make it', async () => {
  const validator = new Validator();
  const { valid, errors } = await validator.validate(structuredClone(document));
  expect(errors).toBeUndefined();
  expect(valid).toBe(true);
  expect(validator.version).toBe('3.1');
});

test('a document that is none is told from it', async () => {
  const broken = { ...structuredClone(document), paths: { '/me': { get: { responses: 7 } } } };
  expect((await new Validator().validate(broken)).valid).toBe(false);
});

test('every reference leads somewhere', () => {
  const text = JSON.stringify(document);
  const schemas = Object.keys((document['components'] as { schemas: object }).schemas);
  const named = [...text.matchAll(/"\$ref":"([^"]+)"/g)].map(([, place = '']) => place);
  expect(named.length).toBeGreaterThan(50);
  for (const place of named) {
    expect(schemas.map((name) => `#/components/schemas/${name}`)).toContain(place);
  }
});

test('has every route once, by its method and path', () => {
  const paths = document['paths'] as Readonly<Record<string, Readonly<Record<string, object>>>>;
  const told = Object.entries(paths).flatMap(([path, item]) =>
    Object.keys(item).map((method) => `${method.toUpperCase()} ${path}`),
  );
  const known = Object.values(routes).map(({ method, path }) => `${method} /${path}`);
  expect(told.toSorted()).toEqual(known.toSorted());
  expect(new Set(known).size).toBe(known.length);
});

test('is the file that clients are made from', () => {
  expect(JSON.parse(readFileSync('docs/openapi.json', 'utf8'))).toEqual(document);
});
