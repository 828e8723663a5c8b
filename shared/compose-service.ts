import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fileSpool } from './adapters/files/spool-file.ts';
import { blobReports } from './adapters/store/blob-reports.ts';
import { blobService } from './adapters/store/blob-service.ts';
import { settingsTextAt } from './adapters/store/settings-text.ts';
import { catalogue } from './checks/catalogue.ts';
import { startAudit } from './compose.ts';
import type { ReportStore } from './ports.ts';
import { type ReportOutcome, jsonReport } from './reports/json-report.ts';
import type { Audit, AuditOptions, ScanProgress } from './reports/scan.ts';
import { type Environment, parseEnvironment } from './settings/environment.ts';
import { settingsFileName, settingsFromText } from './settings/settings-from-text.ts';
import { type Settings, defaultSettings } from './settings/settings.ts';
import { UsageError } from './settings/usage-error.ts';

/** The folder of the app; from the sources and from the bundle in `dist/` alike. */
const appFolder = fileURLToPath(new URL('../', import.meta.url));

/** Audits what the environment names, with the identity that it names. */
export type AuditTenant = (
  environment: Environment,
  options: Omit<AuditOptions, 'source'>,
) => Promise<Audit>;

/** What the functions do their work with. Its clients are kept from one invocation to the next. */
export interface Service {
  readonly environment: Environment;
  readonly reports: ReportStore;
  /**
   * Audits the tenant and saves the report.
   * @throws UsageError where the settings are wrong.
   */
  scan(onProgress?: (event: ScanProgress) => void): Promise<ScanOutcome>;
}

/** A scan that was saved. */
export interface ScanOutcome extends ReportOutcome {
  readonly scanId: string;
}

/**
 * The service that the environment variables describe. The settings are read anew for every scan.
 * @throws UsageError with every variable that is wrong.
 */
export function composeService(
  env: Readonly<Record<string, string | undefined>>,
  auditTenant: AuditTenant = auditNamedTenant,
  now: () => Date = () => new Date(),
): Service {
  const environment = parseEnvironment(env);
  const storage = blobService(environment.storage);
  const reports = blobReports(storage, now);
  return {
    environment,
    reports,
    async scan(onProgress) {
      const audit = await auditTenant(environment, {
        settings: await settingsOf(environment, storage),
        strict: false,
        now,
        ...(onProgress === undefined ? {} : { onProgress: atMostEverySecond(onProgress, now) }),
      });
      const report = jsonReport(audit, { clusters: fileSpool(), verdicts: fileSpool() });
      let outcome: ReportOutcome | undefined;
      await reports.save(
        audit.header,
        (async function* () {
          outcome = yield* report;
        })(),
      );
      if (outcome === undefined) throw new Error('the report was saved before it was whole');
      return { scanId: audit.header.scanId, ...outcome };
    },
  };
}

let kept: Service | undefined;

/** The service of this process, made when it is first asked for. @throws UsageError as `composeService`. */
export function processService(): Service {
  kept ??= composeService(process.env);
  return kept;
}

const auditNamedTenant: AuditTenant = ({ cloud, readerClientId }, options) => {
  const identity = readerClientId === undefined ? {} : { clientId: readerClientId };
  return startAudit({ ...options, source: { kind: 'live', cloud, ...identity } });
};

async function settingsOf(
  { settings }: Environment,
  storage: ReturnType<typeof blobService>,
): Promise<Settings> {
  const place = settings ?? { kind: 'file', path: settingsFileName };
  const found = await settingsTextAt(
    place.kind === 'file' ? { ...place, path: resolve(appFolder, place.path) } : place,
    storage,
  );
  if (found.text !== undefined) {
    const checkIds = catalogue.map(({ id }) => id);
    return settingsFromText(found.text, found.from, checkIds);
  }
  if (settings === undefined) return defaultSettings();
  throw new UsageError([`${found.from}, which PORTCULLIS_SETTINGS names, does not exist`]);
}

/** The first event of a stage, the last, and in between one a second: progress is logged, and logs cost. */
function atMostEverySecond(
  onProgress: (event: ScanProgress) => void,
  now: () => Date,
): (event: ScanProgress) => void {
  let last = { stage: '', at: 0 };
  return (event) => {
    const at = now().getTime();
    const finished = event.total !== undefined && event.done >= event.total;
    if (event.stage === last.stage && at - last.at < 1000 && !finished) return;
    last = { stage: event.stage, at };
    onProgress(event);
  };
}
