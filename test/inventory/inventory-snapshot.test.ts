import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { collect, snapshotOf } from '../../shared/inventory/inventory-snapshot.ts';
import type { ResourceType } from '../../shared/inventory/resource-types.ts';
import { isWithin, resourceId, type ResourceId } from '../../shared/model/resource-id.ts';
import type { Gap, Inventory, Row, Scope } from '../../shared/ports.ts';

const numRuns = import.meta.env.MODE === 'deep' ? 2_000 : 200;
const networks = 'microsoft.network/virtualnetworks';
const clusters = 'microsoft.containerservice/managedclusters';

function row(id: string, type: ResourceType = networks, body: Record<string, unknown> = {}): Row {
  return { kind: 'row', id: resourceId(id), type, body };
}

function gap(scope: string, type?: ResourceType): Gap {
  return {
    kind: 'gap',
    scope,
    what: 'rows',
    why: 'denied',
    ...(type === undefined ? {} : { type }),
  };
}

describe('rows', () => {
  const group = '/subscriptions/s/resourceGroups/g';
  const first = row(`${group}/providers/Microsoft.Network/virtualNetworks/net-1`);
  const tenth = row(`${group}/providers/Microsoft.Network/virtualNetworks/net-10`);
  const cluster = row(`${group}/providers/Microsoft.ContainerService/managedClusters/c`, clusters);
  const snapshot = snapshotOf([first, tenth, cluster]);

  test('are found by type and by id', () => {
    expect(snapshot.rowsOf(networks)).toEqual([first, tenth]);
    expect(snapshot.rowsOf('microsoft.network/loadbalancers')).toEqual([]);
    expect(snapshot.get(cluster.id)).toBe(cluster);
    expect(snapshot.get(resourceId('/subscriptions/s'))).toBeUndefined();
  });

  test('are found below a scope by whole segments', () => {
    expect(snapshot.rowsWithin(networks, first.id)).toEqual([first]);
    expect(snapshot.rowsWithin(networks, resourceId(group))).toEqual([first, tenth]);
    expect(snapshot.rowsWithin(networks, resourceId('/subscriptions/s/resourceGroups/g1'))).toEqual(
      [],
    );
    expect(snapshot.rowsWithin(clusters, resourceId('/'))).toEqual([cluster]);
  });

  test('that come twice count once, and the later holds', () => {
    const again = row(first.id, networks, { changed: true });
    const moved = snapshotOf([first, tenth, again]);
    expect(moved.rowsOf(networks)).toEqual([again, tenth]);
    expect(moved.get(first.id)).toBe(again);
  });

  test('below any scope are those that a scan of all rows finds', () => {
    const segment = fc.constantFrom('a', 'ab', 'b', 'a1');
    const id = fc
      .record({
        sub: segment,
        group: fc.option(segment),
        name: fc.option(segment),
        child: fc.option(segment),
      })
      .map(({ sub, group: inGroup, name, child }) => {
        const above = `/subscriptions/${sub}${inGroup === null ? '' : `/resourceGroups/${inGroup}`}`;
        const resource =
          name === null ? '' : `/providers/Microsoft.Network/virtualNetworks/${name}`;
        return above + resource + (name === null || child === null ? '' : `/subnets/${child}`);
      });
    const tenant = fc.constantFrom('/', '/providers/Microsoft.Authorization/roleAssignments/r');
    const anyId = fc.oneof({ weight: 9, arbitrary: id }, { weight: 1, arbitrary: tenant });
    fc.assert(
      fc.property(fc.array(anyId, { maxLength: 30 }), anyId, (ids, at) => {
        const scope = resourceId(at);
        const unique = [...new Set(ids.map(resourceId))];
        const expected = unique.filter((each) => isWithin(each, scope));
        const found = snapshotOf(ids.map((each) => row(each))).rowsWithin(networks, scope);
        expect(found.map((each) => each.id)).toEqual(expected);
      }),
      { numRuns },
    );
  });

  test('by the ten thousand are found much faster than by a scan of all', () => {
    const rows = Array.from({ length: 10_000 }, (_, n) =>
      row(
        `/subscriptions/s${n % 20}/resourceGroups/g${n}/providers/Microsoft.Network/virtualNetworks/v`,
      ),
    );
    const large = snapshotOf(rows);
    const groups = rows
      .slice(0, 500)
      .map(({ id }) => resourceId(id.split('/').slice(0, 5).join('/')));
    const subscriptions = rows
      .slice(0, 500)
      .map(({ id }) => resourceId(id.split('/').slice(0, 3).join('/')));
    const scan = timed(groups, (scope) => rows.filter(({ id }) => isWithin(id, scope)).length);
    const byGroup = timed(groups, (scope) => large.rowsWithin(networks, scope).length);
    const bySubscription = timed(
      subscriptions,
      (scope) => large.rowsWithin(networks, scope).length,
    );
    expect([scan.found, byGroup.found, bySubscription.found]).toEqual([500, 500, 250_000]);
    expect(byGroup.milliseconds * 50).toBeLessThan(scan.milliseconds);
    expect(bySubscription.milliseconds * 3).toBeLessThan(scan.milliseconds);
  });
});

