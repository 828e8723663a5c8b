import { z } from 'zod';

/** The keys of a function app, as `az functionapp keys list --output json` prints them. */
export const appKeys = z.object({
  masterKey: z.string().min(1),
  functionKeys: z.object({ default: z.string().min(1) }),
  /** Made when the Event Grid extension is loaded for the first time. */
  systemKeys: z.object({ eventgrid_extension: z.string().min(1).optional() }).default({}),
});
export type AppKeys = z.output<typeof appKeys>;

const queue = z.object({ waiting: z.int(), failed: z.int(), poisoned: z.int() });

/** What of `GET /api/health` is looked at: docs/runbook.md. */
const health = z.object({
  status: z.enum(['ok', 'attention', 'degraded']),
  version: z.string(),
  checks: z.int(),
  configuration: z.string(),
  storage: z.string(),
  report: z.string(),
  queues: z.object({ 'cluster-checks': queue }).nullable(),
  lastScan: z.object({ state: z.string(), startedAt: z.string() }).nullable(),
});
export type Health = z.output<typeof health>;

const cluster = z
  .object({
    id: z.string(),
    /** What it is asked for by; older versions ask by its id. */
    key: z.string().optional(),
    posture: z.string().optional(),
    report: z.object({ posture: z.string() }).optional(),
    readAt: z.string().nullish(),
    pending: z.object({ dueAt: z.string() }).nullish(),
    failed: z.object({ at: z.string(), why: z.string() }).nullish(),
  })
  .transform(({ id, key, posture, report, readAt, pending, failed }) => ({
    id,
    path:
      key === undefined
        ? `/api/clusters?cluster=${encodeURIComponent(id)}`
        : `/api/clusters/${encodeURIComponent(key)}`,
    posture: posture ?? report?.posture ?? 'unknown',
    readAt: readAt ?? undefined,
    isPending: pending !== undefined && pending !== null,
    failed: failed ?? undefined,
  }));
const clusters = z.object({ clusters: z.array(cluster) });
export type KnownCluster = z.output<typeof cluster>;

const gap = z.object({ scope: z.string(), what: z.string(), why: z.string() });
/** Of a report what is looked at where no cluster was found. */
const report = z.object({
  complete: z.boolean(),
  gaps: z.array(gap),
  summary: z.object({ clusters: z.int() }),
});
export type ScanReport = z.output<typeof report>;

/** An answer of the app that is none of those that it gives where all is well. */
export class UnexpectedAnswerError extends Error {
  override readonly name = 'UnexpectedAnswerError';
  /** Undefined where nothing answered. */
  readonly status: number | undefined;

  constructor(message: string, status?: number, options?: ErrorOptions) {
    super(message, options);
    this.status = status;
  }
}

/** What is asked of a deployed app. Every one throws UnexpectedAnswerError. */
export interface DeployedApp {
  health(): Promise<Health>;
  /** Some of the clusters that it knows. */
  clusters(): Promise<readonly KnownCluster[]>;
  /** A cluster as it is known now; undefined where it is gone. */
  cluster(known: KnownCluster): Promise<KnownCluster | undefined>;
  startScan(): Promise<void>;
  /** Undefined where no scan has ended yet. */
  latestReport(): Promise<ScanReport | undefined>;
  /** Delivers an event to `resource-changed` as Event Grid does. */
  deliver(event: object): Promise<void>;
}

const answersWithinMs = 60_000;

/** A function app over HTTP. Its keys are sent in a header: addresses end up in logs. */
export function deployedApp(address: string, keys: AppKeys): DeployedApp {
  async function ask(path: string, key: string | undefined, init: RequestInit = {}) {
    const headers = new Headers(init.headers);
    if (key !== undefined) headers.set('x-functions-key', key);
    const signal = AbortSignal.timeout(answersWithinMs);
    try {
      const url = new URL(path, address);
      const response = await fetch(url, { ...init, headers, signal, redirect: 'manual' });
      return { status: response.status, text: await response.text() };
    } catch (cause) {
      throw new UnexpectedAnswerError(`${address} does not answer: ${reasonOf(cause)}`, undefined, {
        cause,
      });
    }
  }
  async function get<T>(
    path: string,
    key: string | undefined,
    schema: z.ZodType<T>,
    ...taken: readonly number[]
  ): Promise<T> {
    const { status, text } = await ask(path, key);
    const answer = schema.safeParse(jsonIn(text));
    if ((status === 200 || taken.includes(status)) && answer.success) return answer.data;
    throw unexpected(`GET ${pathOf(path)}`, status, text);
  }
  async function post(path: string, key: string | undefined, body: object, headers = {}) {
    const { status, text } = await ask(path, key, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
    if (status !== 200 && status !== 202) throw unexpected(`POST ${pathOf(path)}`, status, text);
  }
  const { masterKey, functionKeys, systemKeys } = keys;
  const api = functionKeys.default;
  return {
    // 503 says in the same form what does not work.
    health: () => get('/api/health', undefined, health, 503),
    clusters: async () => (await get('/api/clusters', api, clusters)).clusters,
    async cluster({ path }) {
      const answer = await unlessNotFound(get(path, api, z.union([clusters, cluster])));
      return answer !== undefined && 'clusters' in answer ? answer.clusters[0] : answer;
    },
    startScan: () => post('/admin/functions/scheduled-scan', masterKey, {}),
    latestReport: () => unlessNotFound(get('/api/reports/latest', api, report)),
    deliver: (event) =>
      post(
        '/runtime/webhooks/EventGrid?functionName=resource-changed',
        systemKeys.eventgrid_extension,
        event,
        // https://learn.microsoft.com/azure/event-grid/cloud-event-schema
        { 'content-type': 'application/cloudevents+json', 'aeg-event-type': 'Notification' },
      ),
  };
}

async function unlessNotFound<T>(answer: Promise<T>): Promise<T | undefined> {
  return answer.catch((error: unknown) => {
    if (error instanceof UnexpectedAnswerError && error.status === 404) return undefined;
    throw error;
  });
}

function unexpected(request: string, status: number, text: string): UnexpectedAnswerError {
  const said = text.trim().replaceAll(/\s+/g, ' ').slice(0, 200);
  const words = `${request} was answered with ${status}${said === '' ? '' : `: ${said}`}`;
  return new UnexpectedAnswerError(words, status);
}

function pathOf(path: string): string {
  return path.replace(/\?.*/, '');
}

function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error ? cause.message || cause.name : String(cause);
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // A page of the platform, or of somebody else.
    return undefined;
  }
}
