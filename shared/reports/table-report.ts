import { type Severity, compareSeverity, severities } from '../model/verdict.ts';
import { countSummary, isComplete } from './assemble-report.ts';
import type { ReportOutcome } from './json-report.ts';
import { type Paint, type Tone, plainPaint } from './paint.ts';
import type { ClusterReport, Posture, Summary, VerdictReport } from './report.ts';
import type { Audit, Tail } from './scan.ts';
import { counted, fit, grouped, hang, plainText, shortId, shortIds, wrap } from './text-layout.ts';

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

/** Failures of one check with one severity. */
interface FailureGroup {
  readonly severity: Severity;
  readonly checkId: string;
  readonly failures: Kept<Failure>;
}

type Proof = VerdictReport['evidence'][number];

/** Unknown verdicts that lack the same thing. */
interface Blank {
  readonly what: string;
  readonly why: string;
  readonly scopes: Set<string>;
  readonly checks: Set<string>;
  readonly firstCluster: string;
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
/** So many failures are told in full at once; more get an overview that fits a screen of 24 lines. */
const fewFailures = 3;
const overviewRoom = 14;

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
  const groups = new Map<string, FailureGroup>();
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
          const failure = { verdict, cluster: cluster.name };
          failures.add(failure);
          groupOf(groups, verdict).failures.add(failure);
        }
      }
    }
  }
  const tail = await audit.finish();
  const summary = count.summary();
  const labelWidth = Math.max(
    ...severities.map((severity) => (summary.bySeverity[severity] > 0 ? severity.length : 0)),
  );
  const worst = rows.items()[0]?.cluster.name;
  const missed = shownBlanks(blanks.values(), sheet);
  const sections = [
    headline(audit, tail, summary, sheet),
    overviewLines([...groups.values()], failures.total, labelWidth, worst, sheet),
    failureLines(failures, labelWidth, sheet),
    blankLines(missed, blanks.size, audit.header.source === 'live', sheet),
    clusterLines(rows, sheet),
    gapLines(tail, missed, sheet),
    listLines('ASSUMED', tail.assumptions, sheet),
    listLines('SETTINGS', tail.warnings ?? [], sheet),
    closing(tail, summary, worst, sheet),
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
  return [
    ...wrap(title, width).map((line) => paint(line, 'strong')),
    ...(summary.clusters === 0 ? [] : ['', ...flow(postureCounts(summary), '   ', sheet)]),
    ...flow(severityCounts(summary), ' ', sheet),
  ];
}

function severityCounts({ bySeverity }: Summary): Toned[] {
  return severities
    .filter((severity) => bySeverity[severity] > 0)
    .map((severity) => ({
      text: ` ${grouped(bySeverity[severity])} ${severity.toUpperCase()} `,
      tone: severity,
    }));
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

/** Every failure on one line, by check, on as many lines as a first screen has left. */
function overviewLines(
  groups: readonly FailureGroup[],
  total: number,
  labelWidth: number,
  example: string | undefined,
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
    '',
    ...hang(' ', seeMore(example), width).map((line) => paint(line, 'faint')),
  ];
}

