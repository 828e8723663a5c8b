import { app } from '@azure/functions';
import { messageIn, shardMessage } from '../shared/pipeline/messages.ts';
import { scanShard } from '../shared/pipeline/scan-shard.ts';
import { step } from './step.ts';

/** Audits a part of the tenant's clusters; whichever ends last closes the scan. */
app.storageQueue('scan-shard', {
  queueName: 'scan-shards',
  connection: 'AzureWebJobsStorage',
  handler: step('shard', async (service, message: unknown) => {
    const named = messageIn(shardMessage, message);
    service.tell('shard ended', { ...named, outcome: await scanShard(service, named) });
  }),
});
