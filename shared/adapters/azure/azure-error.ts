import { isRestError } from '@azure/core-rest-pipeline';

/** What a caller can do something about; everything else is `unavailable`. */
export type AzureErrorCode =
  | 'forbidden'
  | 'notFound'
  | 'notSignedIn'
  | 'refused'
  | 'throttled'
  | 'unavailable';

/** Azure did not do what it was asked; the message says what it answered, in one sentence. */
export class AzureError extends Error {
  override readonly name = 'AzureError';
  readonly code: AzureErrorCode;
  constructor(code: AzureErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** Nobody is signed in, or the tenant refuses the sign-in: no call can succeed. */
export class SignInError extends Error {
  override readonly name = 'SignInError';
}

const codes: Readonly<Record<number, AzureErrorCode>> = {
  400: 'refused',
  401: 'notSignedIn',
  403: 'forbidden',
  404: 'notFound',
  405: 'refused',
  429: 'throttled',
};

const signInErrors: ReadonlySet<string> = new Set([
  'AggregateAuthenticationError',
  'AuthenticationError',
  'AuthenticationRequiredError',
  'CredentialUnavailableError',
]);

/**
 * What went wrong with a call as an `AzureError` with the cause kept; a failed sign-in as a
 * `SignInError`. A defect of our own comes back as it is.
 */
export function azureErrorOf(error: unknown): Error {
  if (error instanceof AzureError || error instanceof SignInError) return error;
  if (!(error instanceof Error)) return new AzureError('unavailable', String(error));
  if (signInErrors.has(error.name)) return signInErrorOf(error);
  if (isRestError(error)) return ofResponse(error, error.statusCode, error.code);
  return error;
}

/** Several ways to sign in may have been tried: then each says why it did not work. */
function signInErrorOf(error: Error & { readonly errors?: unknown }): SignInError {
  const tried = (Array.isArray(error.errors) ? error.errors : []).filter(
    (one) => one instanceof Error,
  );
  const lines =
    tried.length === 0
      ? [`cannot sign in to Azure: ${reasonIn(error.message)}`]
      : [
          'cannot sign in to Azure: run az login, or set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET; tried:',
          ...tried.map(({ message }) => `  ${reasonIn(message)}`),
        ];
  return new SignInError(lines.join('\n'), { cause: error });
}

/** Entra ID says why on a line of its own, by a number that people search for. */
function reasonIn(message: string): string {
  const [said] = /AADSTS\d+:[^\r\n]*/.exec(message) ?? [];
  return firstSentence(
    said === undefined
      ? message
      : said.replace(/\s*(?:-\s*)?(?:Trace ID|Correlation ID|Timestamp):.*/, ''),
  );
}

function ofResponse(
  error: Error & {
    readonly details?: unknown;
    readonly response?: { readonly bodyAsText?: string | null };
  },
  status: number | undefined,
  systemCode: string | undefined,
): AzureError {
  // Clients of the newer generation keep the parsed body, the others its text.
  const said = saidIn(error.response?.bodyAsText) ?? errorIn(error.details);
  const text = said === undefined ? withoutBody(error.message) : `${said.code}: ${said.message}`;
  const message =
    status === undefined ? `no answer: ${systemCode ?? ''} ${text}` : `${status} ${text}`;
  // That something is not there has consequences, and a page of a proxy does not know it.
  const isAzures = status !== 404 || !isPage(error.response?.bodyAsText);
  const code = isAzures ? codeOf(status) : 'unavailable';
  return new AzureError(code, message.replaceAll(/\s+/g, ' ').trim(), { cause: error });
}

function codeOf(status: number | undefined): AzureErrorCode {
  return (status === undefined ? undefined : codes[status]) ?? 'unavailable';
}

/** The code and the words of a refusal; undefined where the body says none. */
export function saidIn(
  text: string | null | undefined,
): { readonly code: string; readonly message: string } | undefined {
  return errorIn(jsonOf(text));
}

/**
 * Resource Manager and Microsoft Graph wrap `{ code, message }` in `error`; some services write it
 * bare or with capitals.
 */
function errorIn(body: unknown): { readonly code: string; readonly message: string } | undefined {
  const outer = lowerCased(body);
  const inner = lowerCased(outer['error'] ?? body);
  const { code, message, details } = inner;
  if (typeof code !== 'string' || typeof message !== 'string') return undefined;
  // Resource Graph asks for support in its message, and says what is wrong in the details.
  const said = (Array.isArray(details) ? details : [])
    .map((detail) => lowerCased(detail)['message'])
    .filter((text) => typeof text === 'string');
  return { code, message: firstSentence(said.length > 0 ? said.join(' ') : message) };
}

/** Whether a body is there and is no JSON: whatever Azure answers is, or is empty. */
function isPage(text: string | null | undefined): boolean {
  return (text ?? '').trim() !== '' && jsonOf(text) === undefined;
}

function jsonOf(text: string | null | undefined): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    // Gateways answer in HTML: the status says all there is.
    return undefined;
  }
}

function lowerCased(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return {};
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [key.toLowerCase(), member]),
  );
}

/** Parsers quote the body that they could not read. */
function withoutBody(message: string): string {
  return firstSentence(message.split(/[<{]/, 1)[0] ?? message);
}

/** Azure's messages go on with trace ids and timestamps on lines of their own. */
function firstSentence(message: string): string {
  const [line = ''] = message.split(/\r?\n/);
  const whole = line.trim().replace(/\.+$/, '');
  return whole.length > 400 ? `${whole.slice(0, 400)}…` : whole;
}
