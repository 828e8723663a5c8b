import { z } from 'zod';
import { mode, verdictCounts } from './cluster-schemas.ts';
import { bySeverity, called, count } from './parts.ts';
import { gapGroup, scanSchema, trendPoint } from './scan-schemas.ts';

const heat = called(
  'HeatMapCell',
  verdictCounts.extend({ checkId: z.string(), location: z.string() }),
);

export const overview = called(
  'Overview',
  z.object({
    version: z.string(),
    mode: mode.describe('The most that may be done about a failing check.'),
    modeBecause: z.string(),
    posture: z.object({
      score: z
        .number()
        .min(0)
        .max(1)
        .nullable()
        .describe('compliant divided by clusters; null where there are none.'),
      definition: z.string(),
      clusters: count,
      compliant: count,
      nonCompliant: count,
      unknown: count,
    }),
    openFindings: bySeverity.describe('Open findings that are not exempt.'),
    exemptFindings: count.describe('Open findings that are accepted.'),
    heatMap: z.array(heat),
    coverage: z.object({
      complete: z.boolean().nullable().describe('Null where no scan has ended yet.'),
      gaps: count,
      groups: z.array(gapGroup),
      failedChecks: count.describe('Clusters whose last check was given up.'),
    }),
    lastScan: scanSchema.nullable().describe('The newest that has ended.'),
    currentScan: scanSchema.nullable().describe('One that is under way.'),
    trend: z.array(trendPoint).describe('Of the last 90 days, at most one for each day.'),
    alerts: z.object({ open: count, acknowledged: count }),
    remediations: z.object({ awaitingApproval: count, running: count }),
  }),
);
