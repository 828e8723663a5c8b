import type { JournalRow, Plan } from '../../api/api-types.ts';
import { momentText } from '../../wording/moments.ts';
import { nameOf } from '../../wording/resource-ids.ts';

type Step = JournalRow['step'];

const words: Readonly<Record<Step, string>> = {
  requested: 'Asked for',
  approved: 'Approved',
  rejected: 'Rejected',
  expired: 'Expired: nobody decided in time',
  waiting: 'Waits',
  refused: 'Refused',
  void: 'Void: what it rests on has changed',
  confirmed: 'Read anew: it is still as planned',
  writing: 'About to write',
  written: 'Written',
  failed: 'Failed',
  verified: 'Read anew: the check passes',
  removing: 'About to take back',
  removed: 'Taken back',
  left: 'Left as it is',
  rollbackAsked: 'Asked to take back',
  ended: 'Ended',
};

const outcomes: Readonly<Record<string, string>> = {
  done: 'done',
  rolledBack: 'rolled back',
  partlyRolledBack: 'partly rolled back',
  refused: 'refused',
  void: 'void',
  rejected: 'rejected',
  expired: 'expired',
};

/** A row of the journal in words, with the resource that it speaks of. */
export function stepText(row: JournalRow, changes: Plan['changes']): string {
  const { step, index, outcome, made, until, held } = row;
  const change = index === undefined ? undefined : changes[index];
  const what = change === undefined ? '' : ` ${nameOf(change.url.split('?')[0] ?? change.url)}`;
  const ended = outcome === undefined ? '' : `: ${outcomes[outcome] ?? outcome}`;
  const there = made === false ? ' (it was there already)' : '';
  const later = until === undefined ? '' : ` until ${momentText(until)}`;
  const approval = held === true ? ', held for approval' : '';
  return `${words[step]}${what}${ended}${there}${later}${approval}`;
}
