import { z } from 'zod';
import { reportParts } from '../reports/report.ts';
import { bySeverity, called, count, instant, next, paging, total } from './parts.ts';

const cost = called('Cost', reportParts.cost);

export const gapGroup = called(
  'GapGroup',
  z
    .object({
      what: z.string().describe('What could not be read.'),
      why: z.string(),
      count: count.describe('In how many places.'),
      scopes: z.array(z.string()).describe('Some of the places.'),
    })
    .describe('What could not be read, gathered by what and why.'),
);

const scan = z.object({
  scanId: z.string(),
  state: z
    .enum(['cutting', 'running', 'complete', 'incomplete', 'abandoned'])
    .describe('incomplete: it ended, and parts of it failed.'),
  startedAt: instant,
  finishedAt: instant.nullable(),
  durationMs: count.nullable(),
  shards: count,
  clusters: count,
  gaps: count.nullable().describe('How many things could not be read; null where nobody kept it.'),
  cost: cost.nullable().describe('Null until it ends, and for scans of earlier versions.'),
});
export const scanSchema = called('Scan', scan);

export const scansPage = called('ScansPage', z.object({ scans: z.array(scanSchema), next, total }));

export const scanDetail = called(
  'ScanDetail',
  scan.extend({
    shardStates: z.array(
      z.object({
        shard: z.int().min(1),
        state: z.enum(['queued', 'done', 'failed']),
        clusters: count,
        why: z.string().optional(),
      }),
    ),
    coverage: z.array(gapGroup),
  }),
);

export const scansQuery = z.strictObject(paging);

export const trendPoint = called(
  'TrendPoint',
  z.object({
    at: instant,
    scanId: z.string(),
    complete: z.boolean(),
    clusters: count,
    compliant: count,
    nonCompliant: count,
    unknown: count,
    bySeverity: bySeverity.describe('Failures that are not exempt.'),
  }),
);

export const trends = called('Trends', z.object({ points: z.array(trendPoint) }));

export const trendsQuery = z.strictObject({
  since: z.iso
    .datetime('must be a moment in UTC, such as 2026-11-26T03:00:00Z')
    .optional()
    .describe('From when on; 90 days ago where it is not said.'),
});
