import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { Mutant } from './mutant-list.ts';

/** What became of a mutant; `test` found it. */
export interface Result {
  readonly status: 'killed' | 'timeout' | 'survived' | 'uncovered';
  readonly test?: string | undefined;
}

type Results = ReadonlyMap<string, Result>;

/** By file. `at` is the line the mutant begins in, without the blanks around it. */
const equivalentSchema = z.record(
  z.string(),
  z.array(
    z.strictObject({
      at: z.string(),
      code: z.string(),
      replacement: z.string(),
      reason: z.string().min(10),
    }),
  ),
);

export type Equivalents = z.infer<typeof equivalentSchema>;

export function readEquivalents(): Equivalents {
  const text = readFileSync('test/mutants/equivalent.json', 'utf8');
  return equivalentSchema.parse(JSON.parse(text));
}

/** The keys of the survivors that are listed as equivalent, and the entries that are no survivor. */
export function equivalentsIn(
  listed: Equivalents,
  mutants: readonly Mutant[],
  results: Results,
): { readonly keys: ReadonlySet<string>; readonly stale: readonly string[] } {
  const byFile = Map.groupBy(mutants, ({ file }) => file);
  const keys = new Set<string>();
  const stale: string[] = [];
  for (const [file, its] of byFile) {
    for (const entry of listed[file] ?? []) {
      const same = its.filter(
        (mutant) =>
          mutant.at === entry.at &&
          mutant.code === entry.code &&
          mutant.replacement === entry.replacement &&
          !isFound(results.get(mutant.key)),
      );
      for (const { key } of same) keys.add(key);
      if (same.length === 0) stale.push(`${file}: ${entry.code} → ${entry.replacement}`);
    }
  }
  return { keys, stale };
}

/** Those that no test found and that are not listed as equivalent. */
export function survivorsOf(
  mutants: readonly Mutant[],
  results: Results,
  equivalent: ReadonlySet<string>,
): readonly Mutant[] {
  return mutants.filter(({ key }) => !isFound(results.get(key)) && !equivalent.has(key));
}

/** Survivors for a person to read. */
export function survivorLines(survivors: readonly Mutant[], results: Results): readonly string[] {
  return survivors.map(({ key, file, line, column, mutator, code, replacement }) => {
    const mark = results.get(key)?.status === 'uncovered' ? ' (no test comes by)' : '';
    return `${file}:${line}:${column} ${mutator}${mark}\n    - ${code}\n    + ${replacement}`;
  });
}

/** Survivors as entries of test/mutants/equivalent.json that lack their reasons. */
export function survivorEntries(survivors: readonly Mutant[]): string {
  const entries = survivors.map(({ file, at, code, replacement }) => ({
    file,
    entry: { at, code, replacement, reason: '' },
  }));
  const byFile = Map.groupBy(entries, ({ file }) => file);
  const lists = [...byFile].map(([file, its]) => [file, its.map(({ entry }) => entry)]);
  return `${JSON.stringify(Object.fromEntries(lists), null, 2)}\n`;
}

/** File by file, and all in all. */
export function scoreTable(
  mutants: readonly Mutant[],
  results: Results,
  equivalent: ReadonlySet<string>,
): { readonly text: string; readonly score: number } {
  const row = (name: string, its: readonly Mutant[]): readonly string[] => {
    const found = its.filter(({ key }) => isFound(results.get(key))).length;
    const alike = its.filter(({ key }) => equivalent.has(key)).length;
    const left = its.length - found - alike;
    return [name, ...[its.length, found, alike, left].map(String), scoreOf(its).toFixed(1)];
  };
  const scoreOf = (its: readonly Mutant[]): number => {
    const counted = its.filter(({ key }) => !equivalent.has(key));
    const found = counted.filter(({ key }) => isFound(results.get(key))).length;
    return counted.length === 0 ? 100 : (100 * found) / counted.length;
  };
  const rows = [
    ['file', 'mutants', 'killed', 'equivalent', 'survived', '%'],
    ...[...Map.groupBy(mutants, ({ file }) => file)].map(([file, its]) => row(file, its)),
    row('all', mutants),
  ];
  const widths = [0, 1, 2, 3, 4, 5].map((column) =>
    Math.max(...rows.map((cells) => cells[column]?.length ?? 0)),
  );
  const text = rows
    .map((cells) =>
      cells
        .map((cell, column) =>
          column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
        )
        .join('  '),
    )
    .join('\n');
  return { text, score: scoreOf(mutants) };
}

function isFound(result: Result | undefined): boolean {
  return result?.status === 'killed' || result?.status === 'timeout';
}
