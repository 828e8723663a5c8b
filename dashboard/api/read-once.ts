import { addressOf } from './address.ts';
import type { ReadAnswer, ReadParameters, ReadPath } from './endpoints.ts';
import { troubleOf, unreachable } from './problem.ts';
import type { Sent } from './send.ts';

/** Nobody waits longer for what is only looked at before something is done. */
const longestMs = 30_000;

/**
 * Reads a path of the API now and once: never what was known of it before. It never throws, but tells
 * what kept it from an answer; that it took too long is such a thing.
 */
export async function readOnce<P extends ReadPath>(
  path: P,
  parameters: ReadParameters<P>,
): Promise<Sent<ReadAnswer<P>>> {
  const signal = AbortSignal.timeout(longestMs);
  try {
    const response = await fetch(addressOf(path, parameters), {
      headers: { accept: 'application/json' },
      cache: 'no-store',
      signal,
    });
    const answer: unknown = await response.json().catch(() => undefined);
    if (!response.ok || answer === undefined) {
      return { trouble: troubleOf(response.status, answer, 'by hand') };
    }
    // The path says what is answered; the service checks its answers with the same schemas.
    return { answer: answer as ReadAnswer<P> };
  } catch {
    const error = `There was no answer within ${longestMs / 1000} seconds.`;
    const trouble = { ...unreachable, next: 'Look whether you are online, and try again.' };
    return { trouble: signal.aborted ? { ...trouble, error } : trouble };
  }
}
