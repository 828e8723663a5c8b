import manifest from '../package.json' with { type: 'json' };
import { type AzureClients, azureClients } from './adapters/azure/azure-clients.ts';
import { type AzureInventory, azureInventory } from './adapters/azure/azure-inventory.ts';
import { azureTenant } from './adapters/azure/azure-tenant.ts';
import { cloudLabel, cloudNamed } from './adapters/azure/cloud.ts';
import { type WriteDiagnosis, diagnoseWrites } from './adapters/azure/diagnose-writes.ts';
import { type Diagnosis, diagnose } from './adapters/azure/diagnose.ts';
import { keepingTags } from './adapters/azure/kept-tags.ts';
import { signIn } from './adapters/azure/sign-in.ts';
import { type ExportCounts, writeEstate } from './adapters/files/estate-writer.ts';
import { redactGap, redactRow } from './adapters/files/redact-rows.ts';
import { redactSettings } from './adapters/files/redact-settings.ts';
import { Redaction } from './adapters/files/redact-words.ts';
import { findClusters } from './facts/find-clusters.ts';
import type { InferenceCluster } from './facts/inference-cluster.ts';
import { readFacts } from './facts/read-facts.ts';
import { writtenScopes } from './facts/written-scopes.ts';
import { type InventorySnapshot, collect } from './inventory/inventory-snapshot.ts';
import type { ResourceType } from './inventory/resource-types.ts';
import { type ResourceId, nameOf, resourceId } from './model/resource-id.ts';
import { auditedTypes } from './pipeline/audit.ts';
import type { Gap, Row, Scope, TenantReader } from './ports.ts';
import type { Cost } from './reports/report.ts';
import type { AuditOptions, LiveSource } from './reports/scan.ts';
import { checkNames } from './settings/resolve.ts';
import type { Settings } from './settings/settings.ts';
import { redactedSettingsName } from './settings/settings-from-text.ts';
import { problemText } from './settings/settings-problems.ts';

/** What a live audit reads. Locks bar a remediation and change no verdict: they are read when something is planned. */
export const liveTypes: readonly ResourceType[] = auditedTypes.filter(
  (type) => type !== 'microsoft.authorization/locks',
);

/** How to look at a tenant: as whom, where, and whom to tell how far it has come. */
export type LiveOptions = Pick<
  AuditOptions,
  'subscriptions' | 'managementGroups' | 'settings' | 'onProgress'
> & { readonly source: LiveSource };

/** Azure's clients, signed in with what this machine has. Throws a `UsageError` for a cloud that is none. */
function connect(source: LiveSource): AzureClients {
  const cloud = cloudNamed(source.cloud);
  return azureClients({
    cloud,
    credential: signIn(cloud, source.clientId),
    userAgent: `portcullis/${manifest.version}`,
    patience: source.attemptMs === undefined ? {} : { attemptMs: source.attemptMs },
  });
}

/** The inventory of a live tenant for these settings, and the scope it is to be asked for. */
function liveInventory(
  clients: AzureClients,
  options: LiveOptions,
): { readonly inventory: AzureInventory; readonly scope: Scope } {
  const { onProgress = () => {} } = options;
  const inventory = azureInventory(clients, {
    clusters: options.settings.scope.clusters,
    principals: options.settings.deployers.map(({ principalId }) => principalId),
    onRows: (rows) => {
      onProgress({ stage: 'reading Azure', done: rows });
    },
  });
  return { inventory, scope: liveScope(options) };
}

/** A live tenant that is read in parts, and the calls that this has taken so far. Throws as `connect`. */
export function liveTenant(source: LiveSource): {
  readonly tenant: (settings: Settings, also?: readonly ResourceType[]) => TenantReader;
  readonly calls: () => Omit<Cost, 'durationMs'>;
  readonly cloud: string;
} {
  const clients = keepingTags(connect(source), () => new Date());
  return {
    tenant: ({ scope, deployers }, also = []) =>
      azureTenant(clients, [...liveTypes, ...also], {
        clusters: scope.clusters,
        principals: deployers.map(({ principalId }) => principalId),
      }),
    calls: () => ({ ...clients.calls }),
    cloud: cloudLabel(clients.cloud),
  };
}

/** What an audit needs of a live tenant, these types beside it, and what it has cost so far. */
export async function readLive(
  options: LiveOptions,
  also: readonly ResourceType[] = [],
): Promise<{
  readonly snapshot: InventorySnapshot;
  readonly cloud: string;
  readonly calls: () => Omit<Cost, 'durationMs'>;
}> {
  options.onProgress?.({ stage: 'reading Azure', done: 0 });
  const clients = connect(options.source);
  const { inventory, scope } = liveInventory(clients, options);
  const snapshot = await collect(inventory, [...liveTypes, ...also], scope);
  return { snapshot, cloud: cloudLabel(clients.cloud), calls: () => ({ ...clients.calls }) };
}

