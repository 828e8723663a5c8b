import type { Alert } from '../model/alert.ts';
import type { RemediationHead, RemediationStore } from '../remediation/remediation-store.ts';
import type { Stores } from '../store-ports.ts';
import type { ReadModels, SettingsReading } from './context.ts';
import { readEstate } from './estate.ts';
import { everyRow } from './every-row.ts';
import { readModel } from './read-model.ts';

/** Pages poll every ten seconds: what they show is at most half of that behind. */
const freshMs = 5000;
const rowsAtOnce = 1000;

/** What of the stores is kept in a process for a while. */
export function readModels(
  stores: Stores & { readonly remediations: RemediationStore },
  settings: () => Promise<SettingsReading>,
  now: () => Date,
): ReadModels {
  const options = { now, freshMs };
  return {
    estate: readModel(() => readEstate(stores), options),
    alerts: readModel(async (): Promise<readonly Alert[]> => {
      const all = await everyRow((from) => stores.alerts.page(rowsAtOnce, from));
      return all.filter(({ times }) => times > 0);
    }, options),
    remediations: readModel(
      (): Promise<readonly RemediationHead[]> =>
        everyRow((from) => stores.remediations.page(rowsAtOnce, from)),
      options,
    ),
    settings: readModel(settings, options),
  };
}
