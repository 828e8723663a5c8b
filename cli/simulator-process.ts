/** The simulator as a child of the demo, with the estate of the file that is named. */
import { readFileSync } from 'node:fs';
import { serveParent } from '../localhost/serve-parent.ts';
import { type Simulator, startSimulator } from '../simulator/start-simulator.ts';

/** What the demo is told. */
export interface SimulatorReady extends Pick<
  Simulator,
  'https' | 'http' | 'cloud' | 'reader' | 'remediator' | 'operator'
> {
  readonly rows: number;
  /** GUIDs of the subscriptions that rows lie in. */
  readonly subscriptions: readonly string[];
}

/** Two seconds, as in Azure on a good day. */
const usualDelivery = { delayMs: 2000, duplicates: 0.1 };
const [, , estate = '', options = JSON.stringify({ events: usualDelivery })] = process.argv;

await serveParent<SimulatorReady>(async () => {
  const rows = readFileSync(estate, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
  const simulator = await startSimulator({ ...JSON.parse(options), rows });
  const { https, http, cloud, reader, remediator, operator } = simulator;
  const ids = rows.map(({ id }) => /^\/subscriptions\/([^/]+)/i.exec(String(id))?.[1] ?? '');
  const subscriptions = [...new Set(ids.map((id) => id.toLowerCase()))].filter((id) => id !== '');
  return {
    ready: { https, http, cloud, reader, remediator, operator, rows: rows.length, subscriptions },
    stop: () => simulator.stop(),
  };
});
