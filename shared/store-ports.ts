import type { Alert, AlertSource } from './model/alert.ts';
import type { Change, Finding, Transition } from './model/finding.ts';
import type { ResourceId } from './model/resource-id.ts';
import type { Severity, VerdictKind } from './model/verdict.ts';
import type { Scope } from './ports.ts';

/** Somebody else wrote meanwhile: read again, and decide again. */
export class ConflictError extends Error {
  override readonly name = 'ConflictError';
}

/** Something kept, with what tells this state of it from another. */
export interface Kept<T> {
  readonly value: T;
  readonly version: string;
}

/** What is known of one cluster's checks. */
export interface ClusterFindings {
  readonly findings: readonly Finding[];
  /** When what was recorded last was read; undefined where nothing was recorded. */
  readonly readAt?: string;
  /** Undefined where nothing was recorded. */
  readonly version?: string;
}

/** One cluster's findings and what there is to tell of them, to be written together. */
export interface Recording {
  readonly readAt: string;
  /** Of the findings on which this rests. */
  readonly version?: string;
  readonly changed: readonly { readonly finding: Finding; readonly transition?: Transition }[];
}

/** Part of a list, and where the rest begins. */
interface Page<T> {
  readonly items: readonly T[];
  readonly next?: string;
}

/** Findings, and the transitions that receivers have not heard of yet. */
export interface FindingStore {
  of(clusterId: ResourceId): Promise<ClusterFindings>;
  /** All of it or nothing. @throws ConflictError where somebody else has recorded since. */
  record(clusterId: ResourceId, recording: Recording): Promise<void>;
  /** Findings of all clusters, at most `limit` or a few more; `from` is where an earlier page ended. */
  page(limit: number, from?: string): Promise<Page<Finding>>;
  /** Every transition that `delivered` was not told of. */
  undelivered(): AsyncIterable<Transition>;
  /** The transition leaves the outbox, and stays in the finding's history. Harmless when repeated. */
  delivered(transition: Transition): Promise<void>;
  /**
   * What a finding went through, or all findings of a cluster where none is named: oldest first, as far
   * as it is kept.
   */
  history(
    of: Pick<Finding, 'clusterId'> & Partial<Pick<Finding, 'fingerprint'>>,
  ): Promise<readonly Transition[]>;
  /** Forgets transitions from before a moment, delivered or not; returns how many. */
  forget(before: string): Promise<number>;
}

/** What became of each finding that somebody was, or may have to be, told of. */
export interface AlertStore {
  get(id: string): Promise<Kept<Alert> | undefined>;
  /** Writes where the version still holds; without one, where there is none yet. @throws ConflictError */
  put(alert: Alert, version?: string): Promise<void>;
  /** At most `limit` or a few more; `from` is where an earlier page ended. */
  page(limit: number, from?: string): Promise<Page<Alert>>;
  /** Forgets what was resolved before a moment; returns how many. */
  forget(before: string): Promise<number>;
}

/** A check that somebody waits for. */
export interface PendingCheck {
  /** The message that is to lead to it; another one for the same cluster finds nothing to do. */
  readonly request: string;
  /** How many changes were noted since the cluster is known; tells those that came during a check. */
  readonly noted: number;
  readonly firstEventAt: string;
  /** When the check is due: a little after the last change, and never long after the first. */
  readonly dueAt: string;
  /** The latest changes, newest first; a few. */
  readonly changes: readonly Change[];
}

/** What a check said of a cluster, in short. */
export interface KeptVerdict {
  readonly checkId: string;
  readonly kind: VerdictKind;
  readonly severity: Severity;
  readonly isExempt: boolean;
  /** Where it is unknown: what a pass says is the title of its check, and a failure is a finding. */
  readonly summary?: string;
}

