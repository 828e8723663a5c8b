/** Runs the function app of a folder as a process of its own: started by the demo, or by hand. */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { lineLog } from './log.ts';
import { serveParent } from './serve-parent.ts';
import { type Host, startHost } from './start-host.ts';

/** What the parent is told. */
export type HostReady = Pick<Host, 'url' | 'keys' | 'functions' | 'signInUrl'>;

const { values } = parseArgs({
  options: {
    folder: { type: 'string', default: join(import.meta.dirname, '..') },
    port: { type: 'string', default: '7071' },
    'sign-in-as': { type: 'string' },
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
  const signInAs = values['sign-in-as'];
  // The app believes who calls only where the platform says that it authenticates.
  if (signInAs !== undefined) process.env['WEBSITE_AUTH_ENABLED'] = 'True';
  const host = await startHost({
    folder,
    env: process.env,
    port: Number(port),
    log,
    lockSeconds,
    ...(signInAs === undefined ? {} : { signInAs }),
  });
  const { url, keys, functions, signInUrl } = host;
  log('information', 'host started', { url, functions });
  // A parent is told by message; a person has only this.
  if (process.send === undefined) log('information', 'keys of this start', { keys, signInUrl });
  const ready = { url, keys, functions, ...(signInUrl === undefined ? {} : { signInUrl }) };
  return { ready, stop: () => host.stop() };
});
