import { type ReportOutcome, type Spool, drainShards } from './json-report.ts';
import { missingText, packetText, proofText } from './proof-text.ts';
import type { ClusterReport, VerdictReport } from './report.ts';
import type { Audit } from './scan.ts';
import { plainText } from './text-layout.ts';

type Line = readonly [ClusterReport, VerdictReport];

/** The columns in their order, which is an API: new ones come at the end. */
const columns: readonly (readonly [string, (...line: Line) => string])[] = [
  ['cluster', ({ name }) => name],
  ['check', (_, { checkId }) => checkId],
  ['verdict', (_, { kind }) => kind],
  ['severity', (_, { severity }) => severity],
  ['exempt', (_, { exempt }) => (exempt === null ? 'no' : 'yes')],
  ['summary', (_, { summary }) => summary],
  [
    'witness',
    (_, { evidence }) => joined(evidence.flatMap(({ witness }) => witness ?? []).map(asciiPacket)),
  ],
  ['rule', (_, { evidence }) => joined(evidence.flatMap(({ rule }) => rule ?? []))],
  [
    'evidence',
    (_, { evidence }) =>
      joined(
        evidence.map(({ at, rule, says }) =>
          proofText({ at, says, ...(rule === undefined ? {} : { rule }) }),
        ),
      ),
  ],
  ['missing', (_, { missing }) => joined((missing ?? []).map(missingText))],
  ['posture', ({ posture }) => posture],
  ['location', ({ location }) => location],
  ['subscriptionId', ({ subscriptionId }) => subscriptionId],
  ['resourceGroup', ({ resourceGroup }) => resourceGroup],
  ['clusterId', ({ id }) => id],
  ['exemptReason', (_, { exempt }) => exempt?.reason ?? ''],
  ['exemptApprovedBy', (_, { exempt }) => exempt?.approvedBy ?? ''],
  ['exemptTicket', (_, { exempt }) => exempt?.ticket ?? ''],
  ['exemptExpiresOn', (_, { exempt }) => exempt?.expiresOn ?? ''],
  ['baselineState', (_, { baselineState }) => baselineState ?? ''],
  ['fingerprint', (_, { fingerprint }) => fingerprint],
];

/** The names of the columns, in their order. */
export const csvColumns: readonly string[] = columns.map(([name]) => name);

/**
 * A row for every cluster and check, as RFC 4180 has it: every field in quotes, records on one line
 * each, that end with CRLF. With a baseline its failures without a verdict follow as rows of the
 * verdict `none`. Nothing appears before the audit has come to its end.
 */
export async function* csvReport(
  audit: Audit,
  spool: Spool,
): AsyncGenerator<string, ReportOutcome> {
  const outcome = await drainShards(audit, async ({ clusters, verdicts }) => {
    const byId = new Map(clusters.map((cluster) => [cluster.id, cluster]));
    for (const verdict of verdicts) {
      const cluster = byId.get(verdict.clusterId);
      if (cluster === undefined) continue;
      await spool.write(csvRecord(columns.map(([, text]) => text(cluster, verdict))));
    }
  });
  yield csvRecord(csvColumns);
  yield* spool.read();
  for (const { checkId, clusterId, severity, state, because, fingerprint } of outcome.tail.baseline
    ?.absent ?? []) {
    const told: Readonly<Record<string, string>> = {
      check: checkId,
      verdict: 'none',
      severity,
      exempt: 'no',
      summary: because,
      clusterId,
      baselineState: state,
      fingerprint,
    };
    yield csvRecord(csvColumns.map((name) => told[name] ?? ''));
  }
  return outcome;
}

/** Spreadsheets that guess at an encoding guess wrong; this column has what every one of them agrees on. */
function asciiPacket(witness: Parameters<typeof packetText>[0]): string {
  return packetText(witness).replaceAll('→', '->');
}

function joined(texts: readonly string[]): string {
  return texts.join(' | ');
}

/** A record of fields as RFC 4180 has it, on one line, none of which a spreadsheet takes for a formula. */
export function csvRecord(fields: readonly string[]): string {
  return `${fields.map(field).join(',')}\r\n`;
}

/**
 * A field that no spreadsheet takes for a formula: an apostrophe goes before what begins as one, and
 * before an apostrophe, so that taking one leading apostrophe away gives back every text.
 * Source: owasp.org/www-community/attacks/CSV_Injection
 */
function field(text: string): string {
  const plain = plainText(text).toWellFormed();
  const safe = /^[=+\-@'\uFF1D\uFF0B\uFF0D\uFF20]/.test(plain) ? `'${plain}` : plain;
  return `"${safe.replaceAll('"', '""')}"`;
}
