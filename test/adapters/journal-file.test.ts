/** A journal as a file: no row is lost, whoever else writes and wherever a line breaks off. */
import { appendFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openJournal } from '../../shared/adapters/files/journal-file.ts';
import type { JournalRow } from '../../shared/remediation/journal.ts';
import { temporaryFolder } from '../cli/made-up-world.ts';

const at = '2026-11-26T03:00:00.000Z';
const row = (index: number): JournalRow => ({ step: 'writing', index, at });

async function journalPath(): Promise<string> {
  return join(await temporaryFolder(), 'portcullis-0123456789abcdef.jsonl');
}

it.each([0, 1])(
  'never writes over a row that another process added after %i rows',
  async (already) => {
    const path = await journalPath();
    const earlier = await openJournal(path);
    for (let index = 0; index < already; index += 1) await earlier.write(row(index));
    const [ours, theirs] = [await openJournal(path), await openJournal(path)];
    await theirs.write(row(7));
    await expect(ours.write(row(8))).rejects.toThrow(/another portcullis writes to it/);
    await theirs.write(row(9));
    await expect(ours.write(row(8))).rejects.toThrow(/another portcullis writes to it/);
    const { rows } = await openJournal(path);
    expect(rows.slice(already)).toEqual([row(7), row(9)]);
  },
);

it('puts the next row where the last one broke off, and keeps all that follow', async () => {
  const path = await journalPath();
  await (await openJournal(path)).write(row(0));
  // As long as a row, so that the file is as long afterwards as it was before.
  await appendFile(path, JSON.stringify(row(1)).padEnd(JSON.stringify(row(1)).length + 1, ' '));
  const journal = await openJournal(path);
  expect(journal.rows).toEqual([row(0)]);
  for (const index of [2, 3, 4]) await journal.write(row(index));
  expect((await openJournal(path)).rows).toEqual([0, 2, 3, 4].map(row));
  expect(await readFile(path, 'utf8')).toMatch(/\n$/);
});
