import { compareSeverity } from '../model/verdict.ts';
import type { VerdictReport } from './report.ts';
import { type Kept, compareText } from './table-kept.ts';
import { proofsOf } from './table-proofs.ts';
import { type Sheet, heading, rest } from './table-sheet.ts';
import { counted, fit, grouped, hang, shortIds } from './text-layout.ts';

/** A failure nobody exempted, and the name of its cluster. */
export interface Failure {
  readonly verdict: VerdictReport;
  readonly cluster: string;
}

/** So many failures are told in full at once; more get an overview first. */
export const fewFailures = 3;

/** The worst failures in full, each with its proofs. */
export function failureLines(failures: Kept<Failure>, labelWidth: number, sheet: Sheet): string[] {
  if (failures.total === 0) return [];
  const shown = failures.items();
  const remark =
    shown.length < failures.total
      ? `the worst ${grouped(shown.length)} of ${grouped(failures.total)}`
      : grouped(shown.length);
  return [
    heading(failures.total <= fewFailures ? 'FAILED' : 'IN DETAIL', remark, sheet),
    ...shown.flatMap((failure) => ['', ...oneFailure(failure, labelWidth, sheet)]),
    ...rest(
      failures.total - shown.length,
      'failure',
      'all in --format json, one cluster with --cluster <name>',
      sheet,
    ),
  ];
}

function oneFailure({ verdict, cluster }: Failure, labelWidth: number, sheet: Sheet): string[] {
  const { paint, width } = sheet;
  const mark = verdict.baselineState === 'new' ? `  ${paint('new', 'strong')}` : '';
  const label = verdict.severity.toUpperCase().padEnd(labelWidth);
  const room = width - label.length - 3;
  const name = fit(cluster, room).trimEnd();
  const title = `${paint(` ${label} `, verdict.severity)} ${paint(name, 'strong')}`;
  const fits = name.length + 2 + verdict.checkId.length + (mark === '' ? 0 : 5) <= room;
  const proofs = proofsOf(verdict, sheet);
  return [
    ...(fits
      ? [`${title}  ${verdict.checkId}${mark}`]
      : [
          title,
          `${' '.repeat(label.length + 3)}${fit(verdict.checkId, room - 5).trimEnd()}${mark}`,
        ]),
    ...hang('   ', shortIds(verdict.summary), width),
    ...proofs.slice(0, 3).flat(),
    ...(proofs.length > 3
      ? [paint(`   … and ${counted(proofs.length - 3, 'more proof')}`, 'faint')]
      : []),
    ...(verdict.missing === null
      ? []
      : hang(
          '   ? ',
          `beside it, not read: ${verdict.missing.map(({ what }) => what).join(', ')}`,
          width,
        )),
  ];
}

/** The worst first, then by cluster and check. */
export function compareFailures(a: Failure, b: Failure): number {
  return (
    compareSeverity(a.verdict.severity, b.verdict.severity) ||
    compareText(a.cluster, b.cluster) ||
    compareText(a.verdict.checkId, b.verdict.checkId)
  );
}
