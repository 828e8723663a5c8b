import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pathTo, routeOf } from '../../dashboard/routing/route.ts';

describe('routes of the dashboard', () => {
  it.each([
    ['/dashboard/', { view: 'overview' }],
    ['/dashboard/clusters', { view: 'clusters' }],
    ['/dashboard/clusters/', { view: 'clusters' }],
    ['/dashboard/clusters/abc', { view: 'cluster', key: 'abc' }],
    ['/dashboard/what-if', { view: 'what-if' }],
    ['/dashboard/what-if/abc', { view: 'nowhere', path: '/dashboard/what-if/abc' }],
    ['/dashboard/clusters/abc/def', { view: 'nowhere', path: '/dashboard/clusters/abc/def' }],
    ['/dashboard/elsewhere', { view: 'nowhere', path: '/dashboard/elsewhere' }],
    ['/elsewhere/', { view: 'nowhere', path: '/elsewhere/' }],
  ])('%s', (path, route) => {
    expect(routeOf(path)).toEqual(route);
  });

  it('leads back to whatever a path was made for', () => {
    const name = fc.string({ minLength: 1 }).filter((text) => text.isWellFormed());
    fc.assert(
      fc.property(name, (id) => {
        expect(routeOf(pathTo('remediations', id))).toEqual({ view: 'remediation', id });
      }),
    );
  });
});
