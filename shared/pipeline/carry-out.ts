import { nameOf } from '../model/resource-id.ts';
import type { ArmWrite, AzureWriter } from '../remediation/arm-write.ts';
import type { GuardAnswer } from '../remediation/guard.ts';
import {
  type Before,
  type JournalRow,
  type Outcome,
  type Progress,
  type Step,
  progressOf,
} from '../remediation/journal.ts';
import { holdsAll, idIn } from '../remediation/without-writes.ts';
import { type Plan, type Planned, canonical, planHash } from '../remediation/plan.ts';
import { undoOf, whyLeft } from '../remediation/why-left.ts';

/** What the live state says of the check that a plan is for. */
export type Verification =
  | { readonly kind: 'pass' }
  | { readonly kind: 'fail'; readonly says: string }
  | { readonly kind: 'unknown'; readonly says: string };

/** All that carrying out a plan can do to the world. */
export interface Hands extends AzureWriter {
  now(): Date;
  /** Resolves after about so many milliseconds. */
  wait(milliseconds: number): Promise<void>;
  /** Adds a row and returns once it is kept. */
  write(row: JournalRow): Promise<void>;
  /** May it be done now? */
  guard(plan: Plan, approval: Approval): Promise<GuardAnswer>;
  planAgain(plan: Plan): Promise<PlannedAgain>;
  /** Whether the change led to what was proven, and only to that. */
  verify(plan: Plan, before: Before): Promise<Verification>;
}

/** Whether somebody has to approve a plan, and who did. */
export interface Approval {
  readonly isNeeded: boolean;
  readonly by?: string;
}

/** The state that a plan is about to change, without what the plan itself has changed already. */
export interface PlannedAgain {
  /** The plan for the same finding on that state; undefined where the check passes on it. */
  readonly planned?: Planned;
  readonly before: Before;
}

/** Where it was left, to be gone on with later, or how it ended. */
export type CarriedOut =
  | { readonly kind: 'ended'; readonly outcome: Outcome }
  | { readonly kind: 'waiting'; readonly until: number };

/** Why a plan is void that nobody needs any more. */
export const passesNow = 'The check passes by now; there is nothing to change.';

const mostTries = 4;
const patience = 2000;

/**
 * Carries a plan out, or goes on where an earlier run left it: guard, confirm on the live state, write,
 * verify, and take back what was written where that fails. Each step is written down before and after,
 * so that nothing is done twice in effect, whenever a run breaks off.
 */
export async function carryOut(rows: readonly JournalRow[], hands: Hands): Promise<CarriedOut> {
  const journal = [...rows];
  const note = async (step: Step): Promise<void> => {
    const row = { ...step, at: hands.now().toISOString() };
    await hands.write(row);
    journal.push(row);
  };
  // What an earlier run confirmed may have changed since it broke off.
  let isConfirmed = false;
  for (;;) {
    const progress = progressOf(journal);
    const { plan, next } = progress;
    switch (next.kind) {
      case 'nothing':
        return { kind: 'ended', outcome: next.outcome };
      case 'end':
        if (next.outcome === 'rolledBack' || next.outcome === 'partlyRolledBack') {
          await removeLatecomers(plan, journal, hands, note);
        }
        await note({ step: 'ended', outcome: outcomeOf(journal, next.outcome) });
        break;
      case 'begin': {
        const until = await begin(progress, hands, note);
        if (until !== undefined) return { kind: 'waiting', until };
        isConfirmed = true;
        break;
      }
      case 'write':
        if (!isConfirmed) {
          isConfirmed = true;
          const because = whyVoid(plan, (await hands.planAgain(plan)).planned);
          if (because !== undefined) {
            await note({ step: 'failed', because });
            break;
          }
        }
        await writeOne(plan, next, hands, note);
        break;
      case 'verify':
        await verifyAll(progress, hands, note);
        break;
      case 'remove':
        await removeOne(plan, next.index, hands, note);
        break;
      default:
        return next satisfies never;
    }
  }
}

type Note = (step: Step) => Promise<void>;

/** When to come back, where it has to wait. */
async function begin(
  { plan, needsApproval, approvedBy }: Progress,
  hands: Hands,
  note: Note,
): Promise<number | undefined> {
  if (planHash(plan) !== plan.hash) {
    await note({ step: 'refused', because: 'The plan is not the one that its hash names.' });
    return undefined;
  }
  const answer = await hands.guard(plan, {
    isNeeded: needsApproval,
    ...(approvedBy === undefined ? {} : { by: approvedBy }),
  });
  if (answer.kind === 'refused') {
    await note({ step: 'refused', because: answer.because });
    return undefined;
  }
  if (answer.kind === 'wait') {
    const until = new Date(answer.until).toISOString();
    await note({ step: 'waiting', until, because: answer.because });
    return answer.until;
  }
  const { planned, before } = await hands.planAgain(plan);
  const because = whyVoid(plan, planned);
  await note(because === undefined ? { step: 'confirmed', before } : { step: 'void', because });
  return undefined;
}

