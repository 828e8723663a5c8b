import type { InferenceCluster } from '../facts/inference-cluster.ts';
import type { Check } from '../model/check.ts';
import type { AlertPlaces } from '../alerts/alert-message.ts';
import type { AlertSink, ReportStore, TenantReader } from '../ports.ts';
import type { Spool } from '../reports/json-report.ts';
import type { SinkSettings } from '../settings/alert-settings.ts';
import type { Mode } from '../settings/mode.ts';
import type { Settings } from '../settings/settings.ts';
import type { Stores } from '../store-ports.ts';

/** Tells the operator something: a message, and fields that programs can read. */
export type Tell = (message: string, fields: Readonly<Record<string, unknown>>) => void;

/** What the steps of the service do their work with. */
export interface ServiceContext {
  readonly stores: Stores;
  readonly reports: Pick<ReportStore, 'save'>;
  readonly catalogue: readonly Check<InferenceCluster>[];
  /** As they are now. @throws UsageError where they are wrong. */
  readonly settings: () => Promise<Settings>;
  readonly tenant: (settings: Settings) => TenantReader;
  /** Which Azure is read, as reports name it: `public`, or the host of another one. */
  readonly cloud: string;
  /** Calls of Azure so far in this process, by kind; for what a step has cost. */
  readonly calls: () => Readonly<Record<string, number>>;
  readonly now: () => Date;
  /** Milliseconds that a check waits for further changes. */
  readonly checkDelayMs: number;
  /** A name that nothing has had before. */
  readonly newId: () => string;
  /** A place to put a part of a report aside. */
  readonly spool: () => Spool;
  readonly tell: Tell;
  /** The most that this installation may do. */
  readonly maxMode: Mode;
  /** The receiver that settings describe; opens nothing before it is sent to. */
  readonly sinkOf: (settings: SinkSettings) => AlertSink;
  readonly alertPlaces: AlertPlaces;
  /** Aborts after so many milliseconds. */
  readonly deadline: (ms: number) => AbortSignal;
}
