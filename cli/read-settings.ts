import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { problemText } from '../shared/settings/settings-problems.ts';
import { type Settings, defaultSettings, parseSettings } from '../shared/settings/settings.ts';
import { UsageError } from '../shared/settings/usage-error.ts';
import type { World } from './world.ts';

/** The file that holds where no other is named. */
export const settingsFileName = 'portcullis.settings.json';

/**
 * The settings of the named file, or of `portcullis.settings.json` in the folder of the command, or
 * the defaults where there is none. Throws a `UsageError` with everything that is wrong with them.
 */
export async function readSettings(
  named: string | undefined,
  world: Pick<World, 'folder'>,
  checkIds: readonly string[],
): Promise<Settings> {
  const path = resolve(world.folder, named ?? settingsFileName);
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (named === undefined && error.code === 'ENOENT') return undefined;
    const why = error.code === 'ENOENT' ? 'there is no such file' : error.message;
    throw new UsageError([`settings ${path}: ${why}`]);
  });
  if (text === undefined) return defaultSettings();
  const parsed = parseSettings(jsonOf(text, path), checkIds);
  if (parsed.ok) return parsed.settings;
  throw new UsageError(
    parsed.problems.map((problem) => `settings ${path}: ${problemText(problem)}`),
  );
}

function jsonOf(text: string, path: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    const why = error instanceof SyntaxError ? error.message : String(error);
    throw new UsageError([`settings ${path}: this is no JSON (comments are not allowed): ${why}`]);
  }
}
