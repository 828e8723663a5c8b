import type { ScanProgress } from '../shared/reports/scan.ts';

/** What is seen of a scan in the log of the host that runs it. */
export interface ScanWatch {
  /** Takes one line of the log. */
  line(text: string): void;
  /** Resolves when the scan has been saved; rejects with what the log says when it failed. */
  readonly saved: Promise<void>;
}

/**
 * Follows the first run of a function through the log of the local host, one JSON object a line.
 * What is not understood, and every warning and error of others, is told as trouble; those of the
 * function itself come with its end.
 */
export function watchScan(
  functionName: string,
  told: {
    readonly onProgress: (event: ScanProgress) => void;
    readonly onTrouble: (line: string) => void;
  },
): ScanWatch {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  // Nobody may be waiting yet, or any more.
  promise.catch(() => {});
  return {
    saved: promise,
    line(text) {
      const entry = objectIn(text);
      if (entry === undefined) {
        told.onTrouble(text);
        return;
      }
      const { level, message, error } = entry;
      if (entry['function'] === functionName) {
        if (message === 'invocation succeeded') resolve();
        else if (message === 'invocation failed') reject(failure(String(error)));
        const progress = progressIn(String(message));
        if (progress !== undefined) told.onProgress(progress);
      } else if (level === 'warning' || level === 'error' || level === 'critical') {
        told.onTrouble(
          typeof error === 'string' ? `${String(message)}: ${error}` : String(message),
        );
      }
    },
  };
}

/** What the functions threw; where that happened stands in their words, and is nowhere here. */
function failure(words: string): Error {
  return Object.assign(new Error(words), { stack: words });
}

function progressIn(message: string): ScanProgress | undefined {
  const progress = objectIn(message)?.['progress'];
  if (typeof progress !== 'object' || progress === null) return undefined;
  const { stage, done, total } = {
    stage: undefined,
    done: undefined,
    total: undefined,
    ...progress,
  };
  if (typeof stage !== 'string' || typeof done !== 'number') return undefined;
  return { stage, done, ...(typeof total === 'number' ? { total } : {}) };
}

function objectIn(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const json: unknown = JSON.parse(text);
    return typeof json === 'object' && json !== null ? { ...json } : undefined;
  } catch {
    // Not every line is JSON: Node warns in prose.
    return undefined;
  }
}
