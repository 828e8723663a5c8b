import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  EstateUnreadableError,
  openEstate,
  type Estate,
} from '../../shared/adapters/files/estate-files.ts';
import { collect } from '../../shared/inventory/inventory-snapshot.ts';
import { resourceTypes, type ResourceType } from '../../shared/inventory/resource-types.ts';
import { resourceId } from '../../shared/model/resource-id.ts';
import type { Gap, Row, Scope } from '../../shared/ports.ts';

const networks = 'microsoft.network/virtualnetworks';
const tags = 'microsoft.network/servicetags';
const adminRules = 'microsoft.network/effectivesecurityadminrules';
const roles = 'microsoft.authorization/roleassignments';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'estate-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

async function write(files: Readonly<Record<string, unknown>>): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name);
    await mkdir(dirname(path), { recursive: true });
    const raw = typeof content === 'string' || content instanceof Uint8Array;
    await writeFile(path, raw ? content : JSON.stringify(content));
  }
}

async function estateOf(files: Readonly<Record<string, unknown>>): Promise<Estate> {
  await write(files);
  return openEstate(folder);
}

function network(name: string, rest: Record<string, unknown> = {}, subscription = 's'): object {
  const id = `/subscriptions/${subscription}/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/${name}`;
  return { id, type: 'Microsoft.Network/virtualNetworks', name, ...rest };
}

interface Found {
  readonly rows: readonly Row[];
  readonly gaps: readonly Gap[];
}

async function readAll(
  estate: Estate,
  types: readonly ResourceType[] = resourceTypes,
  scope: Scope = {},
): Promise<Found> {
  const rows: Row[] = [];
  const gaps: Gap[] = [];
  for await (const item of estate.read(types, scope)) {
    if (item.kind === 'row') rows.push(item);
    else gaps.push(item);
  }
  return { rows, gaps };
}

async function names(estate: Estate, type: ResourceType = networks): Promise<readonly unknown[]> {
  return (await readAll(estate, [type])).rows.map(({ body }) => body['name']);
}

async function untypedGaps(estate: Estate): Promise<readonly string[]> {
  const { gaps } = await readAll(estate);
  return gaps.flatMap(({ type, scope, why }) => (type === undefined ? [`${scope}: ${why}`] : []));
}

describe('the shapes of a file', () => {
  const a = network('a');
  const b = network('b');
  test.each([
    ['an array', JSON.stringify([a, b])],
    ['an array with a byte order mark', `\uFEFF${JSON.stringify([a, b])}`],
    [
      'a pretty-printed response',
      JSON.stringify({ count: 2, data: [a, b], skip_token: null }, null, 2),
    ],
    ['JSON lines', `${JSON.stringify(a)}\n\n${JSON.stringify(b)}\r\n`],
    [
      'JSON lines of responses',
      `${JSON.stringify({ data: [a] })}\n${JSON.stringify({ data: [b] })}\n`,
    ],
    [
      'a table',
      JSON.stringify({
        totalRecords: 2,
        data: {
          columns: ['id', 'type', 'name'].map((name) => ({ name, type: 'string' })),
          rows: [a, b].map((row) => Object.values(row)),
        },
      }),
    ],
  ])('%s holds two rows', async (_, text) => {
    const estate = await estateOf({ 'estate.json': text });
    expect(await names(estate)).toEqual(['a', 'b']);
    expect(await untypedGaps(estate)).toEqual([]);
    expect(estate.problems).toEqual([]);
  });

  test('a folder is the union of its files at any depth, in the order of their paths', async () => {
    const estate = await estateOf({
      'b.json': [network('3')],
      'a/z.ndjson': JSON.stringify(network('1')),
      'a.JSONL': JSON.stringify(network('0')),
      'a/z/y.json': [network('2')],
      'readme.md': 'not read',
      '.hidden.json': [network('no')],
      '.git/x.json': [network('no')],
    });
    expect(estate.files).toEqual(['a.JSONL', 'a/z.ndjson', 'a/z/y.json', 'b.json']);
    expect(await names(estate)).toEqual(['0', '1', '2', '3']);
  });

  test('links are followed, but not in circles', async () => {
    await write({ 'real/a.json': [network('a')] });
    await symlink(join(folder, 'real'), join(folder, 'linked'));
    await symlink(folder, join(folder, 'real', 'back'));
    await symlink(join(folder, 'real', 'a.json'), join(folder, 'c.json'));
    const estate = await openEstate(folder);
    expect(estate.files).toContain('c.json');
    expect(estate.files).toContain('linked/a.json');
    expect(await names(estate)).toEqual(['a']);
  });

  test('a single file may have any name', async () => {
    await write({ 'export.txt': [network('a')] });
    const estate = await openEstate(join(folder, 'export.txt'));
    expect(estate.files).toEqual(['export.txt']);
    expect(estate.rows).toBe(1);
  });
});

