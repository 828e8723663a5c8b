/**
 * Calls of Azure that a first scan takes, against the budget, and its time beside the same audit
 * offline: through the SDKs over HTTPS, against the simulator in this process with its quotas off.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startAudit } from '../shared/compose.ts';
import type { ScanSource } from '../shared/reports/scan.ts';
import { parseSettings } from '../shared/settings/settings.ts';
import { generateEstate } from '../simulator/estate/generate-estate.ts';
import { startSimulator } from '../simulator/start-simulator.ts';

/** For a first scan of 1,000 clusters. */
const resourceGraphBudget = 45;
const conditions = { tagList: true, managementGroupCoverage: true, unread: [] };

async function audited(source: ScanSource, settings: object) {
  const parsed = parseSettings(settings);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  const start = performance.now();
  const options = { source, settings: parsed.settings, strict: false, now: () => new Date() };
  const audit = await startAudit(options);
  let verdicts = 0;
  for await (const shard of audit.shards) verdicts += shard.verdicts.length;
  const { cost } = await audit.finish();
  return { verdicts, cost, seconds: (performance.now() - start) / 1000 };
}

console.log(
  'clusters  subscriptions  Resource Graph  Resource Manager  Microsoft Graph  live s  offline s  ratio',
);
for (const clusters of [40, 200, 1000]) {
  const { rows, settings } = generateEstate(1, clusters, conditions);
  const folder = mkdtempSync(join(tmpdir(), 'portcullis-bench-'));
  const simulator = await startSimulator({ rows: rows.map((row) => ({ ...row })), quotas: false });
  try {
    const cloud = join(folder, 'cloud.json');
    writeFileSync(cloud, JSON.stringify(simulator.cloud));
    const path = join(folder, 'estate.jsonl');
    writeFileSync(path, rows.map((row) => JSON.stringify(row)).join('\n'));
    const { tenantId, clientId, clientSecret } = simulator.reader;
    Object.assign(process.env, {
      AZURE_TENANT_ID: tenantId,
      AZURE_CLIENT_ID: clientId,
      AZURE_CLIENT_SECRET: clientSecret,
    });
    const offline = await audited({ kind: 'estate', path }, settings);
    const live = await audited({ kind: 'live', cloud }, settings);
    if (live.verdicts !== offline.verdicts) throw new Error('live and offline judge differently');
    const { resourceGraphCalls, armReads, graphCalls } = live.cost;
    const subscriptions = Math.max(3, Math.ceil(clusters / 40));
    console.log(
      [
        String(clusters).padStart(8),
        String(subscriptions).padStart(13),
        String(resourceGraphCalls).padStart(14),
        String(armReads).padStart(16),
        String(graphCalls).padStart(15),
        live.seconds.toFixed(1).padStart(6),
        offline.seconds.toFixed(1).padStart(9),
        (live.seconds / offline.seconds).toFixed(2).padStart(5),
      ].join('  '),
    );
    if (clusters === 1000) {
      const kept = resourceGraphCalls <= resourceGraphBudget ? 'kept' : 'MISSED';
      console.log(
        `budget: ${resourceGraphBudget} calls of Resource Graph for 1,000 clusters: ${kept}`,
      );
    }
  } finally {
    await simulator.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
