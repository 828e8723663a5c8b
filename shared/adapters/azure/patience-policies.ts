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
 * Ends an attempt that hangs, and one whose answer breaks off, the first time in a way that the SDK's
 * retry policy takes for a lost connection, and refuses to sleep for as long as a far-off Retry-After says. Stands behind the retry policy.
 */
export function patiencePolicy({ attemptMs, retryAfterMs }: Patience): PipelinePolicy {
  const lost = new WeakSet<PipelineRequest>();
  return {
    name: 'portcullisPatience',
    async sendRequest(request, next) {
      request.timeout = attemptMs;
      let response: PipelineResponse;
      try {
        response = await next(request);
      } catch (error) {
        if (request.abortSignal?.aborted === true) throw error;
        const says = lossIn(error, attemptMs);
        if (says === undefined) throw error;
        const code = lost.has(request) ? 'LostTwice' : 'ETIMEDOUT';
        lost.add(request);
        throw new RestError(says, { code, request });
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

/** How an answer was lost that began to come, or never did; undefined for everything else. */
function lossIn(error: unknown, attemptMs: number): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if (error.name === 'AbortError') return `nothing came within ${attemptMs / 1000} s`;
  const brokeOff = error instanceof RestError && error.code === RestError.PARSE_ERROR;
  return brokeOff ? 'the answer broke off' : undefined;
}

/** Milliseconds that a throttled or failed answer asks us to wait; 0 for all others. */
export function askedWait({ status, headers }: PipelineResponse): number {
  const written = status === 429 || status >= 500 ? headers.get('retry-after') : undefined;
  if (written === undefined) return 0;
  const seconds = Number(written);
  const wait = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(written) - Date.now();
  return Number.isNaN(wait) ? 0 : wait;
}