describe('a row', () => {
  test('has its id and type lower-cased, and its body as found', async () => {
    const body = network('Net', { tags: { Owner: 'Me' } });
    const { rows } = await readAll(await estateOf({ 'a.json': [body] }), [networks]);
    const id = '/subscriptions/s/resourcegroups/g/providers/microsoft.network/virtualnetworks/net';
    expect(rows).toEqual([{ kind: 'row', id, type: networks, body }]);
  });

  test('without a type has the one its id spells', async () => {
    const { id } = { id: '/subscriptions/S' };
    const estate = await estateOf({
      'a.json': [
        { id },
        { id: `${id}/resourceGroups/G`, type: null },
        { ...network('a'), type: 7 },
      ],
    });
    const { rows } = await readAll(estate);
    expect(rows.map(({ type }) => type).toSorted()).toEqual([
      networks,
      'microsoft.resources/subscriptions',
      'microsoft.resources/subscriptions/resourcegroups',
    ]);
    expect(estate.problems).toEqual([]);
  });

  test('of a resource group comes under the alias of its type too', async () => {
    const type = 'Microsoft.Resources/resourceGroups';
    const estate = await estateOf({
      'a.json': [{ id: '/subscriptions/s/resourceGroups/g', type }],
    });
    const { rows } = await readAll(estate, ['microsoft.resources/subscriptions/resourcegroups']);
    expect(rows).toHaveLength(1);
  });

  test('of service tags needs no id; of the directory it is a bare GUID', async () => {
    const guid = 'CBD20457-0dc7-4333-9906-43ef449eb598';
    const estate = await estateOf({
      'tags.json': { name: 'public', type: 'Microsoft.Network/serviceTags', values: [] },
      'graph.json': [{ id: guid, type: 'microsoft.graph/servicePrincipals', appId: 'x' }],
    });
    const { rows } = await readAll(estate);
    expect(rows.map(({ id }) => id)).toEqual([
      guid.toLowerCase(),
      '/providers/microsoft.network/servicetags/public',
    ]);
    expect(estate.problems).toEqual([]);
  });

  test('of a type that no audit reads is ignored and counted, id or none', async () => {
    const estate = await estateOf({
      'a.json': [
        network('a'),
        { id: '/x', type: 'Microsoft.Compute/disks' },
        { type: 'microsoft.compute/DISKS' },
        { type: '__proto__' },
        { type: 'constructor' },
        { type: 'toString' },
      ],
    });
    expect(Object.entries(estate.ignoredTypes)).toEqual([
      ['__proto__', 1],
      ['constructor', 1],
      ['microsoft.compute/disks', 2],
      ['tostring', 1],
    ]);
    expect(estate.rows).toBe(1);
  });

  test('with members named like JavaScript prototypes does no harm', async () => {
    const text = `[{"__proto__":{"id":"/subscriptions/p","type":"x","polluted":1},"constructor":{"prototype":{"polluted":1}}},
      ${JSON.stringify(network('a')).replace('{', '{"__proto__":{"polluted":1},')}]`;
    const estate = await estateOf({ 'a.json': text });
    expect(await names(estate)).toEqual(['a']);
    expect(estate.problems).toHaveLength(1);
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  });
});

