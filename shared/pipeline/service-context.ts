import type { InferenceCluster } from '../facts/inference-cluster.ts';
import type { ResourceType } from '../inventory/resource-types.ts';
import type { Check } from '../model/check.ts';
import type { AlertPlaces } from '../alerts/alert-message.ts';
import type { AlertSink, ReportStore, TenantReader } from '../ports.ts';
import type { Spool } from '../reports/json-report.ts';
import type { RemediationStore } from '../remediation/remediation-store.ts';
import type { SinkSettings } from '../settings/alert-settings.ts';
import type { Mode } from '../settings/mode.ts';
import type { Settings } from '../settings/settings.ts';
import type { Stores } from '../store-ports.ts';

/** Tells the operator something: a message, and fields that programs can read. */
export type Tell = (message: string, fields: Readonly<Record<string, unknown>>) => void;

/** What the steps of the service do their work with. */
export interface ServiceContext {
  readonly stores: Stores;
  readonly remediations: RemediationStore;
  /** What the installation allows at most; no more than plans where nobody may change anything. */
  readonly maxMode: Mode;
  readonly reports: Pick<ReportStore, 'save'>;
  readonly catalogue: readonly Check<InferenceCluster>[];
  /** As they are now. @throws UsageError where they are wrong. */
  readonly settings: () => Promise<Settings>;
  /** Reads what audits need, and these types beside it. */
  readonly tenant: (settings: Settings, also?: readonly ResourceType[]) => TenantReader;
  /** Which Azure is read, as reports name it: `public`, or the host of another one. */
  readonly cloud: string;
  /** Calls of Azure so far in this process, by kind; for what a step has cost. */
  readonly calls: () => Readonly<Record<string, number>>;
  readonly now: () => Date;
  /** Resolves after about so many milliseconds. */
  readonly wait: (milliseconds: number) => Promise<void>;
  /** Milliseconds that a check waits for further changes. */
  readonly checkDelayMs: number;
  /** A name that nothing has had before. */
  readonly newId: () => string;
  /** A place to put a part of a report aside. */
  readonly spool: () => Spool;
  readonly tell: Tell;
  /** The receiver that settings describe; opens nothing before it is sent to. */
  readonly sinkOf: (settings: SinkSettings) => AlertSink;
  readonly alertPlaces: AlertPlaces;
  /** Aborts after so many milliseconds. */
  readonly deadline: (ms: number) => AbortSignal;
}
