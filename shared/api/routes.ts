import { z } from 'zod';
import type { Role } from '../model/caller.ts';
import { explanationSchema } from '../reports/explanation.ts';
import { reportFormats } from '../reports/report-formats.ts';
import { acknowledgement, alertSchema, alertsPage, alertsQuery } from './alert-schemas.ts';
import {
  clusterDetail,
  clustersFilter,
  clustersPage,
  clustersQuery,
  facets,
} from './cluster-schemas.ts';
import { findingDetail, findingsFilter, findingsPage, findingsQuery } from './finding-schemas.ts';
import { overview } from './overview-schema.ts';
import { called, fingerprint, key } from './parts.ts';
import {
  decided,
  decision,
  remediationDetail,
  remediationsPage,
  remediationsQuery,
} from './remediation-schemas.ts';
import { rollbackPreview } from './rollback-preview-schema.ts';
import { scanDetail, scansPage, scansQuery, trends, trendsQuery } from './scan-schemas.ts';
import { checkDetail, checkList, health, me, settings } from './service-schemas.ts';
import { whatIfAnswer, whatIfQuestion } from './what-if-schemas.ts';

/** What is asked of the API in one way: the address, who may, and what goes in and out. */
export interface Route {
  readonly method: 'GET' | 'POST';
  /** Below `/api/` and `/dashboard/api/`; `{name}` stands for a segment. */
  readonly path: string;
  /** What whoever is signed in must be; greater roles include it. */
  readonly role: Role;
  /** Whether a function key suffices although the platform authenticates people. */
  readonly byKey: boolean;
  readonly says: string;
  /** The segments of the path, by name. */
  readonly params: Readonly<Record<string, z.ZodType<string>>>;
  readonly query: z.ZodObject;
  readonly body?: z.ZodType;
  /** In bytes. */
  readonly longestBody: number;
  readonly answer: z.ZodType | { readonly mediaTypes: readonly string[] };
  /** Statuses beside 200, 304, 400, 401, 403 and 500 that it may answer. */
  readonly statuses: readonly number[];
}

const none = z.strictObject({});
const csv = { mediaTypes: ['text/csv'] };
const explanation = called('Explanation', explanationSchema);
const id = z.string().min(1).max(100).describe('The id of a remediation.');
const checkId = z.string().min(1).max(100).describe('The id of a check.');
const scanId = z.string().min(1).max(100).describe('The id of a scan.');

const usual = {
  method: 'GET',
  role: 'Reader',
  byKey: true,
  params: {},
  query: none,
  longestBody: 16_384,
  statuses: [],
} as const;

type Usual = typeof usual;
type Given = Partial<Route> & Pick<Route, 'path' | 'says' | 'answer'>;

/** A route, where only what is unusual of it is said. */
function route<const G extends Given>(given: G): Omit<Usual, keyof G> & G {
  return { ...usual, ...given };
}

const gone = { statuses: [404] };
const decide = {
  params: { id },
  body: decision,
  answer: decided,
  byKey: false,
  statuses: [404, 409, 413, 415],
} as const;

