import { z } from 'zod';
import { severities, verdictKinds } from '../model/verdict.ts';
import type { Frozen } from '../settings/frozen.ts';

const id = z.string().describe('A resource id, lower-cased.');
const instant = z.iso.datetime().describe('A moment in UTC, ISO 8601.');
const count = z.int().min(0);

const witness = z
  .object({
    direction: z.enum(['inbound', 'outbound']),
    protocol: z.string(),
    source: z.string(),
    sourcePort: z.int().nullable().describe('Null for protocols without ports.'),
    destination: z.string(),
    destinationPort: z.int().nullable().describe('Null for protocols without ports.'),
  })
  .describe('One packet that shows it: the first of its flow.');

const evidence = z.object({
  at: id.describe('The resource that shows it.'),
  rule: z.string().optional().describe('The security rule or role assignment, by name.'),
  says: z.string(),
  witness: witness.optional(),
});

const missing = z.object({
  what: z.string().describe('What could not be read.'),
  scope: z.string().describe('Where it would have been found.'),
  why: z.string(),
});

const exempt = z.object({
  reason: z.string(),
  approvedBy: z.string().nullable(),
  ticket: z.string().nullable(),
  expiresOn: z.string().nullable().describe('The last day on which it holds, UTC.'),
  source: z.enum(['settings', 'policy']),
});

const remediation = z.union([
  z.object({ available: z.literal(true), summary: z.string() }),
  z.object({ available: z.literal(false), because: z.string() }),
]);

export const baselineStates = ['new', 'unchanged', 'fixed', 'exempted', 'notSeen'] as const;
export type BaselineState = (typeof baselineStates)[number];

const verdict = z.object({
  checkId: z.string(),
  clusterId: id,
  subjectId: id.describe('The cluster; the resources concerned stand in evidence[].at.'),
  kind: z.enum(verdictKinds),
  severity: z.enum(severities),
  exempt: exempt.nullable().describe('Set where a failure, or not knowing, has been accepted.'),
  fingerprint: z
    .string()
    .regex(/^[0-9a-f]{32}$/)
    .describe('The same for every scan.'),
  summary: z.string().describe('One sentence a person can act on.'),
  evidence: z.array(evidence),
  missing: z.array(missing).nullable().describe('What the verdict needed and nobody could read.'),
  remediation,
  baselineState: z
    .enum(baselineStates)
    .optional()
    .describe(
      'With a baseline. Of failures that are not exempt: new, or unchanged. Of those of the baseline: fixed (now passes or does not apply), exempted, or notSeen (now unknown).',
    ),
});

const postures = ['compliant', 'nonCompliant', 'unknown'] as const;

const cluster = z.object({
  id,
  name: z.string(),
  location: z.string(),
  subscriptionId: z.string(),
  subscriptionName: z.string().optional(),
  resourceGroup: z.string(),
  knownBy: z.array(
    z.object({
      kind: z.enum(['mlCompute', 'extension', 'publicIp', 'onlineEndpoint', 'tag', 'scope']),
      id,
    }),
  ),
  apiServer: z.enum(['public', 'authorizedRanges', 'privateLink', 'vnetIntegration']),
  workspaces: z.array(id),
  subnets: z.array(id),
  scoringEndpoints: z.array(
    z.object({
      ip: z.string(),
      visibility: z.enum(['public', 'private']),
      ports: z.array(z.int()),
      source: z.string(),
    }),
  ),
  unread: z
    .array(z.enum(['workspaces', 'subnets', 'scoringEndpoints']))
    .optional()
    .describe('Lists above that could not be read to their end: what is not in them may exist.'),
  posture: z
    .enum(postures)
    .describe('nonCompliant: a non-exempt failure above info; else unknown; else compliant.'),
});

const gap = z.object({
  scope: z.string().describe('Where something could not be read.'),
  what: z.string(),
  why: z.string(),
});

const byCheck = z.object({
  pass: count,
  fail: count,
  unknown: count,
  notApplicable: count,
  exempt: count.describe('How many of the verdicts counted before are exempt.'),
});

