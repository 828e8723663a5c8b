import type { Settings } from '../settings/settings.ts';
import type {
  BaselineReport,
  ClusterReport,
  Cost,
  EstateReport,
  GapReport,
  Report,
  VerdictReport,
} from './report.ts';

/** Where an audit reads from. */
export type ScanSource = LiveSource | FileSource;

/** Rows in files: somebody's export, or the estate that comes with the command. */
export type FileSource =
  | { readonly kind: 'estate'; readonly path: string }
  | { readonly kind: 'demo' };

/** A tenant of Azure, as far as whoever is signed in may read it. */
export interface LiveSource {
  readonly kind: 'live';
  /** `public`, `usgov`, `china`, or the path of a JSON file that describes another cloud. */
  readonly cloud: string;
  /** The client id of the managed identity that reads, where several are assigned. */
  readonly clientId?: string;
  /** Milliseconds that one attempt may take; 60,000 where absent. */
  readonly attemptMs?: number;
}

/** How far an audit has come; `total` where it is known. */
export interface ScanProgress {
  readonly stage: string;
  readonly done: number;
  readonly total?: number;
}

export interface AuditOptions {
  readonly source: ScanSource;
  readonly settings: Settings;
  /** Ids of the checks to run; all enabled ones where absent. */
  readonly checks?: readonly string[];
  /** Ids or names of the clusters to report; all where absent. */
  readonly clusters?: readonly string[];
  readonly subscriptions?: readonly string[];
  /** Names or ids of management groups. */
  readonly managementGroups?: readonly string[];
  /** Whether what was not read offline is unknown rather than taken as empty. */
  readonly strict: boolean;
  readonly now: () => Date;
  readonly onProgress?: (event: ScanProgress) => void;
}

/** What is known before the first shard. */
export interface ScanHeader {
  readonly scanId: string;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly source: Report['source'];
  /** Live: `public`, `usgov`, `china`, or the host of the Resource Manager that answers. */
  readonly cloud?: string;
}

/** What an audit says of at most a hundred clusters. */
export interface ShardResult {
  readonly clusters: readonly ClusterReport[];
  readonly verdicts: readonly VerdictReport[];
}

/** What is known only after the last shard. */
export interface Tail {
  readonly finishedAt: string;
  readonly gaps: readonly GapReport[];
  readonly assumptions: readonly string[];
  readonly outOfScope: Report['outOfScope'];
  /** Offline only. */
  readonly estate?: EstateReport;
  /** Remarks on the settings, for people. */
  readonly warnings?: readonly string[];
  /** What changed since an earlier report, where one was given. */
  readonly baseline?: BaselineReport;
  readonly cost: Cost;
}

/** A running audit: shards as they come, each cluster in exactly one of them. */
export interface Audit {
  readonly header: ScanHeader;
  readonly shards: AsyncIterable<ShardResult>;
  /** To be asked for once, after the shards have been read to their end. */
  finish(): Promise<Tail>;
  /** Whether what was read proves that this cluster no longer exists; without it, nothing does. */
  isGone?(clusterId: string): boolean;
}

/**
 * Starts an audit. Throws a `UsageError` where what was asked for does not exist, for instance a
 * cluster that no name or id fits.
 */
export type StartAudit = (options: AuditOptions) => Promise<Audit>;
