/** Whether a JSON value holds lists or objects in more levels than so many; never by recursion, which such a value would exhaust. */
export function isDeeperThan(json: unknown, levels: number): boolean {
  let level: readonly object[] = [json].filter(isContainer);
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth === levels) return true;
    level = level.flatMap((one) => Object.values(one).filter(isContainer));
  }
  return false;
}

function isContainer(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
