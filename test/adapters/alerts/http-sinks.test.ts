/** What receivers get, held against what is published about it, and what becomes of it when they fail. */
import { AdaptiveCard, SerializationContext, Versions } from 'adaptivecards';
import { CloudEvent } from 'cloudevents';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { sinkFor } from '../../../shared/adapters/alerts/sinks.ts';
import type { Telemetry } from '../../../shared/adapters/telemetry/telemetry.ts';
import type { AlertMessage } from '../../../shared/model/alert.ts';
import { SinkError } from '../../../shared/ports.ts';
import type { SinkSettings } from '../../../shared/settings/alert-settings.ts';
import { madeUpAlert } from '../../alerts/made-up-alert.ts';
import { type Answer, type Receiver, startReceiver } from './receiver.ts';

let receiver: Receiver;
beforeEach(async () => {
  receiver = await startReceiver();
});
afterEach(() => receiver.stop());

const noTelemetry: Telemetry = {
  span: () => {},
  alert: () => Promise.reject(new Error('not asked')),
};
const secrets = () => ({
  PORTCULLIS_ALERT_KEY: 'the-key',
  PORTCULLIS_ALERT_TEAMS: `${receiver.url}/workflow?sig=the-key`,
});

type HttpKind = 'webhook' | 'eventGrid' | 'teams';
const settingsOf = (kind: HttpKind): SinkSettings => {
  switch (kind) {
    case 'webhook':
      return {
        kind,
        url: `${receiver.url}/hook`,
        header: { name: 'Authorization', valueFrom: 'PORTCULLIS_ALERT_KEY' },
      };
    case 'eventGrid':
      return { kind, endpoint: `${receiver.url}/api/events`, keyFrom: 'PORTCULLIS_ALERT_KEY' };
    case 'teams':
      return { kind, urlFrom: 'PORTCULLIS_ALERT_TEAMS' };
  }
};

function send(kind: HttpKind, message: AlertMessage, signal = AbortSignal.timeout(5000)) {
  return sinkFor(settingsOf(kind), secrets(), noTelemetry).send(message, signal);
}

async function bodyOf(kind: HttpKind, message: AlertMessage): Promise<unknown> {
  await send(kind, message);
  return receiver.received.at(-1)?.body;
}

const moment = z.iso.datetime();

/** https://learn.microsoft.com/azure/azure-monitor/alerts/alerts-common-schema, its table of essentials. */
const commonSchema = z.strictObject({
  schemaId: z.literal('azureMonitorCommonAlertSchema'),
  data: z.strictObject({
    essentials: z.strictObject({
      alertId: z.string().startsWith('/'),
      alertRule: z.string(),
      severity: z.enum(['Sev0', 'Sev1', 'Sev2', 'Sev3', 'Sev4']),
      signalType: z.enum(['Metric', 'Log', 'Activity Log']),
      monitorCondition: z.enum(['Fired', 'Resolved']),
      monitoringService: z.string(),
      alertTargetIDs: z.array(z.string().startsWith('/')).min(1),
      configurationItems: z.array(z.string()).min(1),
      originAlertId: z.string(),
      firedDateTime: moment,
      resolvedDateTime: moment.optional(),
      description: z.string(),
      investigationLink: z.url().optional(),
      essentialsVersion: z.literal('1.0'),
      alertContextVersion: z.literal('1.0'),
    }),
    alertContext: z.record(z.string(), z.unknown()),
    customProperties: z.record(z.string(), z.string()).nullable(),
  }),
});

/** What Microsoft's own reader of Adaptive Cards says against a card, and the texts it reads in it. */
function cardProblems(content: unknown): readonly string[] {
  const card = new AdaptiveCard();
  card.version = Versions.v1_5;
  const context = new SerializationContext(Versions.v1_5);
  card.parse(content, context);
  const invalid = card.validateProperties().validationEvents;
  const events = Array.from({ length: context.eventCount }, (_, at) => context.getEventAt(at));
  return [...events, ...invalid].map(({ message }) => message);
}

const workflowMessage = z.strictObject({
  type: z.literal('message'),
  attachments: z.tuple([
    z.strictObject({
      contentType: z.literal('application/vnd.microsoft.card.adaptive'),
      contentUrl: z.null(),
      content: z.record(z.string(), z.unknown()),
    }),
  ]),
});

