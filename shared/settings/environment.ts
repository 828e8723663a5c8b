import { z } from 'zod';
import type { Frozen } from './frozen.ts';
import { editDistance } from './nearest.ts';
import { modes } from './mode.ts';
import { UsageError } from './usage-error.ts';

/** Clouds whose addresses are known; any other is described by a file. */
const clouds = ['public', 'usgov', 'china'] as const;

const httpAddress = z.url({
  protocol: /^https?$/,
  error: 'must be an address such as https://mystorage.blob.core.windows.net',
});
const clientId = z.guid({ error: 'must be the client id of an identity, a GUID' });

/** The name of a storage account: https://learn.microsoft.com/azure/storage/common/storage-account-overview#storage-account-name */
const accountName = z.string().regex(/^[a-z0-9]{3,24}$/, {
  error: 'must be the name of a storage account: 3 to 24 small letters and digits',
});

/** A six-field NCRONTAB expression; its fields are the host's to judge. */
const schedule = z.string().regex(/^\s*\S+(\s+\S+){5}\s*$/, {
  error:
    'must have six fields, {second} {minute} {hour} {day} {month} {day-of-week}, such as "0 0 2 * * *"',
});

/** A blob of the storage account: container, then name. */
const blobPlace = /^blob:([^/]+)\/(.+)$/;

/**
 * Every variable that the functions read. The page docs/environment.md is written from it.
 * A variable that is empty counts as not set.
 */