describe('what is no row', () => {
  test.each([
    ['a number', '42', 'row', '42'],
    ['null', 'null', 'row', 'null'],
    ['an array', '[1]', 'row', '[1]'],
    ['an object without id and type', '{"name":"x"}', 'id', 'absent'],
    ['an empty id', '{"id":" "}', 'id', '" "'],
    ['an id that is no text', '{"id":{"a":1}}', 'id', '{"a":1}'],
    ['an id that spells no type', '{"id":"vm-1","type":""}', 'type', '""'],
    ['a network without an id', `{"type":"${networks}"}`, 'id', 'absent'],
    ['a network with a name for an id', `{"type":"${networks}","id":"net"}`, 'id', '"net"'],
  ])('%s is a problem with its file, line, field and value', async (_, text, field, value) => {
    const estate = await estateOf({
      'sub/a.json': `[\n${JSON.stringify(network('a'))},\n${text},\n${JSON.stringify(network('b'))}]`,
    });
    expect(estate.problems).toMatchObject([{ file: 'sub/a.json', line: 3, field, value }]);
    expect(estate.problems[0]?.says).not.toBe('');
    expect(await names(estate)).toEqual(['a', 'b']);
  });

  test('a long value is cut', async () => {
    const estate = await estateOf({ 'a.json': [network('a'), 'x'.repeat(1_000)] });
    expect(estate.problems[0]?.value.length).toBeLessThan(100);
  });

  test('a known type without an id is a row lost, so its absence proves nothing', async () => {
    const estate = await estateOf({
      'a.json': [network('a'), { type: networks }, { type: networks }],
    });
    const { gaps } = await readAll(estate, [networks]);
    expect(gaps).toMatchObject([
      { type: networks, scope: 'a.json', what: `2 rows of ${networks} in a.json` },
    ]);
    expect((await readAll(estate, [tags])).gaps).toEqual([]);
  });
});

describe('what cannot be placed', () => {
  const offline = { offline: true, strict: false };
  const manifest = {
    type: 'portcullis/manifest',
    types: [...resourceTypes],
    authorizationScopeFilter: 'AtScopeAboveAndBelow',
  };
  const spoke = resourceId(String(Reflect.get(network('spoke'), 'id')));

  test('a row without a type could be of any: it is a gap', async () => {
    const estate = await estateOf({ 'a.json': [network('a'), manifest, { name: 'x' }] });
    expect(await untypedGaps(estate)).toEqual(['a.json: line 1: no type']);
  });

  test.each([
    'microsoft.authorization/denyassignments',
    'microsoft.authorization/locks',
    'microsoft.authorization/policyexemptions',
    adminRules,
  ] as const)('a row of %s is a gap, not taken as none', async (type) => {
    for (const id of [undefined, 'no-slash/x', '']) {
      const estate = await estateOf({ 'a.json': [network('spoke'), manifest, { id, type }] });
      const snapshot = await collect(estate, resourceTypes, {}, offline);
      expect(snapshot.gaps.map((gap) => [gap.type, gap.scope])).toEqual([[type, 'a.json']]);
      expect(snapshot.wasReadWithin(type, spoke).known).toBe(false);
    }
  });

  const rule = {
    id: '/subscriptions/s/resourceGroups/m/providers/Microsoft.Network/networkManagers/nm/securityAdminConfigurations/c/ruleCollections/r/rules/deny',
    kind: 'Custom',
    properties: { priority: 1, direction: 'Inbound', access: 'Deny', protocol: 'Any' },
  };

  test.each([
    ['without an id', { type: adminRules, virtualNetworkId: spoke, value: [rule] }],
    ['without a type', { properties: { virtualNetworkId: spoke, rules: [rule] } }],
    [
      'with the id of the rule',
      { ...rule, type: adminRules, virtualNetworkId: spoke.toUpperCase() },
    ],
  ])('security admin rules %s are those of the network they name', async (_, body) => {
    const estate = await estateOf({ 'a.json': [network('spoke'), manifest, body, body] });
    const snapshot = await collect(estate, resourceTypes, {}, offline);
    const placed = snapshot.rowsWithin(adminRules, spoke);
    expect(placed.map((one) => one.body)).toEqual([body, body]);
    expect(snapshot.gaps).toEqual([]);
  });

  test('the answer about security admin rules of a network that nobody names is a gap', async () => {
    const estate = await estateOf({
      'a.json': [network('spoke'), manifest],
      'rules.json': { value: [rule], skipToken: '' },
    });
    const snapshot = await collect(estate, resourceTypes, {}, offline);
    expect(snapshot.gaps.map((gap) => [gap.type, gap.scope])).toEqual([[adminRules, 'rules.json']]);
  });
});