function timed(
  scopes: readonly ResourceId[],
  count: (scope: ResourceId) => number,
): { readonly found: number; readonly milliseconds: number } {
  const started = performance.now();
  const found = scopes.reduce((sum, scope) => sum + count(scope), 0);
  return { found, milliseconds: performance.now() - started };
}

describe('what was read', () => {
  test.each<[string, ResourceType | undefined, boolean]>([
    ['/', undefined, false],
    ['/', networks, false],
    ['/', clusters, true],
    ['broken.json', undefined, false],
    ['folder/broken.json', undefined, false],
    ['/subscriptions/s', undefined, false],
    ['/subscriptions/S/', networks, false],
    ['/subscriptions/s/resourceGroups/g', networks, false],
    ['/subscriptions/s1', undefined, true],
    ['/subscriptions/s1/resourceGroups/s', networks, true],
    ['/providers/microsoft.management/managementgroups', networks, false],
    ['/providers/microsoft.management/managementgroups', clusters, true],
  ])('a gap at %s of type %s leaves networks of subscription s read: %s', (scope, type, read) => {
    const known = snapshotOf([gap(scope, type)]).wasRead(networks, 's');
    const missing = [{ what: 'rows', scope, why: 'denied' }];
    expect(known).toEqual(read ? { known: true, value: true } : { known: false, missing });
  });

  test('is everything where there is no gap, rows or no rows', () => {
    expect(snapshotOf([]).wasRead(networks, 's')).toEqual({ known: true, value: true });
  });

  test('within one resource is not touched by a gap in another', () => {
    const workspace = '/subscriptions/s/resourceGroups/g/providers/microsoft.x/workspaces/w';
    const snapshot = snapshotOf([gap(`${workspace}1`, networks)]);
    expect(snapshot.wasReadWithin(networks, resourceId(workspace)).known).toBe(true);
    expect(snapshot.wasReadWithin(networks, resourceId(`${workspace}1/computes/c`)).known).toBe(
      false,
    );
    expect(snapshot.wasRead(networks, 's').known).toBe(false);
    expect(snapshot.wasReadWithin(networks, resourceId('/')).known).toBe(false);
  });

  test('offline, what is assumed counts as read and is said; with strict it does not', () => {
    const locks = 'microsoft.authorization/locks';
    const items = [gap('/', locks), gap('/', networks)];
    const lenient = snapshotOf(items, { offline: true, strict: false });
    expect(lenient.wasRead(locks, 's').known).toBe(true);
    expect(lenient.assumptions).toHaveLength(1);
    expect(lenient.gaps).toEqual([gap('/', networks)]);
    const strict = snapshotOf(items, { offline: true, strict: true });
    expect(strict.wasRead(locks, 's').known).toBe(false);
    expect(strict.assumptions).toEqual([]);
  });
});

test('collecting asks the inventory once, for the types and within the scope given', async () => {
  const asked: [readonly ResourceType[], Scope][] = [];
  const inventory: Inventory = {
    async *read(types, scope) {
      asked.push([types, scope]);
      yield row('/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/v');
      yield gap('/', clusters);
    },
  };
  const snapshot = await collect(inventory, [networks, clusters], { subscriptions: ['s'] });
  expect(asked).toEqual([[[networks, clusters], { subscriptions: ['s'] }]]);
  expect(snapshot.rowsOf(networks)).toHaveLength(1);
  expect(snapshot.gaps).toEqual([gap('/', clusters)]);
});
