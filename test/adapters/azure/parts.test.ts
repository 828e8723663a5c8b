/** A tenant read in parts, by the index or live, gives the verdicts of a tenant read whole. */
import { mayHideService } from '../../../shared/inventory/root-types.ts';
import { describe, expect, test } from 'vitest';
import { catalogue } from '../../../shared/checks/catalogue.ts';
import { liveTenant } from '../../../shared/compose-live.ts';
import { snapshotOf } from '../../../shared/inventory/inventory-snapshot.ts';
import { resourceId } from '../../../shared/model/resource-id.ts';
import { cutScan } from '../../../shared/pipeline/cut-scan.ts';
import { auditShards } from '../../../shared/pipeline/audit.ts';
import type { VerdictReport } from '../../../shared/reports/report.ts';
import { generateEstate } from '../../../simulator/estate/generate-estate.ts';
import { auditSource } from '../../pipeline/audit-rows.ts';
import { memoryService } from '../../pipeline/memory-service.ts';
import { rows, settings } from './demo-tenant.ts';
import { simulatedAzure } from './simulated-azure.ts';

const deep = import.meta.env.MODE === 'deep';
const estates = [
  ['the demo', { rows, settings }],
  ...(deep ? [['the estate of seed 3', generateEstate(3, 40)] as const] : []),
] as const;

describe.each(estates)('%s', (_, estate) => {
  test('scanned in shards gives the report of one audit', async () => {
    const { source } = await simulatedAzure(estate.rows);
    const whole = await auditSource(source, estate.settings);
    const service = memoryService(liveTenant(source), estate.settings, '2026-11-23T00:00:00.000Z');
    await cutScan(service.context);
    await service.drain();
    const report = await service.report();
    expect(report.verdicts.map(key).toSorted()).toEqual(
      [...whole.verdicts.values()].map(key).toSorted(),
    );
    expect(report.clusters).toEqual(whole.clusters);
    expect(sorted(report.gaps)).toEqual(sorted(whole.tail.gaps));
    expect(report.outOfScope).toEqual(whole.tail.outOfScope);
    expect(report.complete).toBe(whole.tail.gaps.length === 0);
    const open = [...(await service.findings()).values()].filter(
      (finding) => 'state' in finding && finding.state === 'open',
    );
    const failed = [...whole.verdicts.values()].filter(({ kind }) => kind === 'fail');
    expect(open).toHaveLength(failed.length);
  });

  test('read cluster by cluster, live, gives the same', async () => {
    const { source } = await simulatedAzure(estate.rows);
    const whole = await auditSource(source, estate.settings);
    const { tenant } = liveTenant(source);
    const { context } = memoryService({ tenant, calls: () => ({}) }, estate.settings);
    const parsed = await context.settings();
    const plan = { catalogue, settings: parsed, today: '2026-11-23', onDefect: () => {} };
    const picked = deep ? whole.clusters : whole.clusters.filter((__, index) => index % 12 === 0);
    for (const { id, workspaces } of picked) {
      const cluster = resourceId(id);
      const items = await tenant(parsed).readCluster(cluster, workspaces.map(resourceId));
      const [shard] = auditShards({ ...plan, snapshot: snapshotOf(items) }, [cluster]);
      const expected = [...whole.verdicts.values()].filter(({ clusterId }) => clusterId === id);
      expect(shard?.verdicts.map(key)).toEqual(expected.map(key));
      expect(shard?.clusters).toEqual(whole.clusters.filter((each) => each.id === id));
    }
  });
});

test('a workspace that is gone hides nothing of the cluster that it attached', async () => {
  const { source } = await simulatedAzure(rows);
  const { tenant } = liveTenant(source);
  const { context } = memoryService({ tenant, calls: () => ({}) }, settings);
  const [workspace, cluster] = ['workspaces', 'managedclusters'].map((type) => {
    const row = rows.find(
      (one) => String(Reflect.get(one, 'id')).toLowerCase().split('/').at(-2) === type,
    );
    return resourceId(String(row === undefined ? '' : Reflect.get(row, 'id')));
  });
  if (workspace === undefined || cluster === undefined) throw new Error('the demo has none');
  const reader = tenant(await context.settings());
  const gone = resourceId(`${workspace}-gone`);
  const items = await reader.readCluster(cluster, [workspace, gone]);
  expect(items.some((item) => item.kind === 'row' && item.id === workspace)).toBe(true);
  expect(items.filter((item) => item.kind === 'gap' && item.scope === gone)).toEqual([]);
  // One of a subscription that the reader does not see may be there all the same.
  const unseen = '/subscriptions/11111111-0000-4000-8000-000000000000';
  const elsewhere = resourceId(`${unseen}/${gone.split('/').slice(3).join('/')}`);
  const found = await reader.readCluster(cluster, [workspace, elsewhere]);
  const hiding = found.filter((item) => item.kind === 'gap' && item.scope.startsWith(unseen));
  expect(hiding.some((item) => item.kind === 'gap' && mayHideService(item))).toBe(true);
});

function key({ clusterId, checkId, kind, severity, summary }: VerdictReport): string {
  return [clusterId, checkId, kind, severity, summary].join(' ');
}

function sorted<T>(items: readonly T[]): readonly T[] {
  return items.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}
