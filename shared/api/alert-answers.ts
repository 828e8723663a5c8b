import { clusterKey } from '../findings/fingerprint.ts';
import type { Alert } from '../model/alert.ts';
import { nameOf } from '../model/resource-id.ts';
import { severities } from '../model/verdict.ts';
import { acknowledgeAlert } from '../pipeline/acknowledge-alert.ts';
import { refused } from './admit.ts';
import { type Answering, json } from './context.ts';
import { type Ordering, among, pageOf, searching } from './page.ts';

const ordering: Ordering<Alert> = {
  fields: {
    since: ({ since }) => since,
    severity: ({ severity }) => severities.indexOf(severity),
    subject: ({ subject }) => nameOf(subject),
    state: ({ state }) => state,
  },
  idOf: ({ id }) => id,
};

/** An alert as it is sent: without who is delivering it just now. */
export function sentAlert(kept: Alert) {
  const { lease: _, ...alert } = kept;
  const isOfCluster = alert.source === 'findings';
  return {
    ...alert,
    subjectName: nameOf(alert.subject),
    clusterKey: isOfCluster ? clusterKey(alert.subject) : null,
  };
}

export const alerts: Answering<'alerts'> = async ({ models }, { query }) => {
  const { state, severity, search } = query;
  const [hasSeverity, isSearched] = [among(severity), searching(search)];
  const page = pageOf(
    await models.alerts.get(),
    (alert) =>
      (state === undefined || alert.state === state) &&
      hasSeverity(alert.severity) &&
      isSearched(`${alert.subject} ${alert.checkId} ${alert.summary}`),
    query,
    ordering,
  );
  if (page.kind === 'refused') return page;
  const { items, next, total } = page;
  return json({ alerts: items.map(sentAlert), next, total });
};

/** Whoever is signed in is named by that; a key says nothing of who holds it. */
export const acknowledge: Answering<'acknowledge'> = async (context, question) => {
  const { params, body, caller } = question;
  const by = caller.provider === 'key' ? body.by : caller.name;
  if (by === undefined) return refused(400, 'The body must be { "by": "who has seen it" }.');
  const alert = await acknowledgeAlert(context, params.id, by);
  if (alert === undefined) return refused(404, `No alert ${params.id}.`);
  context.models.alerts.forget();
  return json(sentAlert(alert));
};
