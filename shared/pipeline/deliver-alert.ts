import { type AlertedCheck, alertMessage } from '../alerts/alert-message.ts';
import { conditionTexts } from '../alerts/conditions.ts';
import {
  type Sending,
  isDue,
  nextSendings,
  reconcileAlert,
  waitAfter,
} from '../alerts/reconcile-alert.ts';
import type { Alert, Delivery } from '../model/alert.ts';
import type { Transition } from '../model/finding.ts';
import { isOfWrongClock } from '../model/wrong-clock.ts';
import { type AlertSink, SinkError } from '../ports.ts';
import { nameOfSink } from '../settings/alert-settings.ts';
import { type AlertKey, ConflictError, type Kept } from '../store-ports.ts';
import { type AlertRoutes, alertRoutes } from './alert-routes.ts';
import type { ServiceContext } from './service-context.ts';

/** A sink did not take an alert for so long that somebody has to look. */
class UndeliveredError extends Error {
  override readonly name = 'UndeliveredError';
}

/** What came of a message of the queue `alerts`. */
export type Delivered = 'delivered' | 'nothing' | 'busy' | 'waiting';

/** A receiver that has not answered by then has failed. */
const sendMs = 10_000;
/** Nobody else delivers an alert so long; several times as long as a round of sending takes. */
const leaseMs = 60_000;
/** After so many failures in a row the message is given up, in about an hour and a half. */
const patience = 10;
const attempts = 20;

/**
 * Tells each sink what it has not heard of an alert, in the order of the transitions. Sinks do not wait
 * for each other: one that fails is tried again later, the others hear on. What arrives twice has the
 * same id and sequence.
 * @throws UndeliveredError where a sink has failed too often: the message ends in the poison queue.
 */
export async function deliverAlert(context: ServiceContext, key: AlertKey): Promise<Delivered> {
  const { stores, now } = context;
  const settings = await context.settings();
  const cluster = key.source === 'findings' ? await stores.clusters.get(key.subject) : undefined;
  const routes = alertRoutes(settings, context.maxMode, cluster?.value.modeTag);
  const sinks = new Map(
    settings.alerts.sinks.map((sink) => [nameOfSink(sink), context.sinkOf(sink)]),
  );
  const transitions = await stores[key.source].history({
    clusterId: key.subject,
    fingerprint: key.id,
  });
  const holder = context.newId();
  let results: Readonly<Record<string, Delivery>> | undefined;
  for (;;) {
    const turn = { key, transitions, routes, holder, now: now(), results };
    const alert = await changeAlert(context, key.id, (before) => taken(before, turn));
    if (alert?.lease?.holder !== holder) return leaveTo(context, turn, alert);
    const due = dueIn(alert, turn);
    if (due.length === 0) return release(context, turn, alert);
    results = await sendAll(context, alert, due, sinks);
  }
}

/** Whether somebody is delivering an alert; nobody takes it for longer than everybody does. */
export function isLeased(alert: Pick<Alert, 'lease'> | undefined, now: Date): boolean {
  const { until = '' } = alert?.lease ?? {};
  return until > now.toISOString() && !isOfWrongClock(until, now, leaseMs);
}

interface Turn {
  readonly key: AlertKey;
  readonly transitions: readonly Transition[];
  readonly routes: AlertRoutes;
  readonly holder: string;
  readonly now: Date;
  /** What came of what was sent since the lease was taken; undefined before anything is. */
  readonly results: Readonly<Record<string, Delivery>> | undefined;
}

/** The alert with everything taken in and a lease for this turn; undefined where another has it. */
function taken(before: Alert | undefined, turn: Turn): Alert | undefined {
  const { key, transitions, routes, holder, now, results } = turn;
  const lease = before?.lease;
  if (lease?.holder !== holder) {
    // Whoever lost the lease says nothing more: another has gone on from before.
    if (results !== undefined) return undefined;
    if (isLeased(before, now)) return undefined;
  }
  const history = { source: key.source, transitions };
  const alert = reconcileAlert(before, history, routes.sinks, routes.everybody);
  if (alert === undefined) return undefined;
  const heard = { ...alert, deliveries: { ...alert.deliveries, ...results } };
  const { deliveries } = nextSendings(heard, transitions, routes.sinks);
  const until = new Date(now.getTime() + leaseMs).toISOString();
  return { ...alert, deliveries, lease: { holder, until } };
}

function dueIn(alert: Alert, { transitions, routes, now }: Turn): readonly Sending[] {
  const { sendings } = nextSendings(alert, transitions, routes.sinks);
  return sendings.filter(({ sink }) => {
    const delivery = alert.deliveries[sink];
    return delivery !== undefined && isDue(delivery, now);
  });
}

