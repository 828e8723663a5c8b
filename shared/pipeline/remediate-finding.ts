import { ownershipTypes } from '../facts/ownership-facts.ts';
import { type ResourceId, resourceId } from '../model/resource-id.ts';
import type { AzureWriter } from '../remediation/arm-write.ts';
import { progressOf } from '../remediation/journal.ts';
import type { QueueMessages } from '../store-ports.ts';
import { type Asked, planRemediations } from './ask-remediation.ts';
import { passesNow } from './carry-out.ts';
import { rootsToRead } from './discoveries.ts';
import { modeFor, storeMemory, whyHeld } from './guard-change.ts';
import { carryOutKept } from './kept-remediation.ts';
import { isTrouble, noteTrouble } from './note-trouble.ts';
import { networksOfGroup } from './networks-of-group.ts';
import type { LivePlanning } from './plan-live.ts';
import type { ServiceContext } from './service-context.ts';

/** Whoever changes something, opened only once it is certain that something may be changed. */
export interface RemediatorAccess {
  /** Names who it is, for what is counted of its changes. */
  readonly identity: string;
  open(): Promise<AzureWriter>;
}

/** Changes of so many milliseconds count as one run (guard.maxChangesPerRun). */
const runMs = 300_000;
const busyMs = 30_000;
/** Less than a message waits: clocks differ, and the next one is not to find it held. */
const wakeMs = busyMs / 2;

/**
 * Does what a message of the queue `remediations` asks for: plans for a finding, or carries out a
 * remediation. Nothing else in the service changes anything. Returns what came of it, for the log.
 */
export async function remediateFinding(
  context: ServiceContext,
  remediator: RemediatorAccess,
  message: QueueMessages['remediations'],
): Promise<string> {
  const planning = await planningOf(context);
  if ('checkIds' in message) {
    const asked = await planRemediations(context, planning, message);
    return asked.map(({ checkId, outcome }) => `${checkId}: ${wordFor(outcome)}`).join('; ');
  }
  return carryOutById(context, planning, remediator, message.remediationId);
}

function wordFor(asked: Asked): string {
  return asked.kind === 'kept' ? asked.head.state : asked.because;
}

async function carryOutById(
  context: ServiceContext,
  planning: LivePlanning,
  remediator: RemediatorAccess,
  id: string,
): Promise<string> {
  const { remediations: store, stores, now, maxMode, newId, tell, wait } = context;
  const { settings } = planning.judging;
  const kept = await store.get(id);
  if (kept === undefined) return 'there is no such remediation';
  const { plan } = progressOf(kept.rows);
  const tenant = context.tenant(settings, ownershipTypes);
  const because = await whyHeld({ tenant, settings, maxMode }, kept.rows);
  if (because !== undefined) {
    tell('remediation held', { level: 'warning', id, because });
    return because;
  }
  const writer = openedLate(remediator);
  const holder = newId();
  const outcome = await carryOutKept(
    {
      store,
      holder,
      now,
      networksOf: (target) => networksOfGroup(tenant, target),
      partsFor: async () => ({
        ...planning,
        tenant,
        writer,
        settings,
        maxMode,
        runId: String(Math.floor(now().getTime() / runMs)),
        memory: storeMemory(store, remediator.identity),
        now,
        wait,
      }),
    },
    id,
  );
  if (outcome.kind === 'busy') {
    await wakeLater(context, id, holder);
    return outcome.kind;
  }
  const { head, rows = [] } = (await store.get(id)) ?? {};
  const needsLook = head !== undefined && isTrouble(head, rows);
  // A mode that was lowered is somebody's wish.
  if (needsLook && (await modeFor({ tenant, settings, maxMode }, plan)).mode === 'remediate') {
    await noteTrouble(context, head, rows);
  }
  tell('remediation', {
    ...(needsLook ? { level: 'error' } : {}),
    id,
    state: head?.state,
    because: head?.because,
    checkId: plan.checkId,
    clusterId: plan.clusterId,
  });
  if (head?.state === 'void' && head.because !== passesNow) {
    const { clusterId, checkId } = plan;
    await stores.queues.send('remediations', { clusterId, checkIds: [checkId] }, busyMs);
  }
  return outcome.kind === 'ended' ? outcome.outcome : outcome.kind;
}

/**
 * Has a remediation looked at again that could not go on, by one message, however many find it so: a
 * message that is repeated, or of which there are two, would become more with every look. Where that
 * message is lost, housekeeping sends another.
 */
async function wakeLater(
  { remediations, stores }: ServiceContext,
  id: string,
  holder: string,
): Promise<void> {
  const wake = resourceId(`/remediations/${id}/wake`);
  try {
    if (!(await remediations.lease(wake, holder, wakeMs))) return;
    await stores.queues.send('remediations', { remediationId: id }, busyMs);
  } catch (error) {
    await remediations.release(wake, holder);
    throw error;
  }
}

function openedLate(remediator: RemediatorAccess): AzureWriter {
  let opened: Promise<AzureWriter> | undefined;
  const writer = (): Promise<AzureWriter> => (opened ??= remediator.open());
  return {
    read: async (request) => (await writer()).read(request),
    send: async (request) => (await writer()).send(request),
  };
}

async function planningOf(context: ServiceContext): Promise<LivePlanning> {
  const { stores, catalogue, now, tell } = context;
  const settings = await context.settings();
  return {
    tenant: context.tenant(settings, ownershipTypes),
    neighbourhood: {
      clustersOf: (places) => stores.dependencies.clustersOf(places),
      rootsOf: (id: ResourceId) => rootsToRead(context, id),
    },
    judging: {
      catalogue,
      settings,
      today: now().toISOString().slice(0, 10),
      onDefect: ({ checkId, clusterId, error }) => {
        const why = error instanceof Error ? (error.stack ?? error.message) : String(error);
        tell('check defect', { level: 'error', checkId, clusterId, why });
      },
    },
    siblings: [],
  };
}
