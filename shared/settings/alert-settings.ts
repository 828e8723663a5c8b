import { z } from 'zod';
import { severities } from '../model/verdict.ts';
import { armScope } from './arm-scope.ts';
import type { Frozen } from './frozen.ts';

/** Whether an address is safe to send to: https, or this machine itself. */
export function isSafeAddress(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, username, password } = new URL(text);
  if (username !== '' || password !== '') return false;
  const isLoopback = /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
  return protocol === 'https:' || (protocol === 'http:' && isLoopback);
}

const webAddress = z.string().refine(isSafeAddress, {
  error: 'must be a web address with https://, without a user name or password in it',
});

/**
 * Secrets stand in app settings of this form only: whoever may write the settings file must not be
 * able to have any other secret of the app sent somewhere.
 */
const secretName = z.string().regex(/^PORTCULLIS_ALERT_[A-Z0-9_]+$/, {
  error:
    'must be the name of an app setting that begins with PORTCULLIS_ALERT_, in capitals; the secret itself belongs there, not here',
});

const routing = {
  name: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9-]{0,49}$/, {
      error: 'must be 1 to 50 letters, digits and hyphens',
    })
    .optional()
    .describe('A name that stays; without it, the kind. No two sinks have the same.'),
  minimumSeverity: z
    .enum(severities)
    .optional()
    .describe('The mildest severity that this sink hears of, where it is not that of all.'),
  scopes: z
    .array(armScope)
    .min(1)
    .optional()
    .describe('Clusters, resource groups and subscriptions it hears of; without it, everything.'),
};

const sink = z.discriminatedUnion(
  'kind',
  [
    z
      .strictObject({ kind: z.literal('applicationInsights'), ...routing })
      .describe(
        'A custom event and a metric in Application Insights, by APPLICATIONINSIGHTS_CONNECTION_STRING.',
      ),
    z
      .strictObject({
        kind: z.literal('eventGrid'),
        endpoint: webAddress.describe('The endpoint of the topic, https://…/api/events.'),
        keyFrom: secretName
          .optional()
          .describe('The app setting that holds its key; without it, the identity of the app.'),
        ...routing,
      })
      .describe('A topic of Event Grid that takes CloudEvents 1.0.'),
    z
      .strictObject({
        kind: z.literal('webhook'),
        url: webAddress.describe('Where alerts are posted; without secrets.'),
        header: z
          .strictObject({
            name: z
              .string()
              .regex(/^[A-Za-z0-9-]+$/, { error: 'must be the name of a header' })
              .describe('Such as Authorization.'),
            valueFrom: secretName.describe('The app setting that holds its value.'),
          })
          .optional()
          .describe('A header that proves who sends.'),
        ...routing,
      })
      .describe("Anything that takes Azure Monitor's common alert schema."),
    z
      .strictObject({
        kind: z.literal('teams'),
        urlFrom: secretName.describe(
          'The app setting that holds the address of the workflow, which is a secret.',
        ),
        ...routing,
      })
      .describe('A channel of Teams, by a workflow that takes webhook requests.'),
  ],
  { error: 'must have a "kind": "applicationInsights", "eventGrid", "webhook" or "teams"' },
);

/** Whom to tell of what. */
export const alertSettings = z
  .strictObject({
    minimumSeverity: z
      .enum(severities)
      .default('medium')
      .describe('The mildest severity that alerts.'),
    sinks: z
      .array(sink)
      .max(20)
      .default([])
      .superRefine((sinks, context) => {
        const names = sinks.map(nameOfSink);
        names.forEach((name, index) => {
          if (names.indexOf(name) === index) return;
          const message = `would be a second sink of the name ${JSON.stringify(name)}; give it a "name" of its own`;
          context.addIssue({ code: 'custom', path: [index], message });
        });
      })
      .describe('Whom to tell.'),
  })
  .prefault({})
  .describe('Alerts: who hears of what is found.');

/** One sink as the settings describe it. */
export type SinkSettings = Frozen<z.output<typeof sink>>;

/** By what name the deliveries of a sink are kept. */
export function nameOfSink({ name, kind }: Pick<SinkSettings, 'name' | 'kind'>): string {
  return name ?? kind;
}
