/** The host as a process of its own, with an app that has one function for each thing it must do. */
import { once } from 'node:events';
import { type IncomingMessage, request as httpRequest } from 'node:http';
import { type Server, createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Child, startChild } from '../../localhost/child.ts';
import type { HostReady } from '../../localhost/host-process.ts';

const script = join(import.meta.dirname, '../../localhost/host-process.ts');
const fixtures = join(import.meta.dirname, 'fixtures');

/** What the hosts of this file log, and whoever waits for a line of it. */
const log: string[] = [];
let listeners: (() => void)[] = [];

function startApp(app: string, port: string, tick = '0 0 0 1 1 *'): Promise<Child<HostReady>> {
  return startChild<HostReady>(script, {
    args: ['--folder', join(fixtures, app), '--port', port],
    env: { ...process.env, TICK: tick },
    onErrorLine: (line) => {
      log.push(line);
      for (const listener of listeners) listener();
    },
  });
}

/** Resolves when a line of the log has all of these, now or later. */
async function logged(...parts: readonly string[]): Promise<string> {
  for (;;) {
    const found = log.find((line) => parts.every((part) => line.includes(part)));
    if (found !== undefined) return found;
    await new Promise<void>((resolve) => {
      listeners = [...listeners, resolve];
    });
  }
}

let host: Child<HostReady>;
beforeAll(async () => {
  host = await startApp('app', '0');
});
afterAll(async () => {
  await host.stop();
});

function call(path: string, init: RequestInit = {}): Promise<Response> {
  return fetch(`${host.ready.url}${path}`, init);
}

/** A call with headers that fetch does not let through. */
async function callAs(headers: Record<string, string>, path: string, method = 'GET') {
  const { hostname, port } = new URL(host.ready.url);
  const request = httpRequest({ hostname, port, path, headers, method });
  request.end();
  const [response]: IncomingMessage[] = await once(request, 'response');
  response?.resume();
  return response?.statusCode;
}

describe('a call', () => {
  test('reaches its function below the prefix of host.json', async () => {
    expect(await (await call('/v1/a/b')).json()).toEqual({ path: 'a/b' });
    expect(await (await call('/V1')).json()).toEqual({ path: null });
    expect((await call('/api/a')).status).toBe(404);
    expect((await call('/')).status).toBe(404);
    const post = await call('/v1/a', { method: 'POST' });
    expect([post.status, post.headers.get('allow')]).toEqual([405, 'GET']);
  });

  test('that is answered with nothing has no content', async () => {
    const response = await call('/v1/silent');
    expect([response.status, await response.text()]).toEqual([204, '']);
  });

  test('streams both ways: what is sent comes back before all is sent', async () => {
    const request = httpRequest(`${host.ready.url}/v1/echo/me?q=1`, {
      method: 'POST',
      headers: { 'x-functions-key': host.ready.keys.function },
    });
    request.write('first');
    const [response]: IncomingMessage[] = await once(request, 'response');
    if (response === undefined) throw new Error('no response');
    expect(response.statusCode).toBe(201);
    expect(response.headers).toMatchObject({ 'x-name': 'me', 'x-query': '1' });
    const chunks = response.setEncoding('utf8')[Symbol.asyncIterator]();
    expect((await chunks.next()).value).toBe('first');
    request.end('second');
    expect((await chunks.next()).value).toBe('second');
    expect((await chunks.next()).done).toBe(true);
  });

  test('that fails is 500 and no more to the caller; the log has the cause', async () => {
    const response = await call('/v1/broken');
    expect([response.status, await response.text()]).toEqual([500, '']);
    const line: unknown = JSON.parse(await logged('invocation failed', '"broken"'));
    expect(line).toMatchObject({ level: 'error', function: 'broken' });
    expect(JSON.stringify(line)).toMatch(/the handler broke.*its cause/);
  });

  test('has the hooks of the app around it', async () => {
    await call('/v1/hooked');
    expect(await logged('before open')).toContain('"function":"open"');
  });
});

