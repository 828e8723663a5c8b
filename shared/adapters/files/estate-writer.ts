import { rmSync } from 'node:fs';
import {
  type FileHandle,
  mkdir,
  mkdtemp,
  open,
  readdir,
  rename,
  rmdir,
  writeFile,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ResourceType } from '../../inventory/resource-types.ts';
import { manifestType } from '../../inventory/row-type.ts';
import type { Gap, Row } from '../../ports.ts';
import { UsageError } from '../../settings/usage-error.ts';

/** What an export says of itself, beside its rows. */
export interface ExportScope {
  /** ISO 8601, UTC. */
  readonly takenAt: string;
  /** GUIDs of the subscriptions in which what is absent does not exist. */
  readonly subscriptions: readonly string[];
  readonly types: readonly ResourceType[];
}

/** A file that lies in the folder and is no part of the estate: no reader of estates takes its ending. */
export interface FileBeside {
  readonly name: string;
  readonly text: string;
}

/** How much an export holds. */
export interface ExportCounts {
  readonly rows: number;
  readonly gaps: number;
  readonly files: number;
}

/**
 * Writes rows as an estate: a file of JSON lines per type, and a manifest with what could not be read.
 * The folder appears when everything is written, so that half an export is never taken for a whole
 * one, and only its owner may read it. `scopeOf` is asked when the last row has been written.
 * @throws UsageError where the folder holds something already or cannot be written to.
 */
export async function writeEstate(
  folder: string,
  items: AsyncIterable<Row | Gap>,
  scopeOf: () => ExportScope,
  besides: readonly FileBeside[] = [],
): Promise<ExportCounts> {
  const making = await newFolderBeside(folder);
  const clean = (): void => {
    rmSync(making, { recursive: true, force: true });
  };
  // Whoever interrupts an export is not left with half of one.
  process.once('exit', clean);
  try {
    const counts = await writeRows(making, items, scopeOf);
    for (const { name, text } of besides) {
      await writeFile(join(making, name), text, { mode: 0o600 });
    }
    await takePlace(making, folder);
    return counts;
  } finally {
    process.removeListener('exit', clean);
    clean();
  }
}

/** Only an empty folder gives way: what somebody put there meanwhile is theirs. */
async function takePlace(making: string, folder: string): Promise<void> {
  try {
    await rmdir(folder).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
    });
    await rename(making, folder);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new UsageError([
      `--output ${folder} is no longer empty, and the export was not written: ${why}`,
    ]);
  }
}

async function newFolderBeside(folder: string): Promise<string> {
  try {
    const present = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return [];
      throw error;
    });
    if (present.length > 0) {
      throw new UsageError([`--output ${folder} is not empty; name a new folder for the export`]);
    }
    await mkdir(dirname(folder), { recursive: true });
    return await mkdtemp(join(dirname(folder), '.portcullis-export-'));
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new UsageError([`--output ${folder} cannot be written to: ${why}`]);
  }
}

async function writeRows(
  folder: string,
  items: AsyncIterable<Row | Gap>,
  scopeOf: () => ExportScope,
): Promise<ExportCounts> {
  const files = new Map<ResourceType, FileHandle>();
  const gaps: Gap[] = [];
  let rows = 0;
  try {
    for await (const item of items) {
      if (item.kind === 'gap') {
        gaps.push(item);
        continue;
      }
      rows++;
      const file = files.get(item.type) ?? (await newFile(folder, item.type));
      files.set(item.type, file);
      await file.write(`${JSON.stringify(item.body)}\n`);
    }
  } finally {
    for (const file of files.values()) await file.close();
  }
  const { takenAt, subscriptions, types } = scopeOf();
  const manifest = {
    type: manifestType,
    takenAt,
    scopes: subscriptions.map((subscription) => `/subscriptions/${subscription}`),
    types,
    authorizationScopeFilter: 'AtScopeAboveAndBelow',
    gaps: gaps.map(({ type, scope, what, why }) => ({ type, scope, what, why })),
  };
  const text = `${JSON.stringify(manifest, null, 2)}\n`;
  await writeFile(join(folder, 'manifest.json'), text, { mode: 0o600 });
  return { rows, gaps: gaps.length, files: files.size + 1 };
}

function newFile(folder: string, type: ResourceType): Promise<FileHandle> {
  return open(join(folder, `${type.replaceAll('/', '.')}.jsonl`), 'wx', 0o600);
}
