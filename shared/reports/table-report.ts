import { type Severity, compareSeverity, severities } from '../model/verdict.ts';
import { countSummary, isComplete } from './assemble-report.ts';
import type { ReportOutcome } from './json-report.ts';
import { type Paint, type Tone, plainPaint } from './paint.ts';
import type { ClusterReport, Posture, Summary, VerdictReport } from './report.ts';
import type { Audit, Tail } from './scan.ts';
import { counted, fit, grouped, hang, plainText, wrap } from './text-layout.ts';

export interface TableOptions {
  /** Columns of the terminal; 80 where absent. Less than 60 and more than 160 are not used. */
  readonly width?: number;
  readonly paint?: Paint;
  /** How many failures are told in full, and how many lines the other lists may have. */
  readonly limit?: number;
}

interface Failure {
  readonly verdict: VerdictReport;
  readonly cluster: string;
}

/** Unknown verdicts that lack the same thing. */
interface Blank {
  readonly what: string;
  readonly why: string;
  readonly scopes: Set<string>;
  readonly checks: Set<string>;
  clusters: number;
}

interface Row {
  readonly cluster: ClusterReport;
  readonly worst: number;
  readonly fail: number;
  readonly unknown: number;
  readonly pass: number;
  readonly exempt: number;
}

interface Sheet {
  readonly width: number;
  readonly paint: Paint;
  readonly limit: number;
}

const marks: Readonly<Record<Posture, string>> = {
  nonCompliant: '✗',
  unknown: '?',
  compliant: '✓',
};
const postureOrder: readonly Posture[] = ['nonCompliant', 'unknown', 'compliant'];
const maxBlanks = 200;

/**
 * The scan report for people, line by line: what is broken first, each failure with its proof, then
 * what could not be known, then every cluster on one line, and the result once more at the end, where
 * the eye is after a long print. Only the worst of each list is kept, so memory does not grow.
 */
export async function* tableReport(
  audit: Audit,
  options: TableOptions = {},
): AsyncGenerator<string, ReportOutcome> {
  const sheet: Sheet = {
    width: Math.min(160, Math.max(60, options.width ?? 80)),
    paint: options.paint ?? plainPaint,
    limit: options.limit ?? 20,
  };
  const count = countSummary();
  const failures = keepFirst(sheet.limit, compareFailures);
  const rows = keepFirst(sheet.limit, compareRows);
  const blanks = new Map<string, Blank>();
  for await (const { clusters, verdicts } of audit.shards) {
    count.add({ clusters, verdicts });
    const byCluster = Map.groupBy(verdicts, ({ clusterId }) => clusterId);
    for (const cluster of clusters) {
      const own = byCluster.get(cluster.id) ?? [];
      rows.add(rowOf(cluster, own));
      addBlanks(blanks, own);
      for (const verdict of own) {
        if (verdict.kind === 'fail' && verdict.exempt === null) {
          failures.add({ verdict, cluster: cluster.name });
        }
      }
    }
  }
  const tail = await audit.finish();
  const summary = count.summary();
  const sections = [
    headline(audit, tail, summary, sheet),
    failureLines(failures, sheet),
    blankLines([...blanks.values()], sheet),
    clusterLines(rows, sheet),
    listLines('NOT READ', gapTexts(tail), sheet),
    listLines('ASSUMED', tail.assumptions, sheet),
    listLines('SETTINGS', tail.warnings ?? [], sheet),
    closing(tail, summary, sheet),
  ];
  const printed = sections.filter((lines) => lines.length > 0);
  for (const lines of printed) yield `${lines.join('\n')}\n${lines === printed.at(-1) ? '' : '\n'}`;
  return { summary, tail };
}

