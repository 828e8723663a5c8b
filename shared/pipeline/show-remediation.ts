import { type JournalRow, progressOf } from '../remediation/journal.ts';
import type { Plan } from '../remediation/plan.ts';
import type { Remediation, RemediationHead } from '../remediation/remediation-store.ts';

/** A remediation as somebody looks at it before deciding: what its hash names, and what was done. */
export interface ShownRemediation extends RemediationHead {
  readonly plan: Plan;
  /** Its rows, without the plan again and without what was there before. */
  readonly journal: readonly (JournalRow | Omit<JournalRow, 'plan' | 'before'>)[];
}

/** All that an approval is about. @throws RangeError as `progressOf`. */
export function shownRemediation({ head, rows }: Remediation): ShownRemediation {
  const journal = rows.map((row) => {
    if (row.step === 'requested') return { ...row, plan: undefined };
    return row.step === 'confirmed' ? { ...row, before: undefined } : row;
  });
  return { ...head, plan: progressOf(rows).plan, journal };
}
