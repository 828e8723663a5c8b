import { snapshotOf } from '../inventory/inventory-snapshot.ts';
import { resourceId } from '../model/resource-id.ts';
import { auditCluster, auditScope } from '../pipeline/audit.ts';
import { planOf } from '../pipeline/cut-scan.ts';
import { placesOf } from '../pipeline/dependencies.ts';
import type { ProposedChange } from '../pipeline/proposed-change.ts';
import { proposedChanges } from '../pipeline/proposed-changes.ts';
import { whatIf as judge } from '../pipeline/what-if.ts';
import { explainCluster } from '../reports/explain-cluster.ts';
import { type WhatIf, isTold } from '../reports/what-if.ts';
import { counted } from '../reports/text-layout.ts';
import { type Refused, refused } from './admit.ts';
import { clusterOf } from './cluster-answers.ts';
import { type Answering, type Question, json } from './context.ts';
import { auditNow, readNow, sentChange, unknownsIn } from './live-audit.ts';

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

export const whatIf: Answering<'whatIf'> = async (context, { body }) => {
  const changes = changesIn(body);
  if ('kind' in changes) return changes;
  const group = resourceId(body.networkSecurityGroup);
  const all = await context.stores.dependencies.clustersOf(placesOf(group));
  if (all.length === 0) {
    const remark = 'No cluster that is known depends on this group.';
    return json({ dependents: 0, examined: 0, isTold: true, remark, clusters: [] });
  }
  const { plan, examined } = await auditNow(context, all);
  const found = judge(plan, changes, { offline: false, strict: false });
  return json({
    dependents: all.length,
    examined,
    isTold: isTold(found) && examined === all.length,
    remark: remarkOn(found, all.length, examined),
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
          `Of ${counted(dependents, 'cluster')} that may rely on this group, ${examined} were looked at; portcullis plan --what-if looks at all.`,
        ]
      : []),
    ...unknownsIn(found),
  ];
  return parts.length === 0 ? null : parts.join(' ');
}
