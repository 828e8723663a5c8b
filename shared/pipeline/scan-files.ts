import type { ResourceId } from '../model/resource-id.ts';
import type { Gap, Row } from '../ports.ts';
import type { GapReport, Report } from '../reports/report.ts';
import type { ShardResult } from '../reports/scan.ts';
import type { WorkFiles } from '../store-ports.ts';

/** What a scan keeps in files between its steps: rows for its shards, and what they found. */
export interface ScanFiles {
  /** What all shards have in common, and what the report says besides. */
  writeCut(cut: ScanCut, items: Iterable<Row | Gap>): Promise<void>;
  readCut(): Promise<{ readonly cut: ScanCut; readonly items: readonly (Row | Gap)[] }>;
  writeShard(shard: number, clusters: readonly ResourceId[], rows: Iterable<Row>): Promise<void>;
  readShard(
    shard: number,
  ): Promise<{ readonly clusters: readonly ResourceId[]; readonly rows: readonly Row[] }>;
  /** The clusters of a shard, without its rows. */
  readClusters(shard: number): Promise<readonly ResourceId[]>;
  /** The parts are lines that {@link resultLine} made. */
  writeResult(shard: number, parts: AsyncIterable<string>, end: ShardEnd): Promise<void>;
  /** The end, then the parts as they come. */
  readResult(shard: number): AsyncIterable<ShardResult | ShardEnd>;
  remove(): Promise<void>;
}

/** What is known once the clusters are found. */
export interface ScanCut {
  readonly covered: readonly string[];
  /** Subscriptions of which it is known which clusters serve Azure ML there. */
  readonly searched: readonly string[];
  /** Clusters that are there and not in scope: nothing is known of them, nor are they gone. */
  readonly leftOut: readonly ResourceId[];
  readonly gaps: readonly GapReport[];
  readonly outOfScope: Report['outOfScope'];
  readonly warnings: readonly string[];
  readonly spent: Spent;
}

/** What a shard says beside its verdicts. */
interface ShardEnd {
  readonly gaps: readonly GapReport[];
  readonly spent: Spent;
}

/** What a step has cost: calls of Azure by kind, and milliseconds by stage. */
export interface Spent {
  readonly calls: Readonly<Record<string, number>>;
  readonly durationMs: Readonly<Record<string, number>>;
}

export function scanFiles(files: WorkFiles, scanId: string): ScanFiles {
  const folder = `scans/${scanId}`;
  const cutName = `${folder}/cut.jsonl`;
  const nameOf = (kind: string, shard: number) =>
    `${folder}/${kind}-${String(shard).padStart(6, '0')}.jsonl`;

  async function* linesOf(name: string): AsyncGenerator<unknown> {
    const lines = await files.lines(name);
    if (lines === undefined) throw new Error(`${name} is not there; the next scan writes its own`);
    for await (const line of lines) yield JSON.parse(line);
  }
  async function headed<H, T>(name: string): Promise<{ head: H; items: T[] }> {
    const [head, ...items] = await gathered(linesOf(name));
    // Written below, by this version or one whose files it can read.
    return { head: head as H, items: items as T[] };
  }
  return {
    writeCut: (cut, items) => files.write(cutName, jsonLines(cut, items)),
    async readCut() {
      const { head, items } = await headed<ScanCut, Row | Gap>(cutName);
      return { cut: head, items };
    },
    writeShard: (shard, clusters, rows) =>
      files.write(nameOf('shard', shard), jsonLines({ clusters }, rows)),
    async readShard(shard) {
      const { head, items } = await headed<{ clusters: ResourceId[] }, Row>(nameOf('shard', shard));
      return { clusters: head.clusters, rows: items };
    },
    async readClusters(shard) {
      for await (const head of linesOf(nameOf('shard', shard))) {
        // Written above, by this version or one whose files it can read.
        return (head as { readonly clusters: readonly ResourceId[] }).clusters;
      }
      return [];
    },
    writeResult: (shard, parts, end) =>
      files.write(nameOf('result', shard), headedBy(jsonLine(end), parts)),
    async *readResult(shard) {
      for await (const line of linesOf(nameOf('result', shard))) {
        yield line as ShardResult | ShardEnd;
      }
    },
    async remove() {
      for (const name of await gathered(files.names(`${folder}/`))) await files.remove(name);
    },
  };
}

/** A part of a shard's result as it is written. */
export function resultLine({ clusters, verdicts }: ShardResult): string {
  return jsonLine({ clusters, verdicts });
}

function jsonLine(item: object): string {
  return `${JSON.stringify(item)}\n`;
}

async function* jsonLines(head: object, items: Iterable<object>): AsyncGenerator<string> {
  yield jsonLine(head);
  for (const item of items) yield jsonLine(item);
}

async function* headedBy(head: string, lines: AsyncIterable<string>): AsyncGenerator<string> {
  yield head;
  yield* lines;
}

async function gathered<T>(items: AsyncIterable<T>): Promise<readonly T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}
