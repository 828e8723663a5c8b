import { app } from '@azure/functions';
import { messageIn, shardMessage } from '../shared/pipeline/messages.ts';
import { oneAtATime } from '../shared/pipeline/one-at-a-time.ts';
import { scanShard } from '../shared/pipeline/scan-shard.ts';
import { step } from './step.ts';

/** The rows of one shard are all that an instance holds, and they share Azure's quotas anyway. */
const inTurn = oneAtATime();

/** Audits a part of the tenant's clusters; whichever ends last closes the scan. */
app.storageQueue('scan-shard', {
  queueName: 'scan-shards',
  connection: 'AzureWebJobsStorage',
  handler: step('shard', async (service, message: unknown) => {
    const named = messageIn(shardMessage, message);
    const outcome = await inTurn(() => scanShard(service, named));
    service.tell('shard ended', { ...named, outcome });
  }),
});
