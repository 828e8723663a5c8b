import { isDue } from '../alerts/reconcile-alert.ts';
import type { AlertSource } from '../model/alert.ts';
import { isOfWrongClock } from '../model/wrong-clock.ts';
import type { AlertKey } from '../store-ports.ts';
import { isLeased } from './deliver-alert.ts';
import type { ServiceContext } from './service-context.ts';

/** Whoever recorded a transition has sent its message by then, or never will. */
const settledMs = 120_000;
const sources = ['findings', 'conditions'] as const satisfies readonly AlertSource[];

/**
 * Sends the messages of alerts of which a transition is still in the outbox: those that were lost,
 * and those of sinks that were given up, once they are due.
 */
export async function wakeAlerts({ stores, now, tell }: ServiceContext): Promise<void> {
  const at = now();
  const limit = new Date(at.getTime() - settledMs).toISOString();
  const keys = new Map<string, AlertKey>();
  for (const source of sources) {
    for await (const { fingerprint: id, at: since, finding } of stores[source].undelivered()) {
      const isSettled = since <= limit || isOfWrongClock(since, at);
      if (isSettled) keys.set(id, { id, subject: finding.clusterId, source });
    }
  }
  let woken = 0;
  for (const key of keys.values()) {
    const alert = (await stores.alerts.get(key.id))?.value;
    const deliveries = Object.values(alert?.deliveries ?? {});
    const waits = deliveries.length > 0 && !deliveries.some((each) => isDue(each, at));
    if (waits || isLeased(alert, at)) continue;
    woken += 1;
    await stores.queues.send('alerts', key);
  }
  if (woken > 0) tell('alerts woken', { alerts: woken });
}
