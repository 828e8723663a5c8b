import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import manifest from '../package.json' with { type: 'json' };
import { acceptedKind } from './adapters/azure/accepted-write.ts';
import { azureWriter } from './adapters/azure/azure-writer.ts';
import { cloudNamed } from './adapters/azure/cloud.ts';
import { signInAs } from './adapters/azure/sign-in.ts';
import {
  type JournalFile,
  journalPath,
  journalsIn,
  openJournal,
} from './adapters/files/journal-file.ts';
import { storageAccountStores } from './adapters/store/storage-account.ts';
import { catalogue } from './checks/catalogue.ts';
import { liveTenant, readLive } from './compose-live.ts';
import { ownershipTypes } from './facts/ownership-facts.ts';
import { findClusters } from './facts/find-clusters.ts';
import type { InventorySnapshot } from './inventory/inventory-snapshot.ts';
import type { ResourceId } from './model/resource-id.ts';
import { appendRows } from './pipeline/append-rows.ts';
import type { CarriedOut } from './pipeline/carry-out.ts';
import { linksOf } from './pipeline/dependencies.ts';
import { type ChangeMemory, pastChangesOf, storeMemory, whyHeld } from './pipeline/guard-change.ts';
import { type KeptOutcome, carryOutKept } from './pipeline/kept-remediation.ts';
import { networksOfGroup } from './pipeline/networks-of-group.ts';
import type { Neighbourhood } from './pipeline/plan-live.ts';
import { type RemediationParts, remediate } from './pipeline/remediate.ts';
import type { AzureWriter } from './remediation/arm-write.ts';
import type { PastChange } from './remediation/guard.ts';
import {
  type JournalRow,
  type Step,
  progressOf,
  toTakeBack,
  wroteNothing,
} from './remediation/journal.ts';
import { type Plan, canonical, planHash } from './remediation/plan.ts';
import type { LiveSource, ScanProgress } from './reports/scan.ts';
import type { RemediatorIdentity, StorageAccess } from './settings/environment.ts';
import type { Mode } from './settings/mode.ts';
import { type Settings, defaultSettings } from './settings/settings.ts';
import { UsageError } from './settings/usage-error.ts';

/** Who changes something, and where; without such an identity nothing is written. */
export interface Remediator {
  readonly source: LiveSource;
  readonly identity: RemediatorIdentity;
}

/**
 * Resource Manager, to be changed as one application and no other.
 * @throws UsageError for a cloud that is none.
 */
export function liveWriter({ source, identity }: Remediator): AzureWriter {
  const cloud = cloudNamed(source.cloud);
  return azureWriter({
    cloud,
    credential: signInAs(cloud, identity),
    userAgent: `portcullis/${manifest.version}`,
    patience: source.attemptMs === undefined ? {} : { attemptMs: source.attemptMs },
  });
}

/** What carrying plans out from a machine of one's own takes. */
export interface ApplyOptions extends Remediator {
  readonly settings: Settings;
  readonly maxMode: Mode;
  /** Where journals are kept. */
  readonly folder: string;
  /** Who asks for it, for the journal. */
  readonly by: string;
  readonly now: () => Date;
  readonly onProgress: (event: ScanProgress) => void;
}

/** How a plan ended, or what it waits for, and where that is written down. */
export interface Applied {
  readonly plan: Plan;
  readonly result: CarriedOut;
  /** When it ended, where that was in an earlier run; nothing was looked at now. */
  readonly endedAt?: string;
  /** The last reason that was given. */
  readonly because?: string;
  /** When one that waits may be gone on with. */
  readonly until?: string;
  /** It ended before anything was made. */
  readonly wroteNothing: boolean;
  readonly journal: string;
}

/** Somebody who has read the tenant, and carries plans out in it. */
export interface Applier {
  /** Goes on where an earlier attempt left it. `siblings` are plans that were made together with it. */
  apply(plan: Plan, siblings: readonly Plan[], onRow: (row: JournalRow) => void): Promise<Applied>;
}

/**
 * Reads the tenant, to know who shares what, and carries plans out in it one after the other.
 * @throws as `startAudit`, and UsageError for journals that cannot be read.
 */
