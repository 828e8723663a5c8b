/** The service's real processes around a small estate: simulator, storage, host with the built app. */
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import manifest from '../../package.json' with { type: 'json' };
import type { SimulatorReady } from '../../cli/simulator-process.ts';
import { callTenant, subscribeToChanges, type TenantDoor } from '../../cli/simulated-tenant.ts';
import { type Azurite, startAzurite } from '../../localhost/azurite.ts';
import { type Child, startChild } from '../../localhost/child.ts';
import type { HostReady } from '../../localhost/host-process.ts';
import { bundle } from '../../scripts/bundle.ts';
import { dashboardFiles } from '../../scripts/dashboard-files.ts';
import { storageAccountStores } from '../../shared/adapters/store/storage-account.ts';
import type { Finding } from '../../shared/model/finding.ts';
import type { QueueName } from '../../shared/store-ports.ts';
import type { DeliveryOptions } from '../../simulator/event-grid/event-grid.ts';
import { demoEstate } from '../../simulator/estate/demo-estate.ts';
import { estateRemediator, tokenOf } from '../../simulator/identity/callers.ts';

const root = join(import.meta.dirname, '../..');

/** The types of rows that show which clusters there are. */
const rootTypes = /managedclusters$|workspaces(\/\w+)?$|extensions$/i;

/** The demo estate with these clusters only; what is shared stays. */
function smallEstate(names: readonly string[]): readonly object[] {
  return demoEstate().rows.filter((row) => {
    const { type = '' } = { type: undefined, ...row };
    return (
      !rootTypes.test(String(type)) || names.some((name) => JSON.stringify(row).includes(name))
    );
  });
}

/** What of the health the tests look at. */
export interface Health {
  readonly status: string;
  readonly lastScan: { readonly state: string } | null;
  readonly queues: Readonly<
    Record<QueueName, { readonly waiting: number; readonly failed: number }>
  >;
}

export interface StackOptions {
  readonly clusters: readonly string[];
  readonly events?: DeliveryOptions;
  readonly checkDelay?: string;
  readonly lockSeconds?: string;
  /** Besides those of the demo. */
  readonly settings?: object;
  /** Whether the functions may change something, as the estate's remediator. */
  readonly remediates?: boolean;
  /** Has the dashboard too, and lets a person of this name sign in by `host.ready.signInUrl`. */
  readonly dashboardFor?: string;
  /** App settings besides those that every host has; telemetry is built where they ask for it. */
  readonly env?: Readonly<Record<string, string>>;
}

export type Stack = Awaited<ReturnType<typeof startStack>>;

