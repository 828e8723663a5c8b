import type { BaselineReport } from './report.ts';
import { grouped } from './text-layout.ts';

/** What changed since the baseline, in a sentence without a full stop. */
export function changeCounts(baseline: BaselineReport): string {
  const { finishedAt, unchanged, fixed, exempted, notSeen } = baseline;
  const parts: readonly (readonly [number, string])[] = [
    [fixed, 'fixed'],
    [unchanged, 'unchanged'],
    [exempted, 'now exempt'],
    [notSeen, 'not seen'],
  ];
  const others = parts
    .filter(([count]) => count > 0)
    .map(([count, what]) => `${grouped(count)} ${what}`);
  return `Since ${finishedAt.slice(0, 10)}: ${[`${grouped(baseline.new)} new`, ...others].join(', ')}`;
}
