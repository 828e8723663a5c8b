import { z } from 'zod';
import { severities } from '../model/verdict.ts';
import { reportParts } from '../reports/report.ts';
import { alertSchema } from './alert-schemas.ts';
import {
  called,
  count,
  fingerprint,
  instant,
  key,
  next,
  paging,
  resource,
  search,
  severity,
  sorting,
  total,
} from './parts.ts';
import { planSchema, remediationHead, snippets } from './remediation-schemas.ts';

export const evidence = called('Evidence', reportParts.evidence);
export const exempted = called('Exemption', reportParts.exempt);

export const change = called(
  'Change',
  z
    .object({
      resourceId: resource,
      operation: z.string(),
      at: instant,
      actor: z.string().optional().describe('Object id or application id of whoever made it.'),
      correlationId: z.string().optional(),
    })
    .describe('A change of a resource that somebody made, as far as Azure tells.'),
);

const finding = z.object({
  fingerprint,
  checkId: z.string(),
  clusterId: resource,
  clusterKey: key,
  clusterName: z.string(),
  state: z.enum(['open', 'resolved']),
  exempt: exempted.nullable().describe('Set where it is open and accepted.'),
  severity: severity.describe('Of the last failure.'),
  summary: z.string(),
  evidence: z.array(evidence),
  firstSeen: instant,
  lastSeen: instant.describe('When it was last seen to fail.'),
  since: instant.describe('Since when it is in its state.'),
  readAt: instant,
  reopened: count,
  sequence: count,
  cause: change.optional().describe('The change that opened or resolved it, where it is known.'),
  resolution: z.enum(['passes', 'notApplicable', 'clusterGone', 'notChecked']).optional(),
});
export const findingSchema = called('Finding', finding);

export const transition = called(
  'Transition',
  z
    .object({
      kind: z.enum([
        'opened',
        'reopened',
        'resolved',
        'exempted',
        'exemptionEnded',
        'severityChanged',
      ]),
      at: instant,
      sequence: count,
      fingerprint,
      checkId: z.string(),
      severity,
      summary: z.string(),
      cause: change.optional(),
      resolution: z.string().optional(),
    })
    .describe('What a finding went through.'),
);

export const findingsPage = called(
  'FindingsPage',
  z.object({ findings: z.array(findingSchema), next, total }),
);

export const findingDetail = called(
  'FindingDetail',
  finding.extend({
    title: z.string().describe('True when the check passes.'),
    advice: z.string(),
    history: z.array(transition).describe('Oldest first, as far as it is kept.'),
    alert: alertSchema.nullable(),
    remediations: z.array(remediationHead).describe('Newest first.'),
    plan: planSchema
      .nullable()
      .describe('Of the newest remediation: what an approval is about, or what was done.'),
    snippets: snippets.nullable().describe('The same as a person would do it.'),
    noPlan: z
      .object({
        because: z.string(),
        at: instant.describe('When it was planned for last.'),
        next: instant.describe(
          'When it is again, where no change of the cluster is heard of sooner.',
        ),
      })
      .nullable()
      .describe('Why there is no plan now, where the service has looked.'),
  }),
);

const findingSorts = [
  'severity',
  'cluster',
  'check',
  'since',
  'firstSeen',
  'lastSeen',
  'state',
] as const;

export const findingsFilter = z.strictObject({
  state: z.enum(['open', 'resolved', 'all']).default('open'),
  cluster: z.string().max(2083).optional().describe('The id, the key or the name of a cluster.'),
  check: z.array(z.string().max(100)).optional().describe('Ids of checks.'),
  severity: z.array(z.enum(severities)).optional(),
  exempt: z.enum(['true', 'false']).optional().describe('Only accepted ones, or only others.'),
  location: z.array(z.string().max(100)).optional(),
  subscription: z.array(z.string().max(100)).optional(),
  search,
});

export const findingsQuery = findingsFilter.extend({
  ...paging,
  sort: sorting(findingSorts, 'severity'),
});
