import { compareSeverity, severities, verdictKinds } from '../model/verdict.ts';
import {
  accessLine,
  drawAccess,
  drawPath,
  markOf,
  marked,
  missingText,
  pathLine,
} from './explain-drawing.ts';
import { distinctMissing, factLines } from './explain-known.ts';
import type {
  ExplainedAccess,
  ExplainedNeed,
  ExplainedPath,
  ExplainedVerdict,
  Explanation,
} from './explanation.ts';
import { type Paint, plainPaint } from './paint.ts';
import { commandLines } from './command-lines.ts';
import { causeText, proofsOf } from './table-proofs.ts';
import { type Sheet, type Toned, flow, heading, listLines, marks, rest } from './table-sheet.ts';
import { whyAndNext } from './table-unknowns.ts';
import { counted, fit, hang, plainText, shortIds, wrap } from './text-layout.ts';

export interface ExplanationTextOptions {
  /** Columns of the terminal. Less than 60 and more than 160 are not used. */
  readonly width: number;
  readonly paint?: Paint;
}

/** So many ways are drawn; the others are counted. */
const mostPaths = 6;

/** The explanation for people: what is known, the ways in pictures, every verdict. */
export function explanationText(explanation: Explanation, options: ExplanationTextOptions): string {
  const sheet: Sheet = {
    width: Math.min(160, Math.max(60, options.width)),
    paint: options.paint ?? plainPaint,
    limit: 20,
  };
  const sections = [
    headLines(explanation, sheet),
    factLines(explanation, sheet),
    inboundLines(explanation, sheet),
    outboundLines(explanation, sheet),
    accessLines(explanation, sheet),
    verdictLines(explanation, sheet),
    listLines('ASSUMED', explanation.assumptions, sheet),
  ].filter((lines) => lines.length > 0);
  return `${sections.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

const origins = { live: 'live Azure', estate: 'offline estate', demo: 'demo estate' };
const postures = {
  nonCompliant: 'not compliant',
  unknown: 'unknown',
  compliant: 'compliant',
};

function headLines({ source, explainedAt, cluster, verdicts }: Explanation, sheet: Sheet) {
  const at = `${explainedAt.slice(0, 16).replace('T', ' ')} UTC`;
  const title = ['Portcullis', origins[source], plainText(cluster.name), at].join(' · ');
  const failing = verdicts.filter(({ kind, exempt }) => kind === 'fail' && exempt === null);
  const counts = severities.flatMap((severity): Toned[] => {
    const count = failing.filter((one) => one.severity === severity).length;
    return count === 0 ? [] : [{ text: ` ${count} ${severity.toUpperCase()} `, tone: severity }];
  });
  const standing = {
    text: `${marks[cluster.posture]} ${postures[cluster.posture]}`,
    tone: cluster.posture,
  };
  return [
    ...wrap(title, sheet.width).map((line) => sheet.paint(line, 'strong')),
    '',
    ...flow([standing, ...counts], '  ', sheet),
  ];
}

function inboundLines({ inbound, facts }: Explanation, sheet: Sheet): string[] {
  const title = heading('CALLERS → SCORING ENDPOINT', '', sheet).trimEnd();
  if (inbound.length > 0) return [title, ...pathBlocks(inbound, sheet)];
  const { callers } = facts.settings;
  const isAsked = callers.kind !== 'none';
  const says = isAsked
    ? 'No scoring endpoint: nothing on this cluster is called from outside.'
    : 'The settings say that nobody calls from outside the network.';
  return [title, '', ...marked('·', 'faint', says, sheet)];
}

const order: readonly ExplainedPath['verdict'][] = ['denied', 'partial', 'unknown', 'allowed'];

/** The worst ways first, each drawn. */
function pathBlocks(paths: readonly ExplainedPath[], sheet: Sheet): string[] {
  const sorted = paths.toSorted((a, b) => order.indexOf(a.verdict) - order.indexOf(b.verdict));
  return [
    ...sorted.slice(0, mostPaths).flatMap((path) => ['', ...drawPath(path, sheet)]),
    ...rest(sorted.length - mostPaths, 'way', 'all in --format json', sheet),
  ];
}

function outboundLines({ outbound, restriction, needs }: Explanation, sheet: Sheet): string[] {
  if (outbound.length === 0) return [];
  const free = outbound.filter((path) => markOf(path).sign === '✓');
  const others = outbound.filter((path) => markOf(path).sign !== '✓');
  const [some, more] = [free.slice(0, 12), free.length - 12];
  return [
    heading('NODES AND PODS → OUTSIDE', '', sheet).trimEnd(),
    ...(others.length === 0 ? [] : pathBlocks(others, sheet)),
    ...(some.length === 0 ? [] : ['', ...some.flatMap((path) => pathLine(path, sheet))]),
    ...rest(more, 'way', 'all in --format json', sheet),
    ...(restriction === 'none' ? [] : needLines(needs, restriction, sheet)),
  ];
}

const needMarks = {
  pass: ['✓', 'compliant'],
  fail: ['✗', 'nonCompliant'],
  unknown: ['?', 'unknown'],
  notApplicable: ['·', 'faint'],
} as const;

function needLines(
  needs: readonly ExplainedNeed[],
  restriction: Explanation['restriction'],
  sheet: Sheet,
): string[] {
  const is = restriction === 'certain' ? 'is' : 'may be';
  const optional = needs.filter(({ isOptional }) => isOptional);
  return [
    '',
    ...wrap(`Outbound ${is} restricted. What must be reached all the same:`, sheet.width),
    '',
    ...needRows(
      needs.filter(({ isOptional }) => !isOptional),
      sheet,
    ),
    ...(optional.length === 0
      ? []
      : ['', 'And what some features need:', '', ...needRows(optional, sheet)]),
  ];
}

function needRows(needs: readonly ExplainedNeed[], { width, paint }: Sheet): string[] {
  const longest = Math.max(...needs.map(({ what }) => plainText(what).length));
  const column = Math.min(46, Math.max(20, longest));
  const room = width - column - 5;
  return needs.map((need) => {
    const [sign, tone] = needMarks[need.kind];
    const why = need.kind === 'unknown' ? (need.missing[0]?.what ?? '') : causeText(need, room);
    const cause = paint(fit(shortIds(why), room).trimEnd(), 'faint');
    return ` ${paint(sign, tone)} ${fit(need.what, column)}  ${cause}`.trimEnd();
  });
}

const identities = {
  servicePrincipal: 'service principal',
  systemAssigned: 'system-assigned identity',
  userAssigned: 'user-assigned identity',
};

function accessLines({ access, facts }: Explanation, sheet: Sheet): string[] {
  const title = heading('IDENTITY → ROLE → SCOPE', '', sheet).trimEnd();
  if (!facts.identity.known) {
    const missing = facts.identity.missing.flatMap((one) =>
      marked('?', 'unknown', missingText(one), sheet),
    );
    return [title, '', ...missing];
  }
  if (access.length === 0) return [];
  const { kind, principalId } = facts.identity.value;
  const drawn = (one: ExplainedAccess): boolean => one.why === 'guidance';
  const lines = access.filter((one) => !drawn(one));
  const who = `${identities[kind]} ${principalId}`;
  return [
    title,
    ...access.filter(drawn).flatMap((one) => ['', ...drawAccess(one, who, sheet)]),
    ...(lines.length === 0 ? [] : ['', ...lines.flatMap((one) => accessLine(one, sheet))]),
  ];
}

function verdictLines({ verdicts, source }: Explanation, sheet: Sheet): string[] {
  const sorted = verdicts.toSorted(
    (a, b) =>
      verdictKinds.indexOf(a.kind) - verdictKinds.indexOf(b.kind) ||
      (a.kind === 'fail' ? compareSeverity(a.severity, b.severity) : 0),
  );
  return [
    heading('VERDICTS', String(verdicts.length), sheet),
    ...sorted.flatMap((verdict, index) => {
      const isQuiet = verdict.kind === 'pass' || verdict.kind === 'notApplicable';
      const follows = verdict.kind === sorted[index - 1]?.kind;
      const lines = oneVerdict(verdict, source === 'live', sheet);
      return isQuiet && follows ? lines : ['', ...lines];
    }),
  ];
}

function oneVerdict(verdict: ExplainedVerdict, isLive: boolean, sheet: Sheet): string[] {
  const { paint, width } = sheet;
  const [sign, tone] = needMarks[verdict.kind];
  const proofs = proofsOf(verdict, sheet, verdict.fix?.commands);
  const shown = verdict.kind === 'pass' || verdict.kind === 'notApplicable' ? 1 : 5;
  const label =
    verdict.kind === 'fail'
      ? ` ${paint(` ${verdict.severity.toUpperCase()} `, verdict.severity)} `
      : ' ';
  return [
    ` ${paint(sign, tone)}${label}${paint(verdict.checkId, 'strong')}`,
    ...exemptLines(verdict, sheet),
    ...hang('   ', shortIds(verdict.summary), width),
    ...proofs.slice(0, shown).flat(),
    ...(proofs.length > shown
      ? [paint(`     … and ${counted(proofs.length - shown, 'more proof')}`, 'faint')]
      : []),
    ...distinctMissing(verdict.missing ?? []).flatMap((one) => missingLines(one, isLive, sheet)),
    ...fixLines(verdict, sheet),
  ];
}

function exemptLines({ exempt }: ExplainedVerdict, { width, paint }: Sheet): string[] {
  if (exempt === null) return [];
  const until = exempt.expiresOn === null ? 'for good' : `until ${exempt.expiresOn}`;
  const by = exempt.approvedBy === null ? '' : `, approved by ${exempt.approvedBy}`;
  return hang('   ', `exempt ${until}: ${exempt.reason}${by}`, width).map((line) =>
    paint(line, 'faint'),
  );
}

function missingLines(
  missing: NonNullable<ExplainedVerdict['missing']>[number],
  isLive: boolean,
  { width, paint }: Sheet,
): string[] {
  const { why, next } = whyAndNext(missing, isLive);
  return [
    ...hang('   ? ', missingText({ ...missing, why }), width).map((line) => paint(line, 'unknown')),
    ...(next === undefined ? [] : hang('     → ', next, width)),
  ];
}

/** What to do: the command where one is known, else the check's advice. */
function fixLines({ kind, fix, advice, checkId }: ExplainedVerdict, sheet: Sheet): string[] {
  const { width } = sheet;
  if (kind !== 'fail') return [];
  const says = fix?.says ?? `${advice} (docs/checks/${checkId}.md)`;
  return [
    ...hang('   → ', says, width),
    ...(fix?.commands ?? []).flatMap((command) => ['', ...commandLines(command, width - 5)]),
  ];
}
