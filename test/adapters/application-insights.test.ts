/** What Application Insights gets, at a receiver of our own, and what becomes of alerts that it does not take. */
import type { TokenCredential } from '@azure/core-auth';
import { type HttpClient, createDefaultHttpClient } from '@azure/core-rest-pipeline';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { lazyTelemetry, type Telemetry } from '../../shared/adapters/telemetry/telemetry.ts';
import { SinkError } from '../../shared/ports.ts';
import { madeUpAlert } from '../alerts/made-up-alert.ts';
import { type Answer, type Receiver, startReceiver } from './alerts/receiver.ts';

/** https://github.com/microsoft/ApplicationInsights-Home/tree/master/EndpointSpecs/Schemas */
const envelopes = z.array(
  z.object({
    name: z.string(),
    time: z.string(),
    iKey: z.string(),
    tags: z.record(z.string(), z.string()),
    data: z.object({ baseType: z.string(), baseData: z.record(z.string(), z.unknown()) }),
  }),
);

function accepted(count: number): Answer {
  const text = JSON.stringify({ itemsReceived: count, itemsAccepted: count, errors: [] });
  return { status: 200, headers: { 'content-type': 'application/json' }, text };
}

function connectionTo(url: string): string {
  const key = '00000000-0000-4000-8000-000000000000';
  return `InstrumentationKey=${key};IngestionEndpoint=${url}/;LiveEndpoint=${url}/`;
}

let receiver: Receiver;
let telemetry: Telemetry;
beforeAll(async () => {
  vi.stubEnv('APPLICATION_INSIGHTS_NO_STATSBEAT', 'true');
  // The library asks Microsoft for settings of its own; here it reaches nobody.
  vi.stubEnv('HTTPS_PROXY', 'http://127.0.0.1:9');
  vi.stubEnv('NO_PROXY', '127.0.0.1');
  receiver = await startReceiver();
  const { applicationInsights } =
    await import('../../shared/adapters/telemetry/application-insights.ts');
  telemetry = applicationInsights(connectionTo(receiver.url), { http: { sendRequest: overHttp } });
});
/** The library makes every address one with https; the receiver here has no certificate. */
const overHttp: HttpClient['sendRequest'] = (request) => {
  request.url = request.url.replace('https:', 'http:');
  request.allowInsecureConnection = true;
  return createDefaultHttpClient().sendRequest(request);
};
beforeEach(() => {
  receiver.answerWith(accepted(1));
  receiver.received.length = 0;
});
afterAll(async () => {
  await receiver.stop();
  vi.unstubAllEnvs();
});

const got = () => receiver.received.flatMap(({ body }) => envelopes.parse(body));
const soon = () => AbortSignal.timeout(5000);

test('an alert is a custom event and a metric', async () => {
  const message = madeUpAlert('opened');
  await telemetry.alert(message, soon());
  const event = got().find(({ data }) => data.baseType === 'EventData');
  expect(event?.data.baseData).toMatchObject({
    name: 'PortcullisAlert',
    properties: {
      alertId: message.id,
      change: 'opened',
      severity: 'high',
      checkId: 'scoring-inbound-allowed',
      command: expect.stringMatching(/^portcullis plan --cluster \//),
    },
    measurements: { sequence: message.sequence },
  });
  const metric = got().find(({ data }) => data.baseType === 'MetricData');
  expect(metric?.data.baseData).toMatchObject({
    metrics: [{ name: 'PortcullisAlertFiring', value: 1 }],
    properties: { alertId: message.id },
  });
});

test('who sends is an identity where one is given', async () => {
  const { applicationInsights } =
    await import('../../shared/adapters/telemetry/application-insights.ts');
  const scopes: (string | string[])[] = [];
  const credential: TokenCredential = {
    async getToken(scope) {
      scopes.push(scope);
      return { token: 'of-the-identity', expiresOnTimestamp: Date.now() + 3_600_000 };
    },
  };
  const own = applicationInsights(connectionTo(receiver.url), {
    credential,
    http: { sendRequest: overHttp },
  });
  await own.alert(madeUpAlert(), soon());
  expect(receiver.received.map(({ headers }) => headers['authorization'])).toContain(
    'Bearer of-the-identity',
  );
  expect(new Set(scopes.flat())).toEqual(new Set(['https://monitor.azure.com/.default']));
});

describe('an alert is not taken where the receiver', () => {
  test.each<[string, Answer]>([
    ['answers 500', { status: 500 }],
    ['answers 429', { status: 429, headers: { 'retry-after': '1' } }],
    [
      'takes a part of it',
      {
        status: 206,
        text: '{"itemsReceived":1,"itemsAccepted":0,"errors":[{"index":0,"statusCode":500,"message":"x"}]}',
      },
    ],
    ['resets', 'reset'],
    ['hangs', 'hang'],
  ])('%s', async (_, answer) => {
    receiver.answerWith(answer);
    const sending = telemetry.alert(madeUpAlert(), AbortSignal.timeout(1500));
    await expect(sending).rejects.toThrow(SinkError);
    // And the next one does not suffer.
    receiver.answerWith(accepted(1));
    await telemetry.alert(madeUpAlert(), soon());
  });
});

test('spans keep the ids that messages were sent with', async () => {
  const traceId = 'a'.repeat(32);
  const moment = { startedAt: new Date(1000), endedAt: new Date(3500) };
  const span = { traceId, ...moment, attributes: { scanId: 's-1' } };
  telemetry.span({ ...span, name: 'first', spanId: '1'.repeat(16), succeeded: true });
  const second = { name: 'second', spanId: '2'.repeat(16), parentId: '1'.repeat(16) };
  telemetry.span({ ...span, ...second, succeeded: false });
  const spans = () => got().filter(({ data }) => data.baseType === 'RequestData');
  await expect.poll(() => spans().length, { timeout: 10_000 }).toBe(2);
  const tags = spans().map((each) => each.tags);
  expect(tags.map((each) => each['ai.operation.id'])).toEqual([traceId, traceId]);
  const ids = spans().map(({ data }) => data.baseData['id']);
  expect(ids).toEqual(['1'.repeat(16), '2'.repeat(16)]);
  expect(tags[0]?.['ai.operation.parentId']).toBeUndefined();
  expect(tags[1]?.['ai.operation.parentId']).toBe('1'.repeat(16));
  expect(spans()[1]?.data.baseData).toMatchObject({
    name: 'second',
    success: false,
    duration: '00:00:02.500',
    properties: { scanId: 's-1' },
  });
});

describe('telemetry', () => {
  test('is loaded by the first that needs it, once, and by nobody without a connection string', async () => {
    let loads = 0;
    const alerts: string[] = [];
    const load = async (): Promise<Telemetry> => {
      loads += 1;
      return {
        span: () => {},
        alert: async ({ id }) => {
          alerts.push(id);
        },
      };
    };
    const lazy = lazyTelemetry('InstrumentationKey=x', load, () => {});
    expect(loads).toBe(0);
    await lazy.alert(madeUpAlert(), soon());
    await lazy.alert(madeUpAlert(), soon());
    expect([loads, alerts.length]).toEqual([1, 2]);
    const none = lazyTelemetry(undefined, load, () => {});
    await expect(none.alert(madeUpAlert(), soon())).rejects.toThrow(
      'APPLICATIONINSIGHTS_CONNECTION_STRING is not set',
    );
    expect(loads).toBe(1);
  });
});
