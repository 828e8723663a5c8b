import type { Condition } from '../alerts/conditions.ts';
import { progressOf } from '../remediation/journal.ts';
import { ConflictError, type QueueName, type QueueDepth, queueNames } from '../store-ports.ts';
import type { Stores } from '../store-ports.ts';
import { closeScan } from './close-scan.ts';
import { giveUpAlert } from './deliver-alert.ts';
import { changeCluster } from './keep-cluster.ts';
import { alertMessageKey, checkMessage, remediationMessage, shardMessage } from './messages.ts';
import { endConditions, noteCondition } from './note-condition.ts';
import { endShard } from './scan-shard.ts';
import type { ServiceContext } from './service-context.ts';

const folder = 'dead-letters';
/** The function that handles the messages of a queue. */
const handlers: Readonly<Record<QueueName, string>> = {
  'scan-shards': 'scan-shard',
  'cluster-checks': 'check-cluster',
  remediations: 'remediate-finding',
  alerts: 'deliver-alert',
};

/**
 * Owns a message that failed as often as the host allows: writes it down, marks what it was to do as
 * failed, and lets a scan end without it.
 */
export async function takeDeadLetter(
  context: ServiceContext,
  queue: QueueName,
  given: unknown,
): Promise<void> {
  const message = writable(given);
  const { stores, now, newId, tell } = context;
  const at = now().toISOString();
  const why = `it failed again and again; the log of ${handlers[queue]} has why`;
  await stores.files.write(
    `${folder}/${queue}/${at}-${newId()}.json`,
    (async function* () {
      yield JSON.stringify({ queue, at, message });
    })(),
  );
  tell('dead letter', { level: 'error', queue, message, why });
  const shard = shardMessage.safeParse(message);
  if (queue === 'scan-shards' && shard.success) {
    const { scanId, shard: number } = shard.data;
    const kept = await stores.scans.shard(scanId, number);
    if (kept?.value.state === 'queued') await endShard(context, kept, { state: 'failed', why });
    await closeScan(context, scanId);
  }
  const check = checkMessage.safeParse(message);
  if (queue === 'cluster-checks' && check.success && 'clusterId' in check.data) {
    const { clusterId, request } = check.data;
    await changeCluster(stores.clusters, clusterId, (before) => {
      // Another request has its own message.
      if (before?.pending?.request !== request) return undefined;
      const { pending: _, ...kept } = before;
      return { ...kept, failed: { at, why } };
    });
  }
  const remediation = remediationMessage.safeParse(message);
  if (queue === 'remediations' && remediation.success && 'remediationId' in remediation.data) {
    await giveUpRemediation(context, remediation.data.remediationId, why);
  }
  const alert = alertMessageKey.safeParse(message);
  if (queue === 'alerts' && alert.success) await giveUpAlert(context, alert.data.id);
  await noteCondition(context, givenUp(queue));
}

/** What has begun is taken back by the next run; what has not is given up. */
async function giveUpRemediation(
  { remediations, now }: ServiceContext,
  id: string,
  because: string,
): Promise<void> {
  const kept = await remediations.get(id);
  if (kept === undefined) return;
  const at = now().toISOString();
  try {
    // Of what only its end is not written down, nothing needs to be taken back.
    const isOver = progressOf(kept.rows).next.kind === 'end';
    if (kept.head.state === 'running' && !isOver) {
      await remediations.append(kept, { step: 'failed', because, at });
    } else if (['queued', 'approved', 'waiting'].includes(kept.head.state)) {
      const refused = await remediations.append(kept, { step: 'refused', because, at });
      await remediations.append(refused, { step: 'ended', outcome: 'refused', at });
    }
  } catch (error) {
    // Somebody goes on with it after all.
    if (!(error instanceof ConflictError)) throw error;
  }
}

/** The message, unless it is nested so deeply that it cannot be written as JSON. */
function writable(message: unknown): unknown {
  try {
    JSON.stringify(message);
    return message;
  } catch (error) {
    return `a message that cannot be written down: ${String(error)}`;
  }
}

function givenUp(queue: QueueName): Condition {
  const summary = `Messages of the queue ${queue} failed as often as the host allows and were given up; the log of ${handlers[queue]} has why, the container cache has them under ${folder}/${queue}/.`;
  return { id: 'messages-handled', scope: '/', which: queue, summary };
}

/** Ends the alert of each queue of which no message was given up for a day, and none is stuck. */
export async function noteHandled(context: ServiceContext): Promise<void> {
  const standing = await queuesStanding(context.stores, context.now());
  const left = queueNames.filter((queue) => {
    const { poisoned, failed } = standing[queue];
    return poisoned + failed > 0;
  });
  await endConditions(context, 'messages-handled', left.map(givenUp));
}

/** How a queue stands, and who answers for what fails in it. */
export interface QueueStanding extends QueueDepth {
  /** Messages that were given up in the last day. */
  readonly failed: number;
  /** The function that takes what fails. */
  readonly owner: string;
}

const dayMs = 86_400_000;

export async function queuesStanding(
  stores: Stores,
  now: Date,
  signal?: AbortSignal,
): Promise<Readonly<Record<QueueName, QueueStanding>>> {
  const since = new Date(now.getTime() - dayMs).toISOString();
  const standing = async (queue: QueueName): Promise<QueueStanding> => {
    const depth = await stores.queues.depth(queue, signal);
    const prefix = `${folder}/${queue}/`;
    let failed = 0;
    for await (const name of stores.files.names(prefix)) {
      if (name.slice(prefix.length) >= since) failed += 1;
    }
    return { ...depth, failed, owner: `dead-letter-${queue}` };
  };
  const [shards, checks, remediations, alerts] = await Promise.all([
    standing('scan-shards'),
    standing('cluster-checks'),
    standing('remediations'),
    standing('alerts'),
  ]);
  return { 'scan-shards': shards, 'cluster-checks': checks, remediations, alerts };
}

/** Forgets dead letters from before a moment. */
export async function forgetDeadLetters({ files }: Stores, before: string): Promise<void> {
  for (const queue of queueNames) {
    const prefix = `${folder}/${queue}/`;
    const old: string[] = [];
    for await (const name of files.names(prefix)) {
      if (name.slice(prefix.length) < before) old.push(name);
    }
    for (const name of old) await files.remove(name);
  }
}
