export interface Timing {
  readonly least: number;
  readonly median: number;
}

/** Milliseconds of `ask(i)`, run for `budget` milliseconds; the first half warms up. */
export function timing(ask: (i: number) => unknown, budget: number): Timing {
  const times: number[] = [];
  const end = performance.now() + budget;
  for (let i = 0; i < 6 || performance.now() < end; i += 1) {
    const start = performance.now();
    ask(i);
    times.push(performance.now() - start);
  }
  const sorted = times.slice(Math.floor(times.length / 2)).toSorted((a, b) => a - b);
  return {
    least: sorted[0] ?? Number.NaN,
    median: sorted[Math.floor(sorted.length / 2)] ?? Number.NaN,
  };
}

/** Median milliseconds of {@link timing}. */
export function medianTime(ask: (i: number) => unknown, budget: number): number {
  return timing(ask, budget).median;
}

/** How a figure stands to its target, which it may reach or must not fall below. */
export function verdict(value: number, bound: number, isMost: boolean): string {
  const times = isMost ? value / bound : bound / value;
  return times <= 1 ? 'met' : `missed ${times.toFixed(1)}×`;
}

export function time(milliseconds: number): string {
  if (milliseconds < 0.1) return `${(milliseconds * 1000).toFixed(1)} µs`;
  if (milliseconds < 1) return `${(milliseconds * 1000).toFixed(0)} µs`;
  return milliseconds < 100 ? `${milliseconds.toFixed(1)} ms` : `${milliseconds.toFixed(0)} ms`;
}

export function ratio(value: number): string {
  return `${Math.round(value).toLocaleString('en-US')}×`;
}

export function line(cells: readonly string[], widths: readonly number[]): string {
  return cells
    .map((cell, index) => cell.padEnd(widths[index] ?? 0))
    .join(' ')
    .trimEnd();
}