export async function openApplier(options: ApplyOptions): Promise<Applier> {
  const { settings, source, folder, now, by, onProgress } = options;
  const journals = new Map(await journalsIn(folder));
  const { snapshot } = await readLive({ source, settings, onProgress });
  const { tenant } = liveTenant(source);
  const shared = {
    writer: liveWriter(options),
    tenant: tenant(settings, ownershipTypes),
    neighbourhood: neighbourhoodIn(snapshot, settings),
    settings,
    maxMode: options.maxMode,
    runId: randomUUID(),
    now,
    wait: (milliseconds: number) => sleep(milliseconds),
  };
  const judging = {
    catalogue,
    settings,
    today: now().toISOString().slice(0, 10),
    onDefect: () => {},
  };
  const memory = fileMemory(journals);
  return {
    async apply(plan, siblings, onRow) {
      const { id } = plan;
      onlyAccepted(plan);
      const journal = journals.get(id) ?? (await openJournal(journalPath(folder, id)));
      const rows = [...journal.rows];
      const write = async (row: JournalRow): Promise<void> => {
        await journal.write(row);
        rows.push(row);
        onRow(row);
      };
      journals.set(id, { ...journal, rows });
      const at = (step: Step): JournalRow => ({ ...step, at: now().toISOString() });
      const [change] = plan.changes;
      const isOver = rows.length > 0 && progressOf(rows).next.kind === 'nothing';
      // Where nothing came of it, for instance because of the mode, it may be asked for again.
      const isAnew =
        rows.length === 0 || (isOver && !rows.some(({ step }) => step === 'confirmed'));
      if (!isAnew && canonical(progressOf(rows).plan) !== canonical(plan)) {
        throw new UsageError([
          `${journal.path} was begun with another plan than the file has under ${id}; look at both, and make a new plan`,
        ]);
      }
      const held = await whyHeld(shared, rows);
      if (held !== undefined) {
        const result: CarriedOut = { kind: 'waiting', until: now().getTime() };
        const because = `${held} It has begun, and goes on when the same command is given in mode remediate.`;
        return { plan, result, because, wroteNothing: wroteNothing(rows), journal: journal.path };
      }
      if (isAnew && change !== undefined) {
        // Whoever cannot even look has not begun.
        await shared.writer.read(change);
        await write(at({ step: 'requested', plan, by }));
        await write(at({ step: 'approved', by, hash: plan.hash }));
      }
      const parts = { ...shared, judging, siblings, memory, remediationId: id, write };
      const applied = appliedOf(await remediate(parts, [...rows]), rows, journal);
      const endedAt = isOver && !isAnew ? rows.at(-1)?.at : undefined;
      return endedAt === undefined ? applied : { ...applied, endedAt };
    },
  };
}

/** @throws UsageError for a plan with a request that is never sent, before anything is begun. */
function onlyAccepted({ changes, undo }: Plan): void {
  try {
    for (const request of [...changes, ...undo]) acceptedKind(request);
  } catch (error) {
    if (error instanceof RangeError) throw new UsageError([error.message]);
    throw error;
  }
}

function appliedOf(result: CarriedOut, rows: readonly JournalRow[], journal: JournalFile): Applied {
  const told = rows.findLast((row) => 'because' in row);
  return {
    plan: progressOf(rows).plan,
    result,
    ...(told === undefined ? {} : { because: told.because }),
    ...(told?.step === 'waiting' ? { until: told.until } : {}),
    wroteNothing: wroteNothing(rows),
    journal: journal.path,
  };
}

function neighbourhoodIn(snapshot: InventorySnapshot, settings: Settings): Neighbourhood {
  const { clusters } = findClusters(snapshot, settings.scope.clusters);
  const links = new Map(clusters.map(({ id }) => [id, linksOf(snapshot, id)]));
  const byPlace = new Map<ResourceId, ResourceId[]>();
  for (const [id, { dependencies }] of links) {
    for (const place of dependencies) byPlace.set(place, [...(byPlace.get(place) ?? []), id]);
  }
  return {
    clustersOf: async (places) => [...new Set(places.flatMap((one) => byPlace.get(one) ?? []))],
    rootsOf: async (id) => links.get(id)?.workspaces ?? [],
  };
}

/** What was changed of late, as the journals of a folder tell. */
function fileMemory(journals: ReadonlyMap<string, JournalFile>): ChangeMemory {
  const own = new Map<string, readonly PastChange[]>();
  const remembered = (): readonly PastChange[] => [
    ...[...journals].flatMap(([id, { rows }]) => (own.has(id) ? [] : pastChangesOf(id, rows))),
    ...[...own.values()].flat(),
  ];
  return {
    past: async () => ({ value: remembered(), version: '' }),
    async putPast(past) {
      const ids = new Set(past.map(({ remediationId }) => remediationId ?? ''));
      for (const id of new Set([...own.keys(), ...ids])) {
        own.set(
          id,
          past.filter((change) => change.remediationId === id),
        );
      }
    },
    changesOf: async (id) => {
      const rows = journals.get(id)?.rows ?? [];
      return rows.length === 0 ? [] : progressOf(rows).plan.changes;
    },
  };
}

