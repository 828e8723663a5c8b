/** What a file may propose, and what a resource is once that is made. */
import { describe, expect, it } from 'vitest';
import { resourceId } from '../../shared/model/resource-id.ts';
import { changedBody, proposedChanges } from '../../shared/pipeline/proposed-changes.ts';

const group = '/subscriptions/1/resourceGroups/rg';
const nsg = `${group}/providers/Microsoft.Network/networkSecurityGroups/nsg`;
const network = `${group}/providers/Microsoft.Network/virtualNetworks/vnet`;
const rule = (name: string, priority: number) => ({
  id: `${nsg}/securityRules/${name}`,
  name,
  properties: { priority, access: 'Allow' },
});
const row = {
  id: nsg,
  name: 'nsg',
  type: 'Microsoft.Network/networkSecurityGroups',
  location: 'westeurope',
  properties: {
    securityRules: [rule('first', 100), rule('second', 200)],
    defaultSecurityRules: [rule('AllowVnetInBound', 65_000)],
    subnets: [{ id: `${network}/subnets/nodes` }],
  },
};

/** The one change of a file, made on the row. */
function after(file: unknown, body: typeof row | undefined = row) {
  const [change, ...others] = proposedChanges(file);
  expect(others).toEqual([]);
  if (change === undefined) throw new TypeError('nothing is proposed');
  return changedBody(body, change);
}

function whatIf(change: object) {
  return { status: 'Succeeded', changes: [{ resourceId: nsg, delta: null, ...change }] };
}

describe('a resource', () => {
  it('replaces what is there, but for the default rules that nobody writes', () => {
    const put = { id: nsg.toUpperCase(), properties: { securityRules: [rule('only', 300)] } };
    expect(after(put)).toEqual({
      id: put.id,
      name: 'nsg',
      properties: {
        securityRules: [rule('only', 300)],
        defaultSecurityRules: row.properties.defaultSecurityRules,
      },
    });
    expect(after(row)).toEqual(row);
  });

  it('comes alone, in a list, or as Azure lists', () => {
    const ids = [resourceId(nsg), resourceId(network)];
    const list = [row, { id: network }];
    expect(proposedChanges(list).map(({ id }) => id)).toEqual(ids);
    expect(proposedChanges({ value: list }).map(({ id }) => id)).toEqual(ids);
    expect(proposedChanges(row).map(({ type }) => type)).toEqual([
      'microsoft.network/networksecuritygroups',
    ]);
  });
});

describe('a security rule', () => {
  const named = (file: unknown) => {
    const { securityRules } = { securityRules: undefined, ...Object(after(file)?.['properties']) };
    return securityRules;
  };
  it('is added to its group, or takes the place of the one of its name', () => {
    expect(named(rule('third', 300))).toEqual([
      ...row.properties.securityRules,
      rule('third', 300),
    ]);
    const other = { ...rule('FIRST', 110) };
    expect(named(other)).toEqual([other, rule('second', 200)]);
    expect(named(rule('second', 210))).toEqual([rule('first', 100), rule('second', 210)]);
  });

  it('that is deleted is gone, and nothing else', () => {
    const file = whatIf({ resourceId: `${nsg}/securityRules/First`, changeType: 'Delete' });
    expect(named(file)).toEqual([rule('second', 200)]);
  });

  it('as the command line flattens it, goes into a group that is flattened too', () => {
    const flat = { id: nsg, name: 'nsg', securityRules: [] };
    const { id, name } = rule('third', 300);
    const [change] = proposedChanges({ id, name, priority: 300 });
    if (change === undefined) throw new TypeError('nothing is proposed');
    expect(changedBody(flat, change)).toEqual({
      ...flat,
      securityRules: [{ id, name, priority: 300 }],
    });
  });
});

