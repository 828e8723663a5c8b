import { crc32 } from 'node:zlib';
import { createRandom } from '../estate/random.ts';
import { type Answer, type Call, failure } from './wire.ts';

/** What goes wrong with a request. */
export type Misfortune =
  /** Another answer than the surface's; 429 and 503 may carry `Retry-After`. */
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly code?: string;
      readonly body?: unknown;
      readonly retryAfter?: number;
      /** What was asked is done all the same. */
      readonly done?: true;
    }
  /** No answer, until the client gives up; what was asked is done, unless it is `undone`. */
  | { readonly kind: 'hang'; readonly undone?: true }
  /**
   * The connection is closed without an answer; what was asked is done, unless it is `undone`, or so
   * many milliseconds later.
   */
  | { readonly kind: 'reset'; readonly undone?: true; readonly lateMs?: number }
  /** A write is taken, and its operation ends with this error. */
  | { readonly kind: 'failsLater'; readonly code: string }
  /** The answer breaks off after so much of it. */
  | { readonly kind: 'truncated'; readonly part: number }
  /** The answer is no JSON. */
  | { readonly kind: 'malformed' }
  /** The answer is whole for HTTP, and its JSON ends after so much of it. */
  | { readonly kind: 'cutJson'; readonly part: number }
  /** A list has each of its items twice. */
  | { readonly kind: 'itemsTwice' }
  /** A list says that its next page is the one that was asked for. */
  | { readonly kind: 'samePage' }
  /** The body comes in pieces, so many milliseconds apart. */
  | { readonly kind: 'slow'; readonly pieces: number; readonly pauseMs: number }
  /** The token is past its time. */
  | { readonly kind: 'expiredToken' };

/** Which requests something happens to: all that is given must hold. */
export interface Trigger {
  /** A regular expression on the path, whatever its casing. */
  readonly path: string;
  /** A regular expression on the decoded query, whatever its casing. */
  readonly query?: string;
  readonly method?: string;
  /** The object id of whoever sends it. */
  readonly caller?: string;
  /** Which of the requests that match so far, counted from 1; all without it. */
  readonly nth?: readonly number[];
  /** How likely, by `seed`. */
  readonly chance?: number;
  readonly seed?: number;
}

/** When something goes wrong. */
export interface Fault extends Trigger {
  readonly does: Misfortune;
}

/** What a trigger looks at. */
export interface Triggering extends Pick<Call, 'path' | 'method'> {
  readonly query?: URLSearchParams;
  readonly caller?: string | undefined;
  /** Tells requests of one path apart. */
  readonly body?: string;
}

/** Tells which of the triggers a request sets off. */
export function createTriggers<T extends Trigger>(
  triggers: readonly T[],
): (request: Triggering) => readonly T[] {
  const armed = triggers.map((trigger) => ({
    trigger,
    pattern: new RegExp(trigger.path, 'i'),
    asks: trigger.query === undefined ? undefined : new RegExp(trigger.query, 'i'),
    times: new Map<number, number>(),
    seen: 0,
  }));
  return ({ path, query, method, caller, body = '' }) =>
    armed.flatMap((state) => {
      const { trigger, pattern, asks, times } = state;
      if (!pattern.test(path) || (trigger.method ?? method) !== method) return [];
      if (trigger.caller !== undefined && trigger.caller !== caller) return [];
      if (asks !== undefined && !asks.test(queryIn(query))) return [];
      state.seen += 1;
      // By what is asked and how often it was before: a client that asks for many things at once
      // meets the same misfortunes in whatever order they arrive.
      const asked = crc32(`${method} ${path} ${body}`);
      const before = times.get(asked) ?? 0;
      times.set(asked, before + 1);
      const random = createRandom(0xfa017, trigger.seed ?? 0, asked, before);
      const drawn = random.chance(trigger.chance ?? 1);
      const counted = trigger.nth?.includes(state.seen) ?? true;
      return drawn && counted ? [trigger] : [];
    });
}

/** A query as it reads. */
function queryIn(query: URLSearchParams | undefined): string {
  return [...(query ?? [])].map(([name, value]) => `${name}=${value}`).join('&');
}

/** Decides which misfortune befalls a request; the first fault that applies does. */
export function createFaults(faults: readonly Fault[]) {
  const triggered = createTriggers(faults);
  return (request: Triggering): Misfortune | undefined => triggered(request)[0]?.does;
}

/**
 * What becomes of an answer that is a list, where the misfortune is one of lists; `asked` is the address
 * that was asked. Every other answer stays as it is.
 */
export function misledAnswer(answer: Answer, does: Misfortune | undefined, asked: string): Answer {
  const { body, status } = answer;
  if (status !== 200 || typeof body !== 'object' || body === null) return answer;
  if (does?.kind === 'itemsTwice') {
    const twice = Object.entries(body).map(([name, member]): [string, unknown] => {
      const isList = (name === 'value' || name === 'data') && Array.isArray(member);
      return [name, isList ? [...member, ...member] : member];
    });
    return { ...answer, body: Object.fromEntries(twice) };
  }
  if (does?.kind === 'samePage' && 'value' in body && Array.isArray(body.value)) {
    return { ...answer, body: { ...body, nextLink: asked } };
  }
  return answer;
}

/** The codes that Azure gives with a status, where a fault names none. */
const codes: Readonly<Record<number, readonly [code: string, message: string]>> = {
  403: ['AuthorizationFailed', 'The client does not have authorization to perform this action.'],
  429: ['TooManyRequests', 'The request is being throttled.'],
  500: [
    'InternalServerError',
    'Encountered internal server error. Diagnostic information: simulated.',
  ],
  502: ['BadGateway', 'The gateway did not receive a response.'],
  503: ['ServerBusy', 'The service is unavailable now, please retry later.'],
  504: ['GatewayTimeout', 'The gateway did not receive a response within the specified time.'],
};

/** The answer of a fault that is one. */
export function faultAnswer(does: Extract<Misfortune, { kind: 'status' }>): Answer {
  const { status, retryAfter, body } = does;
  const [code, message] = codes[status] ?? ['Simulated', 'A simulated failure.'];
  const headers: Record<string, string> =
    retryAfter === undefined ? {} : { 'Retry-After': String(retryAfter) };
  return body === undefined
    ? failure(status, does.code ?? code, message, { headers })
    : { status, headers, body };
}
