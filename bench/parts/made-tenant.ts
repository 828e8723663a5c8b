import { rootTypes } from '../../shared/inventory/root-types.ts';
import { resourceTypeNamed } from '../../shared/inventory/row-type.ts';
import { type ResourceId, resourceId, subscriptionIdOf } from '../../shared/model/resource-id.ts';
import type { Row, TenantReader } from '../../shared/ports.ts';
import { type EstateBody, type LargeEstate, clustersPerSubscription } from './large-estate.ts';

/** Subscriptions of two thousand clusters. */
const perPart = 2000 / clustersPerSubscription;

function rowOf(body: EstateBody): readonly Row[] {
  const type = resourceTypeNamed(String(body['type']));
  return type === undefined
    ? []
    : [{ kind: 'row', id: resourceId(String(body['id'])), type, body }];
}

/** A tenant whose rows are made when they are read, and how much CPU that took: it is nobody's cost. */
export interface MadeTenant {
  readonly reader: TenantReader;
  /** Milliseconds of this process. */
  readonly makingMs: () => number;
}

export function madeTenant(estate: LargeEstate): MadeTenant {
  let makingMs = 0;
  const numbers = new Map<string, number>();
  function madeRows(subscription: number): readonly Row[] {
    const before = process.cpuUsage();
    const rows = estate.rowsOf(subscription).flatMap(rowOf);
    const spent = process.cpuUsage(before);
    makingMs += (spent.user + spent.system) / 1000;
    return rows;
  }
  const common = estate.common.flatMap(rowOf);
  const isRoot = new Set<string>(rootTypes);
  const rootsOf = (subscription: number): readonly Row[] => {
    const rows = madeRows(subscription);
    const [own] = rows.flatMap(({ id, type }) =>
      type === 'microsoft.containerservice/managedclusters' ? (subscriptionIdOf(id) ?? []) : [],
    );
    if (own !== undefined) numbers.set(own, subscription);
    return rows.filter(({ id, type }) => isRoot.has(type) && subscriptionIdOf(id) === own);
  };
  const numbered = Array.from({ length: estate.subscriptions }, (_, at) => at);
  return {
    makingMs: () => makingMs,
    reader: {
      partsOf: async () =>
        Array.from({ length: Math.ceil(numbered.length / perPart) }, (_, at) => ({
          subscriptions: numbered.slice(at * perPart, (at + 1) * perPart).map(String),
        })),
      readScope: async ({ subscriptions = [] }) => ({
        items: [...common, ...subscriptions.map(Number).flatMap(rootsOf)],
        covered: [],
      }),
      async readClusters(ids: readonly ResourceId[], { items }) {
        const wanted = new Set(ids.map((id) => numbers.get(subscriptionIdOf(id) ?? '') ?? 0));
        return [...items, ...[...wanted].flatMap(madeRows)];
      },
      readCluster: () => Promise.reject(new Error('no event came')),
      readResource: () => Promise.reject(new Error('no event came')),
    },
  };
}
