/** Requests held back by what Azure's headers say, on a clock that only sleeping moves. */
import {
  createHttpHeaders,
  createPipelineRequest,
  type PipelineResponse,
} from '@azure/core-rest-pipeline';
import { describe, expect, it } from 'vitest';
import { quotaLimiter } from '../../../shared/adapters/azure/quota-limiter.ts';
import type { Urgency } from '../../../shared/adapters/azure/quota.ts';

const graphPath = '/providers/Microsoft.ResourceGraph/resources';

function limited(host = 'https://graph') {
  let clock = 1_000_000;
  const slept: number[] = [];
  const limiter = quotaLimiter(
    {
      now: () => clock,
      sleep: (ms) => {
        slept.push(ms);
        clock += ms;
        return Promise.resolve();
      },
    },
    host,
    120_000,
  );
  const send = (
    path: string,
    headers: Record<string, string> = {},
    { status = 200, method = 'GET', urgency = 'scan' as Urgency, arrives = Promise.resolve() } = {},
  ): Promise<PipelineResponse> => {
    const request = createPipelineRequest({ url: `https://arm${path}`, method: method as 'GET' });
    return limiter.policy(urgency).sendRequest(request, async () => {
      await arrives;
      return { status, request, headers: createHttpHeaders(headers), bodyAsText: '' };
    });
  };
  const query = (remaining: string, resets: string, urgency: Urgency = 'scan') =>
    send(
      graphPath,
      { 'x-ms-user-quota-remaining': remaining, 'x-ms-user-quota-resets-after': resets },
      { method: 'POST', urgency },
    );
  return { send, query, slept, pass: (ms: number) => (clock += ms) };
}

describe('the quota of Resource Graph', () => {
  it('is waited for when nothing is left of it', async () => {
    const { query, slept } = limited();
    await query('1', '00:00:05');
    await query('0', '00:00:05');
    expect(slept).toEqual([]);
    await query('14', '00:00:05');
    expect(slept).toEqual([5000]);
    await query('13', '00:00:04');
    expect(slept).toEqual([5000]);
  });

  it('ends when the truest answer says so: whole seconds are rounded up', async () => {
    const { query, slept, pass } = limited();
    await query('1', '00:00:05');
    pass(2500);
    await query('0', '00:00:03');
    await query('14', '00:00:05');
    expect(slept).toEqual([2500]);
  });

  it('holds nobody up where it is written otherwise', async () => {
    const { query, slept } = limited();
    await query('0', 'soon');
    await query('0', 'soon');
    expect(slept).toEqual([]);
  });

  it('can last for hours', async () => {
    const { query, slept } = limited();
    await query('0', '01:00:01');
    await query('9', '00:00:05');
    expect(slept).toEqual([3_601_000]);
  });

  it('leaves two queries to checks while one is under way, and none else', async () => {
    const { query, slept } = limited();
    await query('3', '00:00:05', 'check');
    await query('2', '00:00:05');
    await query('14', '00:00:05');
    expect(slept).toEqual([5000]);
    await query('1', '00:00:05', 'check');
    await query('0', '00:00:05', 'check');
    expect(slept).toEqual([5000]);
  });
});

describe('the buckets of Resource Manager', () => {
  const left = (remaining: number) => ({
    'x-ms-ratelimit-remaining-subscription-reads': String(remaining),
  });

  it('are waited for as long as it takes to refill them, each subscription by itself', async () => {
    const { send, slept } = limited();
    await send('/subscriptions/a/x', left(50));
    await send('/subscriptions/b/x', left(200));
    expect(slept).toEqual([]);
    await send('/subscriptions/a/x', left(49));
    expect(slept).toEqual([40]);
  });

  it('keep a fifth for checks', async () => {
    const { send, slept } = limited();
    await send('/subscriptions/a/x', left(20));
    await send('/subscriptions/a/y', left(19), { urgency: 'check' });
    expect(slept).toEqual([]);
  });

  it('take off what is under way: Azure may not have counted it yet', async () => {
    const { send, slept } = limited();
    const { promise, resolve } = Promise.withResolvers<void>();
    const late = send('/subscriptions/a/x', left(0), { urgency: 'check', arrives: promise });
    await send('/subscriptions/a/y', left(1), { urgency: 'check' });
    await send('/subscriptions/a/z', left(1), { urgency: 'check' });
    expect(slept).toEqual([40]);
    resolve();
    await late;
  });

  it('count reads apart from writes', async () => {
    const { send, slept } = limited();
    await send('/subscriptions/a/x', left(0));
    await send('/subscriptions/a/x', {}, { method: 'PUT' });
    expect(slept).toEqual([]);
  });

  it('stay closed for as long as Azure asks, unless it asks for more than anybody waits', async () => {
    const { send, slept } = limited();
    await send('/subscriptions/a/x', { 'retry-after': '7' }, { status: 429 });
    await send('/subscriptions/a/x');
    expect(slept).toEqual([7000]);
    await send('/subscriptions/a/x', { 'retry-after': '121' }, { status: 429 });
    await send('/subscriptions/a/x');
    expect(slept).toEqual([7000]);
  });
});

it('Microsoft Graph is asked without a wait', async () => {
  const { send, slept } = limited('https://arm');
  const headers = { 'x-ms-ratelimit-remaining-tenant-reads': '0' };
  await send('/v1.0/groups/x', headers);
  await send('/v1.0/groups/y', headers);
  expect(slept).toEqual([]);
});
