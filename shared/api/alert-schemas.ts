import { z } from 'zod';
import { severities } from '../model/verdict.ts';
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

const delivery = called(
  'AlertDelivery',
  z.object({
    sequence: count,
    firing: z.boolean(),
    times: count,
    firedAt: instant.optional(),
    failures: count.describe('Attempts that failed since the last that did not.'),
    retryAt: instant.optional(),
    why: z.string().optional().describe('Why the last attempt failed.'),
    failedAt: instant.optional(),
  }),
);

const states = ['open', 'acknowledged', 'resolved'] as const;

export const alertSchema = called(
  'Alert',
  z.object({
    id: fingerprint,
    source: z.enum(['findings', 'conditions']),
    subject: resource.describe('The cluster, or what else it is about.'),
    subjectName: z.string(),
    clusterKey: key.nullable().describe('Null where it is not about a cluster.'),
    checkId: z.string(),
    severity,
    summary: z.string(),
    state: z.enum(states),
    since: instant,
    acknowledgedBy: z.string().optional(),
    sequence: count,
    times: count.describe('How often it opened.'),
    confirmed: count,
    deliveries: z.record(z.string(), delivery).describe('By the name of the sink.'),
  }),
);

export const alertsPage = called(
  'AlertsPage',
  z.object({ alerts: z.array(alertSchema), next, total }),
);

export const alertsQuery = z.strictObject({
  ...paging,
  state: z.enum(states).optional(),
  severity: z.array(z.enum(severities)).optional(),
  search,
  sort: sorting(['since', 'severity', 'subject', 'state'], '-since'),
});

export const acknowledgement = z
  .object({
    by: z
      .string()
      .trim()
      .min(1)
      .max(100)
      .optional()
      .describe('Who has seen it. Whoever is signed in is named by that instead.'),
  })
  .describe('Who has seen an alert.');
