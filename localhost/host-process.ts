/** Runs the function app of a folder as a process of its own: started by the demo, or by hand. */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { lineLog } from './log.ts';
import { serveParent } from './serve-parent.ts';
import { type Host, startHost } from './start-host.ts';

/** What the parent is told. */
export type HostReady = Pick<Host, 'url' | 'keys' | 'functions'>;

const { values } = parseArgs({
  options: {
    folder: { type: 'string', default: join(import.meta.dirname, '..') },
    port: { type: 'string', default: '7071' },
    'lock-seconds': { type: 'string', default: '60' },
  },
});
const log = lineLog(
  (line) => process.stderr.write(line),
  () => new Date(),
);

await serveParent<HostReady>(async () => {
  const { folder, port } = values;
  const lockSeconds = Number(values['lock-seconds']);
  const host = await startHost({ folder, env: process.env, port: Number(port), log, lockSeconds });
  const { url, keys, functions } = host;
  log('information', 'host started', { url, functions });
  // A parent is told by message; a person has only this.
  if (process.send === undefined) log('information', 'keys of this start', { keys });
  return { ready: { url, keys, functions }, stop: () => host.stop() };
});