export async function startStack(options: StackOptions) {
  const folder = await mkdtemp(join(tmpdir(), 'portcullis-stack-'));
  const estate = join(folder, 'estate.jsonl');
  const rows = smallEstate(options.clusters);
  await writeFile(estate, rows.map((row) => JSON.stringify(row)).join('\n'));
  await writeFile(
    join(folder, 'settings.json'),
    JSON.stringify({ ...settingsFor(options.clusters), ...options.settings }),
  );
  // An app of its own: whoever builds the project meanwhile does not change it.
  const withTelemetry = options.env?.['APPLICATIONINSIGHTS_CONNECTION_STRING'] !== undefined;
  await bundle(join(folder, manifest.main), { withTelemetry });
  for (const file of ['package.json', 'host.json'])
    await copyFile(join(root, file), join(folder, file));
  if (options.dashboardFor !== undefined) await writeDashboard(join(folder, 'dist/dashboard'));
  const [azure, storage] = await Promise.all([
    startChild<SimulatorReady>(join(root, 'cli/simulator-process.ts'), {
      args: [estate, JSON.stringify({ quotas: false, events: options.events ?? {} })],
    }),
    startAzurite(),
  ]);
  const { https, http, operator, reader, subscriptions } = azure.ready;
  const remediator = {
    PORTCULLIS_MAX_MODE: 'remediate',
    PORTCULLIS_REMEDIATOR_CLIENT_ID: estateRemediator.clientId,
    PORTCULLIS_REMEDIATOR_CLIENT_SECRET: estateRemediator.clientSecret,
  };
  await writeFile(join(folder, 'cloud.json'), JSON.stringify(azure.ready.cloud));
  const issuer = `${https}/${reader.tenantId}/`;
  const door: TenantDoor = { http, token: () => tokenOf(operator, https, issuer, new Date()) };
  const log: string[] = [];

  const env = {
    PATH: process.env['PATH'],
    AzureWebJobsStorage: storage.connectionString,
    AZURE_TENANT_ID: reader.tenantId,
    AZURE_CLIENT_ID: reader.clientId,
    AZURE_CLIENT_SECRET: reader.clientSecret,
    PORTCULLIS_CLOUD: join(folder, 'cloud.json'),
    PORTCULLIS_SETTINGS: join(folder, 'settings.json'),
    PORTCULLIS_CHECK_DELAY: options.checkDelay ?? '1',
    SCAN_SCHEDULE: '0 0 2 1 1 *',
    ...(options.remediates === true ? remediator : {}),
    ...options.env,
  };

  function startHost(): Promise<Child<HostReady>> {
    const { lockSeconds = '60', dashboardFor: name } = options;
    const signIn = name === undefined ? [] : ['--sign-in-as', name];
    return startChild<HostReady>(join(root, 'localhost/host-process.ts'), {
      args: ['--folder', folder, '--port', '0', '--lock-seconds', lockSeconds, ...signIn],
      env,
      onErrorLine: (line) => log.push(line),
    });
  }

  const host = await startHost();
  await subscribeTo(host.ready);
  function subscribeTo({ url, keys }: HostReady): Promise<void> {
    const webhook = `${url}/runtime/webhooks/EventGrid?functionName=resource-changed&code=${keys.eventGrid}`;
    return subscribeToChanges(door, subscriptions, webhook);
  }

  return {
    host,
    storage,
    door,
    log,
    /** What every host here is told. */
    env,
    startHost,
    subscribeTo,
    stores: storageOf(storage),
    scan: (ready: HostReady = host.ready) => runNow('scheduled-scan', ready),
    keepHouse: (ready: HostReady) => runNow('housekeeping', ready),
    async health({ url }: HostReady = host.ready): Promise<Health> {
      const health: unknown = await (await fetch(`${url}/api/health`)).json();
      // As functions/health.ts answers.
      return health as Health;
    },
    writeRule: (group: string, name: string, priority: number) =>
      callTenant(door, 'PUT', rulePath(group, name), {
        protocol: 'Tcp',
        access: 'Deny',
        direction: 'Inbound',
        priority,
        sourceAddressPrefix: '*',
        sourcePortRange: '*',
        destinationAddressPrefix: '*',
        destinationPortRange: '*',
      }),
    rulesOf: async (group: string): Promise<string> => {
      const { properties } = await callTenant(door, 'GET', `${group}?api-version=2024-05-01`);
      return JSON.stringify(properties?.['securityRules'] ?? []);
    },
    removeRule: (group: string, name: string) => callTenant(door, 'DELETE', rulePath(group, name)),
    async stop() {
      await Promise.all([host.end(), azure.end(), storage.end()]);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function writeDashboard(folder: string): Promise<void> {
  for (const [path, bytes] of dashboardFiles().files) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), bytes);
  }
}

/** Runs a function that waits for its timer. */
async function runNow(name: string, { url, keys }: HostReady): Promise<void> {
  const headers = { 'x-functions-key': keys.master };
  const { status } = await fetch(`${url}/admin/functions/${name}`, { method: 'POST', headers });
  if (status !== 202) throw new Error(`${name} was not started: ${status}`);
}

function storageOf({ connectionString }: Azurite) {
  return storageAccountStores({ kind: 'connectionString', connectionString });
}

function rulePath(group: string, name: string): string {
  return `${group}/securityRules/${name}?api-version=2024-05-01`;
}

/** The demo's settings, without what they say of clusters that are not there. */
function settingsFor(names: readonly string[]): object {
  const { callers } = demoEstate().settings as {
    readonly callers: { readonly clusters: Record<string, unknown> };
  };
  const clusters = Object.entries(callers.clusters).filter(([name]) => names.includes(name));
  return { callers: { ...callers, clusters: Object.fromEntries(clusters) } };
}

/** The security group in front of the nodes of a cluster of the demo. */
export function groupOf(cluster: string): string {
  const group = demoEstate().rows.find((row) => {
    const { name = '', id = '' } = { name: undefined, id: undefined, ...row };
    return name === `nsg-${cluster}-snet-nodes-a` && /networksecuritygroups/i.test(String(id));
  });
  return String({ id: undefined, ...group }.id);
}

/** Every finding as what it says, without when. */
export async function findingsIn({ stores }: Pick<Stack, 'stores'>): Promise<readonly Finding[]> {
  const { items } = await stores.findings.page(10_000);
  return items;
}
