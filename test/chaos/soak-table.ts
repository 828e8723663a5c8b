/** Hours of a soak as a table, and what of them is no good. */
import type { SoakHour } from './soak.ts';

const columns = [
  ['hour', 5],
  ['injected', 9],
  ['drifts', 7],
  ['scans', 6],
  ['transitions', 12],
  ['alerts', 7],
  ['writes', 7],
  ['again', 6],
  ['dead', 5],
  ['heap MB', 8],
  ['kept MB', 8],
  ['handles', 8],
  ['violations', 11],
] as const;

/** What a character takes that is kept on purpose: over days the heap grew by 1.3 to 1.5 bytes for each. */
const bytesOfACharacter = 2;
/** Growth beside that which is none: days without a leak came to between -11.3 and -5.7 MB. */
const slackMb = 4;

export const soakHead = [...columns.map(([name, width]) => name.padStart(width)), '  trouble'].join(
  '',
);

export function hourLine(hour: SoakHour): string {
  const cells = [
    hour.hour,
    hour.injected,
    hour.drifts,
    hour.scans,
    hour.transitions,
    hour.alerts,
    hour.writes,
    hour.again,
    hour.deadLetters,
    hour.heapMb.toFixed(1),
    hour.keptMb.toFixed(2),
    hour.handles,
    hour.violations.length,
  ];
  const padded = cells.map((cell, index) => String(cell).padStart(columns[index]?.[1] ?? 0));
  return `${padded.join('')}  ${hour.trouble}`;
}

/**
 * Why a soak failed: violations, hours in which nothing went wrong although it was to, and growth from
 * its second quarter to its last that what is kept on purpose does not explain.
 */
export function whyFailed(hours: readonly SoakHour[]): readonly string[] {
  const violated = hours.filter(({ violations }) => violations.length > 0);
  const calm = hours.filter(({ trouble, injected }) => trouble !== '' && injected === 0);
  const quarter = Math.floor(hours.length / 4);
  const early = hours.slice(quarter, 2 * quarter);
  const late = hours.slice(-quarter);
  const grown = (of: (hour: SoakHour) => number) => mean(late.map(of)) - mean(early.map(of));
  const heap = grown(({ heapMb, keptMb }) => heapMb - bytesOfACharacter * keptMb);
  const handles = grown((hour) => hour.handles);
  return [
    ...violated.map(({ hour, violations }) => `hour ${hour}: ${violations.length} violations`),
    ...calm.map(({ hour, trouble }) => `hour ${hour}: ${trouble} never happened`),
    ...(quarter > 1 && heap > slackMb ? [`the heap grew by ${heap.toFixed(1)} MB`] : []),
    ...(quarter > 1 && handles > 2 ? [`${handles.toFixed(0)} handles more`] : []),
  ];
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}
