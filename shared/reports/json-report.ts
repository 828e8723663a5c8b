import { countSummary, frameOf } from './assemble-report.ts';
import { jsonText } from './json-text.ts';
import type { Summary } from './report.ts';
import type { Audit, ShardResult, Tail } from './scan.ts';

/** A place to put text aside and to read it back once, in order; it may be larger than memory. */
export interface Spool {
  write(text: string): Promise<void>;
  read(): AsyncIterable<string>;
  /** Lets go of what was put aside, read or not; whoever made the spool sees to that. */
  discard(): Promise<void>;
}

/** What a report's reader learns beside the text. */
export interface ReportOutcome {
  readonly summary: Summary;
  readonly tail: Tail;
}

/**
 * The scan report as indented JSON, piece by piece. The contract's order of members wants the end of
 * the scan first and all clusters before all verdicts, so the shards are put aside in the two spools
 * before the first piece appears; memory does not grow with their number.
 */
export async function* jsonReport(
  audit: Audit,
  spools: { readonly clusters: Spool; readonly verdicts: Spool },
): AsyncGenerator<string, ReportOutcome> {
  const commas = { clusters: '', verdicts: '' };
  const outcome = await drainShards(audit, async (shard) => {
    for (const list of ['clusters', 'verdicts'] as const) {
      for (const item of shard[list]) {
        await spools[list].write(`${commas[list]}\n    ${jsonText(item, 4)}`);
        commas[list] = ',';
      }
    }
  });
  const { head, rest } = frameOf(audit.header, outcome.tail, outcome.summary);
  yield '{\n';
  for (const [key, value] of Object.entries(head))
    yield `  ${JSON.stringify(key)}: ${jsonText(value, 2)},\n`;
  for (const list of ['clusters', 'verdicts'] as const) {
    yield `  "${list}": [`;
    yield* spools[list].read();
    yield commas[list] === '' ? '],\n' : '\n  ],\n';
  }
  const members = Object.entries(rest).map(
    ([key, value]) => `  ${JSON.stringify(key)}: ${jsonText(value, 2)}`,
  );
  yield `${members.join(',\n')}\n}\n`;
  return outcome;
}

/** Reads an audit to its end, shard by shard, and counts its verdicts. */
export async function drainShards(
  audit: Audit,
  onShard: (shard: ShardResult) => Promise<void> | void,
): Promise<ReportOutcome> {
  const count = countSummary();
  for await (const shard of audit.shards) {
    count.add(shard);
    await onShard(shard);
  }
  const tail = await audit.finish();
  return { summary: count.summary(), tail };
}

/** A spool in memory, for scans of a few thousand clusters. */
export function memorySpool(): Spool {
  const pieces: string[] = [];
  return {
    write(text) {
      pieces.push(text);
      return Promise.resolve();
    },
    async *read() {
      yield* pieces;
    },
    async discard() {
      pieces.length = 0;
    },
  };
}
