import { open, readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { JournalRow } from '../../remediation/journal.ts';
import { journalRowSchema } from '../../remediation/plan-schema.ts';
import { UsageError } from '../../settings/usage-error.ts';

/** A journal of one remediation as a file of JSON lines. */
export interface JournalFile {
  readonly path: string;
  readonly rows: readonly JournalRow[];
  /**
   * Adds a row, and returns once the disk has it.
   * @throws UsageError where another process has added one since.
   */
  write(row: JournalRow): Promise<void>;
}

const fileName = /^portcullis-([0-9a-f]{16})\.jsonl$/;

/** Where the journal of a remediation lies in a folder. */
export function journalPath(folder: string, id: string): string {
  return join(folder, `portcullis-${id}.jsonl`);
}

/**
 * The journal at a path, empty where there is none yet. A last line that breaks off in the middle, as
 * a crash leaves one, is no row: what it would have told had not begun.
 * @throws UsageError for any other line that is no row of a journal.
 */
export async function openJournal(path: string): Promise<JournalFile> {
  const bytes = await bytesOf(path);
  const end = bytes.lastIndexOf('\n') + 1;
  const lines = bytes.subarray(0, end).toString('utf8').split('\n').filter(Boolean);
  const rows = lines.map((line, index) => rowIn(line, `${path}, line ${index + 1}`));
  let length = bytes.byteLength;
  let broken = length - end;
  return {
    path,
    rows,
    async write(row) {
      const line = Buffer.from(`${JSON.stringify(row)}\n`);
      const file = await open(path, 'a', 0o600);
      try {
        // Only added to: rows of somebody else are never written over, and never missed.
        if ((await file.stat()).size !== length) {
          throw new UsageError([
            `${path}: another portcullis writes to it; let that one end, then give the same command again`,
          ]);
        }
        if (broken > 0) await file.truncate(end);
        length += line.byteLength - broken;
        broken = 0;
        await file.appendFile(line);
        await file.sync();
      } finally {
        await file.close();
      }
    },
  };
}

/** Every journal in a folder, by the id of its remediation. @throws UsageError as `openJournal`. */
export async function journalsIn(folder: string): Promise<ReadonlyMap<string, JournalFile>> {
  const found = new Map<string, JournalFile>();
  for (const name of (await readdir(folder)).toSorted()) {
    const [, id] = fileName.exec(name) ?? [];
    if (id !== undefined) found.set(id, await openJournal(join(folder, name)));
  }
  return found;
}

async function bytesOf(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
      return Buffer.alloc(0);
    }
    throw new UsageError([`${path}: ${error instanceof Error ? error.message : String(error)}`]);
  }
}

function rowIn(line: string, where: string): JournalRow {
  const parsed = journalRowSchema.safeParse(jsonIn(line));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const field = issue?.path.join('.') ?? '';
  throw new UsageError([
    `${where} is no row of a journal${field === '' ? '' : ` (${field}: ${issue?.message ?? ''})`}; take the file as portcullis apply wrote it`,
  ]);
}

function jsonIn(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    // No JSON is no row.
    return undefined;
  }
}
