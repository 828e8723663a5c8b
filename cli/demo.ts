import { once } from 'node:events';
import type { Report } from '../shared/reports/report.ts';
import { storedAudit } from '../shared/reports/stored-audit.ts';
import { tableReport } from '../shared/reports/table-report.ts';
import type { Arguments, Verb } from './arguments.ts';
import { progressOn } from './progress.ts';
import { paintFor, widthOf } from './terminal.ts';
import type { Demo, Services, World } from './world.ts';

export const demoVerb: Verb = {
  name: 'demo',
  summary:
    'Runs all of Portcullis on this machine: an Azure that is simulated, a storage account, and the functions, which audit it.',
  usage: 'portcullis demo [flags]',
  flags: [
    { name: 'once', says: 'Print the report of one scan and stop.' },
    { name: 'quiet', says: 'Nothing on standard error but trouble.' },
    { name: 'no-color', says: 'No colours; the environment variable NO_COLOR does the same.' },
  ],
  notes: [
    'Everything listens on this machine only, is opened by keys that are made at the start, and is gone when the command stops. "npm start" builds the functions first.',
  ],
  examples: [
    { command: 'portcullis demo', says: 'See it whole, and open the dashboard in a browser' },
    { command: 'portcullis demo --once', says: 'Try the whole in a pipeline' },
  ],
};

/** Starts everything, prints the report of a scan, and waits for Ctrl-C; the exit code. */
export async function demo(args: Arguments, world: World, services: Services): Promise<number> {
  const { stdout, stderr, env } = world;
  const paint = paintFor(stderr, env, args.has('no-color'));
  const quiet = args.has('quiet');
  const progress = progressOn(world, quiet);
  const signal = world.interruption();
  let telling = Promise.resolve();
  // A line takes the place of the bar, which is drawn again at the next event.
  function tell(line: string): void {
    afterwards(() => progress.done().then(() => stderr.write(`${line}\n`)));
  }
  function afterwards(act: () => Promise<void> | void): void {
    telling = telling.then(act);
    // A terminal that is gone is found at the end, when everything is stopped.
    telling.catch(() => {});
  }
  function say(line: string): void {
    if (!quiet) tell(line);
  }
  // What happens or breaks while everything is being stopped does so because of that.
  function unlessStopping(act: () => void): void {
    if (!signal.aborted) act();
  }
  signal.addEventListener('abort', () => {
    say('Stopping…');
  });
  say('Starting an Azure, a storage account and the functions on this machine.');
  const startDemo = await services.startDemo();
  let running: Demo | undefined;
  try {
    running = await startDemo({
      env,
      signal,
      onStarted: (name, says) => {
        say(`  ${paint(name.padEnd(9), 'strong')}  ${says}`);
      },
      onTrouble: (line) => {
        unlessStopping(() => {
          tell(`portcullis: ${line}`);
        });
      },
      onChange: (line) => {
        unlessStopping(() => {
          say(`${world.now().toISOString().slice(11, 19)}  ${line}`);
        });
      },
      onProgress: (event) => {
        afterwards(() => {
          unlessStopping(() => {
            progress.update(event);
          });
        });
      },
    });
    const report = await Promise.race([running.scan(), abortion(signal)]);
    await telling;
    await progress.done();
    if (report === undefined) return interrupted;
    await printReport(report, args, world);
    if (args.has('once')) return 0;
    await stdout.write(`\nThe dashboard is at\n\n  ${running.dashboardUrl}\n\n`);
    await stdout.write(dashboard);
    await stdout.write(`The report by itself is at\n\n  ${running.reportUrl}\n\n`);
    await stdout.write('With &format=table it is a table. Ctrl-C stops everything.\n\n');
    await stdout.write(changes);
    running.change(report);
    await Promise.race([running.ended.then(lost), abortion(signal)]);
    return 0;
  } catch (error) {
    if (signal.aborted) return interrupted;
    throw error;
  } finally {
    // First of all: whoever would hear the rest may have closed the terminal.
    await running?.stop();
    await telling;
    await progress.done();
  }
}

const dashboard = `The link signs you in, as somebody who may approve: plans for what the scan has found wait there,
and nothing is changed without an approval.

`;

const changes = `Meanwhile every minute somebody breaks a security group, or mends it. Event Grid tells of it,
half a minute later the cluster is checked, and its finding opens or resolves:

`;

/** What a shell reports of a command that Ctrl-C ended before its work was done. */
const interrupted = 130;

/** The table, as `scan` prints it. */
async function printReport(report: Report, args: Arguments, { stdout, env }: World): Promise<void> {
  const table = tableReport(storedAudit(report), {
    paint: paintFor(stdout, env, args.has('no-color')),
    width: widthOf(stdout, env),
  });
  for await (const piece of table) await stdout.write(piece);
}

async function abortion(signal: AbortSignal): Promise<undefined> {
  if (!signal.aborted) await once(signal, 'abort');
}

function lost(why: string): never {
  throw new Error(`a process of the demo ${why}`);
}
