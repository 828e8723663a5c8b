import type { Paint, Tone } from './paint.ts';
import type { Posture } from './report.ts';
import { counted, grouped, hang, plainText, shortIds } from './text-layout.ts';

/** What every section is printed on. */
export interface Sheet {
  readonly width: number;
  readonly paint: Paint;
  readonly limit: number;
}

/** A piece of text and how it is painted. */
export interface Toned {
  readonly text: string;
  readonly tone: Tone;
}

/** Painted pieces beside each other, on as few lines as hold them. */
export function flow(pieces: readonly Toned[], between: string, { width, paint }: Sheet): string[] {
  const lines: { text: string; length: number }[] = [];
  for (const { text, tone } of pieces) {
    const line = lines.at(-1);
    const more = between.length + text.length;
    if (line === undefined || line.length + more > width) {
      lines.push({ text: ` ${paint(text, tone)}`, length: 1 + text.length });
    } else {
      line.text += between + paint(text, tone);
      line.length += more;
    }
  }
  return lines.map(({ text }) => text);
}

/** The title of a section and a remark beside it. */
export function heading(title: string, remark: string, { paint }: Sheet): string {
  return `${paint(title, 'strong')}  ${paint(remark, 'faint')}`;
}

/** How much is not printed, and how to see it; nothing where nothing is left. */
export function rest(count: number, what: string, how: string, { width, paint }: Sheet): string[] {
  return count <= 0
    ? []
    : [
        '',
        ...hang(' … ', `and ${counted(count, `more ${what}`)}: ${how}`, width).map((line) =>
          paint(line, 'faint'),
        ),
      ];
}

/** A section of one text per line, cut to half the limit. */
export function listLines(
  title: string,
  texts: readonly string[],
  sheet: Sheet,
  remark = grouped(texts.length),
): string[] {
  if (texts.length === 0) return [];
  const most = Math.max(4, Math.floor(sheet.limit / 2));
  return [
    heading(title, remark, sheet),
    '',
    ...texts.slice(0, most).flatMap((text) => hang(' - ', shortIds(text), sheet.width)),
    ...rest(texts.length - most, 'line', 'all in --format json', sheet),
  ];
}

/** The columns of the longest text, between `least` and `most`. */
export function widest(texts: readonly string[], least: number, most: number): number {
  const longest = Math.max(least, ...texts.map((text) => plainText(text).length));
  return Math.min(most, longest);
}

/** The mark of each posture. */
export const marks: Readonly<Record<Posture, string>> = {
  nonCompliant: '✗',
  unknown: '?',
  compliant: '✓',
};

/** From the worst to the best. */
export const postureOrder: readonly Posture[] = ['nonCompliant', 'unknown', 'compliant'];
