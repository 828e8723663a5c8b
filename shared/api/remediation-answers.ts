import { clusterKey } from '../findings/fingerprint.ts';
import type { Caller } from '../model/caller.ts';
import { nameOf, resourceId } from '../model/resource-id.ts';
import { type Decision, decideRemediation } from '../pipeline/decide-remediation.ts';
import { type JournalRow, progressOf } from '../remediation/journal.ts';
import type { RemediationHead } from '../remediation/remediation-store.ts';
import { refused } from './admit.ts';
import { type Answering, type ApiContext, type Question, json } from './context.ts';
import { modeNow } from './modes.ts';
import { type Ordering, among, pageOf, searching } from './page.ts';

const ordering: Ordering<RemediationHead> = {
  fields: {
    createdAt: ({ createdAt }) => createdAt,
    updatedAt: ({ updatedAt }) => updatedAt,
    state: ({ state }) => state,
    cluster: ({ clusterId }) => nameOf(clusterId),
    check: ({ checkId }) => checkId,
  },
  idOf: ({ id }) => id,
};

/** A remediation in short, as it is sent. */
export function sentHead(head: RemediationHead) {
  const { clusterId } = head;
  return { ...head, clusterKey: clusterKey(clusterId), clusterName: nameOf(clusterId) };
}

export const remediations: Answering<'remediations'> = async ({ models }, { query }) => {
  const { state, cluster, check, search } = query;
  const wanted = cluster === undefined ? undefined : resourceId(cluster);
  const [isIn, hasCheck, isSearched] = [among(state), among(check), searching(search)];
  const page = pageOf(
    await models.remediations.get(),
    (head) =>
      isIn(head.state) &&
      hasCheck(head.checkId) &&
      (wanted === undefined ||
        [head.clusterId, nameOf(head.clusterId), clusterKey(head.clusterId)].includes(wanted)) &&
      isSearched(`${head.clusterId} ${head.checkId} ${head.summary} ${head.id}`),
    query,
    ordering,
  );
  if (page.kind === 'refused') return page;
  const { items, next, total } = page;
  return json({ remediations: items.map(sentHead), next, total });
};

export const remediation: Answering<'remediation'> = async (context, { params: { id } }) => {
  const kept = await context.remediations.get(id);
  if (kept === undefined) return refused(404, 'There is no such remediation.');
  const { head, rows } = kept;
  const { mode, because } = await modeFor(context, head);
  return json({
    ...sentHead(head),
    plan: progressOf(rows).plan,
    journal: rows.map(sentRow),
    mode,
    modeBecause: because,
  });
};

/** A row without the plan again, and without what was there before, which is long. */
function sentRow(row: JournalRow) {
  if (row.step === 'requested') {
    const { plan: _, ...rest } = row;
    return rest;
  }
  if (row.step === 'confirmed') {
    const { before: _, ...rest } = row;
    return rest;
  }
  return row;
}

async function modeFor(context: ApiContext, { checkId, clusterId }: RemediationHead) {
  const settings = await context.models.settings.get();
  const tag = (await context.stores.clusters.get(clusterId))?.value.modeTag;
  return modeNow(context, settings, { checkId, tag });
}

async function decide(
  context: ApiContext,
  { id, kind }: Pick<Decision, 'id' | 'kind'>,
  { hash, because }: Question<'approve'>['body'],
  { name: by }: Caller,
) {
  const said = because === undefined ? {} : { because };
  const decided = await decideRemediation(await context.step(), { id, kind, hash, by, ...said });
  if (decided.kind === 'conflict') return refused(409, decided.because);
  if (decided.kind === 'unknown') return refused(404, 'There is no such remediation.');
  context.models.remediations.forget();
  context.models.settings.forget();
  const note = kind === 'rollback' ? await whyItWaits(context, decided.head) : undefined;
  return json({ ...sentHead(decided.head), ...(note === undefined ? {} : { note }) });
}

/** Taking back is a change too: where the mode has been lowered since, it is held until it is raised. */
async function whyItWaits(context: ApiContext, head: RemediationHead): Promise<string | undefined> {
  const { mode, because } = await modeFor(context, head);
  return mode === 'remediate'
    ? undefined
    : `It is accepted and held: the mode is ${mode}, because ${because}. It goes on once the mode is remediate; portcullis rollback takes it back by hand.`;
}

export const approve: Answering<'approve'> = (context, { params: { id }, body, caller }) =>
  decide(context, { id, kind: 'approve' }, body, caller);

export const reject: Answering<'reject'> = (context, { params: { id }, body, caller }) =>
  decide(context, { id, kind: 'reject' }, body, caller);

export const rollback: Answering<'rollback'> = (context, { params: { id }, body, caller }) =>
  decide(context, { id, kind: 'rollback' }, body, caller);