function headline(audit: Audit, tail: Tail, summary: Summary, sheet: Sheet): string[] {
  const { paint, width } = sheet;
  const origin = { live: 'live Azure', estate: 'offline estate', demo: 'demo estate' };
  const at = `${tail.finishedAt.slice(0, 16).replace('T', ' ')} UTC`;
  const clusters = counted(summary.clusters, 'cluster');
  const title = ['Portcullis', origin[audit.header.source], clusters, at].join(' · ');
  const found = severities
    .filter((severity) => summary.bySeverity[severity] > 0)
    .map((severity) => ({
      text: ` ${grouped(summary.bySeverity[severity])} ${severity.toUpperCase()} `,
      tone: severity,
    }));
  return [
    ...wrap(title, width).map((line) => paint(line, 'strong')),
    ...(summary.clusters === 0 ? [] : ['', ...flow(postureCounts(summary), '   ', sheet)]),
    ...flow(found, ' ', sheet),
  ];
}

function postureCounts(summary: Summary): Toned[] {
  const words = { nonCompliant: 'not compliant', unknown: 'unknown', compliant: 'compliant' };
  return postureOrder.map((posture) => ({
    text: `${marks[posture]} ${grouped(summary[posture])} ${words[posture]}`,
    tone: summary[posture] === 0 ? 'faint' : posture,
  }));
}

interface Toned {
  readonly text: string;
  readonly tone: Tone;
}