/** What to export, and where to. */
export type ExportOptions = LiveOptions & {
  readonly folder: string;
  /** Whether names, ids and addresses are replaced by others, with a key that nobody keeps. */
  readonly redact?: boolean;
  readonly now: () => Date;
};

/**
 * Writes what a live audit would read into a new folder, as an estate that gives the same verdicts
 * offline. Throws as `startAudit` does, and a `UsageError` for a folder that is not new.
 */
export async function exportEstate(options: ExportOptions): Promise<ExportCounts> {
  const takenAt = options.now().toISOString();
  const { inventory, scope } = liveInventory(connect(options.source), options);
  const rows = inventory.read(liveTypes, scope);
  if (options.redact !== true) {
    return writeEstate(options.folder, rows, () => ({
      takenAt,
      subscriptions: inventory.subscriptions(),
      types: liveTypes,
    }));
  }
  const redaction = Redaction.withNewKey();
  const settings = redactSettings(options.settings, redaction);
  return writeEstate(
    options.folder,
    redacted(rows, redaction),
    () => ({
      takenAt,
      subscriptions: inventory.subscriptions().map((id) => redaction.guid(id)),
      types: liveTypes,
    }),
    [{ name: redactedSettingsName, text: `${JSON.stringify(settings, null, 2)}\n` }],
  );
}

async function* redacted(
  items: AsyncIterable<Row | Gap>,
  redaction: Redaction,
): AsyncGenerator<Row | Gap> {
  for await (const item of items) {
    yield item.kind === 'row'
      ? { ...item, id: resourceId(redaction.id(item.id)), body: redactRow(item.body, redaction) }
      : redactGap(item, redaction);
  }
}

/** What a scan and a remediation would need, and how much of it there is. */
export interface LiveDiagnosis extends Diagnosis {
  /** Undefined where no subscription is visible, so that nothing could be read. */
  readonly trial: TrialReading | undefined;
}

/** What reading as a scan does has shown. */
interface TrialReading {
  readonly clusters: number;
  readonly gaps: number;
  /** What is wrong with the settings now that the clusters are known. */
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
  readonly writes: WriteDiagnosis;
}

/**
 * Whether whoever is signed in could read what a scan needs, and change what a remediation would.
 * Reads as a scan does, and changes nothing. Throws as `startAudit` does.
 */
export async function diagnoseLive(options: LiveOptions): Promise<LiveDiagnosis> {
  const clients = connect(options.source);
  const diagnosis = await diagnose(clients, liveTypes);
  if (diagnosis.subscriptions.length === 0) return { ...diagnosis, trial: undefined };
  const { inventory, scope } = liveInventory(clients, options);
  const snapshot = await collect(inventory, liveTypes, scope);
  const { clusters } = findClusters(snapshot, options.settings.scope.clusters);
  const ids = clusters.map(({ id }) => id);
  const { problems, warnings } = checkNames(
    options.settings,
    ids.map((id) => ({ id, name: nameOf(id) })),
  );
  const scopes = writtenScopes(factsOf(snapshot, ids));
  return {
    ...diagnosis,
    trial: {
      clusters: ids.length,
      gaps: snapshot.gaps.length,
      problems: problems.map(problemText),
      warnings,
      writes: await diagnoseWrites(clients, scopes, diagnosis.signedInAs?.objectId),
    },
  };
}

/** The facts of a hundred clusters at a time, which is as much as an audit holds at once. */
function* factsOf(
  snapshot: InventorySnapshot,
  ids: readonly ResourceId[],
): Generator<InferenceCluster> {
  for (let start = 0; start < ids.length; start += 100) {
    yield* readFacts(snapshot, ids.slice(start, start + 100));
  }
}

/** Flags narrow what settings name; both lists of the settings together only the audit can tell. */
function liveScope({ subscriptions, managementGroups, settings }: LiveOptions): Scope {
  if (subscriptions !== undefined) return { subscriptions };
  if (managementGroups !== undefined) return { managementGroups };
  const { scope } = settings;
  if (scope.subscriptions.length > 0 && scope.managementGroups.length > 0) return {};
  if (scope.subscriptions.length > 0) return { subscriptions: scope.subscriptions };
  return scope.managementGroups.length > 0 ? { managementGroups: scope.managementGroups } : {};
}
