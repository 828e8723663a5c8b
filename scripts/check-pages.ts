import type { Check } from '../shared/model/check.ts';

/** What the pages need of a check. */
export type DocumentedCheck = Omit<Check<never>, 'evaluate'>;

/** What the pages need of a case; the case's facts stay in its own file. */
export interface DocumentedCase {
  readonly name: string;
  readonly expect: string;
  readonly severity?: string;
}

const remediations: Readonly<Record<DocumentedCheck['remediation'], string>> = {
  automatic: 'automatic: the service may do it by itself',
  approval: 'after approval: the service does it once somebody has agreed',
  snippet: 'by hand: the finding brings the commands',
  none: 'none: it cannot be changed in place',
};

/** The page of one check. */
export function checkPage(check: DocumentedCheck, cases: readonly DocumentedCase[]): string {
  return `${[
    `# ${check.title}`,
    table(
      ['', ''],
      [
        ['Id', `\`${check.id}\``],
        ['Severity', check.severity],
        ['Verdicts', check.kinds.join(', ')],
        ['Applies to', check.appliesTo.map(computeName).join(', ')],
        ['Remediation', remediations[check.remediation]],
      ],
    ),
    check.description,
    '## When it fails',
    check.advice,
    '## Examples',
    'Each line is a test of the check.',
    table(
      ['Situation', 'Verdict'],
      cases.map(({ name, expect, severity }) => [
        name,
        severity === undefined ? expect : `${expect} (${severity})`,
      ]),
    ),
    '## Source',
    sourceText(check.source),
  ].join('\n\n')}\n`;
}

/** The list of all checks. */
export function checkIndex(catalogue: readonly DocumentedCheck[]): string {
  return `${[
    '# Checks',
    'Ids are never renamed and never reused. `portcullis checks --format json` prints the same list for scripts.',
    table(
      ['Check', 'True when it passes', 'Severity', 'Remediation'],
      catalogue.map(({ id, title, severity, remediation }) => [
        `[${id}](${id}.md)`,
        title,
        severity,
        remediation,
      ]),
    ),
  ].join('\n\n')}\n`;
}

function computeName(type: DocumentedCheck['appliesTo'][number]): string {
  return type === 'AKS' ? '`AKS` compute (v1)' : '`Kubernetes` compute (v2)';
}

function sourceText(source: string): string {
  return /^https?:\/\/\S+$/.test(source) ? `<${source}>` : source;
}

/** A Markdown table, columns padded so that the file reads well as text too. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, ...rows].map((cells) => cells.map((text) => oneLine(text)));
  const widths = head.map((_, column) =>
    Math.max(3, ...lines.map((cells) => cells[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]) =>
    `| ${cells.map((text, column) => text.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
  const [first = [], ...others] = lines;
  return [line(first), rule, ...others.map(line)].join('\n');
}

function oneLine(text: string): string {
  return text.replaceAll(/\s*\n\s*/g, ' ').replaceAll('|', '\\|');
}
