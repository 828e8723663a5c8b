/** A receiver of alerts on this machine, that answers as it is told. */
import { once } from 'node:events';
import { type IncomingHttpHeaders, type RequestListener, createServer } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import type { Certificate } from '../../../simulator/http/certificate.ts';

/** What came in one request. */
export interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: unknown;
}

/** How to answer: a status, or not at all. */
export type Answer =
  | { readonly status: number; readonly headers?: Record<string, string>; readonly text?: string }
  | 'hang'
  | 'reset';

export type Receiver = Awaited<ReturnType<typeof startReceiver>>;

export async function startReceiver(
  answerTo: (received: Received) => Answer = () => ({ status: 202 }),
  certificate?: Certificate,
) {
  const received: Received[] = [];
  let answer = answerTo;
  const listener: RequestListener = (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const whole = Buffer.concat(chunks);
      const plain = request.headers['content-encoding'] === 'gzip' ? gunzipSync(whole) : whole;
      const text = plain.toString('utf8');
      const { headers, url: path = '' } = request;
      const one = { path, headers, body: text === '' ? null : JSON.parse(text) };
      received.push(one);
      const given = answer(one);
      if (given === 'reset') request.socket.resetAndDestroy();
      else if (given !== 'hang') response.writeHead(given.status, given.headers).end(given.text);
    });
  };
  const server =
    certificate === undefined
      ? createServer(listener)
      : createSecureServer({ ...certificate }, listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `${certificate === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    received,
    answerWith(next: Answer) {
      answer = () => next;
    },
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