function whyVoid(plan: Plan, live: Planned | undefined): string | undefined {
  if (live === undefined) return passesNow;
  if (live.kind === 'unplanned') return live.unplanned.because;
  return isSameChange(live.plan, plan)
    ? undefined
    : 'What is there now is not what the plan was made on; make a new one.';
}

/**
 * Whether two plans rest on the same state, do the same and say the same. A hash is no signature, and
 * does not cover the words: whoever edits a plan can make another, so all of it is compared with one
 * made here and now, but for the end of its life.
 */
function isSameChange(one: Plan, other: Plan): boolean {
  const [a, b] = [one, other].map((plan) =>
    canonical({ ...plan, id: undefined, hash: undefined, expiresAt: undefined }),
  );
  return a === b;
}

async function writeOne(
  plan: Plan,
  { index, begun }: { readonly index: number; readonly begun: boolean },
  hands: Hands,
  note: Note,
): Promise<void> {
  const request = plan.changes[index];
  if (request === undefined) throw new RangeError(`plan ${plan.id} has no change ${index}`);
  const found = await hands.read(request);
  if (found !== undefined) {
    // Nothing was there when we began, so that it is what we sent; else it is somebody else's.
    await note(
      holdsAll(found, request)
        ? { step: 'written', index, made: begun }
        : {
            step: 'failed',
            because: `Something else is there under the name ${nameOf(idIn(request))}.`,
          },
    );
    return;
  }
  await note({ step: 'writing', index });
  // Once an answer was lost, what is already there may be what was sent then.
  let isDoubtful = begun;
  for (let tries = 1; ; tries += 1) {
    const answer = await hands.send(request);
    switch (answer.kind) {
      case 'made':
      case 'alreadyThere': {
        const made = answer.kind === 'made' || (isDoubtful && (await isThere(request, hands)));
        await note({ step: 'written', index, made });
        return;
      }
      case 'refused':
        await note({ step: 'failed', because: answer.says });
        return;
      case 'lost':
        isDoubtful = true;
        if (await isThere(request, hands)) {
          await note({ step: 'written', index, made: true });
          return;
        }
        break;
      case 'busy':
        break;
      default:
        return answer satisfies never;
    }
    if (tries >= mostTries) {
      await note({ step: 'failed', because: answer.says });
      return;
    }
    await hands.wait(patience * tries);
  }
}

/** Whether exactly what a request writes is there. */
async function isThere(request: ArmWrite, hands: Hands): Promise<boolean> {
  const found = await hands.read(request);
  return found !== undefined && holdsAll(found, request);
}

async function verifyAll(
  { plan, before = { images: [], passing: {} } }: Progress,
  hands: Hands,
  note: Note,
): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    const seen = await hands.verify(plan, before);
    if (seen.kind === 'pass') {
      await note({ step: 'verified' });
      return;
    }
    if (seen.kind === 'fail' || tries >= mostTries) {
      await note({ step: 'failed', because: seen.says });
      return;
    }
    await hands.wait(patience * tries);
  }
}

async function removeOne(plan: Plan, index: number, hands: Hands, note: Note): Promise<void> {
  const { made, undo } = undoOf(plan, index);
  const found = await hands.read(made);
  if (found === undefined) {
    await note({ step: 'removed', index });
    return;
  }
  const because = whyLeft(found, made, undo);
  if (because !== undefined) {
    await note({ step: 'left', index, because });
    return;
  }
  await note({ step: 'removing', index });
  for (let tries = 1; ; tries += 1) {
    const answer = await hands.send(undo);
    if (answer.kind === 'made' || answer.kind === 'alreadyThere') {
      await note({ step: 'removed', index });
      return;
    }
    if (answer.kind === 'refused' || tries >= mostTries) {
      if ((await hands.read(made)) === undefined) await note({ step: 'removed', index });
      else await note({ step: 'left', index, because: answer.says });
      return;
    }
    await hands.wait(patience * tries);
  }
}

/** A request whose answer was lost may arrive after it was looked for and not found. */
async function removeLatecomers(
  plan: Plan,
  journal: readonly JournalRow[],
  hands: Hands,
  note: Note,
): Promise<void> {
  const removed = new Set(journal.flatMap((row) => (row.step === 'removed' ? [row.index] : [])));
  for (const index of removed) {
    const made = plan.changes[index];
    if (made !== undefined && (await isThere(made, hands))) {
      await removeOne(plan, index, hands, note);
    }
  }
}

/** What the rows come to; something may have been left since the outcome was told. */
function outcomeOf(journal: readonly JournalRow[], told: Outcome): Outcome {
  const { next } = progressOf(journal);
  return next.kind === 'end' ? next.outcome : told;
}
