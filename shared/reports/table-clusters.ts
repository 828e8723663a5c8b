import { severities } from '../model/verdict.ts';
import type { Tone } from './paint.ts';
import type { ClusterReport, VerdictReport } from './report.ts';
import { type Kept, compareText } from './table-kept.ts';
import { type Sheet, heading, marks, postureOrder, rest, widest } from './table-sheet.ts';
import { fit, grouped } from './text-layout.ts';

/** A cluster and how its verdicts divide. */
export interface Row {
  readonly cluster: ClusterReport;
  /** Index of its worst severity; their number where nothing failed. */
  readonly worst: number;
  readonly fail: number;
  readonly unknown: number;
  readonly pass: number;
  readonly exempt: number;
}

/** The row of a cluster with its own verdicts; exempt ones are counted apart. */
export function rowOf(cluster: ClusterReport, verdicts: readonly VerdictReport[]): Row {
  const counts = { fail: 0, unknown: 0, pass: 0, notApplicable: 0 };
  let worst: number = severities.length;
  let exempt = 0;
  for (const verdict of verdicts) {
    if (verdict.exempt !== null) {
      exempt += 1;
      continue;
    }
    counts[verdict.kind] += 1;
    if (verdict.kind === 'fail') worst = Math.min(worst, severities.indexOf(verdict.severity));
  }
  return { cluster, worst, exempt, fail: counts.fail, unknown: counts.unknown, pass: counts.pass };
}

/** The worst first. */
export function compareRows(a: Row, b: Row): number {
  return (
    postureOrder.indexOf(a.cluster.posture) - postureOrder.indexOf(b.cluster.posture) ||
    a.worst - b.worst ||
    b.fail - a.fail ||
    compareText(a.cluster.name, b.cluster.name)
  );
}

/** One line per cluster, in the columns that fit. */
export function clusterLines(rows: Kept<Row>, sheet: Sheet): string[] {
  if (rows.total === 0) return [];
  const { width, paint } = sheet;
  const shown = rows.items();
  const columns = clusterColumns(shown, width);
  const line = (texts: readonly string[]) => texts.join('  ').trimEnd();
  const cells = (row: Row) =>
    columns.map(({ text, tone, size, toRight }) => {
      const cut = fit(text(row), size);
      const placed = toRight === true ? cut.trimEnd().padStart(size) : cut;
      const toned = tone?.(row);
      return toned === undefined ? placed : paint(placed, toned);
    });
  const titles = columns.map(({ title, size, toRight }) =>
    toRight === true ? title.padStart(size) : title.padEnd(size),
  );
  return [
    heading('CLUSTERS', grouped(rows.total), sheet),
    '',
    paint(`   ${line(titles)}`, 'faint'),
    ...shown.map((row) => {
      const { posture } = row.cluster;
      return ` ${paint(marks[posture], posture)} ${line(cells(row))}`;
    }),
    ...rest(
      rows.total - shown.length,
      'cluster',
      'all in --format json, one with --cluster <name>',
      sheet,
    ),
  ];
}

interface Column {
  readonly title: string;
  readonly text: (row: Row) => string;
  readonly tone?: (row: Row) => Tone | undefined;
  readonly toRight?: boolean;
  /** The order in which columns go where there is no room: the highest first, 0 never. */
  readonly spare: number;
  readonly size: number;
}

/** The columns that fit; a name is cut only where nothing else is left to drop. */
function clusterColumns(rows: readonly Row[], width: number): readonly Column[] {
  const wide = (column: Omit<Column, 'size'>, most = 63): Column => ({
    ...column,
    size: widest(rows.map(column.text), column.title.length, most),
  });
  const count = (title: string, spare: number, of: (row: Row) => number): Column =>
    wide({
      title,
      spare,
      toRight: true,
      text: (row) => (of(row) === 0 ? '·' : grouped(of(row))),
    });
  const all = [
    wide({ title: 'cluster', spare: 0, text: ({ cluster }) => cluster.name }),
    wide({ title: 'location', spare: 5, text: ({ cluster }) => cluster.location }),
    wide({
      title: 'worst',
      spare: 3,
      text: ({ worst }) => severities[worst] ?? '',
      tone: ({ worst }) => severities[worst],
    }),
    wide({ title: 'API server', spare: 7, text: ({ cluster }) => cluster.apiServer }),
    wide(
      { title: 'scoring endpoints', spare: 6, text: ({ cluster }) => endpointText(cluster) },
      46,
    ),
    count('fail', 0, ({ fail }) => fail),
    count('unknown', 1, ({ unknown }) => unknown),
    count('pass', 4, ({ pass }) => pass),
    ...(rows.some(({ exempt }) => exempt > 0) ? [count('exempt', 2, ({ exempt }) => exempt)] : []),
  ];
  const room = width - 3;
  const sizeOf = (columns: readonly Column[]) =>
    columns.reduce((sum, { size }) => sum + size + 2, -2);
  let kept = all;
  for (let spare = 7; spare > 0 && sizeOf(kept) > room; spare -= 1) {
    kept = kept.filter((column) => column.spare !== spare);
  }
  const excess = sizeOf(kept) - room;
  return excess <= 0
    ? kept
    : kept.map((column, index) =>
        index === 0 ? { ...column, size: column.size - excess } : column,
      );
}

function endpointText({ scoringEndpoints, unread }: ClusterReport): string {
  if (unread?.includes('scoringEndpoints') === true) return 'unknown';
  return scoringEndpoints.length === 0
    ? 'none'
    : scoringEndpoints
        .map(({ ip, visibility, ports }) => `${ip} ${visibility} ${ports.join(',')}`.trim())
        .join('; ');
}
