import { createHash } from 'node:crypto';
import { type Dirent, readFileSync, readdirSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';

/** A file as it is sent to a browser. */
export interface StaticFile {
  readonly bytes: Uint8Array;
  readonly mediaType: string;
  /** Changes with the bytes, quotes included. */
  readonly etag: string;
  /** How the bytes are packed; absent: as they are. */
  readonly encoding?: 'br';
  /** Whether its name changes with its content, so that nobody has to ask for it twice. */
  readonly isHashed: boolean;
}

/** The files of a folder by their paths, which have slashes on every system. */
export interface StaticFiles {
  /** Undefined where there is no such file; a packed one where there is one and it is accepted. */
  read(path: string, accepts: { readonly br: boolean }): StaticFile | undefined;
}

/** The media types that are served; a file of another kind is not. */
const mediaTypes: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

/** As Vite names what it hashes: `assets/index-Bq9mD1xY.js`. */
const hashedName = /^assets\/.+-[\w-]{8}\.\w+$/;

/**
 * What a folder holds, listed once: a path that is not on the list is nowhere, whatever is in it, so
 * nothing outside can be named. Bytes are read when they are first asked for, and kept.
 */
export function staticFiles(folder: string): StaticFiles {
  let listed: ReadonlySet<string> | undefined;
  const kept = new Map<string, StaticFile>();
  return {
    read(path, { br }) {
      listed ??= new Set(pathsIn(folder));
      const mediaType = mediaTypes[extname(path)];
      if (mediaType === undefined || !listed.has(path)) return undefined;
      const isPacked = br && listed.has(`${path}.br`);
      const name = isPacked ? `${path}.br` : path;
      const found = kept.get(name);
      if (found !== undefined) return found;
      const bytes = readFileSync(join(folder, name));
      const digest = createHash('sha256').update(bytes).digest('base64url').slice(0, 22);
      const file: StaticFile = {
        bytes,
        mediaType,
        etag: `"${digest}"`,
        ...(isPacked ? { encoding: 'br' } : {}),
        isHashed: hashedName.test(path),
      };
      kept.set(name, file);
      return file;
    },
  };
}

function pathsIn(folder: string): readonly string[] {
  return entriesOf(folder)
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'));
}

/** Nothing where the folder is not there: an app may be built without its page. */
function entriesOf(folder: string): readonly Dirent[] {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}
