import { snapshotOf } from '../inventory/inventory-snapshot.ts';
import { type ResourceId, resourceId } from '../model/resource-id.ts';
import { clusterKey } from '../findings/fingerprint.ts';
import { auditCluster, auditScope } from '../pipeline/audit.ts';
import { planOf } from '../pipeline/cut-scan.ts';
import { placesOf } from '../pipeline/dependencies.ts';
import { inParallel } from '../pipeline/in-parallel.ts';
import type { ProposedChange } from '../pipeline/proposed-change.ts';
import { proposedChanges } from '../pipeline/proposed-changes.ts';
import type { ServiceContext } from '../pipeline/service-context.ts';
import { whatIf as judge } from '../pipeline/what-if.ts';
import { explainCluster } from '../reports/explain-cluster.ts';
import { type WhatIf, isTold } from '../reports/what-if.ts';
import { counted } from '../reports/text-layout.ts';
import type { Settings } from '../settings/settings.ts';
import { type Refused, refused } from './admit.ts';
import { clusterOf } from './cluster-answers.ts';
import { type Answering, type ApiContext, type Question, json } from './context.ts';
import type { LiveReading } from './live-reads.ts';

/** A cluster as it is now, read as the reader. */
async function readNow(
  { live, stores }: ApiContext,
  step: ServiceContext,
  settings: Settings,
  id: ResourceId,
): Promise<LiveReading> {
  const roots = (await stores.clusters.get(id))?.value.roots ?? [];
  return live.of(id, () => step.tenant(settings).readCluster(id, roots));
}

export const explanation: Answering<'explanation'> = async (context, { params: { key } }) => {
  const row = await clusterOf(context, key);
  if ('kind' in row) return row;
  const step = await context.step();
  const settings = await step.settings();
  const { items, readAt } = await readNow(context, step, settings, row.id);
  const startedAt = readAt.toISOString();
  const snapshot = snapshotOf(items);
  const plan = planOf(step, snapshot, settings, { startedAt });
  const audited = auditScope(plan).ids.includes(row.id) ? auditCluster(plan, row.id) : undefined;
  if (audited === undefined) {
    const why = snapshot.gaps.map((gap) => `${gap.what}: ${gap.why}`).join('; ');
    return refused(502, `The cluster could not be read just now${why === '' ? '' : ` (${why})`}.`, {
      next: 'It is gone, serves Azure ML no more, or Azure did not answer: its page tells what is kept.',
    });
  }
  return json(
    explainCluster(audited, {
      catalogue: context.catalogue,
      explainedAt: startedAt,
      source: 'live',
      priorityBand: settings.guard.priorityBand,
      assumptions: snapshot.assumptions,
    }),
  );
};

/** As many clusters are read for a question: each takes a few dozen calls of Resource Manager. */
const mostExamined = 12;
const readAtOnce = 4;
/** Lines of packets for each change. */
const mostLines = 6;

export const whatIf: Answering<'whatIf'> = async (context, { body }) => {
  const changes = changesIn(body);
  if ('kind' in changes) return changes;
  const group = resourceId(body.networkSecurityGroup);
  const all = await context.stores.dependencies.clustersOf(placesOf(group));
  const examined = all.slice(0, mostExamined);
  if (examined.length === 0) {
    const remark = 'No cluster that is known depends on this group.';
    return json({ dependents: 0, examined: 0, isTold: true, remark, clusters: [] });
  }
  const step = await context.step();
  const settings = await step.settings();
  const readings: LiveReading[] = [];
  await inParallel(examined, readAtOnce, async (id) => {
    readings.push(await readNow(context, step, settings, id));
  });
  const snapshot = snapshotOf(readings.flatMap(({ items }) => items));
  const everything = planOf(step, snapshot, settings, { startedAt: context.now().toISOString() });
  const there = new Set(auditScope(everything).ids);
  const plan = { ...everything, clusters: examined.filter((id) => there.has(id)) };
  const found = judge(plan, changes, { offline: false, strict: false });
  return json({
    dependents: all.length,
    examined: plan.clusters.length,
    isTold: isTold(found) && plan.clusters.length === all.length,
    remark: remarkOn(found, all.length, plan.clusters.length),
    clusters: found.clusters.map((cluster) => sentChange(context, cluster)),
  });
};

/** The change of a question, as a what-if knows changes; refused where it is none. */
function changesIn({
  networkSecurityGroup: group,
  rule,
}: Question<'whatIf'>['body']): readonly ProposedChange[] | Refused {
  const { name, properties } = rule;
  const isGroup =
    Array.isArray(rule['securityRules']) ||
    (typeof properties === 'object' && properties !== null && 'securityRules' in properties);
  if (!isGroup && (typeof name !== 'string' || !/^[\w.-]{1,80}$/.test(name))) {
    return refused(
      400,
      'rule.name is missing; it must be the name of the rule, such as "allow-scoring".',
    );
  }
  const id = isGroup ? group : `${group}/securityRules/${String(name)}`;
  if (typeof rule['id'] === 'string' && resourceId(rule['id']) !== resourceId(id)) {
    return refused(
      400,
      `rule.id ${JSON.stringify(rule['id'])} is not of the group that is asked about.`,
    );
  }
  try {
    return proposedChanges({ ...rule, id });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return refused(400, `rule: ${error.message}.`);
  }
}

function remarkOn(found: WhatIf, dependents: number, examined: number): string | null {
  const parts = [
    ...(examined < dependents
      ? [
          `${counted(dependents, 'cluster')} depend on this group, and ${examined} of them were looked at; portcullis plan --what-if looks at all.`,
        ]
      : []),
    ...found.unjudged.map(({ because }) => `Not judged: ${because}.`),
    ...(found.stillUnknown > 0
      ? [
          `${counted(found.stillUnknown, 'verdict')} of these clusters are not known now, and would not be.`,
        ]
      : []),
  ];
  return parts.length === 0 ? null : parts.join(' ');
}

function sentChange(
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
