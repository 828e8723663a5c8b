/** Changes of a query: a text or texts to set, or undefined to take it out. */
export type QueryChange = Readonly<Record<string, string | readonly string[] | undefined>>;

/** A query with changes made to it; what is empty is left out. */
export function changedQuery(search: string, change: QueryChange): string {
  const query = new URLSearchParams(search);
  for (const [name, value] of Object.entries(change)) {
    const text = typeof value === 'string' ? value : (value ?? []).map(escaped).join(',');
    if (text === '') query.delete(name);
    else query.set(name, text);
  }
  const text = query.toString();
  return text === '' ? '' : `?${text}`;
}

/** One parameter of a query; undefined where it is not there or empty. */
export function oneOf(search: string, name: string): string | undefined {
  const value = new URLSearchParams(search).get(name);
  return value === null || value === '' ? undefined : value;
}

/** A parameter of a query that holds several. */
export function manyOf(search: string, name: string): readonly string[] {
  return (oneOf(search, name) ?? '').split(',').filter(Boolean).map(unescaped);
}

/** Those of several that are known words; the others are left out. */
export function wordsOf<const T extends string>(
  search: string,
  name: string,
  words: readonly T[],
): readonly T[] {
  return words.filter((word) => manyOf(search, name).includes(word));
}

// A value may hold the comma that parts values.
function escaped(value: string): string {
  return value.replaceAll('%', '%25').replaceAll(',', '%2C');
}

function unescaped(value: string): string {
  return value.replaceAll('%2C', ',').replaceAll('%25', '%');
}