describe('duplicates', () => {
  test('the last in the order of paths holds, then the last in the file, and each is reported', async () => {
    const estate = await estateOf({
      'b.json': [network('NET', { from: 'b' })],
      'a.jsonl': [network('net', { from: 'a1' }), network('net', { from: 'a2' })]
        .map((row) => JSON.stringify(row))
        .join('\n'),
    });
    const { rows } = await readAll(estate, [networks]);
    expect(rows.map(({ body }) => body['from'])).toEqual(['b']);
    expect(estate.rows).toBe(1);
    const id = rows[0]?.id;
    expect(estate.duplicates).toEqual([
      {
        id,
        type: networks,
        kept: { file: 'a.jsonl', line: 2 },
        dropped: { file: 'a.jsonl', line: 1 },
      },
      {
        id,
        type: networks,
        kept: { file: 'b.json', line: 1 },
        dropped: { file: 'a.jsonl', line: 2 },
      },
    ]);
  });

  test('one id under two types is two rows', async () => {
    const id = 'cbd20457-0dc7-4333-9906-43ef449eb598';
    const types = ['microsoft.graph/groups', 'microsoft.graph/serviceprincipals'];
    const estate = await estateOf({ 'a.json': types.map((type) => ({ id, type })) });
    expect(estate.rows).toBe(2);
    expect(estate.duplicates).toEqual([]);
  });
});

describe('a broken file', () => {
  test('keeps what precedes the break and all other files, and is a gap of any type', async () => {
    const estate = await estateOf({
      'a.json': [network('a')],
      'b.json': `[${JSON.stringify(network('b'))},\n{"id":\n`,
      'c.jsonl': `${JSON.stringify(network('c'))}\nnot JSON\n{"id":"cut\n${JSON.stringify(network('d'))}`,
      'e.json': [network('e')],
    });
    expect(await names(estate)).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(await untypedGaps(estate)).toEqual([
      'b.json: line 3: the file ends inside a value that starts at line 2',
      expect.stringMatching(/^c\.jsonl: line 2: .*; and 1 more such lines$/),
    ]);
    const snapshot = await collect(estate, resourceTypes, {}, { offline: true, strict: false });
    const read = snapshot.wasRead(networks, 's');
    expect(read.known ? [] : read.missing.map(({ what }) => what)).toEqual([
      'rows of b.json',
      'rows of c.jsonl',
    ]);
  });

  test('that cannot be opened is a gap', async () => {
    await write({ 'a.json': [network('a')] });
    await symlink(join(folder, 'gone'), join(folder, 'b.json'));
    const estate = await openEstate(folder);
    expect(await untypedGaps(estate)).toEqual([expect.stringMatching(/^b\.json: line 1: ENOENT/)]);
  });

  test('with a row beyond the limit is a gap', async () => {
    await write({ 'a.json': [network('a'), network('b', { text: 'x'.repeat(300_000) })] });
    const estate = await openEstate(folder, { maxRowBytes: 100_000 });
    expect(await names(estate)).toEqual(['a']);
    expect(await untypedGaps(estate)).toHaveLength(1);
  });
});

