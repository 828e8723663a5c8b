import { z } from 'zod';
import { called, count, instant, resource } from './parts.ts';
import { changedCluster } from './what-if-schemas.ts';

const removal = z.object({
  id: resource.describe('Of what the remediation made: a security rule or a role assignment.'),
  method: z.enum(['PUT', 'DELETE']),
  url: z.string().describe('The request that takes it back: path and query.'),
  role: z
    .object({ principalId: z.string(), role: z.string(), scope: resource })
    .nullable()
    .describe('The role that somebody loses by it; null for a rule.'),
  outcome: z
    .enum(['removed', 'left', 'unknown'])
    .describe(
      'left: it stays, for it is no longer as it was made, or a lock bars its removal. unknown: it was not seen, which does not prove that it is gone, or something may keep it: locks were not read, or a deployment stack denies changes.',
    ),
  because: z.string().nullable().describe('Why it is not removed; null where it is.'),
});

export const rollbackPreview = called(
  'RollbackPreview',
  z.object({
    removals: z.array(removal).describe('What is dealt with, in this order.'),
    held: z
      .string()
      .nullable()
      .describe(
        'Why nothing of it would be done for now, although it can be asked for: the mode has been lowered since. Null where it would be done.',
      ),
    readAt: instant.describe('When it was read from Azure.'),
    dependents: count.describe('Clusters that are known to depend on what is taken back.'),
    examined: count.describe('Of those, how many were read and judged.'),
    isTold: z
      .boolean()
      .describe('Whether all that taking it back may do is known; never taken for well where not.'),
    remark: z.string().nullable().describe('Why not, where it is not.'),
    clusters: z
      .array(changedCluster)
      .describe('Those whose verdicts or packets would change by what is removed, or may be.'),
  }),
);
