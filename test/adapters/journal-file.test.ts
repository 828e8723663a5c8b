/** A journal as a file: no row is lost, whoever else writes and wherever a line breaks off. */
import { appendFile, open, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { openJournal } from '../../shared/adapters/files/journal-file.ts';
import type { JournalRow } from '../../shared/remediation/journal.ts';
import { canonical } from '../../shared/remediation/plan.ts';
import { madeUpPlan } from '../remediation/made-up-plan.ts';
import { temporaryFolder } from '../cli/made-up-world.ts';

const at = '2026-11-26T03:00:00.000Z';
const asked: JournalRow = { step: 'requested', plan: madeUpPlan(['a', 'b']), by: 'me', at };
const row = (index: number): JournalRow => ({ step: 'writing', index, at });

async function journalPath(): Promise<string> {
  return join(await temporaryFolder(), 'portcullis-0123456789abcdef.jsonl');
}

it.each([0, 1])(
  'never writes over a row that another process added after %i rows',
  async (already) => {
    const path = await journalPath();
    const rows = [asked, row(7), row(9)] as const;
    const earlier = await openJournal(path);
    for (const one of rows.slice(0, already)) await earlier.write(one);
    const [ours, theirs] = [await openJournal(path), await openJournal(path)];
    for (const one of rows.slice(already)) {
      await theirs.write(one);
      await expect(ours.write(row(8))).rejects.toThrow(/another portcullis writes to it/);
    }
    expect((await openJournal(path)).rows).toEqual(rows);
  },
);

it('puts the next row where the last one broke off, and keeps all that follow', async () => {
  const path = await journalPath();
  await (await openJournal(path)).write(asked);
  // As long as a row, so that the file is as long afterwards as it was before.
  await appendFile(path, JSON.stringify(row(1)).padEnd(JSON.stringify(row(1)).length + 1, ' '));
  const journal = await openJournal(path);
  expect(journal.rows).toEqual([asked]);
  for (const index of [2, 3, 4]) await journal.write(row(index));
  expect((await openJournal(path)).rows).toEqual([asked, ...[2, 3, 4].map(row)]);
  expect(await readFile(path, 'utf8')).toMatch(/\n$/);
});

it('is kept by the disk with the folder that it is new in, and then by itself', async () => {
  const path = await journalPath();
  const folder = await open(join(path, '..'), 'r');
  const synced = vi.spyOn(Object.getPrototypeOf(folder) as typeof folder, 'sync');
  try {
    const journal = await openJournal(path);
    await journal.write(row(0));
    expect(synced).toHaveBeenCalledTimes(2);
    await journal.write(row(1));
    expect(synced).toHaveBeenCalledTimes(3);
  } finally {
    synced.mockRestore();
    await folder.close();
  }
});

describe('a journal that somebody edited', () => {
  const rows: readonly JournalRow[] = [
    asked,
    ...[0, 1].map(row),
    { step: 'written', index: 0, made: true, at },
    { step: 'written', index: 1, made: false, at },
  ];

  async function written(): Promise<{ readonly path: string; readonly lines: readonly string[] }> {
    const path = await journalPath();
    const journal = await openJournal(path);
    for (const one of rows) await journal.write(one);
    return { path, lines: (await readFile(path, 'utf8')).trimEnd().split('\n') };
  }

  it.each<[string, (lines: readonly string[]) => readonly string[], number]>([
    [
      'another rule is named in',
      ([first = '', ...rest]) => [first.replaceAll('securityRules/a', 'securityRules/c'), ...rest],
      1,
    ],
    [
      'what was there before is called ours in',
      (lines) => lines.map((line) => line.replace('"made":false', '"made":true')),
      5,
    ],
    ['a line is left out of', (lines) => lines.toSpliced(3, 1), 4],
    ['the first line is left out of', (lines) => lines.slice(1), 1],
    ['two lines are swapped in', ([a = '', b = '', c = '', ...rest]) => [a, c, b, ...rest], 2],
    ['a line stands twice in', (lines) => [...lines, lines.at(-1) ?? ''], 6],
    ['no line bears a link in', (lines) => lines.map((line) => line.replace(/,"link":.*/, '}')), 1],
    [
      'a line has a member more in',
      (lines) => lines.map((line) => line.replace('{', '{"x":1,')),
      1,
    ],
  ])('is refused where %s it', async (_, edit, at) => {
    const { path, lines } = await written();
    await writeFile(path, `${edit(lines).join('\n')}\n`);
    await expect(openJournal(path)).rejects.toThrow(
      new RegExp(`line ${at} is not as it was written`),
    );
  });

  it('is refused wherever a character of it was changed, and never read as something else', async () => {
    const { path, lines } = await written();
    const text = `${lines.join('\n')}\n`;
    await fc.assert(
      fc.asyncProperty(
        fc.nat({ max: text.length - 2 }),
        fc.constantFrom('0', '1', 'a', 'f', '"', ' ', '\n', '/'),
        async (index, character) => {
          const edited = `${text.slice(0, index)}${character}${text.slice(index + 1)}`;
          await writeFile(path, edited);
          const read = await openJournal(path).then(
            (journal) => journal.rows,
            () => 'refused',
          );
          // A character may have been put in its own place, or a space between two members.
          expect(read === 'refused' || canonical(read) === canonical(rows)).toBe(true);
        },
      ),
      { numRuns: import.meta.env.MODE === 'deep' ? 5000 : 300 },
    );
  });

  it('is read where it ends early, as a crash leaves it', async () => {
    const { path, lines } = await written();
    for (let kept = 0; kept <= lines.length; kept += 1) {
      await writeFile(
        path,
        lines
          .slice(0, kept)
          .map((line) => `${line}\n`)
          .join(''),
      );
      expect((await openJournal(path)).rows).toEqual(rows.slice(0, kept));
    }
  });
});
