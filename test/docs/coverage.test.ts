/** The page that says what of the guidance is checked, held against the catalogue. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { catalogue } from '../../shared/checks/catalogue.ts';

const page = readFileSync('docs/coverage.md', 'utf8');
const rows = page
  .split('\n')
  .map((line) =>
    /^\| ([ABC]\d+) +\|(.*)\|(.*)\|(.*)\|$/
      .exec(line)
      ?.slice(1)
      .map((cell) => cell.trim()),
  )
  .filter((cells) => cells !== undefined);

function linksIn(text: string): readonly string[] {
  return [...text.matchAll(/\[([^\]]+)\]\(checks\/([^)]+)\.md\)/g)].map(([, label, id]) => {
    expect(label).toBe(id);
    return String(id);
  });
}

describe('docs/coverage.md', () => {
  it('numbers its statements without a gap', () => {
    const ids = rows.map(([id]) => id);
    const counted = ['A', 'B', 'C'].flatMap((letter) =>
      ids.filter((id) => id?.startsWith(letter)).map((_, at) => `${letter}${at + 1}`),
    );
    expect(ids).toEqual(counted);
    expect(counted).toContain('A14');
  });

  it('names every check of the catalogue, and no other', () => {
    const ids = catalogue.map(({ id }) => id);
    expect([...new Set(rows.flatMap((cells) => linksIn(cells.join(' '))))].toSorted()).toEqual(
      ids.toSorted(),
    );
  });

  it.each(rows.map((cells) => [cells[0] ?? '', cells[3] ?? ''] as const))(
    '%s has a check, or a reason why it has none',
    (_, heldBy) => {
      expect(heldBy.startsWith('none: ') ? heldBy.length > 40 : linksIn(heldBy).length > 0).toBe(
        true,
      );
    },
  );

  it('names only sources that it lists', () => {
    const listed = [...page.matchAll(/(?:^|[ ,])\[([A-Za-z0-9]+)\] \[/g)].map((match) => match[1]);
    const used = rows.flatMap((cells) => cells[2]?.split(',').map((one) => one.trim()) ?? []);
    const letters = used.filter((one) => /^[A-Za-z0-9]{1,2}$/.test(one));
    expect(letters.length).toBeGreaterThanOrEqual(rows.length);
    expect([...new Set(letters)].filter((one) => !listed.includes(one))).toEqual([]);
  });
});
