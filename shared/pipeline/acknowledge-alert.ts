import { acknowledge } from '../alerts/reconcile-alert.ts';
import type { Alert } from '../model/alert.ts';
import { changeAlert } from './deliver-alert.ts';
import type { ServiceContext } from './service-context.ts';

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
