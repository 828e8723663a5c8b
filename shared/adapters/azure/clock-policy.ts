import type { PipelinePolicy } from '@azure/core-rest-pipeline';

/**
 * Tells how far this machine's clock is behind Azure's, in milliseconds, after each answer that says
 * what time it is there. HTTP dates have no fractions of seconds, so half a second is added.
 */
export function clockPolicy(now: () => number, note: (behindMs: number) => void): PipelinePolicy {
  return {
    name: 'portcullisClock',
    async sendRequest(request, next) {
      const sent = now();
      const response = await next(request);
      const there = Date.parse(response.headers.get('date') ?? '');
      if (!Number.isNaN(there)) note(there + 500 - (sent + now()) / 2);
      return response;
    },
  };
}
