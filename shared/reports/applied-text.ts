import type { JournalRow, Outcome } from '../remediation/journal.ts';
import type { Plan } from '../remediation/plan.ts';
import type { Paint } from './paint.ts';
import { hang, lastSegment, plainText } from './text-layout.ts';

/** How carrying out a plan came out, as far as it is told. */
interface CameOut {
  readonly result:
    | { readonly kind: 'ended'; readonly outcome: Outcome }
    | { readonly kind: 'waiting'; readonly until: number };
  readonly endedAt?: string;
  readonly because?: string;
  readonly until?: string;
  /** It ended before anything was made. */
  readonly wroteNothing?: boolean;
  readonly journal: string;
}

/** What came of a plan, for a person, with the command that takes it back; `isAsked`: just this was asked for. */
export function appliedText(
  plan: Plan,
  { result, endedAt, because, until, journal, wroteNothing = false }: CameOut,
  { paint, width }: { readonly paint: Paint; readonly width: number },
  isAsked = false,
): string {
  const isDone = result.kind === 'ended' && result.outcome === 'done';
  const isWell = isDone || isAsked;
  const mark = isWell ? paint('✓', 'compliant') : paint('✗', 'nonCompliant');
  const when = until === undefined ? '' : ` until ${until}`;
  const earlier = endedAt === undefined ? '' : ` at ${endedAt}; nothing was looked at now`;
  const isFailed = result.kind === 'ended' && result.outcome === 'rolledBack' && wroteNothing;
  const outcome = isFailed ? 'failed, nothing was changed' : outcomeText(result);
  const reason = isWell || because === undefined ? '' : `: ${because}`;
  return [
    ` ${mark} ${paint(plainText(lastSegment(plan.clusterId)), 'strong')}  ${plainText(plan.checkId)}`,
    ...hang('   ', `${outcome}${when}${earlier}${reason}`, width),
    // A command is never wrapped: it is there to be copied.
    ...(isDone ? [`   portcullis rollback ${plainText(lastSegment(journal))}`] : []),
    '',
  ].join('\n');
}

/** How something ended, in a word or two. */
export function outcomeText(
  result: CameOut['result'] | { readonly kind: 'idle' | 'busy' },
): string {
  switch (result.kind) {
    case 'waiting':
      return 'waits';
    case 'busy':
      return 'somebody else writes to the resource now; try again later';
    case 'idle':
      return 'there is nothing to do';
    case 'ended':
      return outcomeWords[result.outcome];
    default:
      return result satisfies never;
  }
}

const outcomeWords: Readonly<Record<Outcome, string>> = {
  done: 'done and verified',
  rolledBack: 'taken back',
  partlyRolledBack: 'taken back in part; something is left',
  refused: 'refused, nothing was changed',
  void: 'void, nothing was changed',
  rejected: 'rejected, nothing was changed',
  expired: 'expired, nothing was changed',
};

/** A step as it is told while it happens; undefined for what only the journal needs. */
export function stepText(row: JournalRow): string | undefined {
  if (row.step === 'failed' || row.step === 'left') return plainText(row.because);
  if (row.step === 'confirmed') return 'confirmed on the live state';
  if (row.step === 'verified') return 'verified on the live state';
  if (row.step === 'writing') return `writing change ${row.index + 1}`;
  if (row.step === 'removing') return `taking back change ${row.index + 1}`;
  return row.step === 'written' && !row.made
    ? `change ${row.index + 1} was there already`
    : undefined;
}
