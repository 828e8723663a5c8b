import { type JournalRow, type Step, toTakeBack } from '../remediation/journal.ts';
import type { Remediation, RemediationHead } from '../remediation/remediation-store.ts';
import { effectiveMode } from '../settings/effective-mode.ts';
import { appendRows } from './append-rows.ts';
import type { ServiceContext } from './service-context.ts';

/** What somebody decides about a remediation. */
export interface Decision {
  readonly id: string;
  readonly kind: 'approve' | 'reject' | 'rollback';
  /** Of the plan that was looked at. */
  readonly hash: string;
  /** Who decides. */
  readonly by: string;
  readonly because?: string;
}

/** The remediation as the decision leaves it, or why it could not be taken. */
export type Decided =
  | { readonly kind: 'decided'; readonly head: RemediationHead }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'conflict'; readonly because: string };

/** Why a remediation cannot be rolled back that made nothing, or of which all is gone or left. */
export const nothingToTakeBack = 'Nothing that it made is there to be taken back.';

/** Writes a decision into the journal, and has done what follows from it. It changes nothing in Azure. */
export async function decideRemediation(
  context: ServiceContext,
  decision: Decision,
): Promise<Decided> {
  const { remediations, stores, now } = context;
  const kept = await remediations.get(decision.id);
  if (kept === undefined) return { kind: 'unknown' };
  const because = await objection(context, kept, decision);
  if (because !== undefined) return { kind: 'conflict', because };
  const at = now().toISOString();
  const [first, ...others] = stepsOf(decision);
  const dated = (step: Step): JournalRow => ({ ...step, at });
  const taken = await appendRows(remediations, kept, [dated(first)]);
  if (taken === undefined) {
    return { kind: 'conflict', because: 'Somebody else has just decided; look at it again.' };
  }
  // What was decided stands: whoever finds it without its end writes that down, perhaps just now.
  const current =
    (await appendRows(remediations, taken, others.map(dated))) ??
    (await remediations.get(decision.id)) ??
    taken;
  if (decision.kind !== 'reject') {
    await stores.queues.send('remediations', { remediationId: decision.id });
  }
  return { kind: 'decided', head: current.head };
}

async function objection(
  { settings, maxMode, now }: ServiceContext,
  { head, rows }: Remediation,
  { kind, hash }: Decision,
): Promise<string | undefined> {
  if (hash !== head.hash) return 'The hash is not that of the plan; look at it again.';
  if (kind === 'rollback') return toTakeBack(rows).length > 0 ? undefined : nothingToTakeBack;
  if (head.state !== 'awaitingApproval') return `It is ${head.state}, and waits for no approval.`;
  if (kind === 'reject') return undefined;
  if (head.expiresAt <= now().toISOString()) return 'The plan has expired; a new one is made.';
  const mode = effectiveMode(maxMode, await settings(), head.checkId, undefined);
  return mode.mode === 'remediate' ? undefined : `The mode is ${mode.mode}: ${mode.because}.`;
}

function stepsOf({
  kind,
  by,
  hash,
  because = 'Somebody asked for it.',
}: Decision): readonly [Step, ...Step[]] {
  switch (kind) {
    case 'approve':
      return [{ step: 'approved', by, hash }];
    case 'reject':
      return [
        { step: 'rejected', by, because },
        { step: 'ended', outcome: 'rejected' },
      ];
    case 'rollback':
      return [{ step: 'rollbackAsked', by, because }];
    default:
      return kind satisfies never;
  }
}
