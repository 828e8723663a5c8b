import { createReadStream } from 'node:fs';
import type { z } from 'zod';
import { type Baseline, type EarlierVerdict, isBaselineFailure } from '../../reports/baseline.ts';
import { baselineHeadSchema, baselineVerdictSchema } from '../../reports/report.ts';
import { UsageError } from '../../settings/usage-error.ts';
import { type JsonPiece, jsonSplitter } from './json-splitter.ts';

/**
 * The failures of a report that was written as JSON, read verdict by verdict, so that only they are
 * held in memory.
 * @throws UsageError where the file cannot be read or is no report of this schema.
 */
export async function readBaseline(path: string): Promise<Baseline> {
  const splitter = jsonSplitter({ rowsIn: 'verdicts' });
  const failures = new Map<string, EarlierVerdict>();
  let head: unknown;
  let count = 0;
  // A report of another version is told by its version, whatever its verdicts look like.
  let wrong: UsageError | undefined;
  function take(pieces: readonly JsonPiece[]): void {
    for (const piece of pieces) {
      switch (piece.kind) {
        case 'break':
          throw refusal(path, `it is no JSON: ${piece.why} (line ${piece.line})`);
        case 'response':
          head = piece.members;
          break;
        case 'value': {
          const verdict = baselineVerdictSchema.safeParse(piece.value);
          if (!verdict.success) {
            const place = `verdicts[${count}] (line ${piece.line})`;
            wrong ??= refusal(path, `${place}: ${issueText(verdict.error)}`);
          } else if (isBaselineFailure(verdict.data)) {
            failures.set(verdict.data.fingerprint, verdict.data);
          }
          count += 1;
        }
      }
    }
  }
  for await (const bytes of chunksOf(path)) take(splitter.push(bytes));
  take(splitter.end());
  if (head === undefined) throw refusal(path, 'it has no list of verdicts');
  const parsed = baselineHeadSchema.safeParse(head);
  if (!parsed.success) throw refusal(path, headText(head, parsed.error));
  if (wrong !== undefined) throw wrong;
  const { scanId, finishedAt } = parsed.data;
  return { scanId, finishedAt, failures };
}

async function* chunksOf(path: string): AsyncGenerator<Uint8Array> {
  try {
    yield* createReadStream(path);
  } catch (error) {
    if (!(error instanceof Error && 'syscall' in error)) throw error;
    const isAbsent = 'code' in error && error.code === 'ENOENT';
    throw refusal(path, isAbsent ? 'there is no such file' : error.message);
  }
}

function headText(head: unknown, error: z.ZodError): string {
  const version =
    typeof head === 'object' && head !== null && 'schemaVersion' in head
      ? head.schemaVersion
      : undefined;
  return version === undefined || version === 1
    ? issueText(error)
    : `schemaVersion is ${JSON.stringify(version)}, and this version reads 1`;
}

function issueText({ issues: [issue] }: z.ZodError): string {
  const field = issue?.path.map(String).join('.') ?? '';
  const says = issue?.message ?? '';
  return field === '' ? says : `${field}: ${says}`;
}

function refusal(path: string, why: string): UsageError {
  return new UsageError([
    `--baseline ${path}: ${why}; give a report that scan --format json wrote`,
  ]);
}
