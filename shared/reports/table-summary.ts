import { severities } from '../model/verdict.ts';
import { isComplete } from './assemble-report.ts';
import { changeCounts } from './baseline-text.ts';
import type { Summary } from './report.ts';
import type { Audit, ScanHeader, Tail } from './scan.ts';
import { type Sheet, type Toned, flow, marks, postureOrder } from './table-sheet.ts';
import { counted, grouped, shortIds, wrap } from './text-layout.ts';

/** Source, size and moment of the audit, and how it stands. */
export function headline(audit: Audit, tail: Tail, summary: Summary, sheet: Sheet): string[] {
  const { paint, width } = sheet;
  const at = `${tail.finishedAt.slice(0, 16).replace('T', ' ')} UTC`;
  const clusters = counted(summary.clusters, 'cluster');
  const title = ['Portcullis', originOf(audit.header), clusters, at].join(' · ');
  return [
    ...wrap(title, width).map((line) => paint(line, 'strong')),
    ...(summary.clusters === 0 ? [] : ['', ...flow(postureCounts(summary), '   ', sheet)]),
    ...flow(severityCounts(summary), ' ', sheet),
    ...(tail.baseline === undefined
      ? []
      : wrap(` ${changeCounts(tail.baseline)}.`, width - 1).map((line) => ` ${line}`)),
  ];
}

/** Where an audit read, in words. */
export function originOf({ source, cloud = 'public' }: Omit<ScanHeader, 'scanId'>): string {
  if (source !== 'live') return source === 'demo' ? 'demo estate' : 'offline estate';
  if (Object.hasOwn(clouds, cloud)) return clouds[cloud] ?? '';
  const isHere = /^(?:localhost|127\.0\.0\.1|\[::1\])(?::|$)/.test(cloud);
  return isHere ? `simulated Azure at ${cloud}` : `Azure at ${cloud}`;
}

const clouds: Readonly<Record<string, string>> = {
  public: 'live Azure',
  usgov: 'live Azure Government',
  china: 'live Azure operated by 21Vianet',
};

/** How many failures there are by severity; nothing of those that have none. */
export function severityCounts({ bySeverity }: Summary): Toned[] {
  return severities
    .filter((severity) => bySeverity[severity] > 0)
    .map((severity) => ({
      text: ` ${grouped(bySeverity[severity])} ${severity.toUpperCase()} `,
      tone: severity,
    }));
}

/** How many clusters stand how. */
export function postureCounts(summary: Summary): Toned[] {
  const words = { nonCompliant: 'not compliant', unknown: 'unknown', compliant: 'compliant' };
  return postureOrder.map((posture) => ({
    text: `${marks[posture]} ${grouped(summary[posture])} ${words[posture]}`,
    tone: summary[posture] === 0 ? 'faint' : posture,
  }));
}

/**
 * How to see more: of one cluster, for example the worst, and of everything. Undefined where there is
 * but one cluster, for then this is what was asked for.
 */
export function seeMore({ clusters }: Summary, worst: string | undefined): string | undefined {
  if (clusters === 1) return undefined;
  const name = worst !== undefined && /^[\w.-]+$/.test(worst) ? worst : '<name>';
  return `Next: --cluster ${name} · everything: --format json`;
}

/** What the audit covered, and what to do next. */
export function closing(
  tail: Tail,
  summary: Summary,
  next: string | undefined,
  sheet: Sheet,
): string[] {
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
    ...wrap(costText(tail), width).map((line) => paint(line, 'faint')),
    ...(next === undefined || summary.nonCompliant + summary.unknown === 0
      ? []
      : wrap(next, width).map((line) => paint(line, 'faint'))),
  ];
}

/** How it stands, once more for the eye that is at the end of a long print. */
export function standing(summary: Summary, sheet: Sheet): string[] {
  return summary.clusters === 0
    ? []
    : [...flow(severityCounts(summary), ' ', sheet), ...flow(postureCounts(summary), '   ', sheet)];
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

/** What reading Azure took; nothing offline. */
function costText({ cost }: Tail): string {
  const parts: readonly (readonly [number, string])[] = [
    [cost.resourceGraphCalls, 'of Resource Graph'],
    [cost.armReads, 'of Resource Manager'],
    [cost.graphCalls, 'of Microsoft Graph'],
  ];
  const calls = parts
    .filter(([count]) => count > 0)
    .map(([count, where]) => `${grouped(count)} ${where}`);
  if (calls.length === 0) return '';
  const seconds = Object.values(cost.durationMs).reduce((sum, ms) => sum + ms, 0) / 1000;
  const throttled = cost.throttled === 0 ? '' : `, ${grouped(cost.throttled)} throttled`;
  return `Calls to Azure: ${calls.join(', ')}${throttled}; ${seconds.toFixed(1)} s in all.`;
}

function outOfScope({ outOfScope: items }: Tail, width: number): string[] {
  return items.length === 0
    ? []
    : wrap(
        `Out of scope: ${counted(items.length, 'resource')} (${shortIds(items[0]?.why ?? '')}).`,
        width,
      );
}
