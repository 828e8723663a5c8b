import type { Problem } from './api-types.ts';

/** Why something was not answered, and what to do about it. */
export interface Trouble {
  readonly error: string;
  readonly next: string;
  readonly status: number | null;
}

/** Whether the page asks again by itself, or somebody has to. */
export type Again = 'by itself' | 'by hand';

/** What to say where the answer has a status that is not good; `body` is what came with it. */
export function troubleOf(status: number, body: unknown, again: Again): Trouble {
  const next = advice(status, again);
  if (isProblem(body)) return { error: body.error, next: body.next ?? next, status };
  return { error: `The service answered with status ${status}.`, next, status };
}

/** What to say where there was no answer at all. */
export const unreachable: Trouble = {
  error: 'The service cannot be reached.',
  next: 'Look whether you are online; the page goes on trying.',
  status: null,
};

function isProblem(body: unknown): body is Problem {
  return (
    typeof body === 'object' && body !== null && 'error' in body && typeof body.error === 'string'
  );
}

function advice(status: number, again: Again): string {
  if (status === 401) return 'Sign in again: load the page anew.';
  if (status === 403) return 'Ask whoever runs Portcullis for a role.';
  if (status === 404) return 'Go back to the list: it may be gone.';
  return again === 'by itself' ? 'Try again; the page does so by itself.' : 'Try again.';
}