/** Sends to all of them at once; how each delivery stands then. */
async function sendAll(
  context: ServiceContext,
  alert: Alert,
  due: readonly Sending[],
  sinks: ReadonlyMap<string, AlertSink>,
): Promise<Readonly<Record<string, Delivery>>> {
  const { catalogue, now, tell } = context;
  const conditions: Readonly<Record<string, AlertedCheck>> = conditionTexts;
  const check = conditions[alert.checkId] ?? catalogue.find(({ id }) => id === alert.checkId);
  const ended = due.map(async (sending): Promise<[string, Delivery]> => {
    const { sink: name, change, transition, delivered } = sending;
    const { sequence } = transition;
    const message = alertMessage(change, transition, delivered, check, context.alertPlaces);
    try {
      await sinks.get(name)?.send(message, context.deadline(sendMs));
      tell('alert delivered', { id: alert.id, sequence, change, sink: name });
      return [name, delivered];
    } catch (error) {
      const why = error instanceof SinkError ? error.message : String(error);
      const before = alert.deliveries[name] ?? { ...delivered, failures: 0 };
      const failures = before.failures + 1;
      const waitMs = waitAfter(failures, error instanceof SinkError ? error.waitMs : 0);
      const retryAt = new Date(now().getTime() + waitMs).toISOString();
      const level = failures >= patience ? 'error' : 'warning';
      tell('alert not delivered', {
        level,
        id: alert.id,
        sequence,
        sink: name,
        failures,
        retryAt,
        why,
      });
      return [name, { ...before, failures, retryAt, why }];
    }
  });
  return Object.fromEntries(await Promise.all(ended));
}

/** Takes what every sink has heard out of the outbox, gives the alert back, and sees to the rest. */
async function release(context: ServiceContext, turn: Turn, alert: Alert): Promise<Delivered> {
  const { stores, now } = context;
  const { key, transitions, routes, holder, results } = turn;
  const { sendings } = nextSendings(alert, transitions, routes.sinks);
  const behind = Math.min(...sendings.map(({ transition }) => transition.sequence - 1));
  const confirmed = Math.min(alert.sequence, behind);
  for (const transition of transitions) {
    const { sequence } = transition;
    if (sequence > alert.confirmed && sequence <= confirmed) {
      await stores[key.source].delivered(transition);
    }
  }
  await changeAlert(context, key.id, (before) => {
    if (before?.lease?.holder !== holder) return undefined;
    const { lease: _, ...free } = before;
    return { ...free, confirmed: Math.max(confirmed, before.confirmed) };
  });
  const waiting = sendings.map(({ sink }) => alert.deliveries[sink]);
  const tired = waiting.filter(
    (each) => each !== undefined && each.failures >= patience && each.failedAt === undefined,
  );
  if (tired.length > 0) {
    const names = sendings.map(({ sink }) => sink).join(', ');
    const why = tired.map((each) => each?.why).join('; ');
    throw new UndeliveredError(`alert ${key.id} could not be told to ${names}: ${why}`);
  }
  const hurried = waiting.flatMap((each) => (each?.failedAt === undefined ? [each] : []));
  if (hurried.length > 0) {
    const at = Math.min(...hurried.map((each) => Date.parse(each?.retryAt ?? '') || 0));
    await stores.queues.send('alerts', key, Math.max(0, at - now().getTime()));
  }
  return waiting.length > 0 ? 'waiting' : results === undefined ? 'nothing' : 'delivered';
}

/** Another is at it: what it does not know of yet is left for a message of its own. */
async function leaveTo(
  { stores }: ServiceContext,
  { key, transitions, routes, now }: Turn,
  alert: Alert | undefined,
): Promise<Delivered> {
  if (alert === undefined) return 'nothing';
  const isBehind = (transitions.at(-1)?.sequence ?? 0) > alert.sequence;
  if (!isBehind && nextSendings(alert, transitions, routes.sinks).sendings.length === 0)
    return 'nothing';
  const until = Date.parse(alert.lease?.until ?? '') || now.getTime();
  await stores.queues.send('alerts', key, Math.max(1000, until - now.getTime()));
  return 'busy';
}

/** Marks what could not be told as given up: it is tried again now and then, by housekeeping. */
export async function giveUpAlert(context: ServiceContext, id: string): Promise<void> {
  const failedAt = context.now().toISOString();
  await changeAlert(context, id, (before) => {
    if (before === undefined) return undefined;
    const deliveries = Object.fromEntries(
      Object.entries(before.deliveries).map(([name, delivery]) => [
        name,
        delivery.failures > 0 ? { failedAt, ...delivery } : delivery,
      ]),
    );
    return { ...before, deliveries };
  });
}

/** Changes an alert, whoever else does so meanwhile; `change` may return undefined to leave it. */
export async function changeAlert(
  { stores }: Pick<ServiceContext, 'stores'>,
  id: string,
  change: (before: Alert | undefined) => Alert | undefined,
): Promise<Alert | undefined> {
  for (let attempt = 1; ; attempt += 1) {
    const kept: Kept<Alert> | undefined = await stores.alerts.get(id);
    const after = change(kept?.value);
    if (after === undefined) return kept?.value;
    try {
      await stores.alerts.put(after, kept?.version);
      return after;
    } catch (error) {
      if (!(error instanceof ConflictError) || attempt === attempts) throw error;
    }
  }
}
