import type { diagnoseLive, exportEstate } from '../shared/compose-live.ts';
import type { InferenceCluster } from '../shared/facts/inference-cluster.ts';
import type { Check } from '../shared/model/check.ts';
import type { ExplainAnswer, ExplainQuery } from '../shared/network/explain.ts';
import type { StartAudit } from '../shared/reports/scan.ts';
import type { readEstate } from '../simulator/estate/read-estate.ts';
import type { startSimulator } from '../simulator/start-simulator.ts';

/** A stream to a person or to the next program. */
export interface Outlet {
  /** Resolves when more may be written; after the reader has gone it does nothing. */
  write(text: string): Promise<void>;
  readonly isTerminal: boolean;
  readonly columns: number | undefined;
}

/** Everything the command knows of the machine it runs on. */
export interface World {
  readonly stdout: Outlet;
  readonly stderr: Outlet;
  readonly stdin: AsyncIterable<Uint8Array>;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The folder from which relative paths are read. */
  readonly folder: string;
  readonly version: string;
  readonly now: () => Date;
}

/** What the verbs do their work with; loaded only when it is needed, so that help is quick. */
export interface Services {
  startAudit(): Promise<StartAudit>;
  /** Where the settings of the demo estate lie. */
  demoSettingsPath(): Promise<string>;
  catalogue(): Promise<readonly Check<InferenceCluster>[]>;
  exportEstate(): Promise<typeof exportEstate>;
  diagnose(): Promise<typeof diagnoseLive>;
  explain(): Promise<(query: ExplainQuery) => ExplainAnswer>;
  simulator(): Promise<{
    readonly readEstate: typeof readEstate;
    readonly startSimulator: typeof startSimulator;
  }>;
}
