function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b).at(Math.floor(values.length / 2)) ?? Number.NaN;
}

/** Median milliseconds of `ask(i)`, run for `budget` milliseconds; the first half warms up. */
export function medianTime(ask: (i: number) => unknown, budget: number): number {
  const times: number[] = [];
  const end = performance.now() + budget;
  for (let i = 0; i < 6 || performance.now() < end; i += 1) {
    const start = performance.now();
    ask(i);
    times.push(performance.now() - start);
  }
  return median(times.slice(Math.floor(times.length / 2)));
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
