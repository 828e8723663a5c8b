import { setTimeout as sleep } from 'node:timers/promises';
import type { PipelinePolicy, PipelineResponse } from '@azure/core-rest-pipeline';
import { askedWait } from './patience-policies.ts';
import {
  type Quota,
  type Told,
  type Urgency,
  answered,
  resourceGraphQuota,
  resourceManagerQuota,
  sent,
  waitFor,
} from './quota.ts';

/** The time, and a way to let some of it pass. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  sleep(milliseconds: number): Promise<void>;
}

/** The time of this machine. */
export const machineClock: Clock = { now: Date.now, sleep: (ms) => sleep(ms) };

/**
 * Holds requests back until Azure has room for them, one for all clients of a process. Every attempt
 * has its turn; a policy is made for each urgency.
 */
export interface QuotaLimiter {
  policy(urgency: Urgency): PipelinePolicy;
}

/** How long after a check's last request scans leave room for its next one. */
const checksLingerMs = 10_000;

/** What is known of one of Azure's quotas, and how much is going on. */
interface Bucket {
  quota: Quota;
  underWay: number;
  checksWaiting: number;
}

/** `longestMs` bounds what an answer may ask for: `patiencePolicy` takes more for a no. */
export function quotaLimiter(clock: Clock, graphHost: string, longestMs: number): QuotaLimiter {
  const buckets = new Map<string, Bucket>();
  let lastCheckAt = Number.NEGATIVE_INFINITY;

  function bucketOf(method: string, url: string): Bucket | undefined {
    const kind = quotaOf(method, url, graphHost);
    if (kind === undefined) return undefined;
    const before = buckets.get(kind.key);
    if (before !== undefined) return before;
    const bucket = { quota: kind.quota, underWay: 0, checksWaiting: 0 };
    buckets.set(kind.key, bucket);
    return bucket;
  }

  async function turn(bucket: Bucket, urgency: Urgency): Promise<void> {
    const since = clock.now();
    const isCheck = urgency === 'check';
    if (isCheck) bucket.checksWaiting += 1;
    try {
      for (;;) {
        const now = clock.now();
        if (isCheck) lastCheckAt = now;
        const wait = waitFor(bucket.quota, now, {
          urgency,
          waitedMs: now - since,
          checksWaiting: bucket.checksWaiting,
          checksActive: now - lastCheckAt < checksLingerMs,
        });
        if (wait <= 0) break;
        await clock.sleep(wait);
      }
      bucket.quota = sent(bucket.quota, clock.now());
    } finally {
      if (isCheck) bucket.checksWaiting -= 1;
    }
  }

  return {
    policy: (urgency) => ({
      name: 'portcullisQuota',
      async sendRequest(request, next) {
        const bucket = bucketOf(request.method, request.url);
        if (bucket === undefined) return next(request);
        await turn(bucket, urgency);
        bucket.underWay += 1;
        let told: Told = {};
        try {
          const response = await next(request);
          told = toldIn(response, longestMs);
          return response;
        } finally {
          bucket.underWay -= 1;
          bucket.quota = answered(bucket.quota, clock.now(), told, bucket.underWay);
        }
      },
    }),
  };
}

/** Which quota a request counts against; Microsoft Graph's is told by nothing before its 429. */
function quotaOf(
  method: string,
  url: string,
  graphHost: string,
): { readonly key: string; readonly quota: Quota } | undefined {
  const { origin, pathname } = new URL(url);
  const path = pathname.toLowerCase();
  if (path.includes('/providers/microsoft.resourcegraph/')) {
    return { key: 'resource graph', quota: resourceGraphQuota };
  }
  if (origin === new URL(graphHost).origin && /^\/(?:v1\.0|beta)\//.test(path)) return undefined;
  const subscription = /^\/+subscriptions\/([^/]+)/.exec(path)?.[1] ?? 'tenant';
  const kind = kindOf(method);
  return { key: `${subscription} ${kind}`, quota: resourceManagerQuota(kind) };
}

/** POST is an action: Resource Manager counts it with the writes. */
function kindOf(method: string): 'reads' | 'writes' | 'deletes' {
  if (method === 'GET' || method === 'HEAD') return 'reads';
  return method === 'DELETE' ? 'deletes' : 'writes';
}

const remainingHeaders = [
  'x-ms-user-quota-remaining',
  ...['subscription', 'tenant'].flatMap((where) =>
    ['reads', 'writes', 'deletes'].map((kind) => `x-ms-ratelimit-remaining-${where}-${kind}`),
  ),
];

function toldIn(response: PipelineResponse, longestMs: number): Told {
  const written = remainingHeaders
    .map((name) => response.headers.get(name))
    .find((value) => value !== undefined);
  const remaining = written === undefined ? Number.NaN : Number(written);
  const resetsAfterMs = millisecondsOf(response.headers.get('x-ms-user-quota-resets-after') ?? '');
  const retryAfterMs = askedWait(response);
  return {
    ...(Number.isNaN(remaining) ? {} : { remaining }),
    ...(resetsAfterMs === undefined ? {} : { resetsAfterMs }),
    ...(retryAfterMs > 0 && retryAfterMs <= longestMs ? { retryAfterMs } : {}),
  };
}

/** `hh:mm:ss` in milliseconds; undefined where it is written otherwise. */
function millisecondsOf(written: string): number | undefined {
  const parts = /^(\d+):(\d{2}):(\d{2})(?:\.\d+)?$/.exec(written.trim());
  if (parts === null) return undefined;
  const [, hours, minutes, seconds] = parts;
  return (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1000;
}
