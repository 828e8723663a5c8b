/** Azure's published resource types, in the format of https://github.com/Azure/bicep-types. */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';

/** A type, its parts found when they are asked for: types may contain themselves. */
export type AzureType =
  | { readonly kind: 'any' | 'boolean' | 'null' }
  | { readonly kind: 'integer'; readonly min?: number; readonly max?: number }
  | {
      readonly kind: 'string';
      readonly minLength?: number;
      readonly maxLength?: number;
      readonly pattern?: RegExp;
    }
  | { readonly kind: 'literal'; readonly value: string }
  | { readonly kind: 'union'; readonly options: () => readonly AzureType[] }
  | { readonly kind: 'array'; readonly item: () => AzureType }
  | ObjectType
  | {
      readonly kind: 'discriminated';
      readonly name: string;
      readonly discriminator: string;
      readonly properties: ReadonlyMap<string, PropertyType>;
      readonly elements: ReadonlyMap<string, () => AzureType>;
    };

export interface ObjectType {
  readonly kind: 'object';
  readonly name: string;
  readonly properties: ReadonlyMap<string, PropertyType>;
  /** What further properties are; without it there are none. */
  readonly further?: () => AzureType;
}

export interface PropertyType {
  readonly type: () => AzureType;
  readonly required: boolean;
  readonly readOnly: boolean;
  /** Must be known before anything is deployed. */
  readonly knownAtStart: boolean;
}

export type ScopeName =
  | 'tenant'
  | 'managementGroup'
  | 'subscription'
  | 'resourceGroup'
  | 'resource';

export interface ResourceType {
  readonly body: AzureType;
  readonly scopes: ReadonlySet<ScopeName>;
}

const reference = z.object({ $ref: z.string().regex(/^#\/\d+$/) });
const properties = z.record(z.string(), z.object({ type: reference, flags: z.int() }));
const entry = z.discriminatedUnion('$type', [
  z.object({ $type: z.literal('AnyType') }),
  z.object({ $type: z.literal('BooleanType') }),
  z.object({
    $type: z.literal('IntegerType'),
    minValue: z.int().optional(),
    maxValue: z.int().optional(),
  }),
  z.object({
    $type: z.literal('StringType'),
    minLength: z.int().optional(),
    maxLength: z.int().optional(),
    pattern: z.string().optional(),
  }),
  z.object({ $type: z.literal('StringLiteralType'), value: z.string() }),
  z.object({ $type: z.literal('UnionType'), elements: z.array(reference) }),
  z.object({ $type: z.literal('ArrayType'), itemType: reference }),
  z.object({
    $type: z.literal('ObjectType'),
    name: z.string(),
    properties,
    additionalProperties: reference.optional(),
  }),
  z.object({
    $type: z.literal('DiscriminatedObjectType'),
    name: z.string(),
    discriminator: z.string(),
    baseProperties: properties,
    elements: z.record(z.string(), reference),
  }),
  z.object({ $type: z.literal('ResourceType'), body: reference, writableScopes: z.int() }),
]);
const file = z.array(entry);
type Entry = z.output<typeof entry>;
type Reference = z.output<typeof reference>;

const flags = { required: 1, readOnly: 2, knownAtStart: 8 };
const scopeBits: readonly (readonly [ScopeName, number])[] = [
  ['tenant', 1],
  ['managementGroup', 2],
  ['subscription', 4],
  ['resourceGroup', 8],
  ['resource', 16],
];

const folder = resolve(process.env['PORTCULLIS_TYPES'] ?? '../shared/bicep-types');

/** Whether the published types are on this machine. */
export const typesArePresent = existsSync(join(folder, 'index.json'));

/** Finds a resource type by `<type>@<api version>`, letter case aside; undefined where it is not published. */
export function publishedTypes(): (name: string) => ResourceType | undefined {
  const index = z
    .record(z.string(), z.string())
    .parse(JSON.parse(readFileSync(join(folder, 'index.json'), 'utf8')));
  const places = new Map(Object.entries(index).map(([name, path]) => [name.toLowerCase(), path]));
  const read = new Map<string, ResourceType>();
  return (name) => {
    const key = name.toLowerCase();
    const path = places.get(key);
    const known = read.get(key);
    if (known !== undefined || path === undefined) return known;
    const type = resourceTypeOf(file.parse(JSON.parse(readFileSync(join(folder, path), 'utf8'))));
    read.set(key, type);
    return type;
  };
}

function resourceTypeOf(entries: readonly Entry[]): ResourceType {
  const resource = entries[0];
  if (resource?.$type !== 'ResourceType') throw new TypeError('a file begins with its resource');
  const scopes = scopeBits.filter(([, bit]) => (resource.writableScopes & bit) !== 0);
  return {
    body: typeAt(resource.body, entries),
    scopes: new Set(scopes.map(([name]) => name)),
  };
}

function typeAt({ $ref }: Reference, entries: readonly Entry[]): AzureType {
  const found = entries[Number($ref.slice(2))];
  if (found === undefined) throw new RangeError(`${$ref} refers to nothing`);
  const at = (to: Reference) => () => typeAt(to, entries);
  const all = (given: z.output<typeof properties>) =>
    new Map(
      Object.entries(given).map(([name, property]): [string, PropertyType] => [
        name,
        {
          type: at(property.type),
          required: (property.flags & flags.required) !== 0,
          readOnly: (property.flags & flags.readOnly) !== 0,
          knownAtStart: (property.flags & flags.knownAtStart) !== 0,
        },
      ]),
    );
  switch (found.$type) {
    case 'AnyType':
      return { kind: 'any' };
    case 'BooleanType':
      return { kind: 'boolean' };
    case 'IntegerType':
      return {
        kind: 'integer',
        ...(found.minValue === undefined ? {} : { min: found.minValue }),
        ...(found.maxValue === undefined ? {} : { max: found.maxValue }),
      };
    case 'StringType':
      return {
        kind: 'string',
        ...(found.minLength === undefined ? {} : { minLength: found.minLength }),
        ...(found.maxLength === undefined ? {} : { maxLength: found.maxLength }),
        ...(found.pattern === undefined ? {} : { pattern: new RegExp(found.pattern) }),
      };
    case 'StringLiteralType':
      return { kind: 'literal', value: found.value };
    case 'UnionType':
      return { kind: 'union', options: () => found.elements.map((each) => typeAt(each, entries)) };
    case 'ArrayType':
      return { kind: 'array', item: at(found.itemType) };
    case 'ObjectType': {
      const { additionalProperties } = found;
      return {
        kind: 'object',
        name: found.name,
        properties: all(found.properties),
        ...(additionalProperties === undefined ? {} : { further: at(additionalProperties) }),
      };
    }
    case 'DiscriminatedObjectType':
      return {
        kind: 'discriminated',
        name: found.name,
        discriminator: found.discriminator,
        properties: all(found.baseProperties),
        elements: new Map(Object.entries(found.elements).map(([key, value]) => [key, at(value)])),
      };
    case 'ResourceType':
      throw new TypeError(`${$ref} is a resource, not a type`);
  }
}
