import type { StaticFile, StaticFiles } from '../adapters/files/static-files.ts';

/** What the page may load, and who may show it: https://www.w3.org/TR/CSP3/ */
export const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  // The hash is that of no text at all: Fluent fills empty elements by script, which nothing forbids.
  "style-src 'self' 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
].join('; ');

const always = {
  'content-security-policy': contentSecurityPolicy,
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

/** What is asked for. */
export interface PageRequest {
  readonly url: string;
  /** What of the address follows `/dashboard/`. */
  readonly path: string;
  readonly headers: { get(name: string): string | null };
}

/** Who asks: somebody who is signed in, somebody who could be, or somebody where nobody can. */
export type Visitor = 'signedIn' | 'stranger' | 'keptOut';

/** An answer over HTTP. */
export interface PageAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

/**
 * A file of the dashboard; its page for every address that names no file, so that links lead into it.
 * The page is for who is signed in. Scripts and styles say nothing of a tenant, and are for everybody.
 */
export function dashboardPage(
  files: StaticFiles,
  { url, path, headers }: PageRequest,
  visitor: Visitor,
): PageAnswer {
  const isPage = path === 'index.html' || !/\.[^/]+$/.test(path);
  if (isPage && visitor !== 'signedIn') return doorFor(visitor, url);
  const br = /\bbr\b/.test(headers.get('accept-encoding') ?? '');
  const file = files.read(isPage ? 'index.html' : path, { br });
  if (file !== undefined) return answerWith(file, headers.get('if-none-match'));
  if (!isPage) return words(404, 'There is no such file.');
  return words(404, 'This app was built without its dashboard; "npm run build" makes it.');
}

/** Where somebody can sign in, the way there and back again. */
function doorFor(visitor: Exclude<Visitor, 'signedIn'>, url: string): PageAnswer {
  if (visitor === 'keptOut') {
    return words(401, 'The dashboard needs App Service Authentication, which is off here.');
  }
  const { pathname, search } = new URL(url);
  const back = encodeURIComponent(`${pathname}${search}`);
  const location = `/.auth/login/aad?post_login_redirect_uri=${back}`;
  return { status: 302, headers: { ...always, location, 'cache-control': 'no-store' } };
}

function answerWith(file: StaticFile, known: string | null): PageAnswer {
  const { bytes, etag, encoding, isHashed, mediaType } = file;
  const headers = {
    ...always,
    etag,
    vary: 'accept-encoding',
    'cache-control': isHashed ? 'public, max-age=31536000, immutable' : 'no-cache',
  };
  const tags = (known ?? '').split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  if (tags.includes(etag)) return { status: 304, headers };
  const packed = encoding === undefined ? {} : { 'content-encoding': encoding };
  const typed = { ...headers, ...packed, 'content-type': mediaType };
  return { status: 200, headers: typed, body: bytes };
}

function words(status: number, says: string): PageAnswer {
  const typed = { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' };
  return { status, headers: { ...always, ...typed }, body: `${says}\n` };
}
