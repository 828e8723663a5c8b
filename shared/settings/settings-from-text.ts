import { jsonBreak } from './json-break.ts';
import { problemText } from './settings-problems.ts';
import { type Settings, parseSettings } from './settings.ts';
import { UsageError } from './usage-error.ts';

/** The file that holds where no other is named. */
export const settingsFileName = 'portcullis.settings.json';

/** The settings of a redacted export, in its own names; its ending is none that estates are read from. */
export const redactedSettingsName = 'portcullis.settings.redacted';

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
  const json = text.replace(/^\uFEFF/, '');
  try {
    return JSON.parse(json);
  } catch {
    // By position only: the platform's message quotes the text, and a wrong path may name a secret.
    const lines = json.slice(0, jsonBreak(json)).split(/\r\n|\r|\n/);
    const column = (lines.at(-1) ?? '').length + 1;
    throw new UsageError([
      `${from}: this is no JSON (comments are not allowed): it breaks at line ${lines.length}, column ${column}`,
    ]);
  }
}
