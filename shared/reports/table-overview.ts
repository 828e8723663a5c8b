import { type Severity, compareSeverity, severities } from '../model/verdict.ts';
import type { VerdictReport } from './report.ts';
import { type Failure, compareFailures, fewFailures } from './table-failures.ts';
import { type Kept, compareText, keepFirst } from './table-kept.ts';
import { causeText } from './table-proofs.ts';
import { type Sheet, heading, widest } from './table-sheet.ts';
import { counted, fit, hang } from './text-layout.ts';

/** Failures of one check with one severity. */
export interface FailureGroup {
  readonly severity: Severity;
  readonly checkId: string;
  readonly failures: Kept<Failure>;
}

/** So many lines of failures fit a screen of 24 lines with the headline and what comes next. */
const overviewRoom = 14;

/** The group of the verdict, made where there is none yet. */
export function groupOf(
  groups: Map<string, FailureGroup>,
  { severity, checkId }: VerdictReport,
): FailureGroup {
  const key = `${severity} ${checkId}`;
  const found = groups.get(key);
  if (found !== undefined) return found;
  const group = { severity, checkId, failures: keepFirst(overviewRoom, compareFailures) };
  groups.set(key, group);
  return group;
}

/** Every failure on one line, by check, on as many lines as a first screen has left. */
export function overviewLines(
  groups: readonly FailureGroup[],
  total: number,
  labelWidth: number,
  next: string | undefined,
  sheet: Sheet,
): string[] {
  if (total <= fewFailures) return [];
  const { width, paint } = sheet;
  const sorted = groups.toSorted(compareGroups).slice(0, overviewRoom);
  const shares = shareRoom(sorted, overviewRoom - sorted.length);
  const blocks = sorted.map((group, index) => ({
    group,
    shown: group.failures.items().slice(0, shares[index] ?? 0),
  }));
  const indent = 4;
  const names = widest(
    blocks.flatMap(({ shown }) => shown.map(({ cluster }) => cluster)),
    8,
    width - indent,
  );
  const room = width - indent - names - 2;
  const checks = new Set(groups.map(({ checkId }) => checkId)).size;
  return [
    heading('FAILED', `${counted(total, 'verdict')} of ${counted(checks, 'check')}`, sheet),
    '',
    ...blocks.flatMap(({ group: { severity, checkId, failures }, shown }) => {
      const label = severity.toUpperCase().padEnd(labelWidth);
      const most = width - label.length - 4;
      const [only] = failures.total === 1 ? failures.items() : [];
      const some =
        shown.length > 0 && shown.length < failures.total ? `, ${shown.length} shown` : '';
      const many =
        only === undefined || shown.length > 0
          ? `${counted(failures.total, 'cluster')}${some}`
          : fit(only.cluster, Math.max(12, most - checkId.length - 1)).trimEnd();
      const check = fit(checkId, Math.min(checkId.length, most - many.length - 1)).trimEnd();
      return [
        `${paint(` ${label} `, severity)} ${paint(check, 'strong')}  ${paint(many, 'faint')}`,
        ...shown.map(({ cluster, verdict }) => {
          const cause = room < 12 ? '' : causeText(verdict, room);
          const name = fit(cluster, names);
          return `${' '.repeat(indent)}${cause === '' ? name.trimEnd() : `${name}  ${paint(cause, 'faint')}`}`;
        }),
      ];
    }),
    ...(groups.length > sorted.length
      ? [paint(` … and ${counted(groups.length - sorted.length, 'more line')}`, 'faint')]
      : []),
    ...(next === undefined
      ? []
      : ['', ...hang(' ', next, width).map((line) => paint(line, 'faint'))]),
  ];
}

/** How many clusters each group may name when all have `room` lines: the worst severities first, then in turns. */
function shareRoom(groups: readonly FailureGroup[], room: number): number[] {
  const shares = groups.map(() => 0);
  let left = room;
  for (const severity of severities) {
    for (let round = 1; round <= overviewRoom; round += 1) {
      for (const [index, group] of groups.entries()) {
        if (left > 0 && group.severity === severity && group.failures.total >= round) {
          shares[index] = round;
          left -= 1;
        }
      }
    }
  }
  return shares;
}

/** The worst severity first, then the most failures. */
export function compareGroups(a: FailureGroup, b: FailureGroup): number {
  return (
    compareSeverity(a.severity, b.severity) ||
    b.failures.total - a.failures.total ||
    compareText(a.checkId, b.checkId)
  );
}
