import { randomUUID } from 'node:crypto';
import { type Answer, failure } from '../http/wire.ts';

/** How many queries a principal may make in a window of time. */
export interface QueryQuotaLimits {
  readonly queries: number;
  readonly windowSeconds: number;
}

/** What is left to a principal, and whether this query was one too many. */
export interface QuotaState {
  readonly refused: boolean;
  readonly remaining: number;
  readonly resetsAfterSeconds: number;
}

/**
 * Microsoft's example of Resource Graph's quota: 15 queries in 5 seconds.
 * https://learn.microsoft.com/azure/governance/resource-graph/concepts/guidance-for-throttled-requests
 */
export const documentedQueryQuota: QueryQuotaLimits = { queries: 15, windowSeconds: 5 };

/** Counts each principal's queries in windows that begin with its first one. */
export function createQueryQuota({ queries, windowSeconds }: QueryQuotaLimits) {
  const windows = new Map<string, { readonly start: number; readonly used: number }>();
  return (principalId: string, now: Date): QuotaState => {
    const time = now.getTime() / 1000;
    const open = windows.get(principalId);
    const window =
      open === undefined || time >= open.start + windowSeconds ? { start: time, used: 0 } : open;
    const refused = window.used >= queries;
    const used = refused ? window.used : window.used + 1;
    windows.set(principalId, { start: window.start, used });
    return {
      refused,
      remaining: queries - used,
      resetsAfterSeconds: Math.max(1, Math.ceil(window.start + windowSeconds - time)),
    };
  };
}

/** The headers that tell a client its quota. */
export function quotaHeaders({ remaining, resetsAfterSeconds }: QuotaState) {
  const [hours, minutes, seconds] = [
    Math.floor(resetsAfterSeconds / 3600),
    Math.floor(resetsAfterSeconds / 60) % 60,
    resetsAfterSeconds % 60,
  ].map((part) => String(part).padStart(2, '0'));
  return {
    'x-ms-user-quota-remaining': String(remaining),
    'x-ms-user-quota-resets-after': `${hours}:${minutes}:${seconds}`,
    'x-ms-ratelimit-remaining-tenant-resource-requests': String(remaining),
  };
}

/** The answer to a query beyond the quota. */
export function rateLimited(state: QuotaState, now: Date): Answer {
  return failure(
    429,
    'RateLimiting',
    `Please provide below info when asking for support: timestamp = ${now.toISOString()}, correlationId = ${randomUUID()}.`,
    {
      headers: { ...quotaHeaders(state), 'Retry-After': String(state.resetsAfterSeconds) },
      details: [
        {
          code: 'RateLimiting',
          message:
            'Client application has been throttled and should not attempt to repeat the request until an amount of time has elapsed. Please see https://aka.ms/resourcegraph-throttling for help.',
        },
      ],
    },
  );
}
