import { describe, expect, test } from 'vitest';
import {
  assume,
  coverageGaps,
  manifestSchema,
  type EstateContents,
} from '../../shared/inventory/coverage.ts';
import { resourceTypes, type ResourceType } from '../../shared/inventory/resource-types.ts';
import type { Gap } from '../../shared/ports.ts';

const one = '11111111-1111-1111-1111-111111111111';
const two = '22222222-2222-2222-2222-222222222222';
const networks = 'microsoft.network/virtualnetworks';
const clusters = 'microsoft.containerservice/managedclusters';
const roles = 'microsoft.authorization/roleassignments';

function estate(
  types: readonly ResourceType[],
  ...manifests: readonly Record<string, unknown>[]
): EstateContents {
  return {
    manifests: manifests.map((manifest) => manifestSchema.parse(manifest)),
    types: new Set(types),
    subscriptions: new Set([one, two]),
  };
}

function places(gaps: readonly Gap[]): readonly string[] {
  return gaps.map(({ type, scope }) => `${type ?? 'any'} at ${scope}`);
}

describe('without a manifest', () => {
  test('a type was read if there is a row of it, everywhere in the estate', () => {
    const gaps = coverageGaps(estate([networks]), [networks, clusters], {});
    expect(places(gaps)).toEqual([`${clusters} at /`]);
  });

  test('a subscription asked for, and without any row, was not read', () => {
    const other = '33333333-3333-3333-3333-333333333333';
    const gaps = coverageGaps(estate([networks]), [networks], {
      subscriptions: [`/subscriptions/${one.toUpperCase()}`, other],
    });
    expect(places(gaps)).toEqual([`any at /subscriptions/${other}`]);
  });

  test('role assignments never reach management groups', () => {
    expect(places(coverageGaps(estate([roles]), [roles], {}))).toEqual([
      `${roles} at /providers/microsoft.management/managementgroups`,
    ]);
    // Nothing at all was read of them: one gap says it all.
    expect(places(coverageGaps(estate([]), [roles], {}))).toEqual([`${roles} at /`]);
    expect(coverageGaps(estate([networks]), [networks], {})).toEqual([]);
  });
});

describe('with a manifest', () => {
  test('a type was read if the manifest lists it, rows or no rows', () => {
    const contents = estate([networks], { types: ['Microsoft.ContainerService/managedClusters'] });
    expect(places(coverageGaps(contents, [networks, clusters], {}))).toEqual([`${networks} at /`]);
  });

  test.each([
    ['a GUID', [one.toUpperCase()], false],
    ['an id', [`/subscriptions/${one}/`], false],
    ['a resource group', [one, `/subscriptions/${two}/resourceGroups/g`], false],
    ['both subscriptions', [one, `/Subscriptions/${two}`], true],
    ['a management group', ['/providers/Microsoft.Management/managementGroups/root'], true],
    [
      'a management group beside a subscription',
      [one, '/providers/Microsoft.Management/managementGroups/m'],
      true,
    ],
    ['the tenant', ['/'], true],
    ['nothing', [], true],
  ])('scopes that name %s cover what they name', (_, scopes, all) => {
    const contents = estate([], { types: [networks], scopes });
    expect(places(coverageGaps(contents, [networks], {}))).toEqual(
      all ? [] : [`any at /subscriptions/${two}`],
    );
  });

  test('a subscription outside the scope asked for is no matter', () => {
    const contents = estate([], { types: [networks], scopes: [one] });
    expect(coverageGaps(contents, [networks], { subscriptions: [one] })).toEqual([]);
  });

  test('each of several manifests speaks for its own scopes and types', () => {
    const contents = estate(
      [],
      { types: [networks, clusters], scopes: [one] },
      { types: [networks], scopes: [two] },
    );
    expect(places(coverageGaps(contents, [networks, clusters], {}))).toEqual([
      `${clusters} at /subscriptions/${two}`,
    ]);
  });

  test('what belongs to the tenant needs no subscription', () => {
    const contents = estate(
      [],
      { types: ['microsoft.graph/groups', networks], scopes: [one] },
      { types: [networks], scopes: [two] },
    );
    expect(coverageGaps(contents, ['microsoft.graph/groups', networks], {})).toEqual([]);
  });

  test.each([
    ['AtScopeAboveAndBelow', true, true],
    ['atscopeandabove', true, false],
    ['AtScopeAndBelow', false, true],
    ['AtScopeExact', false, false],
    [undefined, false, true],
  ])(
    'the filter %s reaches management groups: %s, and what is below the subscription: %s',
    (authorizationScopeFilter, up, down) => {
      const contents = estate([roles], { types: [roles], authorizationScopeFilter });
      const above = '/providers/microsoft.management/managementgroups';
      expect(places(coverageGaps(contents, [roles, networks], {}))).toEqual([
        `${networks} at /`,
        ...(up ? [] : [`${roles} at ${above}`]),
        ...(down ? [] : [one, two].map((id) => `${roles} at /subscriptions/${id}`)),
      ]);
    },
  );

  test('a deep export of the same subscription makes up for a shallow one', () => {
    const shallow = { types: [roles], authorizationScopeFilter: 'AtScopeAndAbove' };
    const deep = {
      types: [roles],
      scopes: [one],
      authorizationScopeFilter: 'AtScopeAboveAndBelow',
    };
    expect(places(coverageGaps(estate([], shallow, deep), [roles], {}))).toEqual([
      `${roles} at /subscriptions/${two}`,
    ]);
  });

  test('one narrow export among wide ones leaves management groups unread', () => {
    const wide = { types: [roles], authorizationScopeFilter: 'AtScopeAboveAndBelow' };
    const narrow = { types: [roles], authorizationScopeFilter: 'AtScopeAndBelow' };
    expect(coverageGaps(estate([], wide, { types: [networks] }), [roles], {})).toEqual([]);
    expect(coverageGaps(estate([], wide, narrow), [roles], {})).toHaveLength(1);
  });

  test('its types are needed, all else may be left out', () => {
    expect(manifestSchema.safeParse({ types: [] }).success).toBe(true);
    expect(manifestSchema.safeParse({ scopes: [one] }).success).toBe(false);
    expect(manifestSchema.safeParse({ types: [], scopes: one }).success).toBe(false);
  });
});

