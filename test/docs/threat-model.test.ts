/** Every defence that the threat model names has the test that it names. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const page = readFileSync('docs/threat-model.md', 'utf8');
const rows = page
  .split('\n')
  .map((line) => /^\| ([STRIDE]\d+) +\|(.*)\|(.*)\|(.*)\|$/.exec(line)?.slice(1))
  .filter((cells) => cells !== undefined)
  .map((cells) => cells.map((cell) => cell.trim()));

test('covers every letter of STRIDE, numbered without a gap', () => {
  const ids = rows.map(([id]) => id);
  const counted = ['S', 'T', 'R', 'I', 'D', 'E'].flatMap((letter) => {
    const own = ids.filter((id) => id?.startsWith(letter));
    expect([letter, own.length > 0]).toEqual([letter, true]);
    return own.map((_, at) => `${letter}${at + 1}`);
  });
  expect(ids).toEqual(counted);
});

test('names tests that are there, or says that there is none', () => {
  for (const [id, , , tested = ''] of rows) {
    if (tested.startsWith('none: ')) continue;
    const [, path = '', title = ''] = /^`(test\/[^`]+\.test\.ts)`: (.+)$/.exec(tested) ?? [];
    const text = readFileSync(path, 'utf8');
    expect(
      titlesIn(text).some((each) => each.includes(title)),
      `${id}: ${title}`,
    ).toBe(true);
  }
});

/** The titles of tests and of what holds them. */
function titlesIn(text: string): readonly string[] {
  const begins = /\b(?:it|test|describe)(?:\.\w+(?:\(\w+\))?)*\(\s*'((?:[^'\\]|\\.)*)'/g;
  return [...text.matchAll(begins)].map(([, title = '']) => title);
}
