import { join } from 'node:path';
import { build } from 'esbuild';

/**
 * Writes the function app as one file, with a source map beside it. It is CommonJS: the library of
 * the functions looks up its worker with `require`, and so do some SDKs. It is not minified: that
 * halves the file and saves no time at the start (`npm run bench cold-start`), and the stack traces
 * of a deployed app stay readable.
 */
export async function bundle(outfile: string): Promise<void> {
  await build({
    absWorkingDir: join(import.meta.dirname, '..'),
    entryPoints: ['functions/main.ts'],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node22',
    format: 'cjs',
    sourcemap: 'linked',
    legalComments: 'linked',
    logLevel: 'warning',
    // Exists only inside the worker.
    external: ['@azure/functions-core'],
    define: { 'import.meta.url': 'bundleUrl' },
    banner: { js: "const bundleUrl = require('node:url').pathToFileURL(__filename).href;" },
  });
}