describe('the published shapes', () => {
  test.each(['opened', 'reopened', 'severityChanged', 'resolved'] as const)(
    'of an alert that %s',
    async (change) => {
      const message = madeUpAlert(change);
      const common = commonSchema.parse(await bodyOf('webhook', message)).data.essentials;
      expect(common.monitorCondition).toBe(change === 'resolved' ? 'Resolved' : 'Fired');
      expect(common.resolvedDateTime !== undefined).toBe(change === 'resolved');
      expect(receiver.received.at(-1)?.headers.authorization).toBe('the-key');

      const event = await bodyOf('eventGrid', message);
      // The constructor of the CloudEvents SDK refuses what the specification refuses.
      expect(new CloudEvent(z.record(z.string(), z.unknown()).parse(event), true)).toMatchObject({
        id: `${message.id}/${message.sequence}`,
        specversion: '1.0',
      });
      expect(receiver.received.at(-1)).toMatchObject({
        path: '/api/events?api-version=2018-01-01',
        headers: {
          'aeg-sas-key': 'the-key',
          'content-type': 'application/cloudevents+json; charset=utf-8',
        },
      });

      const teams = workflowMessage.parse(await bodyOf('teams', message));
      expect(cardProblems(teams.attachments[0].content)).toEqual([]);
    },
  );

  test('would be missed: the reader of cards names what is no element', () => {
    const card = { type: 'AdaptiveCard', version: '1.5', body: [{ type: 'TextBlok', text: 'x' }] };
    expect(cardProblems(card)).not.toEqual([]);
  });
});

test('names that others gave show as they are, and steer nobody', async () => {
  const evil =
    '[click](https://evil.example) **x** <at>all</at> {{DATE(2026-01-01T00:00:00Z)}} \u202Egnp';
  const message = madeUpAlert('opened', { summary: evil, evidence: [] });
  const [attachment] = workflowMessage.parse(await bodyOf('teams', message)).attachments;
  const text = JSON.stringify(attachment.content);
  // Markdown is read in text blocks and facts, and in nothing that the card has.
  expect(text).not.toMatch(/"type":"(TextBlock|FactSet)"/);
  expect(text).toContain('[click](https://evil.example)');
  expect(text).not.toContain('{{');
  expect(text).not.toContain('\u202E');
  expect(cardProblems(attachment.content)).toEqual([]);
  expect(commonSchema.safeParse(await bodyOf('webhook', message)).success).toBe(true);
});

describe('a receiver that', () => {
  test.each<[string, Answer, RegExp]>([
    ['answers 500', { status: 500 }, /^127\.0\.0\.1:\d+ answered 500$/],
    ['answers 429', { status: 429, headers: { 'retry-after': '120' } }, /answered 429$/],
    [
      'sends elsewhere',
      { status: 302, headers: { location: 'http://127.0.0.1:9/' } },
      /answered 302$/,
    ],
    ['resets', 'reset', /could not be reached/],
    ['hangs', 'hang', /did not answer in time$/],
  ])('%s fails with what it did, and without its address', async (_, answer, says) => {
    receiver.answerWith(answer);
    const error: unknown = await send('teams', madeUpAlert(), AbortSignal.timeout(300)).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(SinkError);
    expect(String(error)).toMatch(/^SinkError/);
    expect(error).toMatchObject({
      message: expect.stringMatching(says),
      waitMs: typeof answer === 'object' && answer.status === 429 ? 120_000 : 0,
    });
    expect(String(error)).not.toContain('the-key');
  });

  test('is named by a setting that is missing, or is no safe address, is told nothing', async () => {
    const teams = { kind: 'teams', urlFrom: 'PORTCULLIS_ALERT_TEAMS' } as const;
    for (const [env, says] of [
      [{}, 'the app setting PORTCULLIS_ALERT_TEAMS is not set'],
      [{ PORTCULLIS_ALERT_TEAMS: 'http://teams.example' }, /must hold a web address with https/],
    ] as const) {
      const sending = sinkFor(teams, env, noTelemetry).send(
        madeUpAlert(),
        AbortSignal.timeout(300),
      );
      await expect(sending).rejects.toThrow(says);
    }
    expect(receiver.received).toEqual([]);
  });
});
