/** The contract through Azure's own SDKs, against the simulator, and a look at live Azure on demand. */
import { describe, expect, it } from 'vitest';
import { auditSource } from '../pipeline/audit-rows.ts';
import { simulatedAzure } from '../adapters/azure/simulated-azure.ts';
import { inventoryContract } from './inventory.contract.ts';

inventoryContract({
  name: 'a simulated tenant',
  audit: async (rows, settings) => {
    const { source } = await simulatedAzure(rows);
    return auditSource(source, settings);
  },
});

/** Skipped unless asked for: it needs a tenant and somebody signed in. */
describe.runIf(process.env['AZURE_LIVE'] === '1')('the inventory of live Azure', () => {
  it('gives every cluster its verdicts, and never a defect', async () => {
    const { verdicts, clusters, tail } = await auditSource({ kind: 'live', cloud: 'public' }, {});
    expect(verdicts.size).toBeGreaterThanOrEqual(clusters.length);
    expect(tail.gaps.filter(({ why }) => why.startsWith('the check failed'))).toEqual([]);
    expect(tail.cost.resourceGraphCalls).toBeGreaterThan(0);
  });
});