const schema = z.object({
  AzureWebJobsStorage: z
    .string()
    .optional()
    .meta({
      description:
        'Connection string of the storage account: of the host, and of all that is kept. Use it on a laptop only; in Azure, name the account and let the identity sign in.',
      examples: ['UseDevelopmentStorage=true'],
    }),
  AzureWebJobsStorage__accountName: accountName.optional().meta({
    description: 'The storage account by name, for signing in with an identity.',
    examples: ['mystorage'],
  }),
  AzureWebJobsStorage__blobServiceUri: httpAddress.optional().meta({
    description:
      'The address of its blobs, in place of the name: for clouds other than the public one.',
    examples: ['https://mystorage.blob.core.windows.net'],
  }),
  AzureWebJobsStorage__queueServiceUri: httpAddress.optional().meta({
    description:
      'The address of its queues, where it is not that of the blobs with `queue` for `blob`.',
    examples: ['https://mystorage.queue.core.windows.net'],
  }),
  AzureWebJobsStorage__tableServiceUri: httpAddress.optional().meta({
    description:
      'The address of its tables, where it is not that of the blobs with `table` for `blob`.',
    examples: ['https://mystorage.table.core.windows.net'],
  }),
  AzureWebJobsStorage__clientId: clientId.optional().meta({
    description:
      'The client id of the user-assigned identity that opens the storage account; without it, the identity that Azure gives the app.',
    examples: ['00000000-0000-0000-0000-000000000000'],
  }),
  SCAN_SCHEDULE: schedule.meta({
    description:
      'When the tenant is scanned: six NCRONTAB fields, {second} {minute} {hour} {day} {month} {day-of-week}, in UTC.',
    examples: ['0 0 2 * * *'],
  }),
  PORTCULLIS_CLOUD: z
    .string()
    .regex(new RegExp(`^(${clouds.join('|')})$|\\.json$`, 'i'), {
      error: `must be one of ${clouds.join(', ')}, or the path of a .json file`,
    })
    .default('public')
    .meta({
      description: `Which Azure: ${clouds.join(', ')}, or the path of a JSON file { arm, graph, authority, ca } that says where one is.`,
      examples: [...clouds],
    }),
  PORTCULLIS_SETTINGS: z
    .string()
    .refine((value) => !value.startsWith('blob:') || blobPlace.test(value), {
      error: 'must name container and blob, such as blob:config/portcullis.settings.json',
    })
    .optional()
    .meta({
      description:
        'Where the settings are: the path of a file, counted from the folder of the app, or `blob:<container>/<name>` for a blob of the storage account. Without it, portcullis.settings.json in the folder of the app if it is there, else the defaults.',
      examples: ['blob:config/portcullis.settings.json'],
    }),
  PORTCULLIS_MAX_MODE: z
    .enum(modes, { error: `must be one of ${modes.join(', ')}` })
    .default('alert')
    .meta({
      description: `The most that this app may do, whatever the settings say: ${modes.join(', ')}.`,
      examples: [...modes],
    }),
  PORTCULLIS_CHECK_DELAY: z
    .string()
    .regex(/^\d{1,3}$/, { error: 'must be a number of seconds from 0 to 999' })
    .default('30')
    .meta({
      description:
        'Seconds that a check after an event waits for further events, so that many changes lead to one check.',
      examples: ['30'],
    }),
  PORTCULLIS_READER_CLIENT_ID: clientId.optional().meta({
    description:
      'The client id of the user-assigned identity that reads the tenant; without it, the identity that Azure gives the app.',
    examples: ['00000000-0000-0000-0000-000000000000'],
  }),
  PORTCULLIS_REMEDIATOR_CLIENT_ID: clientId.optional().meta({
    description:
      'The client id of the user-assigned identity that may change something, which should be no other that reads. Without it nothing is written, and the mode is plan at most.',
    examples: ['00000000-0000-0000-0000-000000000000'],
  }),
  PORTCULLIS_REMEDIATOR_CLIENT_SECRET: z
    .string()
    .optional()
    .meta({
      description:
        'The secret of that application, on a laptop or in a pipeline, where there is no managed identity. In Azure, leave it out.',
      examples: ['…'],
    }),
  AZURE_TENANT_ID: z
    .guid({ error: 'must be the id of a tenant, a GUID' })
    .optional()
    .meta({
      description:
        "The tenant that an application with a secret signs in to. Microsoft's libraries read it too, as they do AZURE_CLIENT_ID and AZURE_CLIENT_SECRET.",
      examples: ['00000000-0000-0000-0000-000000000000'],
    }),
  WEBSITE_AUTH_ENABLED: z
    .string()
    .optional()
    .meta({
      description:
        'Set by Azure where it authenticates callers: then people sign in to /dashboard/, and remediations are approved by those with the role Approver, whose names are kept; else by whoever holds the function key. Nobody else may set it: the header that says who calls is believed on its strength.',
      examples: ['True'],
    }),
  WEBSITE_HOSTNAME: z
    .string()
    .regex(/^[A-Za-z0-9.-]+(:\d+)?$/, { error: 'must be a host name' })
    .optional()
    .meta({
      description: 'The host name of this app, for the links in alerts; Azure sets it.',
      examples: ['my-app.azurewebsites.net'],
    }),
  APPLICATIONINSIGHTS_CONNECTION_STRING: z
    .string()
    .optional()
    .meta({
      description:
        'Where the host sends its telemetry, and the functions their traces and, where the settings say so, alerts.',
      examples: ['InstrumentationKey=…;IngestionEndpoint=…'],
    }),
  APPLICATIONINSIGHTS_AUTHENTICATION_STRING: z
    .string()
    .regex(/^(ClientId=[0-9a-f-]{36};)?Authorization=AAD(;ClientId=[0-9a-f-]{36})?;?$/i, {
      error: 'must be Authorization=AAD, and ClientId=… before it for a user-assigned identity',
    })
    .optional()
    .meta({
      description:
        'That telemetry is sent by an identity, where Application Insights takes no keys: the one of this client id, or the one that Azure gives the app.',
      examples: ['ClientId=00000000-0000-0000-0000-000000000000;Authorization=AAD'],
    }),
});

/** One variable, as the documentation shows it. */
export interface EnvironmentVariable {
  readonly name: string;
  readonly says: string;
  readonly required: boolean;
  readonly fallback: string | undefined;
  readonly examples: readonly string[];
}

/** How the storage account is opened. */
export type StorageAccess =
  | { readonly kind: 'connectionString'; readonly connectionString: string }
  | {
      readonly kind: 'identity';
      /** Where the blobs, the queues and the tables are, `https://…`. */
      readonly blobEndpoint: string;
      readonly queueEndpoint: string;
      readonly tableEndpoint: string;
      readonly clientId?: string;
    };

/** Where the settings are read. */
export type SettingsPlace =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'blob'; readonly container: string; readonly name: string };

/** Whoever may change something. */
export interface RemediatorIdentity {
  /** The application that alone may. */
  readonly clientId: string;
  /** Where it signs in with a secret instead of whatever this machine has. */
  readonly secret?: { readonly tenantId: string; readonly clientSecret: string };
}

/**
 * Whoever may change something; undefined where nobody is named.
 * @throws UsageError for a secret without a tenant.
 */
