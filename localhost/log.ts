import type { LogLevel } from '@azure/functions';

/** Says something, with fields that programs can read. */
export type Log = (
  level: LogLevel,
  message: string,
  fields?: Readonly<Record<string, unknown>>,
) => void;

/** A log of one JSON object a line; traces and debugging are left out. */
export function lineLog(write: (line: string) => void, now: () => Date): Log {
  return (level, message, fields = {}) => {
    if (level === 'trace' || level === 'debug') return;
    write(`${JSON.stringify({ time: now().toISOString(), level, message, ...fields })}\n`);
  };
}
