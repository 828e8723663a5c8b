import { expect, test } from 'vitest';
import { snapshotOf } from '../../shared/inventory/inventory-snapshot.ts';
import { resourceId } from '../../shared/model/resource-id.ts';
import { proofOfAbsence } from '../../shared/pipeline/audit.ts';
import type { Gap, Row } from '../../shared/ports.ts';

const subscription = '/subscriptions/00000000-0000-0000-0000-000000000001';
const here = `${subscription}/resourceGroups/rg/providers/Microsoft.ContainerService/managedClusters/here`;
const gone = here.replace(/here$/, 'gone');

function row(id: string, type: Row['type']): Row {
  return { kind: 'row', id: resourceId(id), type, body: {} };
}

function gap(scope: string, type?: Gap['type']): Gap {
  return { kind: 'gap', scope, what: 'x', why: 'y', ...(type === undefined ? {} : { type }) };
}

const clusters = 'microsoft.containerservice/managedclusters';

test.each<[string, (Row | Gap)[], string, boolean]>([
  ['not there, beside others', [row(here, clusters)], gone, true],
  ['in other letters', [row(here, clusters)], here.toUpperCase(), false],
  ['there', [row(here, clusters)], here, false],
  [
    'of a subscription that is there without clusters',
    [row(subscription, 'microsoft.resources/subscriptions')],
    gone,
    true,
  ],
  ['of a subscription that nobody saw', [row(here, clusters)], gone.replace('0001', '0002'), false],
  [
    'among clusters that could not be read',
    [row(here, clusters), gap(subscription, clusters)],
    gone,
    false,
  ],
  ['where anything may be hidden', [row(here, clusters), gap('export.json')], gone, false],
  [
    'where only other types could not be read',
    [row(here, clusters), gap(subscription, 'microsoft.keyvault/vaults')],
    gone,
    true,
  ],
  [
    'where another subscription could not be read',
    [row(here, clusters), gap('/subscriptions/s2', clusters)],
    gone,
    true,
  ],
  ['no id', [row(here, clusters)], 'gone', false],
])('a cluster %s', (_, items, id, isGone) => {
  expect(proofOfAbsence(snapshotOf(items))(id)).toBe(isGone);
});
