import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startAudit } from '../../shared/compose.ts';
import type { ClusterReport, VerdictReport } from '../../shared/reports/report.ts';
import type { AuditOptions, ScanSource, Tail } from '../../shared/reports/scan.ts';
import { parseSettings } from '../../shared/settings/settings.ts';

/** The verdicts of an audit by `<cluster id> <check id>`, and what came after them. */
export interface Audited {
  readonly verdicts: ReadonlyMap<string, VerdictReport>;
  readonly clusters: readonly ClusterReport[];
  readonly tail: Tail;
}

type AuditedScope = Pick<AuditOptions, 'subscriptions' | 'managementGroups'>;

/** Audits rows as a user would: written to a file, read through the files adapter. */
export async function auditRows(
  rows: readonly unknown[],
  settings: unknown,
  options: { readonly strict?: boolean } = {},
): Promise<Audited> {
  const folder = await mkdtemp(join(tmpdir(), 'portcullis-'));
  try {
    const path = join(folder, 'estate.jsonl');
    await writeFile(path, rows.map((row) => JSON.stringify(row)).join('\n'));
    return await auditSource({ kind: 'estate', path }, settings, options);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export async function auditSource(
  source: ScanSource,
  settings: unknown,
  { strict = false, ...scope }: AuditedScope & { readonly strict?: boolean } = {},
): Promise<Audited> {
  const parsed = parseSettings(settings);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  const audit = await startAudit({
    source,
    settings: parsed.settings,
    strict,
    ...scope,
    now: () => new Date('2026-11-23T00:00:00Z'),
  });
  const verdicts = new Map<string, VerdictReport>();
  const clusters: ClusterReport[] = [];
  for await (const shard of audit.shards) {
    clusters.push(...shard.clusters);
    for (const verdict of shard.verdicts) {
      verdicts.set(`${verdict.clusterId} ${verdict.checkId}`, verdict);
    }
  }
  return { verdicts, clusters, tail: await audit.finish() };
}