test('the service tag list and what reaches principals may be absent; every other type is a gap', () => {
  const types = coverageGaps(estate([]), resourceTypes, {}).map(({ type }) => type);
  expect(types).toEqual(
    resourceTypes.filter(
      (type) => !['microsoft.network/servicetags', 'portcullis/assignedto'].includes(type),
    ),
  );
});

test('rows that are there and could not be placed are not taken as none', () => {
  const denies = 'microsoft.authorization/denyassignments';
  const lost: Gap = {
    kind: 'gap',
    type: denies,
    scope: 'a.json',
    what: `a row of ${denies} in a.json`,
    why: 'line 1: no resource id',
  };
  expect(assume([lost], { offline: true, strict: false })).toEqual({
    gaps: [lost],
    assumptions: [],
  });
});

describe('what is taken as empty', () => {
  const assumed: readonly ResourceType[] = [
    'microsoft.authorization/denyassignments',
    'microsoft.authorization/locks',
    'microsoft.authorization/policyexemptions',
    'microsoft.network/effectivesecurityadminrules',
  ];
  const gaps = coverageGaps(estate([networks]), [...assumed, networks, clusters], {});

  test('offline: these four, each with its sentence', () => {
    const result = assume(gaps, { offline: true, strict: false });
    expect(places(result.gaps)).toEqual([`${clusters} at /`]);
    expect(result.assumptions).toHaveLength(4);
    for (const words of [
      'deny assignments',
      'locks',
      'policy exemptions',
      'security admin rules',
    ]) {
      expect(result.assumptions.filter((says) => says.includes(words))).toHaveLength(1);
    }
  });

  test('nothing live, and nothing with strict', () => {
    for (const reading of [
      { offline: true, strict: true },
      { offline: false, strict: false },
      { offline: false, strict: true },
    ]) {
      expect(assume(gaps, reading)).toEqual({ gaps, assumptions: [] });
    }
  });

  test('one sentence for all the subscriptions that miss a type, naming them', () => {
    const manifest = (scope: string, types: readonly string[]): Record<string, unknown> => ({
      types: [...types],
      scopes: [scope],
    });
    const locks = 'microsoft.authorization/locks';
    const three = '33333333-3333-3333-3333-333333333333';
    const contents = {
      ...estate([], manifest(one, [networks]), manifest(two, [networks]), manifest(three, [locks])),
      subscriptions: new Set([one, two, three]),
    };
    const { assumptions } = assume(coverageGaps(contents, [locks], {}), {
      offline: true,
      strict: false,
    });
    expect(assumptions).toHaveLength(1);
    expect(assumptions[0]).toContain(`in /subscriptions/${one}, /subscriptions/${two}:`);
  });

  test('a file that broke could have held anything: it stays a gap, and what is assumed is said', () => {
    const broken: Gap = {
      kind: 'gap',
      scope: 'a.json',
      what: 'rows of a.json',
      why: 'line 1: cut',
    };
    const { gaps, assumptions } = assume([broken], { offline: true, strict: false });
    expect(gaps).toEqual([broken]);
    expect(assumptions).toHaveLength(6);
    const asked = new Set(['microsoft.authorization/locks'] as const);
    expect(assume([broken], { offline: true, strict: false }, asked).assumptions).toHaveLength(1);
    expect(assumptions.join()).toContain('locks in a.json: taken as none');
    expect(assume([broken], { offline: true, strict: true }).assumptions).toEqual([]);
  });
});
