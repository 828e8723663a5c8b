import type { HttpHandler } from '@azure/functions';
import { alerts } from './alerts.ts';
import { checks } from './checks.ts';
import { clusters } from './clusters.ts';
import { findings } from './findings.ts';
import { latestReport } from './latest-report.ts';
import { remediations } from './remediations.ts';

/** The resources of the JSON API that are listed, by path below `/api/`. */
export const resources: Readonly<Record<string, HttpHandler>> = {
  alerts,
  checks,
  clusters,
  findings,
  remediations,
  'reports/latest': latestReport,
};
