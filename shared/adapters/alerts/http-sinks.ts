import { teamsMessage } from '../../alerts/adaptive-card.ts';
import { cloudEvent } from '../../alerts/cloud-event.ts';
import { azureMonitorAlert } from '../../alerts/azure-monitor-alert.ts';
import type { AlertSink } from '../../ports.ts';
import { SinkError } from '../../ports.ts';
import type { SinkSettings } from '../../settings/alert-settings.ts';
import { postJson } from './post-json.ts';
import { type AppSettings, addressIn, secretIn } from './secrets.ts';

type Of<Kind extends SinkSettings['kind']> = Extract<SinkSettings, { readonly kind: Kind }>;

/** Anything that takes the common alert schema. */
export function webhookSink({ url, header }: Of<'webhook'>, env: AppSettings): AlertSink {
  return {
    async send(message, signal) {
      const headers =
        header === undefined ? {} : { [header.name]: secretIn(env, header.valueFrom) };
      await postJson({ url, headers, body: azureMonitorAlert(message) }, signal);
    },
  };
}

/** A channel of Teams. */
export function teamsSink({ urlFrom }: Of<'teams'>, env: AppSettings): AlertSink {
  return {
    async send(message, signal) {
      const url = addressIn(env, urlFrom);
      await postJson({ url, headers: {}, body: teamsMessage(message) }, signal);
    },
  };
}

/** Gives a bearer token for Event Grid. */
export type EventGridToken = (signal: AbortSignal) => Promise<string>;

/**
 * A topic of Event Grid, by its key or by the identity of the app. Source:
 * https://learn.microsoft.com/azure/event-grid/post-to-custom-topic
 */
export function eventGridSink(
  { endpoint, keyFrom }: Of<'eventGrid'>,
  env: AppSettings,
  token: EventGridToken,
): AlertSink {
  return {
    async send(message, signal) {
      const authorization: Record<string, string> =
        keyFrom === undefined
          ? { authorization: `Bearer ${await signedIn(token, signal)}` }
          : { 'aeg-sas-key': secretIn(env, keyFrom) };
      const url = new URL(endpoint);
      if (!url.searchParams.has('api-version')) url.searchParams.set('api-version', '2018-01-01');
      const type = { 'content-type': 'application/cloudevents+json; charset=utf-8' };
      const headers = { ...type, ...authorization };
      await postJson({ url: url.href, headers, body: cloudEvent(message) }, signal);
    },
  };
}

async function signedIn(token: EventGridToken, signal: AbortSignal): Promise<string> {
  try {
    return await token(signal);
  } catch (cause) {
    throw new SinkError('the identity of the app could not sign in to Event Grid', { cause });
  }
}
