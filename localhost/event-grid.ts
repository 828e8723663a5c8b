import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RegisteredFunction } from './function-app.ts';
import { sendText } from './http-exchange.ts';
import type { Invoke } from './invoke.ts';

/** Event Grid sends a megabyte at most; what is longer is not from it. */
const longestBody = 2 ** 20;

/** Where Event Grid delivers to a function app, with `?functionName=`. */
export const webhookPath = '/runtime/webhooks/eventgrid';

/**
 * Answers a delivery of Event Grid to a function, in either schema. Every event is one invocation; if
 * one fails the whole delivery does, and comes again. Sources:
 * https://learn.microsoft.com/azure/event-grid/webhook-event-delivery,
 * https://github.com/cloudevents/spec/blob/v1.0/http-webhook.md
 */
export async function answerEventGrid(
  functions: readonly RegisteredFunction[],
  invoke: Invoke,
  request: IncomingMessage,
  url: URL,
  response: ServerResponse,
): Promise<void> {
  const { method, headers } = request;
  if (method === 'OPTIONS') {
    // A CloudEvents subscriber says whom it lets deliver.
    const origin = String(headers['webhook-request-origin'] ?? '');
    response.writeHead(200, { 'WebHook-Allowed-Origin': origin, 'WebHook-Allowed-Rate': '*' });
    response.end();
    return;
  }
  if (method !== 'POST') {
    sendText(response, 405, 'Event Grid delivers by POST.', { allow: 'OPTIONS, POST' });
    return;
  }
  const name = url.searchParams.get('functionName') ?? '';
  const called = functions.find((each) => each.name.toLowerCase() === name.toLowerCase());
  if (called === undefined) {
    sendText(response, 404, `No function with an Event Grid trigger is called "${name}".`);
    return;
  }
  const body = await bodyOf(request);
  if (body === undefined) {
    sendText(response, 413, `Event Grid sends ${longestBody} bytes at most.`, {
      connection: 'close',
    });
    return;
  }
  const events = eventsIn(body);
  if (events === undefined) {
    sendText(response, 400, 'The body is no event and no list of events.');
    return;
  }
  const code = validationCodeIn(events);
  if (String(headers['aeg-event-type']).toLowerCase() === 'subscriptionvalidation') {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ validationResponse: code }));
    return;
  }
  const results = await Promise.allSettled(events.map((event) => invoke(called, event)));
  response.writeHead(results.every(({ status }) => status === 'fulfilled') ? 202 : 500);
  response.end();
}

/** The body; undefined where it is longer than any of Event Grid's, without reading on. */
async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    const bytes = Buffer.from(chunk);
    length += bytes.length;
    if (length > longestBody) return undefined;
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function eventsIn(body: string): readonly object[] | undefined {
  try {
    const json: unknown = JSON.parse(body);
    const events = Array.isArray(json) ? json : [json];
    return events.every((event) => typeof event === 'object' && event !== null)
      ? events
      : undefined;
  } catch {
    // No JSON: no event either.
    return undefined;
  }
}

function validationCodeIn([event]: readonly object[]): unknown {
  // Event Grid's own type: what its first request holds.
  const { data } = (event ?? {}) as { readonly data?: { readonly validationCode?: unknown } };
  return data?.validationCode;
}
