import fc from 'fast-check';
import { expect, test } from 'vitest';
import { editDistance, nearest, nearestFew } from '../../shared/settings/nearest.ts';

test.each([
  ['', '', 0],
  ['abc', 'abc', 0],
  ['', 'abc', 3],
  ['callrs', 'callers', 1],
  ['hihg', 'high', 1],
  ['kitten', 'sitting', 3],
  ['flaw', 'lawn', 2],
])('from %j to %j it is %i', (a, b, distance) => {
  expect(editDistance(a, b)).toBe(distance);
});

const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 8 });

test('a distance is symmetric, zero only for the same word, and within its bounds', () => {
  fc.assert(
    fc.property(word, word, (a, b) => {
      const distance = editDistance(a, b);
      expect(distance).toBe(editDistance(b, a));
      expect(distance === 0).toBe(a === b);
      expect(distance).toBeGreaterThanOrEqual(Math.abs(a.length - b.length));
      expect(distance).toBeLessThanOrEqual(Math.max(a.length, b.length));
    }),
  );
});

test('one edit is one step', () => {
  fc.assert(
    fc.property(word, fc.nat(8), fc.constantFrom('x', ''), (text, at, put) => {
      const edited = text.slice(0, at) + put + text.slice(at + (put === '' ? 1 : 0));
      expect(editDistance(text, edited)).toBe(edited === text ? 0 : 1);
    }),
  );
});

test('the nearest candidate is named, an unfinished word is completed, a foreign word is not guessed', () => {
  const ids = ['private-cluster', 'private-cluster-without-public-fqdn', 'internal-load-balancer'];
  expect(nearest('private-clster', ids)).toBe('private-cluster');
  expect(nearest('Internal-Load', ids)).toBe('internal-load-balancer');
  expect(nearest('storage', ids)).toBeUndefined();
  expect(nearestFew('private', ids, 3)).toEqual(ids.slice(0, 2));
  expect(nearestFew('private', ids, 1)).toEqual(['private-cluster']);
});
