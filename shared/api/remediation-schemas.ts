import { z } from 'zod';
import { planSchema as plan, snippetsSchema } from '../remediation/plan-schema.ts';
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
  sorting,
  total,
} from './parts.ts';

export const planSchema = called('Plan', plan);
export const snippets = called('Snippets', snippetsSchema);

const remediationStates = [
  'queued',
  'awaitingApproval',
  'approved',
  'waiting',
  'running',
  'done',
  'rolledBack',
  'partlyRolledBack',
  'refused',
  'void',
  'rejected',
  'expired',
] as const;

const head = z.object({
  id: z.string(),
  hash: z.string().describe('Of the plan: what an approval names.'),
  checkId: z.string(),
  clusterId: resource,
  clusterKey: key,
  clusterName: z.string(),
  fingerprint,
  summary: z.string(),
  state: z.enum(remediationStates),
  by: z.string().describe('Who or what asked for it.'),
  approvedBy: z.string().optional(),
  because: z.string().optional().describe('Why it is in its state.'),
  createdAt: instant,
  updatedAt: instant,
  expiresAt: instant,
  until: instant.optional().describe('When a waiting one is gone on with.'),
});
export const remediationHead = called('Remediation', head);

const steps = [
  'requested',
  'approved',
  'rejected',
  'expired',
  'waiting',
  'refused',
  'void',
  'confirmed',
  'writing',
  'written',
  'failed',
  'verified',
  'removing',
  'removed',
  'left',
  'rollbackAsked',
  'ended',
] as const;

const journalRow = called(
  'JournalRow',
  z
    .object({
      step: z.enum(steps),
      at: instant,
      by: z.string().optional(),
      held: z.boolean().optional(),
      hash: z.string().optional(),
      because: z.string().optional(),
      until: z.string().optional(),
      index: count.optional().describe('Which of the changes of the plan, from 0.'),
      made: z.boolean().optional().describe('Whether the write made it; else it was there.'),
      outcome: z.string().optional(),
    })
    .describe('A step, written down before or after the one thing that it speaks of.'),
);

export const remediationDetail = called(
  'RemediationDetail',
  head.extend({
    plan: planSchema,
    journal: z.array(journalRow).describe('Oldest first; rows are only ever added.'),
    mode: z.string().describe('The most that may be done about this check on this cluster now.'),
    modeBecause: z.string().describe('Who keeps it from being more.'),
  }),
);

export const remediationsPage = called(
  'RemediationsPage',
  z.object({ remediations: z.array(remediationHead), next, total }),
);

export const remediationsQuery = z.strictObject({
  ...paging,
  state: z.array(z.enum(remediationStates)).optional(),
  cluster: z.string().max(2083).optional().describe('The id, the key or the name of a cluster.'),
  check: z.array(z.string().max(100)).optional(),
  search,
  sort: sorting(['createdAt', 'updatedAt', 'state', 'cluster', 'check'], '-updatedAt'),
});

export const decided = called(
  'Decided',
  head.extend({
    note: z
      .string()
      .optional()
      .describe('Set where it was accepted and is held for now, with what holds it.'),
  }),
);

export const decision = z
  .object({
    hash: z.string().min(1).max(100).describe('Of the plan that was looked at.'),
    because: z.string().max(1000).optional().describe('Why.'),
  })
  .describe('A decision about a plan.');
