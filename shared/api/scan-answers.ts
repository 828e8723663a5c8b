import type { ScanState, Stores, TrendPoint } from '../store-ports.ts';
import { refused } from './admit.ts';
import { type Answering, json } from './context.ts';
import { type Ordering, pageOf } from './page.ts';

const ordering: Ordering<ScanState> = {
  fields: { startedAt: ({ startedAt }) => startedAt },
  idOf: ({ scanId }) => scanId,
};
const everything = (): boolean => true;

/** A scan as it is sent. */
export function sentScan({
  scanId,
  state,
  startedAt,
  finishedAt,
  shards,
  clusters,
  end,
}: ScanState) {
  return {
    scanId,
    state,
    startedAt,
    finishedAt: finishedAt ?? null,
    durationMs: finishedAt === undefined ? null : Date.parse(finishedAt) - Date.parse(startedAt),
    shards,
    clusters,
    gaps: end?.gaps ?? null,
    cost: end?.cost ?? null,
  };
}

/** Scans that are kept, the newest first. */
export async function keptScans({
  scans: store,
}: Pick<Stores, 'scans'>): Promise<readonly ScanState[]> {
  const found: ScanState[] = [];
  for await (const { value } of store.list()) found.push(value);
  return found;
}

export const scans: Answering<'scans'> = async ({ stores }, { query: { limit, next: from } }) => {
  const asked = { sort: '-startedAt', limit, next: from };
  const page = pageOf(await keptScans(stores), everything, asked, ordering);
  if (page.kind === 'refused') return page;
  const { items, next, total } = page;
  return json({ scans: items.map(sentScan), next, total });
};

export const scan: Answering<'scan'> = async ({ stores }, { params: { scanId } }) => {
  const kept = await stores.scans.get(scanId);
  if (kept === undefined) return refused(404, `No scan ${scanId} is kept.`);
  const shards = await stores.scans.shards(scanId);
  return json({
    ...sentScan(kept.value),
    shardStates: shards.map(({ shard, state, clusters, why }) => ({
      shard,
      state,
      clusters,
      ...(why === undefined ? {} : { why }),
    })),
    coverage: kept.value.end?.gapGroups ?? [],
  });
};

const dayMs = 86_400_000;
/** As far back as people look who ask for nothing else. */
export const trendDays = 90;

/** The moment so many days ago. */
export function daysAgo(days: number, now: Date): string {
  return new Date(now.getTime() - days * dayMs).toISOString();
}

/** A point as it is sent, with every severity. */
export function sentPoint(point: TrendPoint) {
  const none = { critical: 0, high: 0, medium: 0, low: 0, info: 0 };
  return { ...point, bySeverity: { ...none, ...point.bySeverity } };
}

export const trends: Answering<'trends'> = async ({ stores, now }, { query }) => {
  const points = await stores.trend.since(query.since ?? daysAgo(trendDays, now()));
  return json({ points: points.map(sentPoint) });
};
