import { app } from '@azure/functions';
import { checkCluster, discover } from '../shared/pipeline/check-cluster.ts';
import { checkMessage, messageIn } from '../shared/pipeline/messages.ts';
import { step } from './step.ts';

/** Checks one cluster by live reads, or looks which ones a new resource concerns. */
app.storageQueue('check-cluster', {
  queueName: 'cluster-checks',
  connection: 'AzureWebJobsStorage',
  handler: step('check', async (service, given: unknown) => {
    const message = messageIn(checkMessage, given);
    if ('discover' in message) {
      const clusters = await discover(service, message.discover);
      service.tell('discovered', { resourceId: message.discover, clusters });
    } else {
      const outcome = await checkCluster(service, message);
      service.tell('check ended', { ...message, outcome });
    }
  }),
});
