import type { Posture } from './report.ts';
import type { Severity } from '../model/verdict.ts';

/** How text is made to stand out; widths never change. */
export type Tone = Severity | Posture | 'strong' | 'faint';
export type Paint = (text: string, tone: Tone) => string;

/** Leaves the text as it is. */
export const plainPaint: Paint = (text) => text;

const codes: Readonly<Record<Tone, string>> = {
  critical: '1;97;41',
  high: '1;31',
  medium: '33',
  low: '36',
  info: '2',
  compliant: '32',
  nonCompliant: '1;31',
  unknown: '35',
  strong: '1',
  faint: '2',
};

/** Colours for terminals (ANSI, sixteen colours, so that the reader's own theme decides). */
export const ansiPaint: Paint = (text, tone) =>
  text === '' ? '' : `\u001B[${codes[tone]}m${text}\u001B[0m`;
