import type { Check } from '../model/check.ts';
import type { Severity } from '../model/verdict.ts';
import { type ReportOutcome, type Spool, drainShards } from './json-report.ts';
import { jsonText } from './json-text.ts';
import { missingText, proofText } from './proof-text.ts';
import type { GapReport, VerdictReport } from './report.ts';
import type { Audit, Tail } from './scan.ts';
import { lastSegment } from './text-layout.ts';

/** What of a check a rule tells. */
export type RuledCheck = Pick<
  Check<never>,
  'id' | 'title' | 'description' | 'advice' | 'severity' | 'source'
>;

export interface SarifOptions {
  readonly checks: readonly RuledCheck[];
  /** Of Portcullis. */
  readonly version: string;
}

type Level = 'error' | 'warning' | 'note';

const levels: Readonly<Record<Severity, Level>> = {
  critical: 'error',
  high: 'error',
  medium: 'warning',
  low: 'note',
  info: 'note',
};

/**
 * What GitHub sorts security alerts by; without one it takes the level, which is right for `info`.
 * Source: docs.github.com/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning
 */
const securitySeverities: Readonly<Record<Severity, string | undefined>> = {
  critical: '9.5',
  high: '8.0',
  medium: '5.5',
  low: '2.0',
  info: undefined,
};

/**
 * The report as SARIF 2.1.0: a rule for every check, a result for every failure and every unknown
 * verdict, exempt ones as suppressed; what passes or does not apply is no result. Viewers take the
 * severity from the rule, so a failure of another severity than its check's has the rule
 * `<check>/<severity>`, and an unknown verdict `<check>/unknown`. Nothing appears before the audit has
 * come to its end.
 * Source: docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
 */
export async function* sarifReport(
  audit: Audit,
  spool: Spool,
  { checks, version }: SarifOptions,
): AsyncGenerator<string, ReportOutcome> {
  const rules = ruleBook(checks);
  let comma = '';
  const outcome = await drainShards(audit, async ({ verdicts }) => {
    for (const verdict of verdicts) {
      if (verdict.kind !== 'fail' && verdict.kind !== 'unknown') continue;
      const { id, index } = rules.ruleOf(verdict);
      await spool.write(`${comma}\n        ${jsonText(resultOf(verdict, id, index), 8)}`);
      comma = ',';
    }
  });
  const { tail, summary } = outcome;
  const driver = sarifDriver(version, rules);
  const { scanId, source, startedAt } = audit.header;
  const { baseline } = tail;
  const properties = {
    scanId,
    source,
    complete: tail.gaps.length === 0,
    summary,
    ...(baseline === undefined ? {} : { baseline }),
  };
  yield '{\n  "$schema": "https://json.schemastore.org/sarif-2.1.0.json",\n  "version": "2.1.0",\n';
  yield '  "runs": [\n    {\n';
  yield `      "tool": ${jsonText({ driver }, 6)},\n`;
  yield `      "invocations": ${jsonText([invocation(startedAt, tail)], 6)},\n`;
  yield '      "results": [';
  yield* spool.read();
  yield comma === '' ? '],\n' : '\n      ],\n';
  yield `      "properties": ${jsonText(properties, 6)}\n    }\n  ]\n}\n`;
  return outcome;
}

/** Who found it, with all rules that results name. */
export function sarifDriver(version: string, rules: RuleBook): object {
  return {
    name: 'Portcullis',
    semanticVersion: version,
    rules: rules.all(),
    notifications: [{ id: 'not-read', shortDescription: { text: 'Something could not be read' } }],
  };
}

/** The rules of a run: one for every check, and those that verdicts need beside them. */
export interface RuleBook {
  /** The rule of a verdict, made where there is none yet. */
  ruleOf(verdict: VerdictReport): { readonly id: string; readonly index: number };
  all(): readonly object[];
}

/** A book with a rule for every check. */
export function ruleBook(checks: readonly RuledCheck[]): RuleBook {
  const byId = new Map(checks.map((check) => [check.id, check]));
  const rules: object[] = checks.map((check) => ruleFor(check.id, check.severity, check));
  const places = new Map(checks.map(({ id }, index) => [id, index]));
  return {
    ruleOf({ checkId, kind, severity }) {
      const check = byId.get(checkId);
      const variant = kind === 'unknown' ? 'unknown' : severity;
      const id = variant === check?.severity ? checkId : `${checkId}/${variant}`;
      const index = places.get(id) ?? rules.length;
      if (index === rules.length) {
        places.set(id, index);
        rules.push(ruleFor(id, variant, check));
      }
      return { id, index };
    },
    all: () => rules,
  };
}

