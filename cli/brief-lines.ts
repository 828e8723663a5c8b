import type { Brief } from '../shared/packets/describe-briefly.ts';
import { hang } from '../shared/reports/text-layout.ts';

/** Packets as a list; says so where there are more than were asked for. */
export function briefLines({ lines, isWhole }: Brief, width: number): string[] {
  return [
    ...lines.flatMap((line) => hang('  - ', line, width)),
    ...(isWhole ? [] : ['  … and more: all in --format json']),
  ];
}
