import { isOfWrongClock } from '../model/wrong-clock.ts';
import type { TenantReader } from '../ports.ts';
import type { ArmWrite, AzureWriter } from '../remediation/arm-write.ts';
import { type GuardAnswer, type PastChange, guard } from '../remediation/guard.ts';
import {
  type JournalRow,
  type Outcome,
  pastOutcomeOf,
  progressOf,
} from '../remediation/journal.ts';
import type { RemediationStore } from '../remediation/remediation-store.ts';
import type { Plan } from '../remediation/plan.ts';
import { holdsAll, targetOf } from '../remediation/without-writes.ts';
import { tagOf } from '../facts/rows/tags.ts';
import { type EffectiveMode, effectiveMode, modeTag } from '../settings/effective-mode.ts';
import type { Mode } from '../settings/mode.ts';
import type { Settings } from '../settings/settings.ts';
import { ConflictError, type Kept } from '../store-ports.ts';
import type { Approval } from './carry-out.ts';

/** What an identity changed of late, for all processes that change something as it. */
export interface ChangeMemory {
  past(): Promise<Kept<readonly PastChange[]> | undefined>;
  /** @throws ConflictError where somebody else wrote since. */
  putPast(past: readonly PastChange[], version?: string): Promise<void>;
  /** The requests of an earlier remediation; none where it is not known any more. */
  changesOf(remediationId: string): Promise<readonly ArmWrite[]>;
}

/** What a journal says was changed and when, for the guard; nothing before it was confirmed. */
export function pastChangesOf(
  remediationId: string,
  rows: readonly JournalRow[],
): readonly PastChange[] {
  const confirmed = rows.find(({ step }) => step === 'confirmed');
  if (confirmed === undefined) return [];
  const { plan, next } = progressOf(rows);
  const ended = next.kind === 'nothing' ? pastOutcomeOf(next.outcome) : 'underWay';
  const wasDone = rows.some(({ step }) => step === 'verified');
  const outcome = ended === 'rolledBack' && wasDone ? 'undone' : ended;
  if (outcome === undefined) return [];
  const at = Date.parse(confirmed.at);
  const { fingerprint } = plan;
  return [...new Set(plan.changes.map(targetOf))].map((resourceId) => {
    return { resourceId, fingerprint, remediationId, at, outcome };
  });
}

/** What an identity changed, as a store keeps it. */
export function storeMemory(store: RemediationStore, identity: string): ChangeMemory {
  return {
    past: () => store.past(identity),
    putPast: (past, version) => store.putPast(identity, past, version),
    changesOf: async (id) => {
      const kept = await store.get(id);
      return kept === undefined ? [] : progressOf(kept.rows).plan.changes;
    },
  };
}

/** What the guard is told of one remediation, and whom it asks. */
export interface GuardParts {
  readonly remediationId: string;
  /** Changes that are made together. */
  readonly runId: string;
  readonly settings: Settings;
  /** What the installation allows at most. */
  readonly maxMode: Mode;
  readonly memory: ChangeMemory;
  readonly tenant: Pick<TenantReader, 'readResource'>;
  readonly writer: Pick<AzureWriter, 'read'>;
  readonly now: () => Date;
}

/** Nothing that is older has a say: reverts count for a day. */
const rememberedMs = 86_400_000;
const attempts = 20;

/** Whether a plan may be carried out now. Where it may, the change counts from here on, for everybody. */
export async function guardChange(
  parts: GuardParts,
  plan: Plan,
  approval: Approval,
): Promise<GuardAnswer> {
  const { settings, memory, remediationId, runId, now } = parts;
  const { mode, because } = await modeFor(parts, plan);
  const resourceIds = [...new Set(plan.changes.map(targetOf))];
  for (let attempt = 1; ; attempt += 1) {
    const kept = await memory.past();
    const at = now().getTime();
    const own = (change: PastChange): boolean => change.remediationId === remediationId;
    const known = (kept?.value ?? []).filter((change) => at - change.at < rememberedMs);
    const past = await withReverts(
      parts,
      plan,
      known.filter((change) => !own(change)).map((change) => inTime(change, now())),
    );
    const inRun = past.filter((change) => change.runId === runId);
    const answer = guard(
      {
        resourceIds,
        fingerprint: plan.fingerprint,
        runId,
        mode,
        modeBecause: because,
        // Whoever asks for approvals since it was asked for means what has not begun, too.
        needsApproval: approval.isNeeded || settings.guard.approval === 'always',
        isApproved: approval.by !== undefined,
        expiresAt: Date.parse(plan.expiresAt),
        changesInRun: new Set(inRun.map((change) => change.remediationId)).size,
      },
      settings.guard,
      past,
      at,
    );
    const begun = resourceIds.map((resourceId): PastChange => {
      const { fingerprint } = plan;
      return { resourceId, fingerprint, remediationId, runId, at, outcome: 'underWay' };
    });
    const told = answer.kind === 'go' ? [...past, ...begun] : past;
    if (told.every((change) => known.includes(change))) return answer;
    try {
      await memory.putPast(told, kept?.version);
      return answer;
    } catch (error) {
      if (!(error instanceof ConflictError) || attempt === attempts) throw error;
    }
  }
}

