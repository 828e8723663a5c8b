import type { ScanProgress } from '../shared/reports/scan.ts';

/** What is seen of a scan in the log of the host that runs it. */
export interface ScanWatch {
  /** Takes one line of the log. */
  line(text: string): void;
  /** Resolves when the scan has been saved; rejects with what the log says when it failed. */
  readonly saved: Promise<void>;
}

/** What is told of a scan, and of what comes after it. */
export interface ScanTold {
  readonly onProgress: (event: ScanProgress) => void;
  readonly onTrouble: (line: string) => void;
  /** A finding that opened, resolved or changed otherwise after the scan, in words. */
  readonly onFinding: (line: string) => void;
}

/**
 * Follows the first scan through the log of the local host, one JSON object a line: a function begins
 * it and others do its work. What is not understood, and every warning and error of others, is told
 * as trouble; those of the function itself come with its end.
 */
export function watchScan(functionName: string, told: ScanTold): ScanWatch {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  // Nobody may be waiting yet, or any more.
  promise.catch(() => {});
  let isSaved = false;
  function hear(entry: Readonly<Record<string, unknown>>): void {
    const { level, message, error } = entry;
    const said = objectIn(String(message)) ?? {};
    const progress = progressIn(said);
    if (progress !== undefined && !isSaved) told.onProgress(progress);
    if (said['message'] === 'scan saved') {
      isSaved = true;
      resolve();
    } else if (said['message'] === 'finding' && isSaved) {
      told.onFinding(findingText(said));
    }
    if (entry['function'] === functionName) {
      if (message === 'invocation failed') reject(failure(String(error)));
    } else if (level === 'warning' || level === 'error' || level === 'critical') {
      told.onTrouble(typeof error === 'string' ? `${String(message)}: ${error}` : String(message));
    }
  }
  return {
    saved: promise,
    line(text) {
      const entry = objectIn(text);
      if (entry === undefined) told.onTrouble(text);
      else hear(entry);
    },
  };
}

function findingText({
  transition,
  checkId,
  clusterId,
}: Readonly<Record<string, unknown>>): string {
  const cluster = String(clusterId);
  return `${String(transition)}: ${String(checkId)} on ${cluster.slice(cluster.lastIndexOf('/') + 1)}`;
}

/** What the functions threw; where that happened stands in their words, and is nowhere here. */
function failure(words: string): Error {
  return Object.assign(new Error(words), { stack: words });
}

function progressIn({ progress }: Readonly<Record<string, unknown>>): ScanProgress | undefined {
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