/** Every resource of the API, by the name of what is done. */
export const routes = {
  openapi: route({
    path: 'openapi.json',
    says: 'This document.',
    answer: z.record(z.string(), z.unknown()),
  }),
  me: route({ path: 'me', says: 'Who asks, and what they may.', answer: me }),
  health: route({ path: 'health', says: 'How the service is.', answer: health, statuses: [503] }),
  overview: route({ path: 'overview', says: 'How the tenant stands.', answer: overview }),
  clusters: route({
    path: 'clusters',
    says: 'Inference clusters, a page at a time.',
    query: clustersQuery,
    answer: clustersPage,
  }),
  clustersCsv: route({
    path: 'clusters.csv',
    says: 'The same clusters, all of them, for spreadsheets.',
    query: clustersFilter,
    answer: csv,
  }),
  facets: route({
    path: 'facets',
    says: 'What clusters can be filtered by.',
    answer: facets,
  }),
  cluster: route({
    path: 'clusters/{key}',
    says: 'One cluster: its verdicts, findings and history.',
    params: { key },
    answer: clusterDetail,
    ...gone,
  }),
  explanation: route({
    path: 'clusters/{key}/explanation',
    says: 'One cluster as it is now, hop by hop; read live at most once a minute.',
    params: { key },
    answer: explanation,
    statuses: [404, 502],
  }),
  findings: route({
    path: 'findings',
    says: 'Findings, a page at a time.',
    query: findingsQuery,
    answer: findingsPage,
  }),
  findingsCsv: route({
    path: 'findings.csv',
    says: 'The same findings, all of them, for spreadsheets.',
    query: findingsFilter,
    answer: csv,
  }),
  finding: route({
    path: 'findings/{fingerprint}',
    says: 'One finding: its proof, history, alert and remediations.',
    params: { fingerprint },
    answer: findingDetail,
    ...gone,
  }),
  alerts: route({
    path: 'alerts',
    says: 'What somebody had to hear of, a page at a time.',
    query: alertsQuery,
    answer: alertsPage,
  }),
  acknowledge: route({
    method: 'POST',
    path: 'alerts/{id}/acknowledge',
    says: 'Notes who has seen an alert.',
    role: 'Operator',
    params: { id: fingerprint },
    body: acknowledgement,
    answer: alertSchema,
    statuses: [404, 413, 415],
  }),
  remediations: route({
    path: 'remediations',
    says: 'Remediations, a page at a time.',
    query: remediationsQuery,
    answer: remediationsPage,
  }),
  remediation: route({
    path: 'remediations/{id}',
    says: 'One remediation: the plan that an approval is about, and its journal.',
    params: { id },
    answer: remediationDetail,
    ...gone,
  }),
  approve: route({
    method: 'POST',
    path: 'remediations/{id}/approve',
    says: 'Has a plan carried out.',
    role: 'Approver',
    ...decide,
  }),
  reject: route({
    method: 'POST',
    path: 'remediations/{id}/reject',
    says: 'Has a plan left alone.',
    role: 'Approver',
    ...decide,
  }),
  rollback: route({
    method: 'POST',
    path: 'remediations/{id}/rollback',
    says: 'Has what a remediation made taken back.',
    role: 'Operator',
    ...decide,
  }),
  rollbackPreview: route({
    path: 'remediations/{id}/rollback-preview',
    says: 'What taking back what a remediation made would remove and break, read live; nothing is changed.',
    params: { id },
    answer: rollbackPreview,
    statuses: [404, 409, 502],
  }),
  scans: route({
    path: 'scans',
    says: 'Scans that are kept, the newest first.',
    query: scansQuery,
    answer: scansPage,
  }),
  scan: route({
    path: 'scans/{scanId}',
    says: 'One scan: its parts, cost and what it could not read.',
    params: { scanId },
    answer: scanDetail,
    ...gone,
  }),
  trends: route({
    path: 'trends',
    says: 'How the tenant stood after each scan.',
    query: trendsQuery,
    answer: trends,
  }),
  settings: route({ path: 'settings', says: 'The settings that hold now.', answer: settings }),
  checks: route({ path: 'checks', says: 'The catalogue.', answer: checkList }),
  check: route({
    path: 'checks/{checkId}',
    says: 'One check: why it matters and what to do.',
    params: { checkId },
    answer: checkDetail,
    ...gone,
  }),
  whatIf: route({
    method: 'POST',
    path: 'what-if',
    says: 'Which clusters a rule would break or mend. Nothing is changed.',
    body: whatIfQuestion,
    // A group holds at most a thousand rules.
    longestBody: 2_097_152,
    answer: whatIfAnswer,
    statuses: [413, 415, 502],
  }),
  latestReport: route({
    path: 'reports/latest',
    says: 'The report of the newest scan.',
    query: z.strictObject({ format: z.enum(reportFormats).default('json') }),
    answer: {
      mediaTypes: [
        'application/json',
        'application/sarif+json',
        'application/xml',
        'text/csv',
        'text/markdown',
        'text/plain',
      ],
    },
    statuses: [404, 502],
  }),
} as const satisfies Readonly<Record<string, Route>>;

export type RouteName = keyof typeof routes;
