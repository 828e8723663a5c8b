import type { JournalRow } from '../remediation/journal.ts';
import type { Remediation, RemediationStore } from '../remediation/remediation-store.ts';
import { ConflictError } from '../store-ports.ts';

/** The remediation with these rows behind its own; undefined where somebody else has added one since it was read. */
export async function appendRows(
  store: Pick<RemediationStore, 'append'>,
  kept: Remediation,
  rows: readonly JournalRow[],
): Promise<Remediation | undefined> {
  let current = kept;
  try {
    for (const row of rows) current = await store.append(current, row);
  } catch (error) {
    if (!(error instanceof ConflictError)) throw error;
    return undefined;
  }
  return current;
}
