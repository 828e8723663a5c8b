import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { demoEstate } from '../../simulator/estate/demo-estate.ts';
import { generateEstate } from '../../simulator/estate/generate-estate.ts';

const reference = z.object({ $ref: z.string() });
const property = z.object({ type: reference });
const typeNode = z.object({
  $type: z.string(),
  body: reference.optional(),
  properties: z.record(z.string(), property).optional(),
  additionalProperties: reference.optional(),
  itemType: reference.optional(),
  elements: z.union([z.array(reference), z.record(z.string(), reference)]).optional(),
  discriminator: z.string().optional(),
  baseProperties: z.record(z.string(), property).optional(),
  value: z.string().optional(),
});
type TypeNode = z.infer<typeof typeNode>;

const folder =
  process.env.PORTCULLIS_BICEP_TYPES ??
  fileURLToPath(new URL('../../../shared/bicep-types', import.meta.url));
const available = existsSync(`${folder}/index.json`);

/** What rows carry that the published types do not know, each with its reason. */
const exceptions: readonly RegExp[] = [
  // Resource Graph adds these columns to every row.
  /^[^ ]+ (subscriptionId|resourceGroup)$/,
  // The published types are kept without anything named `description`.
  /\.description$/,
  // Resource Graph writes the members of an extension in Pascal case.
  /^microsoft\.kubernetesconfiguration\/extensions properties\.(ExtensionType|ReleaseTrain|ProvisioningState|ConfigurationSettings)$/,
  // Versions of the API before 2021 list the subnets that a registry admits by service endpoint.
  /^microsoft\.containerregistry\/registries properties\.networkRuleSet\.virtualNetworkRules$/,
  // The documented output of a retired command line names the service's type so.
  /^microsoft\.machinelearningservices\/workspaces\/computes properties\.properties\.systemServices\[\]\.serviceType$/,
];

describe.skipIf(!available)(
  'rows are shaped as Azure publishes its types (skipped without them)',
  () => {
    const published = available ? readIndex() : new Map<string, string>();

    it.each([
      ['a generated estate', () => generateEstate(11, 60).rows],
      [
        'an estate read without tags or computes',
        () => generateEstate(12, 40, { tagList: false }).rows,
      ],
      ['the demo estate', () => demoEstate().rows],
    ])('%s declares no member that its type lacks', (_, rowsOf) => {
      const problems = new Set<string>();
      const seen = new Set<string>();
      for (const row of rowsOf()) {
        const type = typeOf(row);
        const file = published.get(type);
        if (file === undefined) continue;
        seen.add(type);
        for (const problem of misshapen(row, type, readTypes(file))) problems.add(problem);
      }
      expect([...problems]).toEqual([]);
      expect(seen.size).toBeGreaterThan(12);
    });

    it('sees a member that does not exist, a wrong kind and a wrong literal', () => {
      const type = 'microsoft.network/publicipaddresses';
      const types = readTypes(published.get(type) ?? '');
      const misspelled = { type, properties: { ipAdress: '20.4.0.1' } };
      const wrongKind = { type, properties: { idleTimeoutInMinutes: '4' } };
      expect(misshapen(misspelled, type, types)).toEqual([`${type} properties.ipAdress`]);
      expect(misshapen(wrongKind, type, types)).toEqual([
        `${type} properties.idleTimeoutInMinutes is no IntegerType`,
      ]);
      const compute = 'microsoft.machinelearningservices/workspaces/computes';
      expect(
        misshapen(
          { type: compute, properties: { computeType: 'Nonsense' } },
          compute,
          readTypes(published.get(compute) ?? ''),
        ),
      ).toEqual([`${compute} properties.computeType is not one of its kinds`]);
    });
  },
);

function typeOf(row: object): string {
  return String('type' in row ? row.type : '').toLowerCase();
}

/** The file of each published type, by its lower-cased name. */
function readIndex(): Map<string, string> {
  const index = z
    .record(z.string(), z.unknown())
    .parse(JSON.parse(readFileSync(`${folder}/index.json`, 'utf8')));
  return new Map(
    Object.entries(index).map(([name, file]) => [
      String(name.split('@')[0]).toLowerCase(),
      `${folder}/${String(file)}`,
    ]),
  );
}

const cache = new Map<string, readonly TypeNode[]>();
function readTypes(file: string): readonly TypeNode[] {
  const known = cache.get(file);
  if (known !== undefined) return known;
  const types = z.array(typeNode).parse(JSON.parse(readFileSync(file, 'utf8')));
  cache.set(file, types);
  return types;
}

/** Where the row differs from its published type, exceptions aside. */
function misshapen(row: object, type: string, types: readonly TypeNode[]): string[] {
  const problems: string[] = [];
  const [resource] = types;
  if (resource?.body === undefined) return [`${type} has no body`];
  check(row, at(resource.body), '');
  return problems;

  function at(ref: { $ref: string }): TypeNode {
    const node = types[Number(ref.$ref.slice(2))];
    if (node === undefined) throw new Error(`nothing at ${ref.$ref}`);
    return node;
  }

  function report(path: string, says = ''): void {
    const problem = `${type} ${path}`;
    if (!exceptions.some((exception) => exception.test(problem))) problems.push(problem + says);
  }

  function check(value: unknown, node: TypeNode, path: string): void {
    // The service returns null for what was never set, whatever the type.
    if (value === null || node.$type === 'AnyType') return;
    if (node.$type === 'ObjectType' || node.$type === 'DiscriminatedObjectType') {
      if (typeof value !== 'object' || Array.isArray(value)) report(path, ` is no ${node.$type}`);
      else checkObject(new Map(Object.entries(value ?? {})), node, path);
    } else if (node.$type === 'ArrayType') {
      if (!Array.isArray(value)) report(path, ' is no ArrayType');
      else if (node.itemType !== undefined) {
        for (const item of value) check(item, at(node.itemType), `${path}[]`);
      }
    } else if (!primitive(value, node)) {
      report(path, ` is no ${node.$type}`);
    }
  }

  function checkObject(members: Map<string, unknown>, node: TypeNode, path: string): void {
    const declared = new Map(Object.entries(node.properties ?? node.baseProperties ?? {}));
    if (node.discriminator !== undefined && !Array.isArray(node.elements)) {
      const kind = node.elements?.[String(members.get(node.discriminator))];
      if (kind === undefined)
        return report(`${path}.${node.discriminator}`, ' is not one of its kinds');
      for (const [name, member] of Object.entries(at(kind).properties ?? {}))
        declared.set(name, member);
    }
    for (const [name, value] of members) {
      const member = declared.get(name);
      const where = path === '' ? name : `${path}.${name}`;
      if (member !== undefined) check(value, at(member.type), where);
      else if (node.additionalProperties !== undefined)
        check(value, at(node.additionalProperties), where);
      else report(where);
    }
  }

  function primitive(value: unknown, node: TypeNode): boolean {
    switch (node.$type) {
      case 'StringType':
        return typeof value === 'string';
      case 'IntegerType':
        return Number.isInteger(value);
      case 'BooleanType':
        return typeof value === 'boolean';
      case 'StringLiteralType':
        // Types and a few literals come back in another case than the one they are published in.
        return String(value).toLowerCase() === String(node.value).toLowerCase();
      case 'UnionType':
        return (
          Array.isArray(node.elements) &&
          node.elements.some((element) => primitive(value, at(element)))
        );
      default:
        return false;
    }
  }
}
