import { expect, test } from 'vitest';
import {
  containsServiceTag,
  noServiceTags,
  serviceTags,
} from '../../shared/network/service-tags.ts';
import { addressSet } from '../../shared/packets/address.ts';

const sql = { name: 'Sql', addressPrefixes: ['20.1.0.0/16', '2603:1020::/32'] };

test('a tag of the list has the addresses of its prefixes, in whatever case it is asked for', () => {
  const tags = serviceTags([sql]);
  expect(tags.listed).toBe(true);
  expect(tags.addresses('Sql')).toEqual(addressSet(sql.addressPrefixes));
  expect(tags.addresses('sQL')).toEqual(addressSet(sql.addressPrefixes));
  expect(tags.addresses('Storage')).toBeUndefined();
});

test('prefixes are read when they are first asked for, and once', () => {
  const tags = serviceTags([sql, { name: 'Broken', addressPrefixes: ['nowhere'] }]);
  expect(tags.addresses('sql')).toBe(tags.addresses('SQL'));
  expect(() => tags.addresses('Broken')).toThrow('"nowhere"');
});

test('without a list no tag has addresses', () => {
  expect(noServiceTags.listed).toBe(false);
  expect(noServiceTags.addresses('Sql')).toBeUndefined();
});

test.each([
  ['Sql', 'sql'],
  ['Internet', 'Sql'],
  ['internet', 'AzureCloud.WestEurope'],
  ['Sql', 'Sql.WestEurope'],
  ['AzureCloud', 'AzureContainerRegistry.WestEurope'],
  ['AzureCloud.WestEurope', 'AzureContainerRegistry.WestEurope'],
  ['AzureUpdateDelivery', 'AzureUpdateDelivery'],
])('%s contains %s', (outer, inner) => {
  expect(containsServiceTag(outer, inner)).toBe(true);
});

test.each([
  ['Sql', 'Storage'],
  ['Sq', 'Sql'],
  ['Sql.WestEurope', 'Sql'],
  ['Sql.WestEurope', 'Sql.NorthEurope'],
  ['Sql', 'Internet'],
  ['AzureCloud', 'Sql'],
  ['AzureCloud', 'Sql.WestEurope'],
  ['AzureCloud.WestEurope', 'Sql.WestEurope'],
  ['AzureUpdateDelivery', 'AzureUpdateDelivery.WestEurope'],
  ['AzureCloud', 'AzureContainerRegistry'],
  ['AzureCloud.WestEurope', 'AzureContainerRegistry'],
  ['AzureCloud.NorthEurope', 'AzureContainerRegistry.WestEurope'],
  ['AzureCloud.undefined', 'AzureContainerRegistry.WestEurope'],
])('%s is not claimed to contain %s', (outer, inner) => {
  expect(containsServiceTag(outer, inner)).toBe(false);
});

// Source: learn.microsoft.com/azure/virtual-network/service-tags-overview.
test.each([
  ['francecentral', 'centralfrance'],
  ['francesouth', 'southfrance'],
  ['germanywestcentral', 'germanywc'],
  ['germanynorth', 'germanyn'],
  ['norwayeast', 'norwaye'],
  ['norwaywest', 'norwayw'],
  ['switzerlandnorth', 'switzerlandn'],
  ['switzerlandwest', 'switzerlandw'],
])('the cloud of %s is also called %s', (region, cloud) => {
  const registry = `AzureContainerRegistry.${region}`;
  expect(containsServiceTag(`AzureCloud.${cloud}`, registry)).toBe(true);
  expect(containsServiceTag(`AzureCloud.${region}`, registry)).toBe(true);
  expect(containsServiceTag(`AzureCloud.${cloud}`, 'AzureContainerRegistry.WestEurope')).toBe(
    false,
  );
});
