/** The simulator as a child of the demo, with the estate of the file that is named. */
import { readFileSync } from 'node:fs';
import { serveParent } from '../localhost/serve-parent.ts';
import { type Simulator, startSimulator } from '../simulator/start-simulator.ts';

/** What the demo is told. */
export interface SimulatorReady extends Pick<Simulator, 'https' | 'cloud' | 'reader'> {
  readonly rows: number;
}

const [, , estate = ''] = process.argv;

await serveParent<SimulatorReady>(async () => {
  const rows = readFileSync(estate, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
  const simulator = await startSimulator({ rows });
  const { https, cloud, reader } = simulator;
  return { ready: { https, cloud, reader, rows: rows.length }, stop: () => simulator.stop() };
});
