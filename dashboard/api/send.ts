import { addressOf } from './address.ts';
import type { WriteAnswer, WriteBody, WriteParameters, WritePath } from './endpoints.ts';
import { type Trouble, troubleOf, unreachable } from './problem.ts';

/** What came of something that was sent. */
export type Sent<T> = { readonly answer: T } | { readonly trouble: Trouble };

/** Sends a body to a path of the API; never throws, but tells what kept it from an answer. */
export async function send<P extends WritePath>(
  path: P,
  parameters: WriteParameters<P>,
  body: WriteBody<P>,
): Promise<Sent<WriteAnswer<P>>> {
  try {
    const response = await fetch(addressOf(path, parameters), {
      method: 'POST',
      headers: { accept: 'application/json', 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const answer: unknown = await response.json().catch(() => undefined);
    if (!response.ok || answer === undefined) {
      return { trouble: troubleOf(response.status, answer, 'by hand') };
    }
    // As above: the path says what is answered.
    return { answer: answer as WriteAnswer<P> };
  } catch {
    return { trouble: { ...unreachable, next: 'Nothing is known to have been done. Try again.' } };
  }
}
