/**
 * Where a JSON value holds lists or objects in more levels than so many: the first three steps of a path
 * there, `changes[0].before` say. Undefined where it does not. Never by recursion, which such a value would
 * exhaust.
 */
export function pathDeeperThan(json: unknown, levels: number): string | undefined {
  if (!isDeeperThan(json, levels)) return undefined;
  let level: readonly Held[] = isContainer(json) ? [{ value: json, path: '' }] : [];
  for (let depth = 0; depth < levels; depth += 1) {
    level = level.flatMap((held) => inside(held, depth < 3));
  }
  return level[0]?.path;
}

function isDeeperThan(json: unknown, levels: number): boolean {
  let level: readonly object[] = [json].filter(isContainer);
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth === levels) return true;
    level = level.flatMap((one) => Object.values(one).filter(isContainer));
  }
  return false;
}

interface Held {
  readonly value: object;
  readonly path: string;
}

function inside({ value, path }: Held, isNamed: boolean): readonly Held[] {
  const held = (one: unknown, step: () => string) =>
    isContainer(one) ? [{ value: one, path: isNamed ? path + step() : path }] : [];
  if (Array.isArray(value)) return value.flatMap((one, index) => held(one, () => `[${index}]`));
  return Object.entries(value).flatMap(([key, one]) => held(one, () => named(path, key)));
}

const longestName = 80;

function named(path: string, key: string): string {
  const name = key.length > longestName ? `${key.slice(0, longestName)}…` : key;
  return path === '' ? name : `.${name}`;
}

function isContainer(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
