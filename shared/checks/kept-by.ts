/**
 * A pure function that keeps its last answer by its first argument, for as long as the others are the
 * very same: checks of one cluster ask the same things, and what the packet engine makes of a list of
 * rules is kept by the list.
 */
export function keptBy<K extends object, R extends readonly unknown[], T>(
  make: (key: K, ...others: R) => T,
): (key: K, ...others: R) => T {
  const kept = new WeakMap<K, { readonly others: R; readonly made: T }>();
  return (key, ...others) => {
    const before = kept.get(key);
    if (before?.others.every((one, index) => one === others[index])) return before.made;
    const made = make(key, ...others);
    kept.set(key, { others, made });
    return made;
  };
}
