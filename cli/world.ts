import type {
  explainCluster,
  foresee,
  judgeProposal,
  makePlans,
  readProposal,
} from '../shared/compose.ts';
import type { openApplier, rollBackFile, rollBackKept } from '../shared/compose-remediation.ts';
import type { diagnoseLive, exportEstate } from '../shared/compose-live.ts';
import type { InferenceCluster } from '../shared/facts/inference-cluster.ts';
import type { Check } from '../shared/model/check.ts';
import type { ScanProgress, StartAudit } from '../shared/reports/scan.ts';
import type { readEstate } from '../simulator/estate/read-estate.ts';
import type { startSimulator } from '../simulator/start-simulator.ts';
import type { Report } from '../shared/reports/report.ts';
import type { DiffQuery, GroupDiff } from '../shared/network/diff.ts';
import type { ExplainQuery, Explanation } from '../shared/network/explain.ts';
import type { GroupLint, LintQuery } from '../shared/network/lint.ts';

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
  /** Whether a person can be asked there. */
  readonly stdinIsTerminal?: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The folder from which relative paths are read. */
  readonly folder: string;
  readonly version: string;
  readonly now: () => Date;
  /**
   * From the first call on, Ctrl-C and a request to end abort this signal instead of ending the
   * process; a second one ends it.
   */
  interruption(): AbortSignal;
}

/** What the demo is started with. */
export interface DemoOptions {
  readonly env: World['env'];
  /** Ends the start. */
  readonly signal: AbortSignal;
  readonly onStarted: (name: string, says: string) => void;
  /** A line that something said which went wrong. */
  readonly onTrouble: (line: string) => void;
  readonly onProgress: (event: ScanProgress) => void;
  /** What is changed in the tenant after the scan, and what the functions find of it. */
  readonly onChange: (line: string) => void;
}

/** Portcullis whole, running on this machine. */
export interface Demo {
  /** Opens the dashboard and signs in; good as long as the demo runs. */
  readonly dashboardUrl: string;
  /** Opens without anything else: it holds its key. */
  readonly reportUrl: string;
  /** Resolves when a part of it has ended, with why. */
  readonly ended: Promise<string>;
  /** Has the functions scan, and gives the report that they saved. */
  scan(): Promise<Report>;
  /** Breaks something of what the report calls well, and mends it, again and again, until the end. */
  change(report: Report): void;
  stop(): Promise<void>;
}

/** What the verbs do their work with; loaded only when it is needed, so that help is quick. */
export interface Services {
  startAudit(): Promise<StartAudit>;
  /** Where the settings of the demo estate lie. */
  demoSettingsPath(): Promise<string>;
  catalogue(): Promise<readonly Check<InferenceCluster>[]>;
  exportEstate(): Promise<typeof exportEstate>;
  diagnose(): Promise<typeof diagnoseLive>;
  startDemo(): Promise<(options: DemoOptions) => Promise<Demo>>;
  simulator(): Promise<{
    readonly readEstate: typeof readEstate;
    readonly startSimulator: typeof startSimulator;
  }>;
  explainCluster(): Promise<typeof explainCluster>;
  /** Makes plans: plan. */
  makePlans(): Promise<typeof makePlans>;
  /** Reads a proposed change, and says what it would do: plan --what-if. */
  whatIf(): Promise<{ readonly parse: typeof readProposal; readonly judge: typeof judgeProposal }>;
  /** Carries plans out: apply. */
  openApplier(): Promise<typeof openApplier>;
  /** Takes back: rollback. */
  rollBackFile(): Promise<typeof rollBackFile>;
  rollBackKept(): Promise<typeof rollBackKept>;
  /** Says what taking back would do, before it is done: rollback. */
  foresee(): Promise<typeof foresee>;
  explain(): Promise<(query: ExplainQuery) => Explanation>;
  diff(): Promise<(query: DiffQuery) => GroupDiff>;
  lint(): Promise<(query: LintQuery) => GroupLint>;
}