describe('a key', () => {
  const url = '/v1/echo/x';

  test.each([
    ['none', 'POST', url, () => '', 401],
    ['a wrong one', 'POST', url, () => 'wrong', 401],
    ['of functions', 'POST', url, () => host.ready.keys.function, 201],
    ['master', 'POST', url, () => host.ready.keys.master, 201],
    ['none, for an admin', 'GET', '/v1/secret', () => '', 401],
    ['of functions, for an admin', 'GET', '/v1/secret', () => host.ready.keys.function, 401],
    ['master, for an admin', 'GET', '/v1/secret', () => host.ready.keys.master, 200],
    ['none, to start', 'POST', '/admin/functions/tick', () => '', 401],
    [
      'of functions, to start',
      'POST',
      '/admin/functions/tick',
      () => host.ready.keys.function,
      401,
    ],
  ])('%s: %s %s', async (_, verb, path, key, status) => {
    expect((await call(path, { method: verb, headers: { 'x-functions-key': key() } })).status).toBe(
      status,
    );
    const code = new URLSearchParams({ code: key() });
    expect((await call(`${path}?${code.toString()}`, { method: verb })).status).toBe(status);
  });

  test('is another at each start, and long', async () => {
    const second = await startApp('app', '0');
    const keys = [host, second].flatMap(({ ready }) => Object.values(ready.keys));
    await second.stop();
    expect(new Set(keys).size).toBe(6);
    for (const key of keys) expect(Buffer.from(key, 'base64url')).toHaveLength(16);
  });
});

describe('a caller', () => {
  test.each([
    ['localhost:PORT', 200],
    ['127.0.0.1:PORT', 200],
    ['LOCALHOST:PORT', 200],
    ['localhost', 403],
    ['127.0.0.1', 403],
    ['localhost:9', 403],
    ['localhost:PORT0', 403],
    ['localhost:0PORT', 403],
    ['localhost:PORT#x', 403],
    ['localhost#x', 403],
    ['localhost:PORT/x', 403],
    ['localhost:PORT?x', 403],
    ['x@localhost:PORT', 403],
    ['localhost.:PORT', 403],
    ['0x7f.1:PORT', 403],
    ['evil.example:PORT', 403],
    ['localhost.evil.example:PORT', 403],
    ['127.0.0.1.evil.example:PORT', 403],
    ['localhost@evil.example:PORT', 403],
    ['[::1', 403],
  ])('that names the host %s gets %i', async (name, status) => {
    const { port } = new URL(host.ready.url);
    expect(await callAs({ host: name.replace('PORT', port) }, '/v1/a')).toBe(status);
  });

  test.each([
    ['http://evil.example/v1/a', 400],
    ['//evil.example/v1/a', 400],
    ['http://me:secret@localhost:PORT/v1/a', 400],
    ['http://localhost:PORT/v1/a', 200],
  ])('that asks for %s gets %i', async (path, status) => {
    const { port } = new URL(host.ready.url);
    const headers = { host: `localhost:${port}` };
    expect(await callAs(headers, path.replace('PORT', port))).toBe(status);
  });

  test('with the key is refused too, where the name is foreign', async () => {
    const headers = { host: 'evil.example', 'x-functions-key': host.ready.keys.master };
    expect(await callAs(headers, '/admin/functions/tick', 'POST')).toBe(403);
  });

  test('of another machine finds no door', () => {
    expect(new URL(host.ready.url).hostname).toBe('127.0.0.1');
  });
});

describe('a timer', () => {
  const master = () => ({ headers: { 'x-functions-key': host.ready.keys.master } });

  test('is started at once by POST /admin/functions/<name>', async () => {
    const answer = await call('/admin/functions/tick', { method: 'POST', ...master() });
    expect(answer.status).toBe(202);
    await logged('ticked, past due: false');
    expect((await call('/admin/functions/tick', master())).status).toBe(405);
    expect((await call('/admin/functions/open', { method: 'POST', ...master() })).status).toBe(404);
    expect((await call('/admin/host', { method: 'POST', ...master() })).status).toBe(404);
  });

  test('fires by the schedule of its app setting', async () => {
    const ticking = await startApp('app', '0', '* * * * * *');
    log.length = 0;
    expect(await logged('ticked')).toContain('"function":"tick"');
    await ticking.stop();
  });
});

