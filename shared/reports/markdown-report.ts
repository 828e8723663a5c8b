import { severities } from '../model/verdict.ts';
import { isComplete } from './assemble-report.ts';
import { changeCounts } from './baseline-text.ts';
import { gatherReport, type Gathered } from './gather-report.ts';
import type { ReportOutcome } from './json-report.ts';
import { clipped, markdownText } from './markdown-text.ts';
import { missingText, proofText } from './proof-text.ts';
import type { Posture } from './report.ts';
import type { Audit } from './scan.ts';
import type { Failure } from './table-failures.ts';
import { compareGroups } from './table-overview.ts';
import { marks } from './table-sheet.ts';
import { originOf, postureCounts, severityCounts } from './table-summary.ts';
import { shownBlanks } from './table-unknowns.ts';
import { counted, grouped } from './text-layout.ts';

/** A comment on a pull request holds 65,536 characters at most, a job summary 1 MiB. */
const mostCharacters = 60_000;
/** Of one text; the whole stands in JSON. */
const mostOfText = 600;

/** A piece of the page: shown in full, as far as there is room, or not at all. */
interface Section {
  /** Beside how much is shown, where not everything is. */
  readonly title: string;
  /** Whether it opens only when somebody asks for it. */
  readonly folded: boolean;
  /** What comes before the items, such as the head of a table. */
  readonly head: readonly string[];
  readonly items: readonly string[];
  /** How many there are; the items may be the first of them. */
  readonly total: number;
}

/**
 * The report as GitHub Flavored Markdown, for a comment on a pull request or the summary of a job: how
 * it stands, the worst failures on a line each, and folded below that the proofs, what is unknown and
 * why, the clusters, and what could not be read. Lists are cut so that the whole fits a comment, and
 * say so. Texts of the estate are shown as they are and mean nothing as Markdown.
 */
export async function* markdownReport(
  audit: Audit,
  sourceOf: (checkId: string) => string | undefined,
): AsyncGenerator<string, ReportOutcome> {
  const gathered = await gatherReport(audit, 50);
  const { tail, summary } = gathered;
  const top = opening(audit, gathered);
  let room = mostCharacters - top.length;
  yield top;
  for (const section of sectionsOf(audit, gathered, sourceOf)) {
    // No section takes the room of all that come after it.
    const text = sectionText(section, room / 2);
    room -= text.length;
    yield text;
  }
  return { summary, tail };
}

function opening(audit: Audit, { tail, summary }: Gathered): string {
  const { clusters, nonCompliant, unknown } = summary;
  const worst: Posture = nonCompliant > 0 ? 'nonCompliant' : unknown > 0 ? 'unknown' : 'compliant';
  const says = {
    nonCompliant: `${grouped(nonCompliant)} of ${counted(clusters, 'cluster')} not compliant`,
    unknown: `${grouped(unknown)} of ${counted(clusters, 'cluster')} cannot be judged`,
    compliant: `${counted(clusters, 'cluster')} compliant`,
  };
  const title =
    clusters === 0 ? 'no inference cluster was found' : `${marks[worst]} ${says[worst]}`;
  const at = `${tail.finishedAt.slice(0, 16).replace('T', ' ')} UTC`;
  const counts = [...postureCounts(summary), ...severityCounts(summary)].map(({ text }) =>
    text.trim(),
  );
  const lines = [
    `## Portcullis: ${title}`,
    ...(clusters === 0 ? [] : [counts.join(' · ')]),
    ...(tail.baseline === undefined ? [] : [`**${changeCounts(tail.baseline)}**`]),
    ...(isComplete(tail)
      ? []
      : [
          `**Incomplete**: ${counted(tail.gaps.length, 'thing')} could not be read; what was not read proves nothing.`,
        ]),
    `${markdownText(originOf(audit.header))} · ${at}`,
  ];
  return `${lines.join('\n\n')}\n`;
}