describe('pages of a response', () => {
  const page = (first: number, rows: number, total: number, rest = {}): object => ({
    totalRecords: total,
    count: rows,
    data: Array.from({ length: rows }, (_, n) => network(`n${first + n}`)),
    resultTruncated: 'false',
    ...rest,
  });

  test('that add up leave no gap', async () => {
    const estate = await estateOf({
      '1.json': page(0, 2, 5, { $skipToken: 'x' }),
      '2.json': page(2, 2, 5, { $skipToken: 'y' }),
      '3.json': page(4, 1, 5),
      '4.json': page(5, 3, 3),
    });
    expect(await untypedGaps(estate)).toEqual([]);
    expect(estate.rows).toBe(8);
  });

  test.each([
    ['the first page alone', page(0, 2, 5, { $skipToken: 'x' }), 'holds 2 rows of 5'],
    [
      'as the command line writes it',
      { count: 1, data: [network('a')], skip_token: 'x', total_records: 9 },
      'holds 1 rows of 9',
    ],
    [
      'cut by the service',
      { data: [network('a')], resultTruncated: 'true' },
      'holds 1 rows of more',
    ],
    [
      'a page of a table',
      {
        totalRecords: 4,
        data: { columns: [{ name: 'id' }], rows: [['/subscriptions/s']] },
      },
      'holds 1 rows of 4',
    ],
  ])('%s leaves a gap', async (_, response, says) => {
    expect(await untypedGaps(await estateOf({ 'a.json': response }))).toEqual([
      expect.stringContaining(says),
    ]);
  });
});

describe('reading', () => {
  test('gives the types asked for, of the subscriptions asked for, and what belongs to the tenant', async () => {
    const definition = 'microsoft.authorization/roledefinitions';
    const estate = await estateOf({
      'a.json': [
        network('a', {}, 'AAA'),
        network('b', {}, 'bbb'),
        { id: '/providers/Microsoft.Authorization/roleAssignments/r', type: roles },
        {
          id: '/subscriptions/bbb/providers/Microsoft.Authorization/roleDefinitions/d',
          type: definition,
        },
        { id: '/subscriptions/ccc/providers/Microsoft.Network/serviceTags/public', type: tags },
      ],
    });
    const scope = { subscriptions: ['/subscriptions/aaa'] };
    const { rows } = await readAll(estate, [networks, roles, definition, tags], scope);
    expect(rows.map(({ id }) => id.split('/').at(-1))).toEqual(['a', 'r', 'd', 'public']);
    expect(await names(estate)).toEqual(['a', 'b']);
    expect((await readAll(estate, [tags])).gaps).toEqual([]);
  });

  test('gives a gap for each type without a row', async () => {
    const estate = await estateOf({ 'a.json': [network('a')] });
    const { gaps } = await readAll(estate, [networks, 'microsoft.network/loadbalancers']);
    expect(gaps.map(({ type }) => type)).toEqual(['microsoft.network/loadbalancers']);
  });

  test('believes the manifest, which is no row', async () => {
    const manifest = {
      type: 'Portcullis/Manifest',
      takenAt: '2026-06-26T00:00:00Z',
      scopes: [],
      types: [networks, roles],
      authorizationScopeFilter: 'AtScopeAboveAndBelow',
    };
    const estate = await estateOf({ 'a.json': [network('a')], 'manifest.json': manifest });
    expect(estate.rows).toBe(1);
    expect(estate.manifests[0]?.takenAt).toBe(manifest.takenAt);
    expect((await readAll(estate, [networks, roles])).gaps).toEqual([]);
    expect((await readAll(estate, ['microsoft.network/loadbalancers'])).gaps).toHaveLength(1);
  });

  test('does not take the subscription that service tags were listed from for one of the estate', async () => {
    const id = '/subscriptions/other/providers/Microsoft.Network/serviceTags/public';
    const estate = await estateOf({
      'a.json': [network('a'), { id, type: tags }],
      'm.json': { type: 'portcullis/manifest', types: [networks], scopes: ['/subscriptions/s'] },
    });
    expect((await readAll(estate, [networks])).gaps).toEqual([]);
  });

  test('proves nothing where the manifest cannot be read', async () => {
    const estate = await estateOf({
      'a.json': [network('a')],
      'm.json': { type: 'portcullis/manifest', types: 'all' },
    });
    expect(estate.problems).toMatchObject([
      { file: 'm.json', line: 1, field: 'types', value: '"all"' },
    ]);
    expect(await untypedGaps(estate)).toEqual([expect.stringMatching(/^m\.json: line 1: types/)]);
  });
});

