import { expect, test } from 'vitest';
import type { Mutant } from '../../scripts/mutant-list.ts';
import { type Result, equivalentsIn, scoreTable, survivorsOf } from '../../scripts/mutant-score.ts';

const mutants = ['killed', 'timeout', 'survived', 'uncovered', 'killed'].map(
  (replacement, index): Mutant => ({
    id: `${index}`,
    file: index < 4 ? 'a.ts' : 'b.ts',
    line: 1 + index,
    column: 1,
    mutator: 'Made up',
    at: 'a + b',
    code: 'a',
    replacement,
    key: `key ${index}`,
  }),
);
const results = new Map(
  mutants.map(({ key, replacement }) => [key, { status: replacement } as Result]),
);

function listed(file: string, replacement: string) {
  const entry = { at: 'a + b', code: 'a', replacement, reason: 'b is never there' };
  return equivalentsIn({ [file]: [entry] }, mutants, results);
}

test('a survivor that is listed as equivalent does not count', () => {
  const none = new Set<string>();
  expect(scoreTable(mutants, results, none).score).toBeCloseTo(60);
  expect(survivorsOf(mutants, results, none).map(({ key }) => key)).toEqual(['key 2', 'key 3']);
  const { keys, stale } = listed('a.ts', 'survived');
  expect(stale).toEqual([]);
  expect(scoreTable(mutants, results, keys).score).toBeCloseTo(75);
  expect(survivorsOf(mutants, results, keys).map(({ key }) => key)).toEqual(['key 3']);
  const rows = scoreTable(mutants, results, keys).text.split('\n');
  expect(rows.map((row) => row.trim().split(/\s+/))).toEqual([
    ['file', 'mutants', 'killed', 'equivalent', 'survived', '%'],
    ['a.ts', '4', '2', '1', '1', '66.7'],
    ['b.ts', '1', '1', '0', '0', '100.0'],
    ['all', '5', '3', '1', '1', '75.0'],
  ]);
});

test.each([
  ['a.ts', 'killed'],
  ['b.ts', 'survived'],
  ['a.ts', 'elsewhere'],
])('an entry that is no survivor is stale: %s %s', (file, replacement) => {
  expect(listed(file, replacement)).toEqual({
    keys: new Set(),
    stale: [`${file}: a → ${replacement}`],
  });
});

test('an entry for a file that was not looked at is left alone', () => {
  expect(listed('c.ts', 'survived').stale).toEqual([]);
});