describe('Event Grid', () => {
  const path = (name = 'heard', code = host.ready.keys.eventGrid) =>
    `/runtime/webhooks/EventGrid?functionName=${name}&code=${code}`;
  const deliver = (body: unknown, headers: Record<string, string> = {}, to = path()) =>
    call(to, { method: 'POST', headers, body: JSON.stringify(body) });

  test('shakes hands in its own schema', async () => {
    const code = '512d38b6-c7b8-40c8-89fe-f46f9e9622b6';
    const answer = await deliver(
      [
        {
          eventType: 'Microsoft.EventGrid.SubscriptionValidationEvent',
          data: { validationCode: code },
        },
      ],
      { 'aeg-event-type': 'SubscriptionValidation' },
    );
    expect([answer.status, await answer.json()]).toEqual([200, { validationResponse: code }]);
  });

  test('shakes hands for CloudEvents', async () => {
    const headers = { 'WebHook-Request-Origin': 'eventgrid.azure.net' };
    const answer = await call(path(), { method: 'OPTIONS', headers });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('webhook-allowed-origin')).toBe('eventgrid.azure.net');
  });

  test.each([
    ['a list of its own events', [{ subject: '/a1' }, { subject: '/a2' }], ['/a1', '/a2']],
    ['one CloudEvent', { specversion: '1.0', subject: '/b1' }, ['/b1']],
  ])('delivers %s, one invocation each', async (_, body, subjects) => {
    expect((await deliver(body, { 'aeg-event-type': 'Notification' })).status).toBe(202);
    for (const subject of subjects) await logged(`heard ${subject}`);
  });

  test('is not listened to beyond the megabyte that it sends at most', async () => {
    const answer = await deliver([{ subject: '/d', data: 'x'.repeat(2 ** 20) }]);
    expect(answer.status).toBe(413);
    expect((await deliver([{ subject: '/e', data: 'x'.repeat(2 ** 19) }])).status).toBe(202);
  });

  test('is told when one event failed, so that it delivers again', async () => {
    expect((await deliver([{ subject: '/c' }, { subject: '/broken' }])).status).toBe(500);
    await logged('heard /c');
  });

  test.each([
    ['no events', 400, () => path(), 'nothing'],
    ['an unknown function', 404, () => path('tick'), []],
    ['the key of functions', 401, () => path('heard', host.ready.keys.function), []],
    ['no key', 401, () => path('heard', ''), []],
  ])('with %s gets %i', async (_, status, to, body) => {
    expect((await deliver(body, {}, to())).status).toBe(status);
  });
});

describe('a start', () => {
  test('tells its functions, and takes another port where its own is taken', async () => {
    const taken: Server = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const address = taken.address();
    const port = typeof address === 'object' && address !== null ? String(address.port) : '';
    const second = await startApp('app', port);
    expect(second.ready.functions).toEqual([
      'tick',
      'echo',
      'open',
      'secret',
      'silent',
      'broken',
      'heard',
    ]);
    expect(new URL(second.ready.url).port).not.toBe(port);
    await second.stop();
    taken.close();
  });

  test.each([
    ['app', '0 0 25 * * *', 'function tick cannot be timed: schedule "0 0 25 * * *": hour "25"'],
    ['app', '', 'the app setting TICK, which is not set'],
    ['unbuilt', '0 0 2 * * *', '"npm run build" writes it'],
    ['queue', '0 0 2 * * *', 'a queue of NOWHERE, which is not set'],
    ['blob', '0 0 2 * * *', 'it cannot run worker (blobTrigger)'],
  ])('of %s with "%s" fails and says why', async (app, tick, says) => {
    await expect(startApp(app, '0', tick)).rejects.toThrow(says);
  });
});
