/** Azurite's blobs, queues and tables as a child of ours; its flags are those of the command `azurite`. */
import { createRequire } from 'node:module';
import { serveParent } from './serve-parent.ts';

// What of Azurite's own modules is used; the package has no types.
interface Server {
  start(): Promise<void>;
  close(): Promise<void>;
  getHttpServerAddress(): string;
}
interface Flags {
  queueHost(): string;
  tableHost(): string;
  skipApiVersionCheck(): boolean;
}
type ServerOf = { readonly default: new (configuration: object) => Server };
type ConfigurationOf = { readonly default: new (...values: readonly unknown[]) => object };
interface BlobServerModule {
  readonly BlobServerFactory: new () => { createServer(flags: Flags): Promise<Server> };
}

/** Where the services are. */
export interface AzuriteReady {
  readonly blob: string;
  readonly queue: string;
  readonly table: string;
}

const load = createRequire(import.meta.url);
const anyPort = 0;
const keepAliveSeconds = 5;
const inMemory = true;
const nowhere = '';

await serveParent<AzuriteReady>(async () => {
  // As the types above say.
  const { default: FlagsGiven } = load('azurite/dist/src/common/Environment.js') as {
    readonly default: new () => Flags;
  };
  const { BlobServerFactory } = load(
    'azurite/dist/src/blob/BlobServerFactory.js',
  ) as BlobServerModule;
  const flags = new FlagsGiven();
  const blob = await new BlobServerFactory().createServer(flags);
  const queue = queueServer(flags);
  const table = tableServer(flags);
  const servers = [blob, queue, table];
  await Promise.all(servers.map((server) => server.start()));
  return {
    ready: {
      blob: blob.getHttpServerAddress(),
      queue: queue.getHttpServerAddress(),
      table: table.getHttpServerAddress(),
    },
    stop: async () => {
      await Promise.all(servers.map((server) => server.close()));
    },
  };
});

/** The arguments of both configurations between the log's and the last, in Azurite's order. */
function common(flags: Flags): readonly unknown[] {
  const [loose, certificate, key, password, oauth] = [false, '', '', '', undefined];
  const productStyleUrlOff = true;
  return [
    loose,
    flags.skipApiVersionCheck(),
    certificate,
    key,
    password,
    oauth,
    productStyleUrlOff,
    inMemory,
  ];
}

function queueServer(flags: Flags): Server {
  const { default: Configuration } = load(
    'azurite/dist/src/queue/QueueConfiguration.js',
  ) as ConfigurationOf;
  const { default: QueueServer } = load('azurite/dist/src/queue/QueueServer.js') as ServerOf;
  const { DEFAULT_QUEUE_PERSISTENCE_ARRAY } = load('azurite/dist/src/queue/utils/constants.js') as {
    readonly DEFAULT_QUEUE_PERSISTENCE_ARRAY: unknown;
  };
  const log = [false, undefined, false, undefined];
  const place = [nowhere, nowhere, DEFAULT_QUEUE_PERSISTENCE_ARRAY];
  const listening = [flags.queueHost(), anyPort, keepAliveSeconds];
  return new QueueServer(new Configuration(...listening, ...place, ...log, ...common(flags)));
}

function tableServer(flags: Flags): Server {
  const { default: Configuration } = load(
    'azurite/dist/src/table/TableConfiguration.js',
  ) as ConfigurationOf;
  const { default: TableServer } = load('azurite/dist/src/table/TableServer.js') as ServerOf;
  const log = [false, false, undefined, undefined];
  const listening = [flags.tableHost(), anyPort, keepAliveSeconds];
  return new TableServer(new Configuration(...listening, nowhere, ...log, ...common(flags)));
}
