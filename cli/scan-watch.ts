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
 * What is not understood, and every warning and error, is told as trouble.
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
        if (message === 'invocation failed') reject(new Error(String(error)));
        const progress = progressIn(String(message));
        if (progress !== undefined) told.onProgress(progress);
      }
      if (level === 'warning' || level === 'error' || level === 'critical') {
        told.onTrouble(
          typeof error === 'string' ? `${String(message)}: ${error}` : String(message),
        );
      }
    },
  };
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
