import type { AzureClients, Json } from './azure-clients.ts';

/** The list is megabytes long and changes once a week. */
const keptForMs = 3_600_000;

/** The same clients, which ask for the service tag list once an hour. */
export function keepingTags(clients: AzureClients, now: () => Date): AzureClients {
  let kept: { readonly until: number; readonly list: Promise<Json> } | undefined;
  const keeping = (each: AzureClients): AzureClients => ({
    ...each,
    inHaste: () => keeping(each.inHaste()),
    serviceTags(subscriptionId, region) {
      const at = now().getTime();
      if (kept !== undefined && at < kept.until) return kept.list;
      const list = each.serviceTags(subscriptionId, region);
      kept = { until: at + keptForMs, list };
      list.catch(() => {
        kept = undefined;
      });
      return list;
    },
  });
  return keeping(clients);
}
