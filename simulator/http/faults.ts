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
    }
  /** No answer, until the client gives up. */
  | { readonly kind: 'hang' }
  /** The connection is reset. */
  | { readonly kind: 'reset' }
  /** The answer breaks off after so much of it. */
  | { readonly kind: 'truncated'; readonly part: number }
  /** The answer is no JSON. */
  | { readonly kind: 'malformed' }
  /** The body comes in pieces, so many milliseconds apart. */
  | { readonly kind: 'slow'; readonly pieces: number; readonly pauseMs: number }
  /** The token is past its time. */
  | { readonly kind: 'expiredToken' };

/** When something goes wrong: all that is given must hold. */
export interface Fault {
  /** A regular expression on the path, whatever its casing. */
  readonly path: string;
  readonly method?: string;
  /** Which of the requests that match so far, counted from 1; all without it. */
  readonly nth?: readonly number[];
  /** How likely, by `seed`. */
  readonly chance?: number;
  readonly seed?: number;
  readonly does: Misfortune;
}

/** Decides which misfortune befalls a request; the first fault that applies does. */
export function createFaults(faults: readonly Fault[]) {
  const armed = faults.map((fault) => ({
    fault,
    pattern: new RegExp(fault.path, 'i'),
    random: createRandom(0xfa017, fault.seed ?? 0),
    seen: 0,
  }));
  return ({ path, method }: Pick<Call, 'path' | 'method'>): Misfortune | undefined => {
    let befalls: Misfortune | undefined;
    for (const state of armed) {
      const { fault, pattern, random } = state;
      if (!pattern.test(path) || (fault.method ?? method) !== method) continue;
      state.seen += 1;
      // Drawn in any case, so that a seed means the same requests whatever other faults do.
      const drawn = random.chance(fault.chance ?? 1);
      const counted = fault.nth?.includes(state.seen) ?? true;
      if (drawn && counted) befalls ??= fault.does;
    }
    return befalls;
  };
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
