import { csvReport } from './csv-report.ts';
import { type ReportOutcome, type Spool, jsonReport } from './json-report.ts';
import { junitReport } from './junit-report.ts';
import { markdownReport } from './markdown-report.ts';
import { type RuledCheck, sarifReport } from './sarif-report.ts';
import type { Audit } from './scan.ts';
import { type TableOptions, tableReport } from './table-report.ts';

/** How a report can be printed; the first is what people get who ask for nothing else. */
export const reportFormats = ['table', 'json', 'csv', 'sarif', 'junit', 'markdown'] as const;
export type ReportFormat = (typeof reportFormats)[number];

/** What each is called in HTTP. */
export const mediaTypes: Readonly<Record<ReportFormat, string>> = {
  table: 'text/plain; charset=utf-8',
  json: 'application/json',
  csv: 'text/csv; charset=utf-8',
  sarif: 'application/sarif+json',
  junit: 'application/xml',
  markdown: 'text/markdown; charset=utf-8',
};

export interface FormatOptions {
  readonly table: TableOptions;
  readonly checks: readonly RuledCheck[];
  /** Of Portcullis. */
  readonly version: string;
  /** A new place to put text aside. */
  readonly spool: () => Spool;
}

/** The report in a format, piece by piece, in memory that does not grow with the number of clusters. */
export function reportIn(
  format: ReportFormat,
  audit: Audit,
  options: FormatOptions,
): AsyncGenerator<string, ReportOutcome> {
  const spools: Spool[] = [];
  const spool = (): Spool => {
    const made = options.spool();
    spools.push(made);
    return made;
  };
  return discarding(spools, piecesIn(format, audit, { ...options, spool }));
}

/** The pieces; at their end, whether they came to it, failed or were given up, the spools are discarded. */
async function* discarding<T>(
  spools: readonly Spool[],
  pieces: AsyncGenerator<string, T>,
): AsyncGenerator<string, T> {
  try {
    return yield* pieces;
  } finally {
    for (const spool of spools) await spool.discard();
  }
}

function piecesIn(
  format: ReportFormat,
  audit: Audit,
  { table, checks, version, spool }: FormatOptions,
): AsyncGenerator<string, ReportOutcome> {
  switch (format) {
    case 'table':
      return tableReport(audit, table);
    case 'json':
      return jsonReport(audit, { clusters: spool(), verdicts: spool() });
    case 'csv':
      return csvReport(audit, spool());
    case 'sarif':
      return sarifReport(audit, spool(), { checks, version });
    case 'junit':
      return junitReport(audit, spool());
    case 'markdown': {
      const sources = new Map(checks.map(({ id, source }) => [id, source]));
      return markdownReport(audit, (checkId) => sources.get(checkId));
    }
  }
}
