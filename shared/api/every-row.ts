/** Every row of a store that gives them in pages. */
export async function everyRow<T>(
  pageFrom: (from?: string) => Promise<{ readonly items: readonly T[]; readonly next?: string }>,
): Promise<readonly T[]> {
  const all: T[] = [];
  for (let from: string | undefined, more = true; more;) {
    const page = await pageFrom(from);
    all.push(...page.items);
    from = page.next;
    more = from !== undefined;
  }
  return all;
}
