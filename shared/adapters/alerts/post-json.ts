import { SinkError } from '../../ports.ts';

/** What is sent to a receiver. */
export interface Posting {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/**
 * Posts JSON and returns once the receiver has taken it. Redirects are not followed: what the settings
 * name is who is told.
 * @throws SinkError with the receiver's host, never the whole address, which may be a secret.
 */
export async function postJson(
  { url, headers, body }: Posting,
  signal: AbortSignal,
): Promise<void> {
  const host = hostOf(url);
  let response: Response;
  try {
    response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
      body: JSON.stringify(body),
      redirect: 'manual',
      signal,
    });
  } catch (error) {
    throw new SinkError(`${host} ${signal.aborted ? 'did not answer in time' : whyOf(error)}`);
  }
  // What it answers is of no interest, and may be without end.
  await response.body?.cancel().catch(() => {});
  const { status } = response;
  if (status >= 200 && status < 300) return;
  const waitMs = waitIn(response.headers.get('retry-after'));
  throw new SinkError(`${host} answered ${status}`, { waitMs });
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : 'the receiver';
}

/** By the code of the system's error: the message may repeat the address. */
function whyOf(error: unknown): string {
  const cause: unknown = error instanceof Error ? error.cause : undefined;
  const code = cause instanceof Error && 'code' in cause ? ` (${String(cause.code)})` : '';
  return `could not be reached${code}`;
}

/** https://www.rfc-editor.org/rfc/rfc9110#field.retry-after; a date is taken as no hint. */
function waitIn(header: string | null): number {
  return header !== null && /^\d{1,6}$/.test(header) ? Number(header) * 1000 : 0;
}
