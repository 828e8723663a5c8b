import type { InferenceCluster } from '../shared/facts/inference-cluster.ts';
import type { Check } from '../shared/model/check.ts';
import type { DiffQuery, GroupDiff } from '../shared/network/diff.ts';
import type { ExplainQuery, Explanation } from '../shared/network/explain.ts';
import type { GroupLint, LintQuery } from '../shared/network/lint.ts';
import type { AuditEstate } from '../shared/reports/scan.ts';

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
  auditEstate(): Promise<AuditEstate>;
  /** Where the settings of the demo estate lie. */
  demoSettingsPath(): Promise<string>;
  catalogue(): Promise<readonly Check<InferenceCluster>[]>;
  explain(): Promise<(query: ExplainQuery) => Explanation>;
  diff(): Promise<(query: DiffQuery) => GroupDiff>;
  lint(): Promise<(query: LintQuery) => GroupLint>;
}
