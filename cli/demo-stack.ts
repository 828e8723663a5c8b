import { existsSync, rmSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import manifest from '../package.json' with { type: 'json' };
import { startAzurite } from '../localhost/azurite.ts';
import { type Child, startChild } from '../localhost/child.ts';
import type { HostReady } from '../localhost/host-process.ts';
import { demoSettingsPath, estatePath } from '../shared/compose.ts';
import { type Report, parseReport } from '../shared/reports/report.ts';
import { counted } from '../shared/reports/text-layout.ts';
import { UsageError } from '../shared/settings/usage-error.ts';
import { tokenOf } from '../simulator/identity/callers.ts';
import { breakAndMend } from './demo-changes.ts';
import { type ScanWatch, watchScan } from './scan-watch.ts';
import { type TenantDoor, subscribeToChanges } from './simulated-tenant.ts';
import type { SimulatorReady } from './simulator-process.ts';
import type { Demo, DemoOptions, World } from './world.ts';

type Process = Pick<Child<unknown>, 'ended' | 'end'>;

const root = join(import.meta.dirname, '..');
/** Where a Functions host serves on a laptop; a free port if it is taken. */
const hostPort = '7071';
/** Who signs in by the link. */
const person = 'Demo user';
/** Nobody waits for it: the demo starts the scan itself. */
const scanSchedule = '0 0 2 * * *';

/**
 * Starts what a deployed Portcullis consists of: an Azure, a storage account and a Functions host
 * with the built app, each a process that ends with this one. Their secrets are made anew and live
 * in memory only.
 * @throws UsageError where the app is not built, Error where a process does not come up.
 */
export async function startDemo(options: DemoOptions): Promise<Demo> {
  const { env, onStarted, onTrouble, onProgress, onChange } = options;
  if (!existsSync(join(root, manifest.main))) {
    throw new UsageError([`${manifest.main} is not there; "npm start" builds it first`]);
  }
  const begun: Promise<Process>[] = [];
  const stopping = new AbortController();
  const signal = AbortSignal.any([options.signal, stopping.signal]);
  const cloud = await temporaryFile();
  process.on('SIGHUP', hangUp);
  async function stop(): Promise<void> {
    stopping.abort();
    const starts = await Promise.allSettled(begun);
    const running = starts.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
    // A scan that runs is cut off: reports appear only when they are whole.
    await Promise.all(running.map((each) => each.end()));
    cloud.remove();
    process.removeListener('SIGHUP', hangUp);
  }
  function begin<T extends Process>(starting: Promise<T>): Promise<T> {
    begun.push(starting);
    return starting;
  }
  const watch = watchScan('scheduled-scan', { onProgress, onTrouble, onFinding: onChange });
  try {
    const [azure, storage] = await Promise.all([
      begin(
        startChild<SimulatorReady>(join(import.meta.dirname, 'simulator-process.ts'), {
          args: [estatePath({ kind: 'demo' })],
          env: machineEnvironment(env),
          onErrorLine: onTrouble,
          signal,
        }),
      ),
      begin(startAzurite(signal)),
    ]);
    const { https, reader, remediator, rows } = azure.ready;
    onStarted('Azure', `a simulator at ${https}, ${rows} resources`);
    onStarted('storage', `Azurite at ${storage.url}, in memory`);
    await writeFile(cloud.path, JSON.stringify(azure.ready.cloud), { mode: 0o600 });
    const host = await begin(
      startChild<HostReady>(join(root, 'localhost', 'host-process.ts'), {
        args: ['--folder', root, '--port', hostPort, '--sign-in-as', person],
        env: {
          ...machineEnvironment(env),
          AzureWebJobsStorage: storage.connectionString,
          AZURE_TENANT_ID: reader.tenantId,
          AZURE_CLIENT_ID: reader.clientId,
          AZURE_CLIENT_SECRET: reader.clientSecret,
          PORTCULLIS_CLOUD: cloud.path,
          PORTCULLIS_SETTINGS: demoSettingsPath(),
          PORTCULLIS_MAX_MODE: 'remediate',
          PORTCULLIS_REMEDIATOR_CLIENT_ID: remediator.clientId,
          PORTCULLIS_REMEDIATOR_CLIENT_SECRET: remediator.clientSecret,
          SCAN_SCHEDULE: scanSchedule,
        },
        onErrorLine: (line) => {
          watch.line(line);
        },
        signal,
      }),
    );
    onStarted('functions', `${host.ready.functions.join(', ')} at ${host.ready.url}`);
    const door = doorOf(azure.ready);
    const { keys, url } = host.ready;
    const webhook = `${url}/runtime/webhooks/EventGrid?functionName=resource-changed&code=${keys.eventGrid}`;
    await subscribeToChanges(door, azure.ready.subscriptions, webhook);
    onStarted(
      'events',
      `changes in ${counted(azure.ready.subscriptions.length, 'subscription')} are told to resource-changed`,
    );
    const change = (report: Report): void => {
      breakAndMend(door, report, onChange, signal).catch((error: unknown) => {
        if (!signal.aborted) onTrouble(error instanceof Error ? error.message : String(error));
      });
    };
    return { ...demoOf(host, [azure, storage, host], watch, stop), change };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The way in for changes: as the one who may do everything. */
function doorOf({ https, http, operator, reader }: SimulatorReady): TenantDoor {
  const issuer = `${https}/${reader.tenantId}/`;
  return { http, token: () => tokenOf(operator, https, issuer, new Date()) };
}

/** A terminal that closes asks to end, as Ctrl-C and a request to end do. */
function hangUp(): void {
  process.emit('SIGTERM', 'SIGTERM');
}

function demoOf(
  { ready }: Child<HostReady>,
  running: readonly Process[],
  watch: ScanWatch,
  stop: () => Promise<void>,
): Omit<Demo, 'change'> {
  const { url, keys, signInUrl } = ready;
  const ended = Promise.race(running.map((each) => each.ended));
  const report = `${url}/api/reports/latest`;
  const start = async (name: string): Promise<void> => {
    const { status } = await fetch(`${url}/admin/functions/${name}`, {
      method: 'POST',
      headers: { 'x-functions-key': keys.master },
    });
    if (status !== 202) throw new Error(`${name} was not started: ${status}`);
  };
  return {
    dashboardUrl: signInUrl ?? `${url}/dashboard/`,
    reportUrl: `${report}?code=${keys.function}`,
    ended,
    stop,
    async scan() {
      await start('scheduled-scan');
      await Promise.race([watch.saved, ended.then(lost)]);
      // Asks for plans for what the scan has found; by its timer it would in five minutes.
      await start('housekeeping');
      const answer = await fetch(report, { headers: { 'x-functions-key': keys.function } });
      if (!answer.ok) throw new Error(`the report was not given: ${answer.status}`);
      return parseReport(await answer.json());
    },
  };
}

function lost(why: string): never {
  throw new Error(`a process of the demo ${why}`);
}

/**
 * The environment without what would lead the demo to a real tenant or storage account, and without
 * proxies, through which nobody reaches this machine.
 */
function machineEnvironment(env: World['env']): World['env'] {
  const others =
    /^(AZURE_|AzureWebJobs|PORTCULLIS_|APPLICATIONINSIGHTS_|SCAN_SCHEDULE$|\w*_PROXY$)/i;
  return Object.fromEntries(Object.entries(env).filter(([name]) => !others.test(name)));
}

async function temporaryFile(): Promise<{ readonly path: string; remove(): void }> {
  const folder = await mkdtemp(join(tmpdir(), 'portcullis-demo-'));
  const remove = (): void => {
    rmSync(folder, { recursive: true, force: true });
  };
  process.once('exit', remove);
  return { path: join(folder, 'cloud.json'), remove };
}
