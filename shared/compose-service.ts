import { randomBytes, randomUUID } from 'node:crypto';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { sinkFor } from './adapters/alerts/sinks.ts';
import { fileSpool } from './adapters/files/spool-file.ts';
import { blobReports } from './adapters/store/blob-reports.ts';
import { blobService } from './adapters/store/blob-service.ts';
import { type Telemetry, lazyTelemetry } from './adapters/telemetry/telemetry.ts';
import { settingsTextAt } from './adapters/store/settings-text.ts';
import { storageAccountStores } from './adapters/store/storage-account.ts';
import type { AllStores } from './adapters/store/stores.ts';
import manifest from '../package.json' with { type: 'json' };
import type { ApiContext, SettingsReading } from './api/context.ts';
import { liveReads } from './api/live-reads.ts';
import { readModels } from './api/read-models.ts';
import { catalogue } from './checks/catalogue.ts';
import { spanAfter, traceparentOf } from './pipeline/span.ts';
import { tracedQueues } from './pipeline/traced-queues.ts';
import type { ServiceContext, Tell } from './pipeline/service-context.ts';
import type { ReportStore } from './ports.ts';
import { type Environment, type SettingsPlace, parseEnvironment } from './settings/environment.ts';
import type { Mode } from './settings/mode.ts';
import { settingsFileName, settingsFromText } from './settings/settings-from-text.ts';
import { type Settings, defaultSettings } from './settings/settings.ts';
import { UsageError } from './settings/usage-error.ts';
import type { Stores } from './store-ports.ts';

/** The folder of the app; from the sources and from the bundle in `dist/` alike. */
const appFolder = fileURLToPath(new URL('../', import.meta.url));

/** A tenant of Azure as the service reads it; its clients are kept from one invocation to the next. */
export type OpenTenant = (
  environment: Environment,
) => Promise<Pick<ServiceContext, 'tenant' | 'calls' | 'cloud'>>;

/** What the functions do their work with. Its clients are kept from one invocation to the next. */
export interface Service {
  readonly environment: Environment;
  readonly reports: ReportStore;
  readonly stores: AllStores;
  readonly now: () => Date;
  readonly checkDelayMs: number;
  readonly newId: () => string;
  /** What answers of the API are made of, kept from one request to the next. */
  readonly api: Omit<ApiContext, 'step'>;
  /** What a step of the pipeline needs; the settings are read anew for every step. */
  contextFor(tell: Tell, stores?: Stores): Promise<ServiceContext>;
  /** Does a piece of work as a span; messages that it sends by these stores continue the trace. */
  traced<T>(work: TracedWork, does: (stores: Stores) => Promise<T>): Promise<T>;
}

/** A piece of work in a trace. */
export interface TracedWork {
  readonly name: string;
  /** What led to it, as `traceparent`. */
  readonly traceparent: string | undefined;
  readonly attributes: Readonly<Record<string, string | number>>;
}

/**
 * The service that the environment variables describe.
 * @throws UsageError with every variable that is wrong.
 */
