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