const bySeverity = z.object({
  critical: count,
  high: count,
  medium: count,
  low: count,
  info: count,
});

const summary = z.object({
  clusters: count,
  compliant: count,
  nonCompliant: count,
  unknown: count,
  bySeverity: bySeverity.describe('Failures that are not exempt.'),
  byCheck: z.record(z.string(), byCheck),
});

const baseline = z
  .object({
    scanId: z.string().describe('Of the report that this one was held against.'),
    finishedAt: instant.describe('When that scan was done.'),
    new: count,
    unchanged: count,
    fixed: count,
    exempted: count,
    notSeen: count,
    newBySeverity: bySeverity.describe('What --fail-on counts.'),
    absent: z
      .array(
        z.object({
          checkId: z.string(),
          clusterId: id,
          fingerprint: z.string(),
          severity: z.enum(severities),
          state: z.enum(['fixed', 'notSeen']),
          because: z.string(),
        }),
      )
      .describe('Failures of the baseline of which this report has no verdict.'),
  })
  .describe('What changed since an earlier report, failure by failure.');

const cost = z.object({
  resourceGraphCalls: count,
  armReads: count,
  graphCalls: count,
  armWrites: count,
  throttled: count,
  durationMs: z.record(z.string(), z.number().min(0)).describe('Milliseconds by stage.'),
});

const estate = z
  .object({
    rows: count,
    ignoredTypes: z.record(z.string(), count).describe('Rows of types that no audit reads.'),
    duplicates: z.array(id).optional().describe('Ids that occur more than once; the last wins.'),
    problems: z.array(z.string()).optional().describe('Rows that could not be understood.'),
  })
  .describe('Counts of an offline estate.');

const reportSchema = z
  .object({
    schemaVersion: z.literal(1),
    scanId: z.string(),
    startedAt: instant,
    finishedAt: instant,
    source: z.enum(['live', 'estate', 'demo']),
    cloud: z
      .string()
      .optional()
      .describe('Live: public, usgov, china, or the host of the Resource Manager that answered.'),
    complete: z.boolean().describe('Whether everything could be read: there are no gaps.'),
    clusters: z.array(cluster),
    verdicts: z
      .array(verdict)
      .describe('Exactly one for every enabled check and cluster: the worst over its parts.'),
    gaps: z.array(gap),
    assumptions: z.array(z.string()),
    estate: estate.optional(),
    outOfScope: z.array(z.object({ id, why: z.string() })),
    warnings: z.array(z.string()).optional().describe('Remarks on the settings.'),
    summary,
    baseline: baseline.optional(),
    cost,
  })
  .meta({ title: 'Portcullis scan report' });

/** Parts of the report that other documents speak in too. */
export const reportParts = { cluster, cost, evidence, exempt, id, missing, verdict, witness };

export type Report = Frozen<z.output<typeof reportSchema>>;
export type ClusterReport = Report['clusters'][number];
export type VerdictReport = Report['verdicts'][number];
export type GapReport = Report['gaps'][number];
export type EstateReport = NonNullable<Report['estate']>;
export type Summary = Report['summary'];
export type Cost = Report['cost'];
export type BaselineReport = NonNullable<Report['baseline']>;
export type Posture = ClusterReport['posture'];

/** A report that was written earlier, checked; throws a `ZodError` that names the field. */
export function parseReport(json: unknown): Report {
  return reportSchema.parse(json);
}

/** What of an earlier report a comparison needs, around its verdicts; members beyond are let pass. */
export const baselineHeadSchema = z.object({
  schemaVersion: z.literal(1),
  scanId: z.string(),
  finishedAt: instant,
});

/** What of an earlier verdict a comparison needs. */
export const baselineVerdictSchema = verdict.pick({
  checkId: true,
  clusterId: true,
  kind: true,
  severity: true,
  exempt: true,
  fingerprint: true,
});

/** The JSON Schema (draft 2020-12) of the report; members it does not name are allowed. */
export function reportJsonSchema(): Readonly<Record<string, unknown>> {
  return z.toJSONSchema(reportSchema, { io: 'input', target: 'draft-2020-12' });
}
