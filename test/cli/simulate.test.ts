import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type Simulator, startSimulator } from '../../simulator/start-simulator.ts';
import { jsonOf, send } from '../simulator/clients.ts';
import { portcullis, temporaryFolder } from './made-up-world.ts';

/** Runs the command, does something while it runs, and stops it. */
async function whileItRuns(
  argv: readonly string[],
  folder: string,
  meanwhile: (simulator: Simulator) => Promise<void>,
) {
  const started = Promise.withResolvers<Simulator>();
  const running = portcullis(['simulate', ...argv], {
    folder,
    startSimulator: async (options) => {
      const simulator = await startSimulator(options);
      started.resolve(simulator);
      return simulator;
    },
  });
  const simulator = await started.promise;
  try {
    await meanwhile(simulator);
  } finally {
    await simulator.stop();
  }
  return running;
}

async function subscriptionsOf(simulator: Simulator): Promise<number> {
  const { json } = jsonOf(await send(simulator, '/subscriptions?api-version=2022-12-01'));
  return json.value.length;
}

const row = { id: '/subscriptions/a', type: 'microsoft.resources/subscriptions' };

describe('portcullis simulate', () => {
  it('holds the demo until it is stopped, and says where it is and how to sign in', async () => {
    const folder = await temporaryFolder();
    let https = '';
    const { code, out, err } = await whileItRuns(
      ['--demo', '--cloud-file', 'cloud.json'],
      folder,
      async (simulator) => {
        ({ https } = simulator);
        expect(await subscriptionsOf(simulator)).toBe(3);
        await expect
          .poll(() =>
            readFile(join(folder, 'cloud.json'), 'utf8').then(JSON.parse, () => undefined),
          )
          .toEqual(simulator.cloud);
      },
    );
    expect([code, out]).toEqual([0, '']);
    expect(err).toContain(`export AZURE_AUTHORITY_HOST=${https}\n`);
    expect(err).toContain(`export PORTCULLIS_CLOUD=${join(folder, 'cloud.json')}\n`);
    expect(Math.max(...err.split('\n').map(({ length }) => length))).toBeLessThanOrEqual(80);
  });

  it.each([
    ['an array', JSON.stringify([row])],
    ['data', JSON.stringify({ data: [row] }, null, 2)],
    [
      'lines',
      `${JSON.stringify(row)}\n${JSON.stringify({ id: '/subscriptions/a/x', type: 'u' })}\n`,
    ],
  ])('holds an estate in files: %s', async (_, text) => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'rows.json'), text);
    for (const path of ['rows.json', '.']) {
      const { code } = await whileItRuns(['--estate', path], folder, async (simulator) => {
        expect(await subscriptionsOf(simulator)).toBe(1);
      });
      expect(code).toBe(0);
    }
  });

  it('holds a generated estate, the same for the same seed', async () => {
    const found: unknown[] = [];
    for (const seed of ['4', '4', '5']) {
      const argv = ['--clusters', '2', '--seed', seed];
      await whileItRuns(argv, await temporaryFolder(), async (simulator) => {
        const answer = await send(simulator, '/subscriptions?api-version=2022-12-01');
        found.push(jsonOf(answer).json.value[0].subscriptionId);
      });
    }
    expect(found[1]).toBe(found[0]);
    expect(found[2]).not.toBe(found[0]);
  });

  it.each([
    [[], /--estate <path>, --demo or --clusters <n>/],
    [['--demo', '--clusters', '3'], /--demo and --clusters exclude each other/],
    [['--clusters', 'many'], /--clusters "many" must be a whole number from 1 to 100000/],
    [['--demo', '--port', '0'], /--port "0" must be a whole number from 1 to 65535/],
    [['--estate', 'nowhere'], /nowhere cannot be read as an estate: ENOENT/],
  ])('refuses %j', async (argv, message) => {
    const { code, err } = await portcullis(['simulate', ...argv]);
    expect(code).toBe(2);
    expect(err).toMatch(message);
    expect(err).not.toContain('defect');
  });

  it('says that a port is taken', async () => {
    const simulator = await startSimulator({ rows: [] });
    onTestFinished(() => simulator.stop());
    const { port } = new URL(simulator.https);
    const { code, err } = await portcullis(['simulate', '--demo', '--port', port]);
    expect(code).toBe(2);
    expect(err).toMatch(new RegExp(`--port ${port} cannot be listened on: .*EADDRINUSE`));
  });
});