describe('nothing readable', () => {
  test.each([
    ['an empty array', { 'a.json': '[]' }, /There is no row in .*a\.json\./],
    [
      'files without a row',
      { 'a.json': '[]', 'b.jsonl': '\n' },
      /There is no row in the 2 files of/,
    ],
    ['an empty folder', {}, /holds no \.json, \.jsonl or \.ndjson file/],
    ['other files', { 'a.csv': 'id' }, /holds no \.json, \.jsonl or \.ndjson file/],
    ['a file that breaks at once', { 'a.json': 'id,type\n' }, /a\.json: line 1: Unexpected token/],
    [
      'a file of something else',
      { 'a.json': { name: 'x' } },
      /a\.json, line 1: id is absent; a row needs/,
    ],
    ['UTF-16', { 'a.json': Buffer.from('\uFEFF[]', 'utf16le') }, /UTF-16; save it as UTF-8/],
  ])('%s: an error that says what was looked for', async (_, files, message) => {
    await write(files);
    const path =
      Object.keys(files).length === 1 && 'a.json' in files ? join(folder, 'a.json') : folder;
    const opened = openEstate(path);
    await expect(opened).rejects.toThrow(EstateUnreadableError);
    await expect(opened).rejects.toThrow(message);
  });

  test('a path that is not there: the same error', async () => {
    await expect(openEstate(join(folder, 'gone'))).rejects.toThrow(
      /There is no file or folder .*gone/,
    );
  });

  test('rows of other types, or a manifest alone, are an estate', async () => {
    const estate = await estateOf({ 'a.json': [{ id: '/x', type: 'a/b' }] });
    expect(estate.rows).toBe(0);
    await write({ 'a.json': { type: 'portcullis/manifest', types: [] } });
    expect((await openEstate(folder)).rows).toBe(0);
  });
});

const fixtures = resolve(process.env['PORTCULLIS_FIXTURES'] ?? '../shared/fixtures');
const recorded = join(fixtures, 'estate', 'recorded.json');

describe.skipIf(!existsSync(recorded))('the recorded payloads (needs PORTCULLIS_FIXTURES)', () => {
  test('all 4,333 rows are read, without a problem, and none is ignored', async () => {
    const estate = await openEstate(recorded);
    expect(estate.rows).toBe(4_333);
    expect([estate.problems, estate.duplicates]).toEqual([[], []]);
    expect(estate.ignoredTypes).toEqual({});
    expect(await untypedGaps(estate)).toEqual([]);
    const snapshot = await collect(estate, resourceTypes, {});
    expect(snapshot.rowsOf('microsoft.containerservice/managedclusters')).toHaveLength(280);
    expect(snapshot.rowsOf('microsoft.resources/subscriptions/resourcegroups')).toHaveLength(159);
  });

  test('the service tag list is one row', async () => {
    const { rows } = await readAll(await openEstate(join(fixtures, 'service-tags.json')), [tags]);
    expect(rows.map(({ id }) => id.split('/').at(-1))).toEqual(['public']);
  });
});
