import type { PipelinePolicy } from '@azure/core-rest-pipeline';

/** How often Azure was called: every attempt, those that were retried too. */
export interface CallCount {
  resourceGraphCalls: number;
  armReads: number;
  armWrites: number;
  graphCalls: number;
  /** Answers 429, and 503 with a Retry-After. */
  throttled: number;
}

export function newCallCount(): CallCount {
  return { resourceGraphCalls: 0, armReads: 0, armWrites: 0, graphCalls: 0, throttled: 0 };
}

/** Counts each attempt; stands behind the retry policy. */
export function countingPolicy(count: CallCount, graphHost: string): PipelinePolicy {
  return {
    name: 'portcullisCallCount',
    async sendRequest(request, next) {
      count[kindOf(request, graphHost)] += 1;
      const response = await next(request);
      const isThrottled =
        response.status === 429 || (response.status === 503 && response.headers.has('retry-after'));
      if (isThrottled) count.throttled += 1;
      return response;
    },
  };
}

function kindOf(
  { method, url }: { readonly method: string; readonly url: string },
  graphHost: string,
): 'resourceGraphCalls' | 'armReads' | 'armWrites' | 'graphCalls' {
  const { origin, pathname } = new URL(url);
  if (pathname.toLowerCase().includes('/providers/microsoft.resourcegraph/')) {
    return 'resourceGraphCalls';
  }
  if (origin === new URL(graphHost).origin && /^\/(?:v1\.0|beta)\//.test(pathname)) {
    return 'graphCalls';
  }
  return method === 'GET' ? 'armReads' : 'armWrites';
}