function ruleFor(id: string, variant: Severity | 'unknown', check: RuledCheck | undefined): object {
  const severity = variant === 'unknown' ? undefined : securitySeverities[variant];
  const suffix = variant === check?.severity ? '' : ` (${variant})`;
  return {
    id,
    name: id,
    ...(check === undefined
      ? {}
      : {
          shortDescription: { text: literal(`${check.title}${suffix}`) },
          fullDescription: { text: literal(check.description) },
          help: { text: literal(`${check.advice}\n\n${check.source}`) },
          helpUri: check.source,
        }),
    defaultConfiguration: { level: variant === 'unknown' ? 'note' : levels[variant] },
    properties: {
      tags: ['security', 'azure', 'kubernetes', 'machine-learning'],
      precision: 'very-high',
      ...(severity === undefined ? {} : { 'security-severity': severity }),
    },
  };
}

/** A failure or an unknown verdict as a result of the rule. */
export function resultOf(verdict: VerdictReport, ruleId: string, ruleIndex: number): object {
  const { checkId, clusterId, kind, severity, exempt, fingerprint, summary } = verdict;
  const { evidence, missing, baselineState } = verdict;
  const isUnknown = kind === 'unknown';
  const lines = [
    isUnknown ? `Unknown: ${summary}` : summary,
    ...evidence.map((proof) => `- ${proofText(proof)}`),
    ...(missing ?? []).map((one) => `- not read: ${missingText(one)}`),
  ];
  return {
    ruleId,
    ruleIndex,
    // By §3.27.10 only what failed has a level.
    kind: isUnknown ? 'review' : 'fail',
    level: isUnknown ? 'none' : levels[severity],
    message: { text: literal(lines.join('\n')) },
    locations: [{ ...physical(clusterId), logicalLocations: [logical(clusterId)] }],
    ...(evidence.length === 0
      ? {}
      : {
          relatedLocations: evidence.map((proof, id) => ({
            id,
            message: { text: literal(proofText(proof)) },
            logicalLocations: [logical(proof.at)],
          })),
        }),
    partialFingerprints: {
      'portcullis/v1': fingerprint,
      primaryLocationLineHash: `${fingerprint}:1`,
    },
    ...(exempt === null
      ? {}
      : {
          suppressions: [
            {
              kind: 'external',
              status: 'accepted',
              justification: exempt.reason,
              properties: exempt,
            },
          ],
        }),
    ...(baselineState === 'new' || baselineState === 'unchanged' ? { baselineState } : {}),
    properties: {
      checkId,
      severity,
      ...(baselineState === undefined ? {} : { state: baselineState }),
      evidence,
      ...(missing === null ? {} : { missing }),
    },
  };
}

function invocation(startedAt: string, { finishedAt, gaps }: Tail): object {
  return {
    // It came to its end; what it could not read stands below.
    executionSuccessful: true,
    startTimeUtc: startedAt,
    endTimeUtc: finishedAt,
    toolExecutionNotifications: gaps.map(notification),
  };
}

/** Something that could not be read, or judged. */
export function notification(gap: GapReport): object {
  return {
    descriptor: { id: 'not-read', index: 0 },
    level: 'warning',
    message: { text: literal(`Not read: ${missingText(gap)}`) },
    ...(gap.scope.startsWith('/')
      ? { locations: [{ logicalLocations: [logical(gap.scope)] }] }
      : {}),
  };
}

function logical(id: string): object {
  return { fullyQualifiedName: id, name: lastSegment(id), kind: 'resource' };
}

/**
 * GitHub takes no result without a file and a line. The id as a relative path is none of the
 * repository's files, and the same in every scan.
 */
function physical(id: string): object {
  const segments = id.split('/').filter((segment) => segment !== '');
  const uri = segments.map(uriSegment).join('/');
  return {
    physicalLocation: {
      artifactLocation: { uri: uri === '' ? '%2F' : uri },
      region: { startLine: 1 },
    },
  };
}

/** One segment of a path that is nothing but itself, whatever it holds. */
function uriSegment(segment: string): string {
  const encoded = encodeURIComponent(segment.toWellFormed());
  return /^\.+$/.test(encoded) ? encoded.replaceAll('.', '%2E') : encoded;
}

/**
 * A text that holds no link: §3.11.6 reads `[text](target)` in a message as one, unless a backslash
 * stands before the bracket; backslashes that stand there already are doubled.
 */
function literal(text: string): string {
  return text.replaceAll(/(\\*)\]\(/g, (_, slashes: string) => `${slashes}${slashes}\\](`);
}
