import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
// By the default: Node 22 does not see the names of this CommonJS package.
import functions from '@azure/functions';
import type { HttpResponseInit } from '@azure/functions';

/** A request as a handler sees it: the platform's own, with what the route and the query hold. */
class TriggerRequest extends Request {
  readonly query: URLSearchParams;
  readonly params: Readonly<Record<string, string>>;
  /** Nobody signs in here; Azure fills it in where App Service authentication is on. */
  readonly user = null;

  constructor(url: URL, init: RequestInit, params: Readonly<Record<string, string>>) {
    super(url, init);
    this.query = url.searchParams;
    this.params = params;
  }
}

/** What every header begins with by which the platform says who calls. */
export const principalHeader = 'x-ms-client-principal';

/**
 * The request to give to a handler; its body is read as it comes. Who calls is told by the headers
 * of `principal` alone: whatever came with that name from outside is left out, as in Azure.
 */
export function triggerRequest(
  request: IncomingMessage,
  url: URL,
  params: Readonly<Record<string, string>>,
  principal: Readonly<Record<string, string>>,
): Request {
  const { method = 'GET', headers } = request;
  const hasBody = method !== 'GET' && method !== 'HEAD';
  const outside = Object.entries(headers).filter(([name]) => !name.startsWith(principalHeader));
  const entries = [...outside, ...Object.entries(principal)].flatMap(
    ([name, value]): [string, string][] => [value ?? []].flat().map((each) => [name, each]),
  );
  const init = {
    method,
    headers: entries,
    ...(hasBody ? { body: Readable.toWeb(request), duplex: 'half' as const } : {}),
  };
  return new TriggerRequest(url, init, params);
}

/** Sends what a handler answered, as fast as the reader takes it. */
export async function sendResult(
  result: HttpResponseInit | undefined | null,
  response: ServerResponse,
): Promise<void> {
  // A handler that answers nothing has nothing to say.
  const { status, headers, body } = new functions.HttpResponse(result ?? { status: 204 });
  response.writeHead(status, Object.fromEntries(headers.entries()));
  if (body === null || response.req.method === 'HEAD') {
    response.end();
    await once(response, 'close');
    return;
  }
  await pipeline(Readable.fromWeb(body), response);
}

/** Sends a line of text. */
export function sendText(
  response: ServerResponse,
  status: number,
  text: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', ...headers });
  response.end(`${text}\n`);
}
