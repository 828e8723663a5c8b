import type { IncomingHttpHeaders } from 'node:http';

/** A request as the surfaces of the simulator see it. */
export interface Call {
  readonly method: string;
  /** Without the query; doubled slashes collapsed, no slash at the end. */
  readonly path: string;
  /** The decoded parts of the path. */
  readonly segments: readonly string[];
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** Where links back to the simulator begin: `https://localhost:12345`. */
  readonly origin: string;
}

/** What is sent back; a body that is a string is sent as it is, anything else as JSON. */
export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** A successful answer. */
export function ok(body: unknown, headers: Readonly<Record<string, string>> = {}): Answer {
  return { status: 200, headers, body };
}

/** A failure in the envelope that Resource Manager and Microsoft Graph share. */
export function failure(
  status: number,
  code: string,
  message: string,
  more: { readonly headers?: Readonly<Record<string, string>>; readonly details?: unknown } = {},
): Answer {
  const { headers = {}, details } = more;
  return {
    status,
    headers,
    body: { error: { code, message, ...(details === undefined ? {} : { details }) } },
  };
}

/** The path without its doubled slashes, which `@azure/arm-authorization` sends, nor one at the end. */
export function collapsed(path: string): string {
  const single = path.replaceAll(/\/{2,}/g, '/');
  return single.length > 1 && single.endsWith('/') ? single.slice(0, -1) : single;
}

/** The value of a query parameter whatever its casing: Azure takes `$skipToken` and `$skiptoken`. */
export function parameter(query: URLSearchParams, name: string): string | undefined {
  const wanted = name.toLowerCase();
  for (const [key, value] of query) if (key.toLowerCase() === wanted) return value;
  return undefined;
}
