import type { AzureWriter } from '../remediation/arm-write.ts';
import type { JournalRow } from '../remediation/journal.ts';
import { type CarriedOut, carryOut } from './carry-out.ts';
import { type GuardParts, guardChange, rememberOutcome } from './guard-change.ts';
import { type LivePlanning, planAgain, verifyLive } from './plan-live.ts';

/** What carrying out one plan on a live tenant takes. */
export interface RemediationParts extends LivePlanning, GuardParts {
  readonly tenant: LivePlanning['tenant'] & GuardParts['tenant'];
  readonly writer: AzureWriter;
  /** Resolves after about so many milliseconds. */
  readonly wait: (milliseconds: number) => Promise<void>;
  /** Adds a row to the journal and returns once it is kept. */
  readonly write: (row: JournalRow) => Promise<void>;
}

/** Carries out a plan on a live tenant, or goes on where its rows leave it; see `carryOut`. */
export async function remediate(
  parts: RemediationParts,
  rows: readonly JournalRow[],
): Promise<CarriedOut> {
  const { writer, now, wait, write, memory, remediationId } = parts;
  return carryOut(rows, {
    read: (request) => writer.read(request),
    send: (request) => writer.send(request),
    now,
    wait,
    write: async (row) => {
      // First, so that whoever goes on with what has no end yet remembers it, too.
      if (row.step === 'ended') await rememberOutcome(memory, remediationId, row.outcome);
      await write(row);
    },
    guard: (plan, approval) => guardChange(parts, plan, approval),
    planAgain: (plan) => planAgain(parts, plan),
    verify: async (plan, before) => {
      try {
        return await verifyLive(parts, plan, before);
      } catch (error) {
        // Azure did not answer: what cannot be seen is not taken for well.
        const why = error instanceof Error ? error.message : String(error);
        return { kind: 'unknown', says: `What the change led to could not be read: ${why}` };
      }
    },
  });
}
