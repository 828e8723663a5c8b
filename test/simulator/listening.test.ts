import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Simulator, startSimulator } from '../../simulator/start-simulator.ts';
import { send } from './clients.ts';

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator({ rows: [] });
});
afterAll(() => simulator.stop());

const path = '/subscriptions?api-version=2022-12-01';
const port = () => Number(new URL(simulator.http).port);

describe('the simulator', () => {
  it('listens on 127.0.0.1 only', async () => {
    const socket = connect({ host: '127.0.0.2', port: port(), timeout: 2000 });
    const outcome = await Promise.race([
      once(socket, 'connect').then(() => 'connected'),
      once(socket, 'timeout').then(() => 'refused'),
    ]).catch(() => 'refused');
    socket.destroy();
    expect(outcome).toBe('refused');
  });

  it('lives on when a client goes away in the middle of a request', async () => {
    const socket = connect({ host: '127.0.0.1', port: port() });
    await once(socket, 'connect');
    socket.write('POST /providers/Microsoft.ResourceGraph/resources HTTP/1.1\r\n');
    socket.write('Host: localhost\r\nContent-Length: 100\r\n\r\n{"query"');
    socket.destroy();
    await once(socket, 'close');
    expect((await send(simulator, path)).status).toBe(200);
  });

  it('is trusted by its own certificate only', async () => {
    const other = await startSimulator({ rows: [] });
    try {
      const trusting = { ...simulator, caPem: other.caPem };
      await expect(send(trusting, path)).rejects.toThrow(/self-signed certificate/);
    } finally {
      await other.stop();
    }
  });

  it('answers nobody once it is stopped', async () => {
    const other = await startSimulator({ rows: [] });
    await other.stop();
    await other.stopped;
    await expect(send(other, path)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });
});
