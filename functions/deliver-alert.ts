import { app } from '@azure/functions';
import { deliverAlert } from '../shared/pipeline/deliver-alert.ts';
import { alertMessageKey, messageIn } from '../shared/pipeline/messages.ts';
import { step } from './step.ts';

/** Tells the sinks of one alert what they have not heard of it. */
app.storageQueue('deliver-alert', {
  queueName: 'alerts',
  connection: 'AzureWebJobsStorage',
  handler: step('alert', async (service, given: unknown) => {
    const key = messageIn(alertMessageKey, given);
    service.tell('alert ended', { ...key, outcome: await deliverAlert(service, key) });
  }),
});