export function remediatorIdentityIn(
  env: Readonly<Record<string, string | undefined>>,
): RemediatorIdentity | undefined {
  const clientId = env['PORTCULLIS_REMEDIATOR_CLIENT_ID']?.trim() ?? '';
  const clientSecret = env['PORTCULLIS_REMEDIATOR_CLIENT_SECRET'] ?? '';
  const tenantId = env['AZURE_TENANT_ID']?.trim() ?? '';
  if (clientId === '') return undefined;
  if (clientSecret === '') return { clientId };
  if (tenantId !== '') return { clientId, secret: { tenantId, clientSecret } };
  throw new UsageError([
    'AZURE_TENANT_ID is not set; PORTCULLIS_REMEDIATOR_CLIENT_SECRET needs it: the id of the tenant',
  ]);
}

/** What the functions are told from outside, checked. */
export interface Environment {
  readonly storage: StorageAccess;
  readonly scanSchedule: string;
  /** Which Azure is audited: `public`, `usgov`, `china`, or the path of a JSON file that describes one. */
  readonly cloud: string;
  /** Absent: the standard file, if it is there. */
  readonly settings?: SettingsPlace;
  readonly maxMode: (typeof modes)[number];
  /** Milliseconds between the last event for a cluster and its check. */
  readonly checkDelayMs: number;
  readonly readerClientId?: string;
  /** Absent: nothing is written. */
  readonly remediator?: RemediatorIdentity;
  /** Whether the platform says who calls. */
  readonly authenticatesCallers: boolean;
  /** Where traces and custom events go. */
  readonly telemetryConnection?: string;
  /** Who sends them; absent where the connection says enough. */
  readonly telemetrySender?: { readonly clientId?: string };
  /** What alerts link to. */
  readonly alertPlaces: { readonly portal?: string; readonly report?: string };
}

/** Every variable there is, in the order of the documentation. */
export const environmentVariables: readonly EnvironmentVariable[] = Object.entries(
  schema.shape,
).map(([name, variable]) => {
  const { description = '', examples } = variable.meta() ?? {};
  const fallback = variable.safeParse(undefined);
  return {
    name,
    says: description,
    required: !fallback.success,
    fallback: typeof fallback.data === 'string' ? fallback.data : undefined,
    examples: Array.isArray(examples) ? examples.map(String) : [],
  };
});

/**
 * What the process is told by its environment variables.
 * @throws UsageError with every variable that is wrong: its name, what is wrong and what to write.
 * Values are not repeated, they may be secrets.
 */
export function parseEnvironment(env: Readonly<Record<string, string | undefined>>): Environment {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value?.trim() !== ''));
  const parsed = schema.safeParse(given);
  const storage = parsed.success ? storageOf(parsed.data) : undefined;
  const problems = [
    ...(parsed.error?.issues ?? []).map(({ path, message }) => {
      const name = String(path[0]);
      return given[name] === undefined ? notSet(name) : `${name} ${message}`;
    }),
    ...(storageVariables.some((name) => given[name] !== undefined) ? [] : [noStorage]),
    ...misspelt(given),
  ];
  if (!parsed.success || storage === undefined || problems.length > 0) {
    throw new UsageError(problems);
  }
  const { data } = parsed;
  const remediator = remediatorIdentityIn(given);
  return {
    storage,
    scanSchedule: data.SCAN_SCHEDULE,
    cloud: data.PORTCULLIS_CLOUD,
    ...(data.PORTCULLIS_SETTINGS === undefined
      ? {}
      : { settings: settingsPlaceOf(data.PORTCULLIS_SETTINGS) }),
    maxMode: data.PORTCULLIS_MAX_MODE,
    checkDelayMs: Number(data.PORTCULLIS_CHECK_DELAY) * 1000,
    ...(data.PORTCULLIS_READER_CLIENT_ID === undefined
      ? {}
      : { readerClientId: data.PORTCULLIS_READER_CLIENT_ID }),
    ...(remediator === undefined ? {} : { remediator }),
    authenticatesCallers: /^true$/i.test(data.WEBSITE_AUTH_ENABLED ?? ''),
    ...(data.APPLICATIONINSIGHTS_CONNECTION_STRING === undefined
      ? {}
      : { telemetryConnection: data.APPLICATIONINSIGHTS_CONNECTION_STRING }),
    ...telemetrySenderIn(data),
    alertPlaces: alertPlacesOf(data),
  };
}

/** Sources: learn.microsoft.com/azure/azure-government/compare-azure-government-global-azure, learn.microsoft.com/azure/china/resources-developer-guide. */
const portals: Readonly<Record<string, string>> = {
  public: 'https://portal.azure.com',
  usgov: 'https://portal.azure.us',
  china: 'https://portal.azure.cn',
};

