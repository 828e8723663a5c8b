import { app } from '@azure/functions';
import { processService } from '../shared/compose-service.ts';
import type { AzureWriter } from '../shared/remediation/arm-write.ts';
import { messageIn, remediationMessage } from '../shared/pipeline/messages.ts';
import { remediateFinding } from '../shared/pipeline/remediate-finding.ts';
import { step } from './step.ts';

/** Kept from one message to the next: it knows how much of Azure's quotas is left. */
let writer: AzureWriter | undefined;

/** Plans for a finding, or carries a remediation out: the one function that can change anything. */
app.storageQueue('remediate-finding', {
  queueName: 'remediations',
  connection: 'AzureWebJobsStorage',
  handler: step('remediation', async (service, given: unknown) => {
    const message = messageIn(remediationMessage, given);
    const { cloud, remediator: identity } = processService().environment;
    const remediator = {
      identity: identity?.clientId ?? 'nobody',
      async open() {
        if (identity === undefined) {
          throw new Error('PORTCULLIS_REMEDIATOR_CLIENT_ID is not set: nothing is written');
        }
        const { liveWriter } = await import('../shared/compose-remediation.ts');
        return (writer ??= liveWriter({ source: { kind: 'live', cloud }, identity }));
      },
    };
    const outcome = await remediateFinding(service, remediator, message);
    service.tell('remediation ended', { ...message, outcome });
  }),
});
