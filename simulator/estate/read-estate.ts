import { readFile, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { demoEstate } from './demo-estate.ts';
import { generateEstate } from './generate-estate.ts';

/** Where the rows of a simulated estate come from. */
export type EstateSource =
  | { readonly kind: 'demo' }
  /** A file, or a folder whose `.json`, `.jsonl` and `.ndjson` files are read. */
  | { readonly kind: 'files'; readonly path: string }
  | { readonly kind: 'generated'; readonly clusters: number; readonly seed: number };

type EstateRow = Readonly<Record<string, unknown>>;

/** A file that holds no estate; the message names it and says what is wrong. */
export class EstateUnreadableError extends Error {
  override readonly name = 'EstateUnreadableError';
}

/** The rows of an estate. Throws an `EstateUnreadableError` where a file cannot be read as one. */
export async function readEstate(source: EstateSource): Promise<readonly EstateRow[]> {
  switch (source.kind) {
    case 'demo':
      return rowsAmong(demoEstate().rows);
    case 'generated':
      return rowsAmong(generateEstate(source.seed, source.clusters).rows);
    case 'files': {
      const files = await filesAt(source.path);
      const rows = await Promise.all(files.map(rowsOfFile));
      if (rows.flat().length === 0) {
        throw new EstateUnreadableError(`${source.path} holds no rows`);
      }
      return rows.flat();
    }
  }
}

async function filesAt(path: string): Promise<readonly string[]> {
  try {
    if (!(await stat(path)).isDirectory()) return [path];
    const names = await readdir(path);
    return names
      .filter((name) => /\.(json|jsonl|ndjson)$/i.test(name))
      .toSorted()
      .map((name) => join(path, name));
  } catch (error) {
    throw unreadable(path, error);
  }
}

async function rowsOfFile(path: string): Promise<readonly EstateRow[]> {
  try {
    const text = (await readFile(path, 'utf8')).replace(/^\uFEFF/, '');
    return rowsIn(documentsIn(text));
  } catch (error) {
    throw unreadable(path, error);
  }
}

function unreadable(path: string, error: unknown): EstateUnreadableError {
  const why = error instanceof Error ? error.message : String(error);
  return new EstateUnreadableError(`${path} cannot be read as an estate: ${why}`, { cause: error });
}

/** One JSON document, or one on each line. */
function documentsIn(text: string): readonly unknown[] {
  try {
    return [JSON.parse(text)];
  } catch (error) {
    const lines = text.split('\n').filter((line) => line.trim() !== '');
    if (lines.length < 2) throw error;
    return lines.map((line): unknown => JSON.parse(line));
  }
}

/** Arrays and `{"data":[…]}` are unpacked; a service tag list without a type is given its own. */
function rowsIn(documents: readonly unknown[]): EstateRow[] {
  return rowsAmong(documents.flatMap(unpacked)).map((row) =>
    row['type'] === undefined && Array.isArray(row['values'])
      ? {
          id: '/providers/Microsoft.Network/serviceTags/Public',
          name: 'Public',
          ...row,
          type: 'microsoft.network/servicetags',
        }
      : row,
  );
}

function unpacked(document: unknown): unknown {
  return typeof document === 'object' && document !== null && 'data' in document
    ? document.data
    : document;
}

function rowsAmong(values: readonly unknown[]): EstateRow[] {
  return values.filter(
    (value): value is EstateRow =>
      typeof value === 'object' && value !== null && !Array.isArray(value),
  );
}