/** Source: learn.microsoft.com/azure/azure-functions/functions-app-settings#applicationinsights_authentication_string */
function telemetrySenderIn({
  APPLICATIONINSIGHTS_AUTHENTICATION_STRING: given,
}: Variables): Pick<Environment, 'telemetrySender'> {
  if (given === undefined) return {};
  const id = /ClientId=([^;]+)/i.exec(given)?.[1];
  return { telemetrySender: id === undefined ? {} : { clientId: id } };
}

function alertPlacesOf(data: Variables): Environment['alertPlaces'] {
  const portal = portals[data.PORTCULLIS_CLOUD.toLowerCase()];
  const host = data.WEBSITE_HOSTNAME;
  return {
    ...(portal === undefined ? {} : { portal }),
    ...(host === undefined ? {} : { report: `https://${host}/api/reports/latest?format=table` }),
  };
}

type Variables = Frozen<z.output<typeof schema>>;

function notSet(name: string): string {
  const example = environmentVariables.find((each) => each.name === name)?.examples[0] ?? '';
  return `${name} is not set; set it, for example to "${example}"`;
}

const storageVariables = [
  'AzureWebJobsStorage',
  'AzureWebJobsStorage__blobServiceUri',
  'AzureWebJobsStorage__accountName',
];
const noStorage =
  'AzureWebJobsStorage is not set; set it to a connection string, or AzureWebJobsStorage__accountName to the name of the storage account';

function storageOf(given: Variables): StorageAccess | undefined {
  const connectionString = given.AzureWebJobsStorage;
  if (connectionString !== undefined) return { kind: 'connectionString', connectionString };
  const name = given.AzureWebJobsStorage__accountName;
  const named = name === undefined ? undefined : `https://${name}.blob.core.windows.net`;
  const blobEndpoint = given.AzureWebJobsStorage__blobServiceUri ?? named;
  if (blobEndpoint === undefined) return undefined;
  // The services of an account differ in one word of their names.
  const beside = (service: string) => blobEndpoint.replace('.blob.', `.${service}.`);
  const queueEndpoint = given.AzureWebJobsStorage__queueServiceUri ?? beside('queue');
  const tableEndpoint = given.AzureWebJobsStorage__tableServiceUri ?? beside('table');
  const clientIdGiven = given.AzureWebJobsStorage__clientId;
  const endpoints = { blobEndpoint, queueEndpoint, tableEndpoint };
  return {
    kind: 'identity',
    ...endpoints,
    ...(clientIdGiven === undefined ? {} : { clientId: clientIdGiven }),
  };
}

/**
 * How to open a storage account that is named by the address of its blobs: with the connection string
 * where that is of it, else signed in.
 * @throws UsageError for what is no such address.
 */
export function storageAccessIn(blobs: string, connectionString?: string): StorageAccess {
  if (!httpAddress.safeParse(blobs).success) {
    throw new UsageError([
      `--storage "${blobs}" must be an address such as https://mystorage.blob.core.windows.net`,
    ]);
  }
  if (connectionString?.toLowerCase().includes(blobs.toLowerCase().replace(/\/$/, '')) === true) {
    return { kind: 'connectionString', connectionString };
  }
  if (!blobs.toLowerCase().startsWith('https:')) {
    throw new UsageError([
      `--storage "${blobs}" must be an address with https, or that of the connection string in AzureWebJobsStorage`,
    ]);
  }
  const beside = (service: string) => blobs.replace('.blob.', `.${service}.`);
  return {
    kind: 'identity',
    blobEndpoint: blobs,
    queueEndpoint: beside('queue'),
    tableEndpoint: beside('table'),
  };
}

function settingsPlaceOf(value: string): SettingsPlace {
  const [, container, name] = blobPlace.exec(value) ?? [];
  return container === undefined || name === undefined
    ? { kind: 'file', path: value }
    : { kind: 'blob', container, name };
}

/** A setting of ours that nobody reads because its name is mistyped by a letter or two. */
function misspelt(given: Readonly<Record<string, string | undefined>>): string[] {
  const known = environmentVariables.map(({ name }) => name);
  return Object.keys(given)
    .filter((name) => name.startsWith('PORTCULLIS_') && !known.includes(name))
    .flatMap((name) => {
      const meant = known.find((each) => editDistance(name, each) <= 2);
      return meant === undefined ? [] : [`${name} is not read; did you mean ${meant}?`];
    });
}
