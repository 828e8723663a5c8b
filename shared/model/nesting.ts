/**
 * The first three steps of the path to where a JSON value holds lists or objects in more levels than so
 * many, `changes[0].before` say; undefined where it does not. Never by recursion, which such a value
 * would exhaust.
 */
export function pathDeeperThan(json: unknown, levels: number): string | undefined {
  let level: readonly Held[] = isContainer(json) ? [{ value: json, path: '' }] : [];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth === levels) return level[0]?.path;
    level = level.flatMap((held) => inside(held, depth < 3));
  }
  return undefined;
}

interface Held {
  readonly value: object;
  readonly path: string;
}

function inside({ value, path }: Held, isNamed: boolean): readonly Held[] {
  return Object.entries(value).flatMap(([key, one]: [string, unknown]) =>
    isContainer(one) ? [{ value: one, path: isNamed ? path + step(path, key, value) : path }] : [],
  );
}

function step(path: string, key: string, of: object): string {
  if (Array.isArray(of)) return `[${key}]`;
  return path === '' ? key : `.${key}`;
}

function isContainer(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