/** Who takes back what was done, and why. */
export interface RollbackOptions extends Remediator {
  /** Whether somebody who sees the plan, and what has become of it, wants it taken back. */
  readonly agree: (plan: Plan, rows: readonly JournalRow[]) => Promise<boolean>;
  readonly by: string;
  readonly now: () => Date;
  readonly onRow: (row: JournalRow) => void;
}

/**
 * Takes back what the journal at a path says was made; undefined where nobody agrees to that.
 * @throws UsageError where there is no such journal, or nothing of it was ever begun.
 */
export async function rollBackFile(
  path: string,
  options: RollbackOptions,
): Promise<Applied | undefined> {
  const journal = await openJournal(path);
  if (journal.rows.length === 0) throw new UsageError([`${path}: there is no such journal`]);
  const rows = [...journal.rows];
  const write = async (row: JournalRow): Promise<void> => {
    await journal.write(row);
    rows.push(row);
    options.onRow(row);
  };
  const { plan, next } = progressOf(rows);
  onlyAsMade(plan, path);
  const asking = next.kind === 'remove' ? [] : [rollbackOf(rows, path, options)];
  if (!(await options.agree(plan, rows))) return undefined;
  for (const row of asking) await write(row);
  const { id } = plan;
  const parts = { ...undoParts(options), remediationId: id, write };
  return appliedOf(await remediate(parts, [...rows]), rows, journal);
}

/**
 * Takes back a remediation of the service; undefined where nobody agrees to that.
 * @throws UsageError where there is none of that id.
 */
export async function rollBackKept(
  id: string,
  access: StorageAccess,
  options: RollbackOptions,
): Promise<KeptOutcome | undefined> {
  const store = storageAccountStores(access, options.now).remediations;
  const kept = await store.get(id);
  if (kept === undefined) throw new UsageError([`there is no remediation ${id} in that storage`]);
  const { plan, next } = progressOf(kept.rows);
  onlyAsMade(plan, id);
  const asking = next.kind === 'remove' ? [] : [rollbackOf(kept.rows, id, options)];
  if (!(await options.agree(plan, kept.rows))) return undefined;
  if ((await appendRows(store, kept, asking)) === undefined) {
    throw new UsageError([
      `${id}: somebody else has gone on with it since it was shown; give the same command again`,
    ]);
  }
  const { now, onRow } = options;
  const parts = { ...undoParts(options), memory: storeMemory(store, options.identity.clientId) };
  const outcome = await carryOutKept(
    {
      store,
      holder: randomUUID(),
      now,
      // Whoever may only write cannot look; Azure refuses two at once by itself, and is asked again.
      networksOf: (target) => networksOfGroup(parts.tenant, target).catch(() => []),
      partsFor: async () => parts,
    },
    id,
  );
  for (const row of (await store.get(id))?.rows.slice(kept.rows.length) ?? []) onRow(row);
  return outcome;
}

/** @throws UsageError for a plan that was edited, or with a request that is never sent. */
function onlyAsMade(plan: Plan, what: string): void {
  if (planHash(plan) !== plan.hash) {
    throw new UsageError([
      `${what}: the plan in it is not the one that its hash names; somebody edited it, so nothing is taken back`,
    ]);
  }
  onlyAccepted(plan);
}

/** The row that asks for it. @throws UsageError where nothing of ours is there to be taken back. */
function rollbackOf(
  rows: readonly JournalRow[],
  what: string,
  { by, now }: RollbackOptions,
): JournalRow {
  if (toTakeBack(rows).length === 0) {
    throw new UsageError([`${what}: nothing that it made is there to be taken back`]);
  }
  const because = 'Somebody asked for it.';
  return { step: 'rollbackAsked', by, because, at: now().toISOString() };
}

/** Taking back needs no plan and no reading: what bears our mark and is unchanged goes. */
function undoParts(options: RollbackOptions): Omit<RemediationParts, 'write' | 'remediationId'> {
  const settings = defaultSettings();
  const { tenant } = liveTenant(options.source);
  return {
    writer: liveWriter(options),
    tenant: tenant(settings),
    neighbourhood: { clustersOf: async () => [], rootsOf: async () => [] },
    judging: { catalogue, settings, today: '', onDefect: () => {} },
    siblings: [],
    runId: '',
    settings,
    maxMode: 'audit',
    memory: { past: async () => undefined, putPast: async () => {}, changesOf: async () => [] },
    now: options.now,
    wait: (milliseconds) => sleep(milliseconds),
  };
}