/** What a wrong clock remembers may have been just now, and counts from now on. */
function inTime(change: PastChange, now: Date): PastChange {
  const isWrong = (at: number | undefined): boolean => at !== undefined && isOfWrongClock(at, now);
  if (!isWrong(change.at) && !isWrong(change.revertedAt)) return change;
  const latest = now.getTime();
  const { at, revertedAt, ...kept } = change;
  return {
    ...kept,
    at: Math.min(at, latest),
    ...(revertedAt === undefined ? {} : { revertedAt: Math.min(revertedAt, latest) }),
  };
}

/** Remembers how a change ended; one that changed nothing is forgotten. Harmless when repeated. */
export async function rememberOutcome(
  memory: ChangeMemory,
  remediationId: string,
  outcome: Outcome,
): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    const kept = await memory.past();
    const own = kept?.value.some((change) => change.remediationId === remediationId) ?? false;
    if (kept === undefined || !own) return;
    const ended = pastOutcomeOf(outcome);
    const told = kept.value.flatMap((change): readonly PastChange[] => {
      if (change.remediationId !== remediationId) return [change];
      if (ended === undefined) return [];
      const wasDone = change.outcome === 'done' || change.outcome === 'undone';
      const isUndone = ended === 'rolledBack' && wasDone;
      return [{ ...change, outcome: isUndone ? 'undone' : ended }];
    });
    try {
      await memory.putPast(told, kept.version);
      return;
    } catch (error) {
      if (!(error instanceof ConflictError) || attempt === attempts) throw error;
    }
  }
}

/**
 * Why a remediation that has begun stays as it is, with nothing written and nothing taken back;
 * undefined where it may go on. What has not begun is for the guard to refuse.
 */
export async function whyHeld(
  parts: Parameters<typeof modeFor>[0],
  rows: readonly JournalRow[],
): Promise<string | undefined> {
  if (rows.length === 0) return undefined;
  const { plan, next, before } = progressOf(rows);
  if (before === undefined || next.kind === 'nothing') return undefined;
  const { mode, because } = await modeFor(parts, plan);
  return mode === 'remediate' ? undefined : `The mode is ${mode}: ${because}.`;
}

/** The lowest of what the installation, the settings and the cluster itself allow. */
export async function modeFor(
  { tenant, settings, maxMode }: Pick<GuardParts, 'tenant' | 'settings' | 'maxMode'>,
  { clusterId, checkId }: Plan,
): Promise<EffectiveMode> {
  const row = await tenant.readResource(clusterId);
  if (row === undefined) {
    return { mode: 'audit', because: 'the cluster, whose tag may restrict it, could not be read' };
  }
  return effectiveMode(maxMode, settings, checkId, tagOf(row.body['tags'], modeTag));
}

/** The past, with what somebody took back of earlier changes for the same finding. */
async function withReverts(
  { memory, writer, now }: GuardParts,
  { fingerprint }: Plan,
  past: readonly PastChange[],
): Promise<readonly PastChange[]> {
  const reverted = new Set<string>();
  for (const { fingerprint: own, outcome, revertedAt, remediationId } of past) {
    const isOpen = own === fingerprint && outcome === 'done' && revertedAt === undefined;
    if (!isOpen || remediationId === undefined || reverted.has(remediationId)) continue;
    for (const change of await memory.changesOf(remediationId)) {
      const found = await writer.read(change);
      if (found === undefined || !holdsAll(found, change)) reverted.add(remediationId);
    }
  }
  const at = now().getTime();
  return past.map((change) =>
    change.remediationId !== undefined && reverted.has(change.remediationId)
      ? { ...change, revertedAt: at }
      : change,
  );
}
