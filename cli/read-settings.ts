import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { settingsFileName, settingsFromText } from '../shared/settings/settings-from-text.ts';
import { type Settings, defaultSettings } from '../shared/settings/settings.ts';
import { UsageError } from '../shared/settings/usage-error.ts';
import type { World } from './world.ts';

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
  return text === undefined
    ? defaultSettings()
    : settingsFromText(text, `settings ${path}`, checkIds);
}
