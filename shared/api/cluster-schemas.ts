import { z } from 'zod';
import { modes } from '../settings/mode.ts';
import { reportParts } from '../reports/report.ts';
import { change, evidence, exempted, findingSchema, transition } from './finding-schemas.ts';
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
  verdictKind,
} from './parts.ts';
import { remediationHead } from './remediation-schemas.ts';

const postures = ['compliant', 'nonCompliant', 'unknown'] as const;
const posture = called('Posture', z.enum(postures));
export const mode = called('Mode', z.enum(modes));

const counts = called(
  'VerdictCounts',
  z
    .object({ fail: count, unknown: count, pass: count, notApplicable: count, exempt: count })
    .describe('Verdicts by kind; those that are exempt are counted as exempt and not by kind.'),
);
export const verdictCounts = counts;

const item = z.object({
  key,
  id: resource,
  name: z.string(),
  location: z.string(),
  subscriptionId: z.string(),
  subscriptionName: z.string().optional(),
  resourceGroup: z.string(),
  workspaces: z.array(resource),
  posture,
  worst: severity.nullable().describe('Of its failures that are not exempt.'),
  counts: counts.nullable().describe('Null until it is checked by this version.'),
  readAt: instant.nullable(),
  checkedBy: z.enum(['scan', 'event']).nullable(),
  apiServer: reportParts.cluster.shape.apiServer,
  mode,
});
const clusterItem = called('Cluster', item);

export const clustersPage = called(
  'ClustersPage',
  z.object({ clusters: z.array(clusterItem), next, total }),
);

const verdict = called(
  'ClusterVerdict',
  z.object({
    checkId: z.string(),
    title: z.string().describe('True when the check passes.'),
    kind: verdictKind,
    severity,
    isExempt: z.boolean(),
    exempt: exempted.nullable().describe('Of a failure that is accepted.'),
    fingerprint,
    summary: z
      .string()
      .nullable()
      .describe('Null for a pass, where the title says it; the explanation says more.'),
    evidence: z.array(evidence).describe('Of a failure; the explanation has that of all.'),
  }),
);

export const clusterDetail = called(
  'ClusterDetail',
  item.extend({
    knownBy: reportParts.cluster.shape.knownBy,
    scoringEndpoints: reportParts.cluster.shape.scoringEndpoints,
    subnets: z.array(resource),
    unread: z.array(z.string()).describe('Lists above that could not be read to their end.'),
    modeBecause: z.string().describe('Who keeps the mode from being more.'),
    pending: z
      .object({ since: instant, dueAt: instant, changes: z.array(change) })
      .nullable()
      .describe('A check that is due after a change.'),
    failed: z
      .object({ at: instant, why: z.string() })
      .nullable()
      .describe('The last check, where it was given up.'),
    verdicts: z.array(verdict),
    findings: z.array(findingSchema).describe('Open and resolved.'),
    history: z.array(transition).describe('Of all its findings, newest first, at most 200.'),
    remediations: z.array(remediationHead).describe('Newest first.'),
  }),
);

export const clustersFilter = z.strictObject({
  search,
  subscription: z.array(z.string().max(100)).optional().describe('Ids of subscriptions.'),
  workspace: z
    .array(z.string().max(2083))
    .optional()
    .describe('Ids or names of workspaces; `none` for clusters of none.'),
  location: z.array(z.string().max(100)).optional(),
  posture: z.array(z.enum(postures)).optional(),
  check: z
    .array(z.string().max(100))
    .optional()
    .describe('Ids of checks of which any fails without being exempt.'),
  unknown: z.array(z.string().max(100)).optional().describe('Ids of checks that are unknown.'),
});

export const clustersQuery = clustersFilter.extend({
  ...paging,
  sort: sorting(
    ['name', 'posture', 'severity', 'fail', 'unknown', 'location', 'subscription', 'readAt'],
    'posture',
  ),
});

const facet = z.object({ value: z.string(), name: z.string(), clusters: count });
export const facets = called(
  'Facets',
  z
    .object({
      subscriptions: z.array(facet),
      workspaces: z.array(facet),
      locations: z.array(facet),
    })
    .describe('What clusters can be filtered and grouped by, with how many there are of each.'),
);