describe('a what-if', () => {
  const before = {
    id: nsg,
    properties: { securityRules: [{ name: 'first', properties: { priority: 100 } }], old: 1 },
  };

  it('changes what it says, and leaves what it does not speak of', () => {
    const changed = after(
      whatIf({
        changeType: 'Modify',
        before,
        after: {
          id: nsg,
          properties: {
            securityRules: [
              { name: 'first', properties: { priority: 150 } },
              { name: 'new', properties: { priority: 120, access: 'Deny' } },
            ],
            flushConnection: true,
          },
        },
      }),
    );
    expect(changed).toEqual({
      ...row,
      properties: {
        ...row.properties,
        flushConnection: true,
        securityRules: [
          { ...rule('first', 150) },
          {
            id: resourceId(`${nsg}/securityRules/new`).replace('securityrules', 'securityRules'),
            name: 'new',
            properties: { priority: 120, access: 'Deny' },
          },
        ],
      },
    });
  });

  it('takes away what was before and is not after', () => {
    const file = whatIf({ changeType: 'Modify', before, after: { id: nsg, properties: {} } });
    expect(after(file)?.['properties']).toEqual({
      defaultSecurityRules: row.properties.defaultSecurityRules,
      subnets: row.properties.subnets,
    });
  });

  it('leaves alone what it says has no effect', () => {
    const changed = after(
      whatIf({
        changeType: 'Modify',
        before,
        after: {
          ...before,
          location: 'northeurope',
          properties: { ...before.properties, mode: 'x' },
        },
        delta: [
          { path: 'location', propertyChangeType: 'NoEffect' },
          { path: 'properties.mode', propertyChangeType: 'NoEffect' },
        ],
      }),
    );
    expect(changed?.['location']).toBe('westeurope');
    expect(changed?.['properties']).not.toHaveProperty('mode');
  });

  it('is the same as the REST API gives it, in properties', () => {
    const file = whatIf({ changeType: 'Delete' });
    expect(proposedChanges({ properties: { changes: file.changes } })).toEqual(
      proposedChanges(file),
    );
    expect(after(file)).toBeUndefined();
  });

  it('places a role assignment where its id says', () => {
    const id = `${group}/providers/Microsoft.Authorization/roleAssignments/1`;
    const file = whatIf({
      resourceId: id,
      changeType: 'Create',
      after: { id, properties: { principalId: 'p' } },
    });
    const [change] = proposedChanges(file);
    if (change === undefined) throw new TypeError('nothing is proposed');
    expect(changedBody(undefined, change)).toMatchObject({
      properties: { scope: resourceId(group) },
    });
  });

  it.each([
    ['NoChange', 'none'],
    ['Ignore', 'none'],
    ['Deploy', 'untold'],
    ['Unsupported', 'untold'],
  ])('%s is %s', (changeType, kind) => {
    const [change] = proposedChanges(
      whatIf({ changeType, unsupportedReason: 'it cannot be read' }),
    );
    expect(change?.outcome.kind).toBe(kind);
    expect(after(whatIf({ changeType }))).toBe(row);
  });

  it('keeps what it perhaps changes, as what nobody can tell', () => {
    const file = { changes: [], potentialChanges: [{ resourceId: nsg, changeType: 'Create' }] };
    expect(proposedChanges(file)).toMatchObject([{ outcome: { kind: 'untold' } }]);
  });
});

it.each<readonly [string, unknown, RegExp]>([
  ['a text', 'no', /the file "no" is no resource of Azure and no what-if/],
  [
    'a group without an id',
    { properties: { securityRules: [] } },
    /id undefined is no id.*nsg diff/,
  ],
  [
    'a template',
    { $schema: 'https://schema…/deploymentTemplate.json#', resources: [] },
    /az deployment group what-if --no-pretty-print/,
  ],
  [
    'a plan of Terraform of a format to come',
    { format_version: '2.0', resource_changes: [] },
    /plan of Terraform has the format/,
  ],
  [
    'an unknown kind of change',
    whatIf({ changeType: 'Move' }),
    /changes\[0\]\.changeType "Move" is none of Create/,
  ],
  [
    'a change without an id',
    { changes: [{ changeType: 'Delete' }] },
    /changes\[0\]: resourceId undefined/,
  ],
  [
    'a change without its outcome',
    whatIf({ changeType: 'Modify', before: {} }),
    /changes\[0\]\.after undefined/,
  ],
  ['a list with a hole', [row, null], /\[1\] null is no resource/],
])('%s is refused, and what to give instead is said', (_, file, says) => {
  expect(() => proposedChanges(file)).toThrow(RangeError);
  expect(() => proposedChanges(file)).toThrow(says);
});

describe('what is nested as no resource is', () => {
  const deep = (levels: number, inner: unknown = 'x'): unknown => {
    let value = inner;
    for (let level = 0; level < levels; level += 1)
      value = level % 2 === 0 ? [value] : { a: value };
    return value;
  };

  it('is refused in a sentence, however deep', () => {
    for (const levels of [300, 100_000]) {
      const file = whatIf({
        changeType: 'Modify',
        before: {},
        after: { id: nsg, tags: deep(levels) },
      });
      expect(() => proposedChanges(file)).toThrow(
        /^changes\[0\]\.after has lists and objects nested in more than 200 levels/,
      );
    }
  });

  it('is named as far as it has a name that can be read', () => {
    const files: readonly (readonly [unknown, RegExp])[] = [
      [{ ['k'.repeat(5000)]: deep(300) }, /^k{80}…\.a\[0\] has/],
      [{ '': { '': { '': deep(300) } } }, /^the file has/],
      [[1, { a: 1 }, deep(300)], /^\[2\]\.a\[0\] has/],
    ];
    for (const [file, says] of files) expect(() => proposedChanges(file)).toThrow(says);
  });

  it('is taken below two hundred levels', () => {
    const tags = deep(190);
    const file = whatIf({ changeType: 'Modify', before: {}, after: { id: nsg, tags } });
    expect(after(file)).toMatchObject({ tags });
  });

  it('takes nothing away by a path that is as long', () => {
    const path = Array.from({ length: 100_000 }, () => 'a').join('.');
    const delta = [{ path, propertyChangeType: 'NoEffect' }];
    const file = whatIf({
      changeType: 'Modify',
      before: {},
      after: { id: nsg, location: 'x' },
      delta,
    });
    expect(after(file)).toMatchObject({ location: 'x' });
  });
});
