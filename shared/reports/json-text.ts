/**
 * A value as JSON indented by two, its lines after the first moved to the right by `by`. Controls that
 * JSON lets stand, marks that turn the direction of writing and the begin of a command of Azure
 * Pipelines are written as escapes, so that names given by others steer neither the terminal nor the
 * build that prints the report.
 */
export function jsonText(value: unknown, by = 0): string {
  return JSON.stringify(value, null, 2)
    .replaceAll(/#(?=#(?:vso)?\[)|[\u007F-\u009F\u2028-\u202E\u2066-\u2069]/gi, escaped)
    .replaceAll('\n', `\n${' '.repeat(by)}`);
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