/** What is kept of an inference cluster between checks. */
export interface ClusterState {
  readonly id: ResourceId;
  /** As it was last reported: the command's report of the cluster, without its verdicts. */
  readonly report?: Readonly<Record<string, unknown>>;
  /** One for each check, as it was last reported; undefined where an earlier version did. */
  readonly verdicts?: readonly KeptVerdict[];
  readonly readAt?: string;
  readonly checkedBy?: 'scan' | 'event';
  /** The value of its tag `portcullis:mode`. */
  readonly modeTag?: string;
  /** The resources whose change may change a verdict, sorted. */
  readonly dependencies: readonly ResourceId[];
  /** What shows the cluster to serve Azure ML, and attaches it: where a live read sets out. */
  readonly roots: readonly ResourceId[];
  readonly pending?: PendingCheck;
  /** The last check that was given up; undefined once one succeeds. */
  readonly failed?: { readonly at: string; readonly why: string };
}

export interface ClusterStore {
  get(id: ResourceId): Promise<Kept<ClusterState> | undefined>;
  /** Writes where the version still holds; without one, where there is none yet. @throws ConflictError */
  put(state: ClusterState, version?: string): Promise<void>;
  /** As `put` for many at once; returns those that somebody else has written since, which it leaves. */
  putAll(
    states: readonly { readonly value: ClusterState; readonly version?: string }[],
  ): Promise<readonly ResourceId[]>;
  /** @throws ConflictError where somebody else has written it since. */
  remove(id: ResourceId, version: string): Promise<void>;
  list(): AsyncIterable<Kept<ClusterState>>;
}

/** What a cluster depends on from now on, where it was `before`. */
export interface DependencyChange {
  readonly cluster: ResourceId;
  readonly before: readonly ResourceId[];
  readonly after: readonly ResourceId[];
}

/** Which clusters depend on which resources. */
export interface DependencyStore {
  /** The clusters that depend on any of these. */
  clustersOf(resources: readonly ResourceId[]): Promise<readonly ResourceId[]>;
  /** Makes the changes, one for each cluster. Repeatable. */
  replace(changes: readonly DependencyChange[]): Promise<void>;
}

/** That somebody asked whom a resource concerns, and nobody knows yet. */
export interface Discovery {
  readonly resource: ResourceId;
  readonly askedAt: string;
  /** Whether the message that leads to an answer is on its way. */
  readonly sent: boolean;
  /** Whether somebody has begun to look: who asks from then on needs another look. */
  readonly begun?: boolean;
}

export interface DiscoveryStore {
  get(resource: ResourceId): Promise<Kept<Discovery> | undefined>;
  /** All in the subscription of a resource. */
  inSubscriptionOf(resource: ResourceId): Promise<readonly Kept<Discovery>[]>;
  /** As `ClusterStore.put`. @throws ConflictError */
  put(discovery: Discovery, version?: string): Promise<void>;
  /** @throws ConflictError where it is gone, or was written since. */
  remove(resource: ResourceId, version: string): Promise<void>;
}

/** What could not be read, gathered by what and why. */
export interface GapGroup {
  readonly what: string;
  readonly why: string;
  /** In how many places. */
  readonly count: number;
  /** A few of the places. */
  readonly scopes: readonly string[];
}

/** What a scan that ended has cost and missed. */
export interface ScanEnd {
  readonly cost: {
    readonly resourceGraphCalls: number;
    readonly armReads: number;
    readonly graphCalls: number;
    readonly armWrites: number;
    readonly throttled: number;
    readonly durationMs: Readonly<Record<string, number>>;
  };
  /** How many things could not be read. */
  readonly gaps: number;
  /** The largest groups of them. */
  readonly gapGroups: readonly GapGroup[];
}

export interface ScanState {
  readonly scanId: string;
  readonly startedAt: string;
  /** `cutting` until every shard is written, then `running`; `incomplete` ended with shards that failed. */
  readonly state: 'cutting' | 'running' | 'complete' | 'incomplete' | 'abandoned';
  readonly shards: number;
  readonly clusters: number;
  readonly finishedAt?: string;
  readonly scope: Scope;
  /** Undefined until it ends, and where an earlier version ended it. */
  readonly end?: ScanEnd;
}

