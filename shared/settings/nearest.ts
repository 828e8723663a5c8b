/** The number of insertions, deletions, replacements and swaps of neighbours that lead from one word to the other. */
export function editDistance(a: string, b: string): number {
  const rows = [Array.from({ length: b.length + 1 }, (_, column) => column)];
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const at = (di: number, dj: number) => (di === 0 ? row : rows[i - di])?.[j - dj] ?? Infinity;
      const swapped = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] && i > 1 && j > 1;
      const replaced = at(1, 1) + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(replaced, at(1, 0) + 1, at(0, 1) + 1, swapped ? at(2, 2) + 1 : Infinity));
    }
    rows.push(row);
  }
  return rows[a.length]?.[b.length] ?? 0;
}

/**
 * The candidates that a person who typed `word` most likely meant, nearest first, at most `limit`.
 * Letter case does not count; a candidate that begins with the word is taken for an unfinished one.
 */
export function nearestFew(word: string, candidates: Iterable<string>, limit: number): string[] {
  const typed = word.toLowerCase();
  const furthest = Math.max(1, Math.floor(typed.length / 3));
  return [...new Set(candidates)]
    .map((candidate) => {
      const known = candidate.toLowerCase();
      const unfinished = typed.length >= 3 && known.startsWith(typed);
      return { candidate, distance: unfinished ? 0.5 : editDistance(typed, known) };
    })
    .filter(({ distance }) => distance <= furthest)
    .sort((a, b) => a.distance - b.distance || (a.candidate < b.candidate ? -1 : 1))
    .slice(0, limit)
    .map(({ candidate }) => candidate);
}

/** The one candidate that a person who typed `word` most likely meant, or undefined when none is near. */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  return nearestFew(word, candidates, 1)[0];
}
