/** How long an answer is waited for, without waiting. */
import {
  createHttpHeaders,
  createPipelineRequest,
  type PipelinePolicy,
  type PipelineResponse,
  RestError,
} from '@azure/core-rest-pipeline';
import { describe, expect, it } from 'vitest';
import {
  defaultPatience,
  patiencePolicy,
} from '../../../shared/adapters/azure/patience-policies.ts';

const request = createPipelineRequest({ url: 'https://x/' });

function answer(status: number, headers: Record<string, string>): PipelineResponse {
  return { status, request, headers: createHttpHeaders(headers), bodyAsText: '' };
}

function send(policy: PipelinePolicy, response: PipelineResponse): Promise<PipelineResponse> {
  return policy.sendRequest(request, () => Promise.resolve(response));
}

describe('patience', () => {
  const policy = patiencePolicy({ ...defaultPatience, retryAfterMs: 60_000 });

  it.each([
    [429, { 'retry-after': '59' }],
    [429, {}],
    [200, { 'retry-after': '99999' }],
    [503, { 'retry-after': 'in a while' }],
  ])('lets %i with %j through', async (status, headers) => {
    const response = answer(status, { ...headers });
    await expect(send(policy, response)).resolves.toBe(response);
  });

  it.each([
    [429, '61'],
    [503, '3600'],
    [500, new Date(Date.now() + 600_000).toUTCString()],
  ])('does not sleep after %i until %s', async (status, retryAfter) => {
    const failing = send(policy, answer(status, { 'retry-after': retryAfter }));
    await expect(failing).rejects.toMatchObject({ code: 'RetryAfterTooLong' });
  });

  it('takes a hung attempt for a lost connection once, and gives up the second time', async () => {
    const hanging = createPipelineRequest({ url: 'https://x/' });
    const hang = () =>
      policy.sendRequest(hanging, () =>
        Promise.reject(Object.assign(new Error('aborted'), { name: 'AbortError' })),
      );
    await expect(hang()).rejects.toMatchObject({ code: 'ETIMEDOUT' });
    await expect(hang()).rejects.toMatchObject({ code: 'LostTwice' });
    expect(hanging.timeout).toBe(defaultPatience.attemptMs);
  });

  it('takes an answer that broke off for a lost connection once', async () => {
    const broken = createPipelineRequest({ url: 'https://x/' });
    const error = new RestError('aborted', { code: RestError.PARSE_ERROR });
    const breakOff = () => policy.sendRequest(broken, () => Promise.reject(error));
    await expect(breakOff()).rejects.toMatchObject({ code: 'ETIMEDOUT' });
    await expect(breakOff()).rejects.toMatchObject({
      code: 'LostTwice',
      message: 'the answer broke off',
    });
  });

  it('leaves what the caller gave up, and every other error, as it is', async () => {
    const controller = new AbortController();
    controller.abort();
    const given = createPipelineRequest({ url: 'https://x/', abortSignal: controller.signal });
    const aborted = Object.assign(new Error('aborted'), { name: 'AbortError' });
    await expect(policy.sendRequest(given, () => Promise.reject(aborted))).rejects.toBe(aborted);
    const reset = new RestError('reset', { code: 'ECONNRESET' });
    await expect(policy.sendRequest(request, () => Promise.reject(reset))).rejects.toBe(reset);
  });
});
