/** Writes the function app as one file, `dist/main.cjs`, as `main` in package.json names it. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import manifest from '../package.json' with { type: 'json' };

const root = join(import.meta.dirname, '..');
rmSync(join(root, 'dist'), { recursive: true, force: true });

// CommonJS: the library of the functions looks up its worker with `require`, and so do some SDKs.
await build({
  absWorkingDir: root,
  entryPoints: ['functions/main.ts'],
  outfile: manifest.main,
  bundle: true,
  platform: 'node',
  target: 'node22',
  format: 'cjs',
  minify: process.argv.includes('--minify'),
  sourcemap: 'linked',
  legalComments: 'linked',
  logLevel: 'warning',
  // Exists only inside the worker.
  external: ['@azure/functions-core'],
  define: { 'import.meta.url': 'bundleUrl' },
  banner: { js: "const bundleUrl = require('node:url').pathToFileURL(__filename).href;" },
});
