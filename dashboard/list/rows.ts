/** A line of a list that is shown in groups: the head of a group, or a row. */
export type Line<T> =
  | { readonly kind: 'group'; readonly name: string; readonly count: number }
  | { readonly kind: 'row'; readonly row: T }
  | { readonly kind: 'unread' };

/** Rows as lines, under the heads of their groups, those in the order of their names. */
export function grouped<T>(rows: readonly T[], groupsOf: (row: T) => readonly string[]): Line<T>[] {
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    for (const name of groupsOf(row)) {
      const members = groups.get(name);
      if (members === undefined) groups.set(name, [row]);
      else members.push(row);
    }
  }
  return [...groups]
    .toSorted(([a], [b]) => a.localeCompare(b, 'en'))
    .flatMap(([name, members]) => [
      { kind: 'group' as const, name, count: members.length },
      ...members.map((row) => ({ kind: 'row' as const, row })),
    ]);
}

/** Rows as lines, with places kept for those that are not read yet. */
export function ungrouped<T>(rows: readonly T[], total: number): Line<T>[] {
  const lines: Line<T>[] = rows.map((row) => ({ kind: 'row', row }));
  while (lines.length < total) lines.push({ kind: 'unread' });
  return lines;
}
