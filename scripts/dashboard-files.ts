import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, sep } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';

/** The dashboard, built. */
export interface DashboardBuild {
  /** By path below its folder; beside each text is the same, packed, as `<path>.br`. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** The source files that went into them, absolute. */
  readonly modules: readonly string[];
}

/** Smaller than this, the header that says how it is packed costs more than packing saves. */
const leastToPack = 1000;

/**
 * Builds the dashboard; the same bytes every time. Texts are packed here, and not when they are asked
 * for: what stands in front of a Flex Consumption app packs nothing, and the best Brotli takes a
 * second that no cold start should spend. Every browser that can run the page takes it.
 */
export function dashboardFiles(): DashboardBuild {
  const folder = mkdtempSync(join(tmpdir(), 'portcullis-dashboard-'));
  try {
    // In a process of its own: libraries choose by NODE_ENV, and tests have another.
    const printed = execFileSync(process.execPath, [script, folder], {
      encoding: 'utf8',
      maxBuffer: 2 ** 26,
      env: { ...process.env, NODE_ENV: 'production' },
    });
    const built = readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => join(parentPath, name))
      .map((path): [string, Uint8Array] => [
        relative(folder, path).split(sep).join('/'),
        readFileSync(path),
      ]);
    const packed = built
      .filter(([path, bytes]) => isText.test(path) && bytes.length >= leastToPack)
      .map(([path, bytes]): [string, Uint8Array] => [`${path}.br`, packedText(bytes)]);
    const modules: readonly string[] = JSON.parse(printed);
    return { files: new Map([...built, ...packed]), modules };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const script = join(import.meta.dirname, 'dashboard-process.ts');
const isText = /\.(?:css|html|js|svg)$/;

function packedText(bytes: Uint8Array): Uint8Array {
  const { BROTLI_PARAM_MODE, BROTLI_MODE_TEXT, BROTLI_PARAM_SIZE_HINT } = constants;
  return brotliCompressSync(bytes, {
    params: { [BROTLI_PARAM_MODE]: BROTLI_MODE_TEXT, [BROTLI_PARAM_SIZE_HINT]: bytes.length },
  });
}
