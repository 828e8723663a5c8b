import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makePlans, startAudit } from '../../shared/compose.ts';
import type { Planned } from '../../shared/remediation/plan.ts';
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
  return withFile(rows, (source) => auditSource(source, settings, options));
}

/** Plans for all that fails in the rows, as a user would ask for them. */
export async function planRows(
  rows: readonly unknown[],
  settings: unknown,
): Promise<readonly Planned[]> {
  return withFile(rows, (source) => makePlans({ source, ...asked(settings) }));
}

async function withFile<T>(
  rows: readonly unknown[],
  read: (source: ScanSource) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'portcullis-'));
  try {
    const path = join(folder, 'estate.jsonl');
    await writeFile(path, rows.map((row) => JSON.stringify(row)).join('\n'));
    return await read({ kind: 'estate', path });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function asked(settings: unknown): Pick<AuditOptions, 'settings' | 'strict' | 'now'> {
  const parsed = parseSettings(settings);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return {
    settings: parsed.settings,
    strict: false,
    now: () => new Date('2026-11-23T00:00:00Z'),
  };
}

export async function auditSource(
  source: ScanSource,
  settings: unknown,
  { strict = false, ...scope }: AuditedScope & { readonly strict?: boolean } = {},
): Promise<Audited> {
  const audit = await startAudit({ source, ...asked(settings), strict, ...scope });
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
