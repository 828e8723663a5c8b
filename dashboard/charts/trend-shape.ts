import type { TrendPoint } from '../api/api-types.ts';

/** A chart of how many clusters were how, over time; all in CSS pixels. */
export interface TrendShape {
  /** Outlines of the areas, from below: compliant, unknown, not compliant. */
  readonly areas: readonly {
    readonly posture: 'compliant' | 'unknown' | 'nonCompliant';
    readonly path: string;
  }[];
  readonly ticks: readonly { readonly y: number; readonly text: string }[];
  readonly moments: readonly { readonly x: number; readonly at: string }[];
}

const stack = ['compliant', 'unknown', 'nonCompliant'] as const;

/** The areas of a trend, drawn into a box; undefined for fewer than two points. */
export function trendShape(
  points: readonly TrendPoint[],
  width: number,
  height: number,
): TrendShape | undefined {
  const [first] = points;
  const last = points.at(-1);
  if (first === undefined || last === undefined || first === last) return undefined;
  const start = Date.parse(first.at);
  const span = Date.parse(last.at) - start || 1;
  const top = roundUp(
    Math.max(
      1,
      ...points.map(({ compliant, unknown, nonCompliant }) => compliant + unknown + nonCompliant),
    ),
  );
  const xOf = (at: string): number => round(((Date.parse(at) - start) / span) * width);
  const yOf = (count: number): number => round(height - (count / top) * height);
  const sums = points.map((point) => {
    let sum = 0;
    return stack.map((posture) => (sum += point[posture]));
  });
  const areas = stack.map((posture, layer) => {
    const above = points.map(({ at }, index) => `${xOf(at)} ${yOf(sums[index]?.[layer] ?? 0)}`);
    const below = points.map(({ at }, index) => `${xOf(at)} ${yOf(sums[index]?.[layer - 1] ?? 0)}`);
    return { posture, path: `M${[...above, ...below.toReversed()].join('L')}Z` };
  });
  const ticks = [0, top / 2, top].map((count) => ({ y: yOf(count), text: String(count) }));
  return { areas, ticks, moments: points.map(({ at }) => ({ x: xOf(at), at })) };
}

/** The next count that is easy to halve. */
function roundUp(count: number): number {
  const step = 10 ** Math.floor(Math.log10(count));
  const multiple = [1, 2, 4, 6, 8].find((one) => one * step >= count) ?? 10;
  return Math.max(2, multiple * step);
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
