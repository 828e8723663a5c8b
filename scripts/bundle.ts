import { dirname, join } from 'node:path';
import { type BuildOptions, type Metafile, type Plugin, build } from 'esbuild';

/** Packages that are imported only when they are needed, by the name of their file. */
const apart: Readonly<Record<string, string>> = {
  '@azure/arm-authorization': 'arm-authorization',
  '@azure/arm-network': 'arm-network',
  'apache-arrow': 'apache-arrow',
};

const importsApart: Plugin = {
  name: 'imports-apart',
  setup({ onResolve }) {
    onResolve({ filter: /./ }, ({ path, kind }) => {
      const name = kind === 'dynamic-import' ? apart[path] : undefined;
      return name === undefined ? null : { path: `./${name}.cjs`, external: true };
    });
  },
};

/** Messages are English and our own; zod would bring fifty languages. */
const oneLanguage: Plugin = {
  name: 'one-language',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]zod[\\/]v4[\\/]locales[\\/]index\.js$/ }, ({ path }) => ({
      contents: "export { default as en } from './en.js';",
      resolveDir: dirname(path),
    }));
  },
};

/**
 * Writes the function app: one file, those of the packages that are loaded when they are needed, and
 * a source map beside each. They are CommonJS: the library of the functions looks up its worker with
 * `require`, and so do some SDKs. Most of the time to start is spent on reading the code, so spaces
 * go; names stay, so that the stack traces of a deployed app can be read.
 * @returns what went into the files
 */
export async function bundle(outfile: string): Promise<readonly Metafile[]> {
  const made = await Promise.all([
    build({ ...options, entryPoints: ['functions/main.ts'], outfile }),
    ...Object.entries(apart).map(([name, file]) =>
      build({
        ...options,
        stdin: { contents: `export * from '${name}';`, resolveDir: root, sourcefile: `${file}.js` },
        outfile: join(dirname(outfile), `${file}.cjs`),
      }),
    ),
  ]);
  return made.map(({ metafile }) => metafile);
}

const root = join(import.meta.dirname, '..');

const options = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: 'node22',
  format: 'cjs',
  sourcemap: 'linked',
  minifyWhitespace: true,
  minifySyntax: true,
  legalComments: 'linked',
  metafile: true,
  logLevel: 'warning',
  // Exists only inside the worker.
  external: ['@azure/functions-core'],
  plugins: [importsApart, oneLanguage],
  define: { 'import.meta.url': 'bundleUrl' },
  banner: { js: "const bundleUrl = require('node:url').pathToFileURL(__filename).href;" },
} as const satisfies BuildOptions;