export interface ShardState {
  readonly scanId: string;
  /** From 1. */
  readonly shard: number;
  readonly state: 'queued' | 'done' | 'failed';
  readonly clusters: number;
  readonly why?: string;
}

export interface ScanStore {
  get(scanId: string): Promise<Kept<ScanState> | undefined>;
  put(scan: ScanState, version?: string): Promise<void>;
  /** The newest first. */
  list(): AsyncIterable<Kept<ScanState>>;
  remove(scan: ScanState): Promise<void>;
  shard(scanId: string, shard: number): Promise<Kept<ShardState> | undefined>;
  putShard(shard: ShardState, version?: string): Promise<void>;
  shards(scanId: string): Promise<readonly ShardState[]>;
}

/** How a tenant stood at the end of a scan. */
export interface TrendPoint {
  readonly at: string;
  readonly scanId: string;
  readonly complete: boolean;
  readonly clusters: number;
  readonly compliant: number;
  readonly nonCompliant: number;
  readonly unknown: number;
  /** Failures that are not exempt. */
  readonly bySeverity: Readonly<Record<string, number>>;
}

export interface TrendStore {
  add(point: TrendPoint): Promise<void>;
  /** From a moment on, oldest first. */
  since(at: string): Promise<readonly TrendPoint[]>;
  /** Forgets what was before; returns how many. */
  forget(before: string): Promise<number>;
}

/** Texts of any length, by names such as `scans/1/shard-1.jsonl`. */
export interface WorkFiles {
  write(name: string, pieces: AsyncIterable<string>): Promise<void>;
  /** The lines; undefined where there is no such file. */
  lines(name: string): Promise<AsyncIterable<string> | undefined>;
  names(prefix: string): AsyncIterable<string>;
  remove(name: string): Promise<void>;
}

/** The queues that functions wait for, without `-poison`. */
export const queueNames = ['scan-shards', 'cluster-checks', 'remediations', 'alerts'] as const;
export type QueueName = (typeof queueNames)[number];

/** What messages say: ids only, for whoever handles one reads the rest anew. */
export interface QueueMessages {
  readonly 'scan-shards': { readonly scanId: string; readonly shard: number };
  readonly 'cluster-checks':
    | { readonly clusterId: ResourceId; readonly request: string }
    /** A resource that may concern clusters nobody knows of yet. */
    | { readonly discover: ResourceId };
  readonly remediations:
    /** Failing checks, to be planned for. */
    | { readonly clusterId: ResourceId; readonly checkIds: readonly string[] }
    | { readonly remediationId: string };
  readonly alerts: AlertKey;
}

/** Which alert, and where its transitions lie. */
export interface AlertKey {
  readonly id: string;
  readonly subject: ResourceId;
  readonly source: AlertSource;
}

export interface QueueDepth {
  readonly waiting: number;
  readonly poisoned: number;
}

export interface MessageQueues {
  /** Sends a message that appears after so many milliseconds. */
  send<Q extends QueueName>(queue: Q, message: QueueMessages[Q], afterMs?: number): Promise<void>;
  /** About how many messages there are. */
  depth(queue: QueueName, signal?: AbortSignal): Promise<QueueDepth>;
}

/** Everything that is kept between two invocations. */
export interface Stores {
  readonly findings: FindingStore;
  /** What is wrong with the service itself or its reading, as findings about scopes. */
  readonly conditions: FindingStore;
  readonly alerts: AlertStore;
  readonly clusters: ClusterStore;
  readonly dependencies: DependencyStore;
  readonly discoveries: DiscoveryStore;
  readonly scans: ScanStore;
  readonly trend: TrendStore;
  readonly files: WorkFiles;
  readonly queues: MessageQueues;
}
