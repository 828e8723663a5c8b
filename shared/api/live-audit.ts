import { clusterKey } from '../findings/fingerprint.ts';
import { ownershipTypes } from '../facts/ownership-facts.ts';
import { snapshotOf } from '../inventory/inventory-snapshot.ts';
import type { ResourceId } from '../model/resource-id.ts';
import { type AuditPlan, auditScope, auditedTypes } from '../pipeline/audit.ts';
import { planOf } from '../pipeline/cut-scan.ts';
import { rootsToRead } from '../pipeline/discoveries.ts';
import { inParallel } from '../pipeline/in-parallel.ts';
import type { ServiceContext } from '../pipeline/service-context.ts';
import { counted } from '../reports/text-layout.ts';
import type { WhatIf } from '../reports/what-if.ts';
import type { Settings } from '../settings/settings.ts';
import type { ApiContext } from './context.ts';
import type { LiveReading } from './live-reads.ts';

/** As many clusters are read for a question: each takes a few dozen calls of Resource Manager. */
const mostExamined = 12;
const readAtOnce = 4;
/** Lines of packets for each change. */
const mostLines = 6;

/** A cluster as it is now, and what locks or owns its networks, read as the reader; with `since`, no earlier than that. */
export async function readNow(
  { live }: ApiContext,
  step: ServiceContext,
  settings: Settings,
  id: ResourceId,
  since?: string,
): Promise<LiveReading> {
  const read = async () =>
    step.tenant(settings, ownershipTypes).readCluster(id, await rootsToRead(step, id));
  return live.of(id, read, since);
}

/** Clusters as they are now, to be judged as they are and as they would be. */
export interface LiveAudit {
  readonly plan: AuditPlan;
  /** How many of those asked for were read and are there. */
  readonly examined: number;
  /** When the earliest of the readings began. */
  readonly readAt: Date;
}

/** The first of these clusters as they are now; with `since`, read no earlier than that. */
export async function auditNow(
  context: ApiContext,
  all: readonly ResourceId[],
  since?: string,
): Promise<LiveAudit> {
  const asked = all.slice(0, mostExamined);
  const step = await context.step();
  const settings = await step.settings();
  const readings: LiveReading[] = [];
  await inParallel(asked, readAtOnce, async (id) => {
    readings.push(await readNow(context, step, settings, id, since));
  });
  const items = readings.flatMap((one) => one.items);
  const snapshot = snapshotOf(items, undefined, [...auditedTypes, ...ownershipTypes]);
  const startedAt = context.now();
  const everything = planOf(step, snapshot, settings, { startedAt: startedAt.toISOString() });
  const there = new Set(auditScope(everything).ids);
  const clusters = asked.filter((id) => there.has(id));
  const moments = readings.map(({ readAt }) => readAt.getTime());
  return {
    plan: { ...everything, clusters },
    examined: clusters.length,
    readAt: new Date(Math.min(startedAt.getTime(), ...moments)),
  };
}

/** What is not known of what something would do, in sentences. */
export function unknownsIn(found: WhatIf): readonly string[] {
  return [
    ...found.unjudged.map(({ because }) => `Not judged: ${because}.`),
    ...(found.stillUnknown > 0
      ? [
          `Not known now, and would not be: ${counted(found.stillUnknown, 'verdict')} of these clusters.`,
        ]
      : []),
  ];
}

/** A cluster that would change, as it is sent. */
export function sentChange(
  { catalogue }: ApiContext,
  { id, name, verdicts, packets }: WhatIf['clusters'][number],
) {
  return {
    key: clusterKey(id),
    id,
    name,
    verdicts: verdicts.flatMap(({ checkId, effect, before, after }) => {
      const told = after ?? before;
      if (told === null) return [];
      return [
        {
          checkId,
          title: catalogue.find((check) => check.id === checkId)?.title ?? checkId,
          effect,
          before: before?.kind ?? null,
          after: after?.kind ?? null,
          severity: told.severity,
          isExempt: told.exempt !== null,
          summary: after?.summary ?? null,
          evidence: after?.evidence ?? [],
        },
      ];
    }),
    packets: packets.flatMap(({ subnetId, diff }) =>
      diff.texts(mostLines).map(({ direction, access, isCertain, packets: brief, witness }) => ({
        subnetId,
        direction,
        access,
        isCertain,
        lines: brief.lines,
        isWhole: brief.isWhole,
        witness: witness === null ? null : { ...witness, direction },
      })),
    ),
  };
}
