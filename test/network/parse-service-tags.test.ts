import { expect, test } from 'vitest';
import { parseServiceTags, readServiceTagList } from '../../shared/network/parse-service-tags.ts';
import { addressSet } from '../../shared/packets/address.ts';

const values = [
  { name: 'Sql', properties: { addressPrefixes: ['20.1.0.0/16', '2603:1020::/32'] } },
  { name: 'Empty', properties: { addressPrefixes: [] } },
];

test.each<[string, unknown]>([
  ['as Azure answers it', { changeNumber: 7, values }],
  ['as a row', { id: '/tags', properties: { values } }],
])('a list is read %s', (_, json) => {
  const { tags, unreadable } = readServiceTagList(json);
  expect(unreadable).toEqual([]);
  expect(tags.listed).toBe(true);
  expect(tags.addresses('sql')).toEqual(addressSet(['20.1.0.0/16', '2603:1020::/32']));
  expect(tags.addresses('Empty')).toEqual(addressSet([]));
  expect(tags.addresses('Storage')).toBeUndefined();
  expect(parseServiceTags(json).addresses('sql')).toEqual(tags.addresses('sql'));
});

test.each<[string, unknown]>([
  ['of which one prefix cannot be read', { addressPrefixes: ['20.1.0.0/16', 'nowhere'] }],
  ['without prefixes', {}],
  ['whose prefixes are null', { addressPrefixes: null }],
])('a tag %s is not in the list, and told', (_, properties) => {
  const { tags, unreadable } = readServiceTagList({
    values: [...values, { name: 'Broken', properties }],
  });
  expect(unreadable).toEqual(['Broken']);
  expect(tags.addresses('Broken')).toBeUndefined();
  expect(tags.addresses('Sql')).toBeDefined();
});

test.each<[unknown, string]>([
  [null, 'not a service tag list: : '],
  [{}, 'not a service tag list: values: '],
  [{ properties: {} }, 'not a service tag list: values: '],
  [{ values: [{ properties: {} }] }, 'not a service tag list: values.0.name: '],
  [{ values: [{ name: 'Sql' }] }, 'not a service tag list: values.0.properties: '],
  [
    { values: [{ name: 'Sql', properties: { addressPrefixes: [7] } }] },
    'not a service tag list: values.0.properties.addressPrefixes.0: Invalid input: expected string',
  ],
])('%j is refused, naming what is wrong', (json, message) => {
  expect(() => parseServiceTags(json)).toThrow(RangeError);
  expect(() => parseServiceTags(json)).toThrow(message);
});
