import { app } from '@azure/functions';
import { takeDeadLetter } from '../shared/pipeline/dead-letters.ts';
import { queueNames } from '../shared/store-ports.ts';
import { step } from './step.ts';

/** For each queue, the owner of what fails in it: `dead-letter-scan-shards`, … */
for (const queue of queueNames) {
  app.storageQueue(`dead-letter-${queue}`, {
    queueName: `${queue}-poison`,
    connection: 'AzureWebJobsStorage',
    handler: step(`dead letter of ${queue}`, (service, message: unknown) =>
      takeDeadLetter(service, queue, message),
    ),
  });
}
