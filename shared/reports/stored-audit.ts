import type { Report } from './report.ts';
import type { Audit, ShardResult, Tail } from './scan.ts';

/** As many clusters as an audit puts into a shard. */
const shardSize = 100;

/** A report that was written earlier as the audit it came from, so that it can be printed again. */
export function storedAudit(report: Report): Audit {
  const { scanId, startedAt, source, cloud } = report;
  return {
    header: { scanId, startedAt, source, ...(cloud === undefined ? {} : { cloud }) },
    shards: shardsOf(report),
    finish: async () => tailOf(report),
  };
}

async function* shardsOf({ clusters, verdicts }: Report): AsyncGenerator<ShardResult> {
  const byCluster = Map.groupBy(verdicts, ({ clusterId }) => clusterId);
  for (let start = 0; start < clusters.length; start += shardSize) {
    const shard = clusters.slice(start, start + shardSize);
    yield { clusters: shard, verdicts: shard.flatMap(({ id }) => byCluster.get(id) ?? []) };
  }
}

function tailOf(report: Report): Tail {
  const { finishedAt, gaps, assumptions, outOfScope, estate, warnings, baseline, cost } = report;
  return {
    finishedAt,
    gaps,
    assumptions,
    outOfScope,
    ...(estate === undefined ? {} : { estate }),
    ...(warnings === undefined ? {} : { warnings }),
    ...(baseline === undefined ? {} : { baseline }),
    cost,
  };
}
