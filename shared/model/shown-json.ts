/** A value as JSON, to be shown; in words where it is nested too deeply to be written. */
export function shownJson(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return 'what is nested too deeply to be shown';
  }
}
