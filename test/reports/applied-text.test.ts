import { expect, it } from 'vitest';
import { type JournalRow, type Step, wroteNothing } from '../../shared/remediation/journal.ts';
import { appliedText } from '../../shared/reports/applied-text.ts';
import { madeUpPlan } from '../remediation/made-up-plan.ts';

const plan = madeUpPlan(['a']);

it.each<[string, readonly Step[], RegExp]>([
  ['before anything was sent', [], /failed, nothing was changed: ScopeLocked/],
  [
    'although it was tried',
    [
      { step: 'writing', index: 0 },
      { step: 'removed', index: 0 },
    ],
    /failed, nothing was changed: ScopeLocked/,
  ],
  [
    'because it was there already',
    [{ step: 'written', index: 0, made: false }],
    /failed, nothing was changed: ScopeLocked/,
  ],
  [
    'after it was made',
    [
      { step: 'written', index: 0, made: true },
      { step: 'removed', index: 0 },
    ],
    /taken back: ScopeLocked/,
  ],
  [
    'after it arrived late',
    [
      { step: 'writing', index: 0 },
      { step: 'removing', index: 0 },
      { step: 'removed', index: 0 },
    ],
    /taken back: ScopeLocked/,
  ],
])('what ended %s says whether something was changed', (_, steps, says) => {
  const rows = steps.map((step): JournalRow => ({ ...step, at: '2026-11-26T03:00:00.000Z' }));
  const told = {
    result: { kind: 'ended', outcome: 'rolledBack' },
    because: 'ScopeLocked',
    journal: 'portcullis-1.jsonl',
    wroteNothing: wroteNothing(rows),
  } as const;
  expect(appliedText(plan, told, { paint: (text) => text, width: 80 })).toMatch(says);
});
