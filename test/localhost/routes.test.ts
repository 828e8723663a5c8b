import { describe, expect, test } from 'vitest';
import { httpRoute, matchRoute } from '../../localhost/routes.ts';

function route(name: string, trigger: Readonly<Record<string, unknown>>) {
  return httpRoute({ name, trigger, callback: () => undefined });
}

const routes = [
  route('api', { route: '{*path}', methods: ['GET'], authLevel: 'function' }),
  route('health', { route: 'health', methods: ['GET'], authLevel: 'anonymous' }),
  route('one', { route: 'reports/{id}', methods: ['GET', 'delete'] }),
  route('latest', { route: '/reports/latest/', methods: ['GET'] }),
  route('hook', {}),
];

describe('a path', () => {
  test.each([
    ['GET', 'health', 'health', {}],
    ['GET', 'HEALTH', 'health', {}],
    ['GET', 'health/', 'health', {}],
    ['GET', 'reports/latest', 'latest', {}],
    ['GET', 'reports/7', 'one', { id: '7' }],
    ['DELETE', 'reports/7', 'one', { id: '7' }],
    ['GET', 'reports/a%2Fb', 'one', { id: 'a/b' }],
    ['GET', 'reports/%zz', 'one', { id: '%zz' }],
    ['GET', 'reports', 'api', { path: 'reports' }],
    ['GET', 'reports/7/more', 'api', { path: 'reports/7/more' }],
    ['GET', '', 'api', {}],
    ['POST', 'hook', 'hook', {}],
  ])('%s /%s goes to %s', (method, path, name, params) => {
    const match = matchRoute(routes, method, path);
    expect(match).toMatchObject({ kind: 'found', params, route: { called: { name } } });
  });

  test('that another method would open says which', () => {
    expect(matchRoute(routes, 'PUT', 'reports/7')).toEqual({
      kind: 'methodNotAllowed',
      allowed: ['DELETE', 'GET'],
    });
  });

  test('that no route fits is not found', () => {
    expect(matchRoute(routes.slice(1), 'GET', 'reports/7/more')).toEqual({ kind: 'notFound' });
    expect(matchRoute(routes.slice(1), 'GET', '')).toEqual({ kind: 'notFound' });
  });
});

describe('a trigger', () => {
  test('without more takes GET and POST, needs a key, and has the name of its function', () => {
    expect(route('hook', {})).toMatchObject({
      methods: ['GET', 'POST'],
      authLevel: 'function',
      segments: ['hook'],
    });
  });

  test.each([
    [{ route: 'reports/{id:int}' }, '"{id:int}" must be a word, {name}, or {*name} at the end'],
    [{ route: 'reports/{id?}' }, '"{id?}" must be'],
    [{ route: '{*path}/more' }, '"{*path}" must be'],
    [{ authLevel: 'system' }, 'authLevel "system" must be one of anonymous, function, admin'],
  ])('%o is refused', (trigger, says) => {
    expect(() => route('odd', trigger)).toThrow(`function odd: `);
    expect(() => route('odd', trigger)).toThrow(says);
  });
});
