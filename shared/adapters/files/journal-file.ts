import { open, readFile, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { sha256 } from '../../model/sha256.ts';
import type { JournalRow } from '../../remediation/journal.ts';
import { canonical } from '../../remediation/plan.ts';
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
 * a crash leaves one, is no row: what it would have told had not begun. Each line bears a link, which
 * follows from it and from all before it, so that one that was edited, moved or left out is found out.
 * It is no signature: whoever may write the file can write another.
 * @throws UsageError for any other line that is no row of a journal, or not as it was written.
 */
export async function openJournal(path: string): Promise<JournalFile> {
  const bytes = await bytesOf(path);
  const end = bytes.lastIndexOf('\n') + 1;
  const lines = bytes.subarray(0, end).toString('utf8').split('\n').filter(Boolean);
  let link = '';
  const rows = lines.map((line, index) => {
    const read = lineIn(line, `${path}, line ${index + 1}`, link);
    ({ link } = read);
    return read.row;
  });
  const [first] = rows;
  if (first !== undefined && first.step !== 'requested') {
    throw new UsageError([
      `${path} does not begin with a plan that was asked for; take the file as portcullis apply wrote it`,
    ]);
  }
  let length = bytes.byteLength;
  let broken = length - end;
  return {
    path,
    rows,
    async write(row) {
      const next = linkOf(link, row);
      const line = Buffer.from(`${JSON.stringify({ ...row, link: next })}\n`);
      const file = await open(path, 'a', 0o600);
      try {
        // Only added to: rows of somebody else are never written over, and never missed.
        if ((await file.stat()).size !== length) {
          throw new UsageError([
            `${path}: another portcullis writes to it; let that one end, then give the same command again`,
          ]);
        }
        const isNew = length === 0;
        if (broken > 0) await file.truncate(end);
        length += line.byteLength - broken;
        broken = 0;
        link = next;
        await file.appendFile(line);
        await file.sync();
        if (isNew) await syncFolder(dirname(path));
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

/** A new file is there for certain once its folder has been kept, too. */
async function syncFolder(path: string): Promise<void> {
  // Windows keeps folders by itself, and opens none.
  const folder = await open(path, 'r').catch(() => undefined);
  if (folder === undefined) return;
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

function linkOf(before: string, row: object): string {
  return sha256(`${before}\n${canonical(row)}`).slice(0, 32);
}

function lineIn(
  line: string,
  where: string,
  before: string,
): { readonly row: JournalRow; readonly link: string } {
  const json = jsonIn(line);
  const row = rowIn(json, where);
  const { link, ...written } = { link: undefined, ...(json as object) };
  if (link !== linkOf(before, written)) {
    throw new UsageError([
      `${where} is not as it was written, or a line before it is missing; take the file as portcullis apply wrote it, or take back by hand what it names`,
    ]);
  }
  return { row, link };
}

function rowIn(json: unknown, where: string): JournalRow {
  const parsed = journalRowSchema.safeParse(json);
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
