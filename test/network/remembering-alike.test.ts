/** The same JSON is read once, JSON that differs anywhere anew. */
import { expect, test } from 'vitest';

import { rememberingAlike } from '../../shared/network/remembering-alike.ts';

const list = { values: [{ name: 'Sql', properties: { addressPrefixes: ['20.1.0.0/16'] } }] };

test('what holds the same is read once', () => {
  let reads = 0;
  const read = rememberingAlike((json: unknown) => ({ read: (reads += 1), json }));
  const first = read(list);
  expect(read(list)).toBe(first);
  expect(read(structuredClone(list))).toBe(first);
  expect(reads).toBe(1);
});

test.each<[string, unknown]>([
  ['a prefix', { values: [{ name: 'Sql', properties: { addressPrefixes: ['20.2.0.0/16'] } }] }],
  ['a name', { values: [{ ...list.values[0], name: 'Storage' }] }],
  ['one more tag', { values: [...list.values, ...list.values] }],
  ['a tag less', { values: [] }],
  ['one more member', { ...list, changeNumber: 7 }],
  ['a list for an object', { values: { 0: list.values[0] } }],
  ['another member', { value: list.values }],
  ['nothing', null],
])('%s makes a difference', (_, other) => {
  const read = rememberingAlike((json: unknown) => ({ json }));
  const first = read(list);
  expect(read(other)).not.toBe(first);
  expect(read(list)).toBe(first);
});

test.each<[string, unknown, unknown]>([
  ['nothing and an object', null, {}],
  ['an empty text and an empty object', '', {}],
  ['an empty object and an empty text', {}, ''],
  ['an empty list and an empty object', [], {}],
  ['a list and what only has its length', { length: 0 }, []],
  ['lists that differ at the end', [1, 2], [1, 3]],
  ['lists that differ at the start', [1, 2], [3, 2]],
])('%s are not alike', (_, one, other) => {
  const read = rememberingAlike((json: unknown) => ({ json }));
  expect(read(one)).toEqual({ json: one });
  expect(read(other)).toEqual({ json: other });
});

test('the two that were asked for last are kept, however often', () => {
  const reads: string[] = [];
  const read = rememberingAlike((json: { readonly at: string }) => reads.push(json.at));
  const [a, b, c] = [{ at: 'a' }, { at: 'b' }, { at: 'c' }];
  for (const json of [a, b, b, b, a]) read(json);
  expect(reads).toEqual(['a', 'b']);
  for (const json of [c, a, b]) read(json);
  expect(reads).toEqual(['a', 'b', 'c', 'b']);
});

test('what is absent is read as well', () => {
  expect(rememberingAlike((json: unknown) => ({ json }))(undefined)).toEqual({ json: undefined });
});
