import { join } from 'node:path';
import { build } from 'esbuild';

/**
 * Writes the function app as one file, with a source map beside it. It is CommonJS: the library of
 * the functions looks up its worker with `require`, and so do some SDKs. Spaces go, which is worth a
 * fifth of the time to start; names stay, so that the stack traces of a deployed app can be read.
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
    minifyWhitespace: true,
    minifySyntax: true,
    legalComments: 'linked',
    logLevel: 'warning',
    // Exists only inside the worker.
    external: ['@azure/functions-core'],
    define: { 'import.meta.url': 'bundleUrl' },
    banner: { js: "const bundleUrl = require('node:url').pathToFileURL(__filename).href;" },
  });
}
