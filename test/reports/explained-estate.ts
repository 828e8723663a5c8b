import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEstate } from '../../shared/adapters/files/estate-files.ts';
import { catalogue } from '../../shared/checks/catalogue.ts';
import { collect } from '../../shared/inventory/inventory-snapshot.ts';
import {
  type AuditPlan,
  auditCluster,
  auditScope,
  auditedTypes,
} from '../../shared/pipeline/audit.ts';
import { explainCluster } from '../../shared/reports/explain-cluster.ts';
import type { Explanation } from '../../shared/reports/explanation.ts';
import { parseSettings } from '../../shared/settings/settings.ts';

/** Explains every cluster of an estate, or those of the given names, as `portcullis explain` would. */
export async function explainedEstate(
  rows: readonly unknown[],
  settings: unknown,
  names?: readonly string[],
): Promise<readonly Explanation[]> {
  const parsed = parseSettings(settings);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  const folder = await mkdtemp(join(tmpdir(), 'portcullis-'));
  try {
    const path = join(folder, 'estate.jsonl');
    await writeFile(path, rows.map((row) => JSON.stringify(row)).join('\n'));
    const snapshot = await collect(
      await openEstate(path),
      auditedTypes,
      {},
      { offline: true, strict: false },
    );
    const plan: AuditPlan = {
      snapshot,
      catalogue,
      settings: parsed.settings,
      ...(names === undefined ? {} : { clusters: names }),
      today: '2026-11-23',
      onDefect: ({ error }) => {
        throw error;
      },
    };
    return auditScope(plan).ids.flatMap((id) => {
      const audited = auditCluster(plan, id);
      if (audited === undefined) return [];
      return explainCluster(audited, {
        catalogue,
        explainedAt: '2026-11-23T02:00:00.000Z',
        source: 'estate',
        priorityBand: parsed.settings.guard.priorityBand,
        assumptions: snapshot.assumptions,
      });
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
