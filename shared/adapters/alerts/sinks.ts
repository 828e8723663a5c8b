import { DefaultAzureCredential } from '@azure/identity';
import type { AlertSink } from '../../ports.ts';
import type { SinkSettings } from '../../settings/alert-settings.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import { type EventGridToken, eventGridSink, teamsSink, webhookSink } from './http-sinks.ts';
import type { AppSettings } from './secrets.ts';

/** The receiver that the settings describe; secrets come from the app settings that they name. */
export function sinkFor(sink: SinkSettings, env: AppSettings, telemetry: Telemetry): AlertSink {
  switch (sink.kind) {
    case 'applicationInsights':
      return { send: (message, signal) => telemetry.alert(message, signal) };
    case 'eventGrid':
      return eventGridSink(sink, env, eventGridToken);
    case 'webhook':
      return webhookSink(sink, env);
    case 'teams':
      return teamsSink(sink, env);
  }
}

let credential: DefaultAzureCredential | undefined;

/** https://learn.microsoft.com/azure/event-grid/authenticate-with-microsoft-entra-id */
const eventGridToken: EventGridToken = async (signal) => {
  credential ??= new DefaultAzureCredential();
  const scope = 'https://eventgrid.azure.net/.default';
  return (await credential.getToken(scope, { abortSignal: signal })).token;
};
