import type { ResourceType } from './inventory/resource-types.ts';
import type { AlertMessage } from './model/alert.ts';
import type { ResourceId } from './model/resource-id.ts';

/** A resource as Azure Resource Manager or Resource Graph gives it; only `id` and `type` are certain. */
export interface Row {
  readonly kind: 'row';
  readonly id: ResourceId;
  readonly type: ResourceType;
  /** The resource's own JSON, casing as found. Parsed by the schemas of `facts/`. */
  readonly body: Readonly<Record<string, unknown>>;
}

/** Something that could not be read: absence proves nothing within it. */
export interface Gap {
  readonly kind: 'gap';
  /** The type that was not read, or undefined where it could have been any. */
  readonly type?: ResourceType;
  /** A subscription, resource or management-group id, a file, or `/` for everywhere. */
  readonly scope: string;
  /** What is missing, in words. */
  readonly what: string;
  readonly why: string;
  /** Set where somebody tried to read it and could not: it is never taken as empty. */
  readonly tried?: true;
  /** Set where the same read may succeed in a moment: Azure was busy, or did not answer. */
  readonly passing?: true;
}

/** What an inventory is asked for: everything it can see, or only these subscriptions or what lies below these groups. */
export interface Scope {
  /** GUIDs or ids. */
  readonly subscriptions?: readonly string[];
  /** Names or ids; an inventory of files, which knows no ancestry, takes no heed of them. */
  readonly managementGroups?: readonly string[];
}

/** What exists: the one door through which resources enter. */
export interface Inventory {
  /** The rows of these types within the scope, and a gap for whatever could not be read. */
  read(types: readonly ResourceType[], scope: Scope): AsyncIterable<Row | Gap>;
}

/** What a scan begins with. */
export interface ScopeReading {
  readonly items: readonly (Row | Gap)[];
  /** GUIDs of the subscriptions in scope: what is absent there, and no gap, does not exist. */
  readonly covered: readonly string[];
}

/** A tenant that is read in parts: what a scan is cut into, and what an event asks for. */
export interface TenantReader {
  /**
   * The scope in parts that do not need each other, each small enough to be held; the scope itself
   * where it is small, or this is absent.
   */
  partsOf?(scope: Scope): Promise<readonly Scope[]>;
  /** The clusters in scope, what attaches them to Azure ML, and what is the same for all of them. */
  readScope(scope: Scope): Promise<ScopeReading>;
  /** Everything that bears on these clusters, as an index has it, with what of the scope bears on them. */
  readClusters(
    clusters: readonly ResourceId[],
    given: ScopeReading,
  ): Promise<readonly (Row | Gap)[]>;
  /** Everything that bears on one cluster, as it is now; these workspaces are known to attach it. */
  readCluster(
    cluster: ResourceId,
    workspaces: readonly ResourceId[],
  ): Promise<readonly (Row | Gap)[]>;
  /** One resource as it is now; undefined where there is none, or none of a type that audits read. */
  readResource(id: ResourceId): Promise<Row | undefined>;
}

/** A scan whose report is kept. */
export interface ReportedScan {
  readonly scanId: string;
  /** When the scan started, ISO 8601 in UTC: of two scans, the one that started later is the newer. */
  readonly startedAt: string;
}

/** A report that was saved earlier. */
export interface StoredReport extends ReportedScan {
  /** Changes whenever the report does; quoted, as HTTP writes it. */
  readonly etag: string;
  /** ISO 8601, UTC. */
  readonly savedAt: string;
  /** The report as JSON in UTF-8, piece by piece. */
  read(): AsyncIterable<Uint8Array>;
}

/** Where the reports of scans are kept. */
export interface ReportStore {
  /**
   * Keeps a report, which appears only when it is whole. The report of an older scan is kept too,
   * but never becomes the latest in place of a newer one.
   */
  save(scan: ReportedScan, pieces: AsyncIterable<string>): Promise<void>;
  /** The report of the newest scan, or undefined where none was saved yet. */
  latest(signal?: AbortSignal): Promise<StoredReport | undefined>;
}

/** A receiver did not take an alert. */
export class SinkError extends Error {
  override readonly name = 'SinkError';
  /** How long it asks to be left alone, in milliseconds. */
  readonly waitMs: number;

  constructor(message: string, { waitMs = 0, cause }: { waitMs?: number; cause?: unknown } = {}) {
    super(message, { cause });
    this.waitMs = waitMs;
  }
}

/** Somebody who is told of alerts. */
export interface AlertSink {
  /**
   * Returns once the receiver has taken it; may be called again with the same id and sequence.
   * @throws SinkError where it did not, or not before `signal`; without secrets in its message.
   */
  send(message: AlertMessage, signal: AbortSignal): Promise<void>;
}
