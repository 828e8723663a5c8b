import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { type Fault, createFaults } from '../../simulator/http/faults.ts';
import { type Simulator, startSimulator } from '../../simulator/start-simulator.ts';
import { clientsOf, jsonOf, send } from './clients.ts';
import { ids, smallEstate, subscriptions } from './small-estate.ts';

const path = `${ids.nsg}?api-version=2024-05-01`;

let simulator: Simulator | undefined;
afterEach(async () => {
  await simulator?.stop();
  simulator = undefined;
});

async function withFault(does: Fault['does'], more: Partial<Fault> = {}): Promise<Simulator> {
  simulator = await startSimulator({
    rows: smallEstate,
    faults: [{ path: 'networkSecurityGroups', nth: [1], ...more, does }],
  });
  return simulator;
}

describe('a fault', () => {
  it.each([
    [{ kind: 'status', status: 429, retryAfter: 3 }, 'TooManyRequests', '3'],
    [{ kind: 'status', status: 429 }, 'TooManyRequests', undefined],
    [{ kind: 'status', status: 403 }, 'AuthorizationFailed', undefined],
    [{ kind: 'status', status: 500 }, 'InternalServerError', undefined],
    [{ kind: 'status', status: 502 }, 'BadGateway', undefined],
    [{ kind: 'status', status: 503, retryAfter: 1 }, 'ServerBusy', '1'],
    [{ kind: 'status', status: 504, code: 'Late' }, 'Late', undefined],
  ] as const)('answers %o, once', async (does, code, retryAfter) => {
    const azure = await withFault(does);
    const { status, json, headers } = jsonOf(await send(azure, path));
    expect([status, json.error.code, headers.get('Retry-After')]).toEqual([
      does.status,
      code,
      retryAfter,
    ]);
    expect((await send(azure, path)).status).toBe(200);
    expect(azure.requests.map((request) => request.status)).toEqual([does.status, 200]);
  });

  it('answers with a body of its own, also one that is no JSON', async () => {
    const azure = await withFault({ kind: 'status', status: 502, body: '<html>' });
    expect((await send(azure, path)).bodyAsText).toBe('<html>');
  });

  it('is a token past its time', async () => {
    const azure = await withFault({ kind: 'expiredToken' });
    const { status, json, headers } = jsonOf(await send(azure, path));
    expect(status).toBe(401);
    expect(json.error.code).toBe('ExpiredAuthenticationToken');
    expect(json.error.message).toMatch(
      /^The access token expiry UTC time '\d+\/\d+\/\d{4} \d+:\d\d:\d\d [AP]M' is earlier than current UTC time '.+'\.$/,
    );
    expect(headers.get('WWW-Authenticate')).toContain('error="invalid_token"');
  });

  it('leaves a client waiting until it gives up', async () => {
    const azure = await withFault({ kind: 'hang' });
    await expect(send(azure, path, { timeout: 200 })).rejects.toMatchObject({ name: 'AbortError' });
    expect(azure.requests.map(({ status }) => status)).toEqual([undefined]);
  });

  it('closes the connection, encrypted or not', async () => {
    const azure = await withFault({ kind: 'reset' }, { nth: [1, 2] });
    await expect(send(azure, path)).rejects.toMatchObject({ code: 'ECONNRESET' });
    await expect(send(azure, path, { plain: true })).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect((await send(azure, path)).status).toBe(200);
  });

  it('breaks off in the middle of an answer', async () => {
    const azure = await withFault({ kind: 'truncated', part: 0.5 });
    await expect(send(azure, path)).rejects.toThrow(/aborted|socket hang up/);
    expect((await send(azure, path)).status).toBe(200);
  });

  it('is an answer that is no JSON', async () => {
    const azure = await withFault({ kind: 'malformed' });
    const { status, bodyAsText } = await send(azure, path);
    expect(status).toBe(200);
    expect(() => JSON.parse(bodyAsText ?? '')).toThrow(SyntaxError);
  });

  it('is an answer that comes in pieces and is whole in the end', async () => {
    const azure = await withFault({ kind: 'slow', pieces: 5, pauseMs: 1 });
    expect(jsonOf(await send(azure, path)).json.name).toBe('nsg-a');
  });

  it('is felt by Microsoft’s client', async () => {
    const azure = await withFault({ kind: 'status', status: 503 });
    const { networkSecurityGroups } = clientsOf(azure).network(subscriptions.online);
    await expect(networkSecurityGroups.get('rg-net', 'nsg-a')).rejects.toMatchObject({
      statusCode: 503,
    });
  });
});

describe('when faults happen', () => {
  const request = { path: '/subscriptions/a', method: 'GET' };

  it('is the nth request that matches, whatever else is asked', () => {
    const faults = createFaults([
      { path: '^/subscriptions/A$', method: 'GET', nth: [2, 4], does: { kind: 'hang' } },
    ]);
    const happens = [
      request,
      { ...request, method: 'POST' },
      { ...request, path: '/other' },
      request,
      request,
      request,
      request,
    ].map((call) => faults(call)?.kind);
    expect(happens).toEqual([
      undefined,
      undefined,
      undefined,
      'hang',
      undefined,
      'hang',
      undefined,
    ]);
  });

  it('is the same for the same seed, whatever other faults there are, and as likely as said', () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 1, max: 9 }), (seed, tenths) => {
        const fault: Fault = {
          path: '.',
          chance: tenths / 10,
          seed,
          does: { kind: 'reset' },
        };
        const other: Fault = { path: '.', nth: [], does: { kind: 'hang' } };
        const [alone, beside] = [createFaults([fault]), createFaults([other, fault])];
        const happened = Array.from({ length: 400 }, () => {
          const does = alone(request);
          expect(beside(request)).toEqual(does);
          return does;
        }).filter((does) => does !== undefined).length;
        expect(Math.abs(happened - 40 * tenths)).toBeLessThan(60);
      }),
    );
  });
});