function sectionsOf(
  audit: Audit,
  { failures, groups, rows, blanks, tail }: Gathered,
  sourceOf: (checkId: string) => string | undefined,
): readonly Section[] {
  const shown = failures.items();
  const link = (checkId: string) => checkLink(checkId, sourceOf(checkId));
  const missed = shownBlanks(blanks.values(), { limit: 100 });
  return [
    {
      title: 'Failures',
      folded: false,
      head: ['| severity | cluster | check | what to do |', '| --- | --- | --- | --- |'],
      items: shown
        .filter(({ verdict }) => verdict.severity !== 'info')
        .slice(0, 20)
        .map((failure) => failureRow(failure, link)),
      total: groups
        .filter(({ severity }) => severity !== 'info')
        .reduce((sum, group) => sum + group.failures.total, 0),
    },
    {
      title: 'Failures by check',
      folded: true,
      head: ['| severity | check | failures | clusters |', '| --- | --- | ---: | --- |'],
      items: groups.toSorted(compareGroups).map(({ severity, checkId, failures: own }) => {
        const names = own.items().slice(0, 5);
        const more = own.total - names.length;
        const listed = names.map(({ cluster }) => text(cluster, 80)).join(', ');
        return `| ${severity} | ${link(checkId)} | ${grouped(own.total)} | ${listed}${more > 0 ? ` and ${grouped(more)} more` : ''} |`;
      }),
      total: groups.length,
    },
    {
      title: 'Proofs',
      folded: true,
      head: [],
      items: shown.map(proofBlock),
      total: failures.total,
    },
    {
      title: 'Unknown for want of',
      folded: true,
      head: [],
      items: missed.map(({ what, why, clusters, checks }) => {
        const on = `${counted(clusters, 'cluster')}, ${[...checks].toSorted().join(', ')}`;
        return `- ${text(what)}: ${text(why)} (${markdownText(on)})`;
      }),
      total: blanks.size,
    },
    {
      title: 'Fixed or not seen since the baseline',
      folded: true,
      head: [],
      items: (tail.baseline?.absent ?? []).map(
        ({ state, checkId, clusterId, because }) =>
          `- ${state === 'fixed' ? 'fixed' : 'not seen'}: ${text(checkId)} on ${text(clusterId)}, for ${text(because)}`,
      ),
      total: tail.baseline?.absent.length ?? 0,
    },
    {
      title: 'Clusters',
      folded: true,
      head: [
        '| | cluster | location | worst | fail | unknown | pass | exempt |',
        '| --- | --- | --- | --- | ---: | ---: | ---: | ---: |',
      ],
      items: rows.items().map((row) => {
        const { cluster, worst, fail, unknown, pass, exempt } = row;
        const counts = [fail, unknown, pass, exempt].map(grouped).join(' | ');
        return `| ${marks[cluster.posture]} | ${text(cluster.name, 80)} | ${text(cluster.location, 40)} | ${severities[worst] ?? ''} | ${counts} |`;
      }),
      total: rows.total,
    },
    {
      title: 'Not read',
      folded: true,
      head: [],
      items: tail.gaps.map((gap) => `- ${text(missingText(gap))}`),
      total: tail.gaps.length,
    },
    {
      title: 'Assumed',
      folded: true,
      head: [],
      items: tail.assumptions.map((assumption) => `- ${text(assumption)}`),
      total: tail.assumptions.length,
    },
    {
      title: 'Remarks on the settings',
      folded: true,
      head: [],
      items: (tail.warnings ?? []).map((warning) => `- ${text(warning)}`),
      total: tail.warnings?.length ?? 0,
    },
  ];
}

function failureRow(
  { verdict: { severity, checkId, summary, baselineState }, cluster }: Failure,
  link: (checkId: string) => string,
): string {
  const state = baselineState === 'new' ? ' **new**' : '';
  return `| ${severity}${state} | ${text(cluster, 80)} | ${link(checkId)} | ${text(summary)} |`;
}

function proofBlock({ verdict, cluster }: Failure): string {
  const { severity, checkId, summary, evidence, missing } = verdict;
  const lines = [
    ...evidence.slice(0, 5).map((proof) => text(proofText(proof))),
    ...(evidence.length > 5 ? [`… and ${counted(evidence.length - 5, 'more proof')}`] : []),
    ...(missing ?? []).slice(0, 5).map((one) => `not read: ${text(missingText(one))}`),
  ];
  return [
    `- **${severity}** ${text(cluster, 80)}, ${text(checkId, 80)}: ${text(summary)}`,
    ...lines.map((line) => `  - ${line}`),
  ].join('\n');
}

/** The section with as many items as there is room for; nothing where it has none. */
function sectionText({ title, folded, head, items, total }: Section, room: number): string {
  if (total === 0 || items.length === 0) return '';
  // Beside the items: title, markup, and the line that says what is left out.
  let left = room - head.join('\n').length - 250;
  const shown: string[] = [];
  for (const item of items) {
    left -= item.length + 1;
    if (left < 0) break;
    shown.push(item);
  }
  if (shown.length === 0) return '';
  const remark =
    shown.length === total ? grouped(total) : `${grouped(shown.length)} of ${grouped(total)}`;
  const body = [...head, ...shown].join('\n');
  const rest =
    shown.length === total
      ? ''
      : `\n\n… and ${grouped(total - shown.length)} more: all in --format json`;
  return folded
    ? `\n<details><summary>${title} (${remark})</summary>\n\n${body}${rest}\n\n</details>\n`
    : `\n### ${title} (${remark})\n\n${body}${rest}\n`;
}

/** A check by its id, with a link to the guidance it comes from. */
function checkLink(checkId: string, source: string | undefined): string {
  return source === undefined ? text(checkId, 80) : `[${text(checkId, 80)}](${source})`;
}

function text(of: string, most = mostOfText): string {
  return markdownText(clipped(of, most));
}
