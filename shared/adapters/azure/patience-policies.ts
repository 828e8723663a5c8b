import {
  RestError,
  type PipelinePolicy,
  type PipelineRequest,
  type PipelineResponse,
} from '@azure/core-rest-pipeline';

/** How long an answer is waited for. */
export interface Patience {
  /** Milliseconds for one attempt; after that it counts as lost and is tried once more. */
  readonly attemptMs: number;
  /** Milliseconds that Azure may ask us to stay away; longer is a no. */
  readonly retryAfterMs: number;
  readonly maxRetries: number;
  /** Milliseconds between attempts that failed without a word on when to come back. */
  readonly retryDelayMs: number;
}

export const defaultPatience: Patience = {
  attemptMs: 60_000,
  retryAfterMs: 120_000,
  maxRetries: 5,
  retryDelayMs: 1_000,
};

/**
 * Ends an attempt that hangs, the first time in a way that the SDK's retry policy takes for a lost
 * connection, and refuses to sleep for as long as a far-off Retry-After says. Stands behind the retry policy.
 */
export function patiencePolicy({ attemptMs, retryAfterMs }: Patience): PipelinePolicy {
  const hung = new WeakSet<PipelineRequest>();
  return {
    name: 'portcullisPatience',
    async sendRequest(request, next) {
      request.timeout = attemptMs;
      let response: PipelineResponse;
      try {
        response = await next(request);
      } catch (error) {
        const isOurs = error instanceof Error && error.name === 'AbortError';
        if (!isOurs || request.abortSignal?.aborted === true) throw error;
        const code = hung.has(request) ? 'HungTwice' : 'ETIMEDOUT';
        hung.add(request);
        throw new RestError(`nothing came within ${attemptMs / 1000} s`, { code, request });
      }
      const wait = askedWait(response);
      if (wait <= retryAfterMs) return response;
      const minutes = Math.round(wait / 60_000);
      // Without a status no retry strategy of the SDK picks it up.
      throw new RestError(`${response.status}: Azure asks to come back in ${minutes} minutes`, {
        code: 'RetryAfterTooLong',
        request,
      });
    },
  };
}

/** Milliseconds that a throttled or failed answer asks us to wait; 0 for all others. */
export function askedWait({ status, headers }: PipelineResponse): number {
  const written = status === 429 || status >= 500 ? headers.get('retry-after') : undefined;
  if (written === undefined) return 0;
  const seconds = Number(written);
  const wait = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(written) - Date.now();
  return Number.isNaN(wait) ? 0 : wait;
}

/**
 * Resource Graph says with every answer how many queries are left and when the count starts anew;
 * with none left the next query waits until then, instead of being refused.
 * Source: https://learn.microsoft.com/azure/governance/resource-graph/concepts/guidance-for-throttled-requests
 */
export function resourceGraphQuotaPolicy(
  now: () => number,
  sleep: (ms: number) => Promise<void>,
): PipelinePolicy {
  let closedUntil = 0;
  return {
    name: 'portcullisResourceGraphQuota',
    async sendRequest(request, next) {
      const wait = closedUntil - now();
      if (wait > 0) await sleep(wait);
      const response = await next(request);
      const left = response.headers.get('x-ms-user-quota-remaining');
      const resets = response.headers.get('x-ms-user-quota-resets-after');
      if (left !== undefined && resets !== undefined && Number(left) < 1) {
        closedUntil = now() + millisecondsOf(resets);
      }
      return response;
    },
  };
}

/** `hh:mm:ss` in milliseconds; 0 where it is written otherwise. */
function millisecondsOf(written: string): number {
  const parts = /^(\d+):(\d{2}):(\d{2})(?:\.\d+)?$/.exec(written.trim());
  if (parts === null) return 0;
  const [, hours, minutes, seconds] = parts;
  return (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1000;
}
