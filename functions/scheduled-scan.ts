import { app } from '@azure/functions';
import type { Timer } from '@azure/functions';
import { cutScan } from '../shared/pipeline/cut-scan.ts';
import { step } from './step.ts';

/** Begins a scan of the tenant; `scan-shard` does the work. */
app.timer('scheduled-scan', {
  schedule: '%SCAN_SCHEDULE%',
  handler: step('scan', async (service, { isPastDue }: Timer) => {
    service.tell('scan started', { isPastDue });
    const { scanId, shards, clusters } = await cutScan(service);
    service.tell('scan cut', { scanId, shards, clusters });
  }),
});
