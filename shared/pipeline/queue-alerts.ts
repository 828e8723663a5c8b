import type { AlertSource } from '../model/alert.ts';
import type { Transition } from '../model/finding.ts';
import type { MessageQueues } from '../store-ports.ts';

/**
 * Has transitions told to whoever is to hear of them. They are in the outbox already: where this is
 * cut off, housekeeping sends the messages.
 */
export async function queueAlerts(
  queues: MessageQueues,
  source: AlertSource,
  transitions: readonly Transition[],
): Promise<void> {
  for (const { fingerprint: id, finding } of transitions) {
    await queues.send('alerts', { id, subject: finding.clusterId, source });
  }
}
