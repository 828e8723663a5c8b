import type { ServiceContext } from './service-context.ts';
import type { Spent } from './scan-files.ts';

/**
 * Measures a step from here on: the function returned says what was spent since, and calls the
 * milliseconds by a stage's name. Steps that run beside it in the same process are counted with it.
 */
export function spending({
  calls,
  now,
}: Pick<ServiceContext, 'calls' | 'now'>): (stage: string) => Spent {
  const before = calls();
  const started = now().getTime();
  return (stage) => ({
    calls: Object.fromEntries(
      Object.entries(calls()).map(([kind, count]) => [kind, count - (before[kind] ?? 0)]),
    ),
    durationMs: { [stage]: now().getTime() - started },
  });
}

/** Both together. */
export function sumOf(a: Spent, b: Spent): Spent {
  return { calls: added(a.calls, b.calls), durationMs: added(a.durationMs, b.durationMs) };
}

function added(
  a: Readonly<Record<string, number>>,
  b: Readonly<Record<string, number>>,
): Readonly<Record<string, number>> {
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  return Object.fromEntries([...keys].map((key) => [key, (a[key] ?? 0) + (b[key] ?? 0)]));
}