export function composeService(
  env: Readonly<Record<string, string | undefined>>,
  openTenant: OpenTenant = openNamedTenant,
  now: () => Date = () => new Date(),
): Service {
  const environment = parseEnvironment(env);
  const { checkDelayMs } = environment;
  const storage = blobService(environment.storage);
  const stores = storageAccountStores(environment.storage, now);
  const telemetry = openTelemetry(environment);
  let tenant: ReturnType<OpenTenant> | undefined;
  return {
    environment,
    reports: blobReports(storage, { now }),
    stores,
    now,
    checkDelayMs,
    newId: randomUUID,
    api: {
      stores,
      remediations: stores.remediations,
      models: readModels(stores, () => settingsReading(environment, storage), now),
      live: liveReads(now),
      catalogue,
      maxMode: maxModeOf(environment),
      about: {
        version: manifest.version,
        cloud: environment.cloud,
        scanSchedule: environment.scanSchedule,
      },
      now,
    },
    async contextFor(tell, own = stores) {
      tenant ??= openTenant(environment);
      const onRepair = (says: string) => {
        tell(says, { level: 'warning' });
      };
      return {
        ...(await tenant),
        stores: own,
        remediations: stores.remediations,
        maxMode: maxModeOf(environment),
        wait: (milliseconds) => sleep(milliseconds),
        reports: blobReports(storage, { now, onRepair }),
        catalogue,
        settings: () => settingsOf(environment, storage),
        now,
        checkDelayMs,
        newId: randomUUID,
        spool: fileSpool,
        tell,
        sinkOf: (sink) => sinkFor(sink, env, telemetry),
        alertPlaces: environment.alertPlaces,
        deadline: (ms) => AbortSignal.timeout(ms),
      };
    },
    async traced({ name, traceparent, attributes }, does) {
      const span = spanAfter(traceparent, (digits) => randomBytes(digits / 2).toString('hex'));
      const queues = tracedQueues(stores.queues, traceparentOf(span));
      const startedAt = now();
      let succeeded = false;
      try {
        const result = await does({ ...stores, queues });
        succeeded = true;
        return result;
      } finally {
        telemetry.span({ name, ...span, startedAt, endedAt: now(), succeeded, attributes });
      }
    },
  };
}

/** Without an identity that may change something, plans are made and no more. */
function maxModeOf({ maxMode, remediator }: Environment): Mode {
  return maxMode === 'remediate' && remediator === undefined ? 'plan' : maxMode;
}

let kept: Service | undefined;

/** The service of this process, made when it is first asked for. @throws UsageError as `composeService`. */
export function processService(): Service {
  kept ??= composeService(process.env);
  return kept;
}

/** Azure's SDKs are loaded only where they are needed: they take longer than most of what functions do. */
const openNamedTenant: OpenTenant = async ({ cloud, readerClientId }) => {
  const { liveTenant } = await import('./compose-live.ts');
  const identity = readerClientId === undefined ? {} : { clientId: readerClientId };
  return liveTenant({ kind: 'live', cloud, ...identity });
};

/** Loaded apart from everything else: see `lazyTelemetry`. */
function openTelemetry({ cloud, telemetryConnection, telemetrySender }: Environment): Telemetry {
  return lazyTelemetry(
    telemetryConnection,
    async (connectionString) => {
      const { applicationInsights } = await import('./adapters/telemetry/application-insights.ts');
      if (telemetrySender === undefined) return applicationInsights(connectionString);
      const [{ signIn }, { cloudNamed }] = await Promise.all([
        import('./adapters/azure/sign-in.ts'),
        import('./adapters/azure/cloud.ts'),
      ]);
      const credential = signIn(cloudNamed(cloud), telemetrySender.clientId);
      return applicationInsights(connectionString, { credential });
    },
    (why) => process.emitWarning(why),
  );
}

async function settingsOf(
  { settings }: Environment,
  storage: ReturnType<typeof blobService>,
): Promise<Settings> {
  const found = await settingsTextAt(placeOf(settings), storage);
  if (found.text !== undefined) {
    const checkIds = catalogue.map(({ id }) => id);
    return settingsFromText(found.text, found.from, checkIds);
  }
  if (settings === undefined) return defaultSettings();
  throw new UsageError([`${found.from}, which PORTCULLIS_SETTINGS names, does not exist`]);
}

/** Where the settings are; files are counted from the folder of the app. */
function placeOf(settings: Environment['settings']): SettingsPlace {
  const place = settings ?? { kind: 'file', path: settingsFileName };
  return place.kind === 'file' ? { ...place, path: resolve(appFolder, place.path) } : place;
}

/** The settings for people who look at them, right or wrong. */
async function settingsReading(
  environment: Environment,
  storage: ReturnType<typeof blobService>,
): Promise<SettingsReading> {
  const { settings } = environment;
  const from =
    settings === undefined
      ? `${settingsFileName} in the folder of the app, where it is there; else the defaults`
      : settings.kind === 'file'
        ? settings.path
        : `blob:${settings.container}/${settings.name}`;
  try {
    return { from, settings: await settingsOf(environment, storage), problems: [] };
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return { from, settings: undefined, problems: error.problems };
  }
}
