import { problemText } from './settings-problems.ts';
import { type Settings, parseSettings } from './settings.ts';
import { UsageError } from './usage-error.ts';

/** The file that holds where no other is named. */
export const settingsFileName = 'portcullis.settings.json';

/**
 * The settings that a text holds as JSON; `from` says where it comes from, for the errors.
 * @throws UsageError with everything that is wrong with them.
 */
export function settingsFromText(
  text: string,
  from: string,
  checkIds: readonly string[],
): Settings {
  const parsed = parseSettings(jsonOf(text, from), checkIds);
  if (parsed.ok) return parsed.settings;
  throw new UsageError(parsed.problems.map((problem) => `${from}: ${problemText(problem)}`));
}

function jsonOf(text: string, from: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    const why = error instanceof SyntaxError ? error.message : String(error);
    throw new UsageError([`${from}: this is no JSON (comments are not allowed): ${why}`]);
  }
}