/** How to see more: of one cluster, for example the worst, and of everything. */
function seeMore(cluster: string | undefined): string {
  const name = cluster !== undefined && /^[\w.-]+$/.test(cluster) ? cluster : '<name>';
  return `Next: --cluster ${name} · everything: --format json`;
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

/** What is to blame, in a few words: rule and security group, or the rule alone where both are too long. */
function causeText({ evidence }: VerdictReport, room: number): string {
  const blamed = evidence.find(({ rule }) => rule !== undefined && !isGuid(rule)) ?? evidence[0];
  if (blamed === undefined) return '';
  const place = lastSegment(blamed.at);
  if (blamed.rule === undefined || isGuid(blamed.rule))
    return fit(shortId(blamed.at), room).trimEnd();
  const both = plainText(`${blamed.rule} · ${place}`);
  return both.length <= room ? both : fit(blamed.rule, room).trimEnd();
}

function failureLines(failures: Kept<Failure>, labelWidth: number, sheet: Sheet): string[] {
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
  const label = verdict.severity.toUpperCase().padEnd(labelWidth);
  const room = width - label.length - 3;
  const name = fit(cluster, room).trimEnd();
  const title = `${paint(` ${label} `, verdict.severity)} ${paint(name, 'strong')}`;
  const fits = name.length + 2 + verdict.checkId.length <= room;
  const proofs = proofsOf(verdict, sheet);
  return [
    ...(fits
      ? [`${title}  ${verdict.checkId}`]
      : [title, ' '.repeat(label.length + 3) + fit(verdict.checkId, room).trimEnd()]),
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

/** The lines of each proof that says something which the summary or a proof before it does not. */
function proofsOf(verdict: VerdictReport, { width, paint }: Sheet): string[][] {
  const told = new Set(wordsOf(verdict.summary));
  const printed = new Set<string>();
  const isNew = (text: string) => text !== '' && !printed.has(text) && printed.add(text);
  const proofs: string[][] = [];
  for (const evidence of verdict.evidence) {
    const { rule, witness } = evidence;
    if (rule === undefined && witness === undefined) continue;
    const packet = witness === undefined ? '' : packetText(witness);
    const { rule: named, place, priority, remark } = blameOf(evidence, told);
    for (const word of wordsOf(`${named} ${place} ${priority}`)) told.add(word);
    const adds = isNews(remark, told) ? remark : '';
    const text = isNew(`${named}${place}`)
      ? [`${named}${place}${priority}`, adds].filter((part) => part !== '').join(': ')
      : adds && `${named} ${adds}`;
    for (const word of wordsOf(evidence.says)) told.add(word);
    const lines = [
      ...(isNew(packet) ? hang('   ▸ ', packet, width) : []),
      ...hang('     ', text, width).map((line) => paint(line.replaceAll(noBreak, ' '), 'faint')),
    ];
    if (lines.length > 0) proofs.push(lines);
  }
  return proofs;
}

const noBreak = '\u00A0';

interface Blame {
  /** Empty, as place and priority are, where the sentence names the rule itself. */
  readonly rule: string;
  readonly place: string;
  readonly priority: string;
  /** The rest of what the evidence says. */
  readonly remark: string;
}

function blameOf({ at, rule, says }: Proof, told: ReadonlySet<string>): Blame {
  const sentence = plainText(shortIds(says));
  const place = lastSegment(at);
  const whole = { rule: '', place: '', priority: '', remark: sentence };
  if (rule === undefined || isGuid(rule)) return whole;
  const start = `${at.includes('/routetables/') ? 'route' : 'rule'} ${rule}`;
  const isSubject = startsWith(sentence, `${start} `);
  if (sentence.includes(rule) && !isSubject) {
    const isPlaced = told.has(place) || sentence.includes(place);
    return isPlaced ? whole : { ...whole, remark: `${sentence} (${place})` };
  }
  const priority = /\bpriority (\d+)/.exec(sentence)?.[1];
  const rest = (isSubject ? sentence.slice(start.length) : sentence)
    .replace(/^ *\(?priority \d+\)?,?/, '')
    .trim();
  const own = [`of ${place}`, `in ${place}`].find((text) => startsWith(`${rest} `, `${text} `));
  return {
    rule: start,
    place: ` · ${place}`,
    priority: priority === undefined ? '' : ` · priority${noBreak}${priority}`,
    remark: (own === undefined ? rest : rest.slice(own.length)).replace(/^[\s:,]+/, ''),
  };
}

function startsWith(text: string, start: string): boolean {
  return text.toLowerCase().startsWith(start.toLowerCase());
}

/** Whether a sentence has a word that was not told yet. */
function isNews(sentence: string, told: ReadonlySet<string>): boolean {
  return wordsOf(sentence).some((word) => !told.has(word));
}

const glue = new Set(['a', 'an', 'and', 'at', 'in', 'is', 'it', 'of', 'the', 'them', 'to']);

function wordsOf(text: string): string[] {
  return plainText(text)
    .toLowerCase()
    .split(' ')
    .map((word) => word.replaceAll(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, ''))
    .filter((word) => word !== '' && !glue.has(word));
}

function packetText(witness: NonNullable<Proof['witness']>): string {
  const { source, sourcePort, destination, destinationPort, protocol, direction } = witness;
  return `${socket(source, sourcePort)} → ${socket(destination, destinationPort)} ${protocol}, ${direction}`;
}

function isGuid(text: string): boolean {
  return /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i.test(text);
}

function lastSegment(id: string): string {
  return id.slice(id.lastIndexOf('/') + 1);
}

function socket(address: string, port: number | null): string {
  if (port === null) return address;
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

function addBlanks(blanks: Map<string, Blank>, verdicts: readonly VerdictReport[]): void {
  const seen = new Set<Blank>();
  for (const { kind, exempt, missing, checkId, clusterId } of verdicts) {
    if (kind !== 'unknown' || exempt !== null) continue;
    const lacking = missing ?? [{ what: 'something the check does not name', scope: '', why: '' }];
    for (const { what, scope, why } of lacking) {
      const key = blanks.has(what) || blanks.size < maxBlanks ? what : 'other things';
      const blank = blanks.get(key) ?? {
        what: key,
        why,
        scopes: new Set<string>(),
        checks: new Set<string>(),
        firstCluster: lastSegment(clusterId),
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

/** The blanks of the most clusters, as many as are printed. */
function shownBlanks(blanks: Iterable<Blank>, { limit }: Sheet): readonly Blank[] {
  return [...blanks]
    .sort((a, b) => b.clusters - a.clusters || compareText(a.what, b.what))
    .slice(0, Math.max(4, Math.floor(limit / 2)));
}

function blankLines(
  shown: readonly Blank[],
  total: number,
  isLive: boolean,
  sheet: Sheet,
): string[] {
  if (total === 0) return [];
  const { width, paint } = sheet;
  return [
    heading('UNKNOWN', `for want of ${counted(total, 'thing')}`, sheet),
    ...shown.flatMap((blank) => {
      const { what, scopes, clusters, checks, firstCluster } = blank;
      const [scope = '', ...more] = scopes;
      const others = more.length === 0 ? '' : `and ${counted(more.length, 'place')} more`;
      const where = [placeText(scope, what), others].filter((part) => part !== '').join(' ');
      const on =
        clusters === 1 ? firstCluster : `${firstCluster} and ${grouped(clusters - 1)} more`;
      const { why, next } = whyAndNext(blank, isLive);
      return [
        '',
        ...hang(' ? ', what, width).map((line) => paint(line, 'unknown')),
        ...hang('   ', [where, shortIds(why)].filter((part) => part !== '').join(': '), width),
        ...(next === undefined ? [] : hang('   → ', next, width)),
        ...hang('   ', `${[...checks].sort().join(', ')} on ${on}`, width).map((line) =>
          paint(line, 'faint'),
        ),
      ];
    }),
    ...rest(total - shown.length, 'missing thing', 'all in --format json', sheet),
  ];
}

/** Where a scope lies, without what `what` says already: `networksecuritygroups/nsg-1 in rg-net`. */
function placeText(scope: string, what: string): string {
  const group = /\/resourcegroups\/([^/]+)(\/)?/i.exec(scope);
  // A whole collection, such as all management groups, is named by `what`.
  if (/^\/providers\/[^/]+\/[^/]+$/.test(scope)) return '';
  const name = lastSegment(scope);
  if (group !== null && group[2] === undefined) return `in ${name}`;
  const own = name === '' || what.split(' ').includes(name) ? '' : shortId(scope);
  return [own, ...(group === null ? [] : [`in ${group[1] ?? ''}`])]
    .filter((part) => part !== '')
    .join(' ');
}

/** Why it is missing, and what a person can do so that the next scan knows, where that can be told. */
function whyAndNext({ what, why }: Blank, isLive: boolean): { why: string; next?: string } {
  const condition = /^(.*); (if .*)$/.exec(why);
  if (condition !== null) return { why: condition[1] ?? '', next: condition[2] ?? '' };
  const found = nextSteps.find(([text]) => text.test(`${what}: ${why}`));
  return found === undefined ? { why } : { why, next: isLive ? found[2] : found[1] };
}

/** What a missing thing reads like, and what to do about it offline and live. */
const nextSteps: readonly (readonly [RegExp, string, string])[] = [
  [
    /members of application security group/,
    'export the group and the network interfaces in it too',
    'let the reader see the group and the network interfaces in it',
  ],
  [
    /service tag list/,
    'export the service tag list too (microsoft.network/servicetags)',
    'let the reader list the service tags',
  ],
  [
    /members of the group|is a group/,
    'export the group and its members too (microsoft.graph/groups)',
    'let the reader see the group in Microsoft Graph',
  ],
  [
    /Microsoft Graph/,
    'export the service principal too (microsoft.graph/serviceprincipals)',
    'let the reader see the service principal in Microsoft Graph',
  ],
  [
    /a gateway, a route or a peering widens/,
    'name the networks behind gateways in onPremises; what they do not hold is then certain',
    'name the networks behind gateways in onPremises; what they do not hold is then certain',
  ],
  [
    /no load balancer that was read/,
    'export the load balancers of this resource group too',
    'let the reader see the load balancers of this resource group',
  ],
  [
    /not among the rows|was read\b|refers to it/,
    'export it too',
    "let the reader's identity see it",
  ],
];

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

/** What was not read, without what stands under UNKNOWN already. */
function gapLines({ gaps }: Tail, told: readonly Blank[], sheet: Sheet): string[] {
  const names = new Set(told.map(({ what }) => what));
  const others = gaps.filter(({ what }) => !names.has(what));
  const known = gaps.length - others.length;
  const remark = known === 0 ? '' : `, ${grouped(known)} of them under UNKNOWN`;
  if (gaps.length === 0) return [];
  if (others.length === 0) {
    return [heading('NOT READ', `${grouped(gaps.length)}, named under UNKNOWN`, sheet)];
  }
  const texts = others.map(({ scope, what, why }) => {
    const place = placeText(scope, what);
    return `${what}${place === '' ? '' : ` (${place})`}: ${why}`;
  });
  return listLines('NOT READ', texts, sheet, `${grouped(gaps.length)}${remark}`);
}

function listLines(
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

function closing(tail: Tail, summary: Summary, worst: string | undefined, sheet: Sheet): string[] {
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
  return [
    paint('─'.repeat(width), 'faint'),
    ...outOfScope(tail, width),
    ...wrap(`${verdictCounts(summary)}.`, width),
    ...wrap(readText(tail, summary), width),
    ...(summary.nonCompliant + summary.unknown === 0
      ? []
      : wrap(seeMore(worst), width).map((line) => paint(line, 'faint'))),
    ...flow(severityCounts(summary), ' ', sheet),
    ...flow(postureCounts(summary), '   ', sheet),
  ];
}

/** How the verdicts divide; the parts sum up to the whole. */
function verdictCounts({ byCheck, bySeverity }: Summary): string {
  const counts = Object.values(byCheck);
  const sum = (of: (check: Summary['byCheck'][string]) => number) =>
    counts.reduce((total, check) => total + of(check), 0);
  const failed = severities.reduce((total, severity) => total + bySeverity[severity], 0);
  const exempt = sum((check) => check.exempt);
  const exemptFailures = sum((check) => check.fail) - failed;
  const parts: readonly (readonly [number, string])[] = [
    [failed, 'failed'],
    [sum((check) => check.unknown) - (exempt - exemptFailures), 'unknown'],
    [exempt, 'exempt'],
    [sum((check) => check.pass), 'passed'],
    [sum((check) => check.notApplicable), 'not applicable'],
  ];
  const all = sum((check) => check.pass + check.fail + check.unknown + check.notApplicable);
  const told = parts
    .filter(([count]) => count > 0)
    .map(([count, what]) => `${grouped(count)} ${what}`);
  return `${counted(all, 'verdict')}: ${told.length === 0 ? 'none' : told.join(', ')}`;
}

function readText(tail: Tail, { byCheck }: Summary): string {
  if (!isComplete(tail))
    return `Incomplete: ${counted(tail.gaps.length, 'thing')} could not be read.`;
  const unknown = Object.values(byCheck).some((check) => check.unknown > 0);
  return unknown ? '' : 'Everything could be read.';
}

function outOfScope({ outOfScope: items }: Tail, width: number): string[] {
  return items.length === 0
    ? []
    : wrap(
        `Out of scope: ${counted(items.length, 'resource')} (${shortIds(items[0]?.why ?? '')}).`,
        width,
      );
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

function groupOf(
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

function compareGroups(a: FailureGroup, b: FailureGroup): number {
  return (
    compareSeverity(a.severity, b.severity) ||
    b.failures.total - a.failures.total ||
    compareText(a.checkId, b.checkId)
  );
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
