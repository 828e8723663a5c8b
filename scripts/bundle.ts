import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { type BuildOptions, type Metafile, type Plugin, build } from 'esbuild';

/**
 * Packages that are imported only when they are needed: files of their own, and what is taken from
 * each. It is named because `import()` sees of a CommonJS file only what esbuild writes down for it.
 */
const apart: Readonly<Record<string, { readonly file: string; readonly taken: string }>> = {
  '@azure/arm-authorization': {
    file: 'arm-authorization',
    taken: 'AuthorizationManagementClient, getContinuationToken',
  },
  '@azure/arm-network': { file: 'arm-network', taken: 'NetworkManagementClient' },
  'apache-arrow': { file: 'apache-arrow', taken: 'tableFromIPC' },
};

/** What speaks to Application Insights is as large as everything else, and loaded by few, and late. */
const telemetrySource = 'shared/adapters/telemetry/application-insights.ts';
const telemetryFile = 'telemetry.cjs';

const importsApart: Plugin = {
  name: 'imports-apart',
  setup(building) {
    building.onResolve({ filter: /\/telemetry\/application-insights\.ts$/ }, ({ kind }) =>
      kind === 'entry-point' ? null : { path: `./${telemetryFile}`, external: true },
    );
    building.onResolve({ filter: /./ }, ({ path, kind }) => {
      const found = kind === 'dynamic-import' ? apart[path] : undefined;
      return found === undefined ? null : { path: `./${found.file}.cjs`, external: true };
    });
  },
};

/** Messages are English and our own; zod would bring fifty languages. */
const oneLanguage: Plugin = {
  name: 'one-language',
  setup(building) {
    building.onLoad({ filter: /[\\/]zod[\\/]v4[\\/]locales[\\/]index\.js$/ }, ({ path }) => ({
      contents: "export { default as en } from './en.js';",
      resolveDir: dirname(path),
    }));
  },
};

/** The function app, bundled. */
export interface Bundle {
  /** `main.cjs`, and what lies beside it. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** What went into them. */
  readonly made: readonly Metafile[];
}

export interface BundleOptions {
  /** Whether what speaks to Application Insights is made, which takes as long as all the rest. */
  readonly withTelemetry: boolean;
}

/**
 * The function app: one file, those of the packages that are loaded when they are needed, and a
 * source map beside each. They are CommonJS: the library of the functions looks up its worker with
 * `require`, and so do some SDKs. Most of the time to start is spent on reading the code, so spaces
 * go; names stay, so that the stack traces of a deployed app can be read.
 */
export async function bundled({ withTelemetry }: BundleOptions): Promise<Bundle> {
  const made = await Promise.all([
    build({ ...buildOptions, entryPoints: ['functions/main.ts'], outfile: `dist/${mainFile}` }),
    ...(withTelemetry
      ? [
          build({
            ...buildOptions,
            entryPoints: [telemetrySource],
            outfile: `dist/${telemetryFile}`,
          }),
        ]
      : []),
    ...Object.entries(apart).map(([name, { file, taken }]) => {
      const contents = `export { ${taken} } from '${name}';`;
      const stdin = { contents, resolveDir: root, sourcefile: `${file}.js` };
      return build({ ...buildOptions, stdin, outfile: `dist/${file}.cjs` });
    }),
  ]);
  const files = made.flatMap(({ outputFiles }) =>
    outputFiles.map(({ path, contents }): [string, Uint8Array] => [basename(path), contents]),
  );
  return { files: new Map(files), made: made.map(({ metafile }) => metafile) };
}

/** Writes the function app: the file that is named, and the others into its folder. */
export async function bundle(
  outfile: string,
  options: BundleOptions = { withTelemetry: false },
): Promise<void> {
  const { files } = await bundled(options);
  mkdirSync(dirname(outfile), { recursive: true });
  for (const [name, contents] of files) {
    writeFileSync(name === mainFile ? outfile : join(dirname(outfile), name), contents);
  }
}

const root = join(import.meta.dirname, '..');
const mainFile = 'main.cjs';

const buildOptions = {
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
  // Whoever asks says where: paths in source maps do not depend on it.
  write: false,
  logLevel: 'warning',
  // Exists only inside the worker.
  external: ['@azure/functions-core'],
  plugins: [importsApart, oneLanguage],
  define: { 'import.meta.url': 'bundleUrl' },
  banner: { js: "const bundleUrl = require('node:url').pathToFileURL(__filename).href;" },
} as const satisfies BuildOptions;
