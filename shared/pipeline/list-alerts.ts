import { acknowledge } from '../alerts/reconcile-alert.ts';
import type { Alert } from '../model/alert.ts';
import type { AlertStore } from '../store-ports.ts';
import { changeAlert } from './deliver-alert.ts';
import type { ServiceContext } from './service-context.ts';

export interface AlertsPage {
  readonly alerts: readonly Alert[];
  /** Where the rest begins; null at the end. */
  readonly next: string | null;
}

/** So many alerts are looked at for a page; those that fit are on it. */
const lookedAt = 500;

/** The next page of alerts in a state, of those that somebody had to hear of; it may be empty although others follow. */
export async function alertsPage(
  store: AlertStore,
  state: Alert['state'] | undefined,
  from?: string,
): Promise<AlertsPage> {
  const { items, next } = await store.page(lookedAt, from);
  const alerts = items.filter(
    (alert) => alert.times > 0 && (state === undefined || alert.state === state),
  );
  return { alerts, next: next ?? null };
}

/** Notes who has seen an alert; the alert as it is then, or undefined where there is none. */
export async function acknowledgeAlert(
  context: Pick<ServiceContext, 'stores' | 'now'>,
  id: string,
  by: string,
): Promise<Alert | undefined> {
  const at = context.now().toISOString();
  return changeAlert(context, id, (before) =>
    before === undefined ? undefined : acknowledge(before, by, at),
  );
}