/** Painted pieces beside each other, on as few lines as hold them. */
function flow(pieces: readonly Toned[], between: string, { width, paint }: Sheet): string[] {
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

function failureLines(failures: Kept<Failure>, sheet: Sheet): string[] {
  if (failures.total === 0) return [];
  const shown = failures.items();
  return [
    heading('FAILED', counted(failures.total, 'check'), sheet),
    ...shown.flatMap((failure) => ['', ...oneFailure(failure, sheet)]),
    ...rest(
      failures.total - shown.length,
      'failure',
      'all in --format json, one cluster with --cluster <name>',
      sheet,
    ),
  ];
}

function oneFailure({ verdict, cluster }: Failure, sheet: Sheet): string[] {
  const { paint, width } = sheet;
  const label = verdict.severity.toUpperCase().padEnd(8);
  const room = width - label.length - 5;
  const name = fit(cluster, Math.max(12, room - verdict.checkId.length)).trimEnd();
  const title = `${paint(` ${label} `, verdict.severity)} ${paint(name, 'strong')}`;
  const told = verdict.evidence.filter(
    ({ rule, witness }) => rule !== undefined || witness !== undefined,
  );
  const proofs = [...new Set(told.map((evidence) => proofLines(evidence, sheet).join('\n')))];
  return [
    `${title}  ${fit(verdict.checkId, room - name.length).trimEnd()}`,
    ...hang('   ', verdict.summary, width),
    ...proofs.slice(0, 3),
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

function proofLines(
  { at, rule, witness, says }: VerdictReport['evidence'][number],
  { width, paint }: Sheet,
): string[] {
  const packet =
    witness === undefined
      ? []
      : hang(
          '   ▸ ',
          `${socket(witness.source, witness.sourcePort)} → ${socket(witness.destination, witness.destinationPort)} ${witness.protocol}, ${witness.direction}`,
          width,
        );
  const told =
    rule === undefined || says.includes(rule)
      ? says
      : `${rule} in ${at.slice(at.lastIndexOf('/') + 1)}: ${says}`;
  const blame = hang('     ', told, width);
  return [...packet, ...blame.map((line) => paint(line, 'faint'))];
}

function socket(address: string, port: number | null): string {
  if (port === null) return address;
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

function addBlanks(blanks: Map<string, Blank>, verdicts: readonly VerdictReport[]): void {
  const seen = new Set<Blank>();
  for (const { kind, exempt, missing, checkId } of verdicts) {
    if (kind !== 'unknown' || exempt !== null) continue;
    const lacking = missing ?? [{ what: 'something the check does not name', scope: '', why: '' }];
    for (const { what, scope, why } of lacking) {
      const key = blanks.has(what) || blanks.size < maxBlanks ? what : 'other things';
      const blank = blanks.get(key) ?? {
        what: key,
        why,
        scopes: new Set<string>(),
        checks: new Set<string>(),
        clusters: 0,
      };
      blanks.set(key, blank);
      if (blank.scopes.size < 1000 && scope !== '') blank.scopes.add(scope);
      blank.checks.add(checkId);
      if (!seen.has(blank)) blank.clusters += 1;
      seen.add(blank);
    }
  }
}

function blankLines(blanks: readonly Blank[], sheet: Sheet): string[] {
  if (blanks.length === 0) return [];
  const { width, paint, limit } = sheet;
  const sorted = [...blanks].sort((a, b) => b.clusters - a.clusters || (a.what < b.what ? -1 : 1));
  const most = Math.max(4, Math.floor(limit / 2));
  return [
    heading('UNKNOWN', 'because it could not be read', sheet),
    ...sorted.slice(0, most).flatMap((blank) => {
      const [scope = '', ...more] = blank.scopes;
      const place = scope.split('/').slice(-2).join('/');
      const where = more.length === 0 ? place : `${place} and ${grouped(more.length)} more`;
      return [
        '',
        ...hang(' ? ', `${blank.what}, on ${counted(blank.clusters, 'cluster')}`, width).map(
          (line) => paint(line, 'unknown'),
        ),
        ...hang('   ', [where, blank.why].filter((part) => part !== '').join(': '), width),
        ...hang('   needed by ', [...blank.checks].sort().join(', '), width).map((line) =>
          paint(line, 'faint'),
        ),
      ];
    }),
    ...rest(sorted.length - most, 'missing thing', 'all in --format json', sheet),
  ];
}

function rowOf(cluster: ClusterReport, verdicts: readonly VerdictReport[]): Row {
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

function clusterLines(rows: Kept<Row>, sheet: Sheet): string[] {
  if (rows.total === 0) return [];
  const { width, paint } = sheet;
  const shown = rows.items();
  const facts = width >= 120 ? 16 : 0;
  const numbers = 24;
  const wide = widest(
    shown.map(({ cluster }) => cluster.location),
    8,
    18,
  );
  const worst = 9;
  const endpoints =
    facts === 0 ? 0 : Math.min(46, width - 3 - 28 - wide - worst - facts - numbers - 6);
  const room = width - 3 - wide - worst - numbers - (facts === 0 ? 3 : 6) - facts - endpoints;
  const names = widest(
    shown.map(({ cluster }) => cluster.name),
    8,
    room,
  );
  const columns = (cells: readonly string[]) => cells.filter((cell) => cell !== '').join(' ');
  const title = columns([
    fit('', 2),
    fit('cluster', names),
    fit('location', wide),
    fit('worst', worst),
    facts === 0 ? '' : fit('API server', facts),
    facts === 0 ? '' : fit('scoring endpoints', endpoints),
    'fail unkn. pass exempt',
  ]);
  return [
    heading('CLUSTERS', grouped(rows.total), sheet),
    '',
    paint(title, 'faint'),
    ...shown.map((row) => {
      const { cluster } = row;
      const severity: Severity | undefined = severities[row.worst];
      return columns([
        paint(` ${marks[cluster.posture]}`, cluster.posture),
        fit(cluster.name, names),
        fit(cluster.location, wide),
        severity === undefined ? fit('', worst) : paint(fit(severity, worst), severity),
        facts === 0 ? '' : fit(cluster.apiServer, facts),
        facts === 0 ? '' : fit(endpointText(cluster), endpoints),
        [cell(row.fail, 4), cell(row.unknown, 5), cell(row.pass, 4), cell(row.exempt, 6)].join(' '),
      ]).trimEnd();
    }),
    ...rest(
      rows.total - shown.length,
      'cluster',
      'all in --format json, one with --cluster <name>',
      sheet,
    ),
  ];
}

function endpointText({ scoringEndpoints, unread }: ClusterReport): string {
  if (unread?.includes('scoringEndpoints') === true) return 'unknown';
  return scoringEndpoints.length === 0
    ? 'none'
    : scoringEndpoints
        .map(({ ip, visibility, ports }) => `${ip} ${visibility} ${ports.join(',')}`.trim())
        .join('; ');
}

function cell(count: number, width: number): string {
  return (count === 0 ? '·' : grouped(count)).padStart(width);
}

function gapTexts({ gaps }: Tail): string[] {
  return gaps.map(({ scope, what, why }) => `${what} (${scope}): ${why}`);
}

function listLines(title: string, texts: readonly string[], sheet: Sheet): string[] {
  if (texts.length === 0) return [];
  const most = Math.max(4, Math.floor(sheet.limit / 2));
  return [
    heading(title, grouped(texts.length), sheet),
    '',
    ...texts.slice(0, most).flatMap((text) => hang(' - ', text, sheet.width)),
    ...rest(texts.length - most, 'line', 'all in --format json', sheet),
  ];
}

function closing(tail: Tail, summary: Summary, sheet: Sheet): string[] {
  const { paint, width } = sheet;
  if (summary.clusters === 0) {
    const readable = isComplete(tail)
      ? 'No inference cluster was found, and everything could be read.'
      : 'No inference cluster was found, but not everything could be read.';
    const hint = ' To audit every AKS cluster, set "scope": { "clusters": "all" } in the settings.';
    return [
      ...wrap(readable + hint, width).map((line) => paint(line, 'strong')),
      ...outOfScope(tail, width),
    ];
  }
  const counts = Object.values(summary.byCheck);
  const sum = (of: (check: Summary['byCheck'][string]) => number) =>
    counts.reduce((total, check) => total + of(check), 0);
  const verdicts = sum((check) => check.pass + check.fail + check.unknown + check.notApplicable);
  const unknown = sum((check) => check.unknown);
  const exempt = sum((check) => check.exempt);
  const parts = [
    counted(verdicts, 'verdict'),
    ...(unknown === 0 ? [] : [`${grouped(unknown)} unknown`]),
    ...(exempt === 0 ? [] : [`${grouped(exempt)} exempt`]),
    ...(isComplete(tail) && unknown === 0 ? ['everything could be read'] : []),
    ...(isComplete(tail)
      ? []
      : [`incomplete: ${counted(tail.gaps.length, 'thing')} could not be read`]),
  ];
  return [
    paint('─'.repeat(width), 'faint'),
    ...outOfScope(tail, width),
    ...wrap(parts.join(' · '), width),
    ...flow(postureCounts(summary), '   ', sheet),
  ];
}

function outOfScope({ outOfScope: items }: Tail, width: number): string[] {
  return items.length === 0
    ? []
    : wrap(`Out of scope: ${counted(items.length, 'resource')} (${items[0]?.why ?? ''}).`, width);
}

function heading(title: string, remark: string, { paint }: Sheet): string {
  return `${paint(title, 'strong')}  ${paint(remark, 'faint')}`;
}

function rest(count: number, what: string, how: string, { width, paint }: Sheet): string[] {
  return count <= 0
    ? []
    : [
        '',
        ...hang(' … ', `and ${counted(count, `more ${what}`)}: ${how}`, width).map((line) =>
          paint(line, 'faint'),
        ),
      ];
}

function widest(texts: readonly string[], least: number, most: number): number {
  const longest = Math.max(least, ...texts.map((text) => plainText(text).length));
  return Math.min(most, longest);
}

/** The first few of a long series, in order, and how many there were. */
interface Kept<T> {
  readonly total: number;
  add(item: T): void;
  items(): readonly T[];
}

function keepFirst<T>(limit: number, compare: (a: T, b: T) => number): Kept<T> {
  let kept: T[] = [];
  let total = 0;
  return {
    get total() {
      return total;
    },
    add(item) {
      total += 1;
      kept.push(item);
      // Sorting only now and then keeps a long series linear.
      if (kept.length > 4 * limit) kept = kept.sort(compare).slice(0, limit);
    },
    items: () => kept.sort(compare).slice(0, limit),
  };
}

function compareFailures(a: Failure, b: Failure): number {
  return (
    compareSeverity(a.verdict.severity, b.verdict.severity) ||
    compareText(a.cluster, b.cluster) ||
    compareText(a.verdict.checkId, b.verdict.checkId)
  );
}

function compareRows(a: Row, b: Row): number {
  return (
    postureOrder.indexOf(a.cluster.posture) - postureOrder.indexOf(b.cluster.posture) ||
    a.worst - b.worst ||
    b.fail - a.fail ||
    compareText(a.cluster.name, b.cluster.name)
  );
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
