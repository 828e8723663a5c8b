import { dirname, join } from 'node:path';
import { type BuildOptions, type Plugin, build } from 'esbuild';

/**
 * Writes the function app as one file, with a source map beside it, and on demand telemetry as another
 * that is loaded when it is needed. It is CommonJS: the library of the functions looks up its worker with `require`, and so do some SDKs. Spaces go, which is worth a
 * fifth of the time to start; names stay, so that the stack traces of a deployed app can be read.
 */
export async function bundle(
  outfile: string,
  { withTelemetry = false }: { readonly withTelemetry?: boolean } = {},
): Promise<void> {
  const app = { entryPoints: ['functions/main.ts'], outfile, plugins: [telemetryApart] };
  const telemetry = join(dirname(outfile), telemetryFile);
  await Promise.all([
    build({ ...options, ...app }),
    ...(withTelemetry
      ? [build({ ...options, entryPoints: [telemetrySource], outfile: telemetry })]
      : []),
  ]);
}

/** What speaks to Application Insights is as large as everything else, and loaded by few, and late. */
const telemetrySource = 'shared/adapters/telemetry/application-insights.ts';
const telemetryFile = 'telemetry.cjs';
const telemetryApart: Plugin = {
  name: 'telemetry-apart',
  setup(building) {
    building.onResolve({ filter: /\/telemetry\/application-insights\.ts$/ }, () => ({
      path: `./${telemetryFile}`,
      external: true,
    }));
  },
};

const options = {
  absWorkingDir: join(import.meta.dirname, '..'),
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
} satisfies BuildOptions;
