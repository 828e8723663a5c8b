/** Builds the dashboard into the folder that is named, and prints which modules went into it, as JSON. */
import { join } from 'node:path';
import { type Plugin, build } from 'vite';

const [, , outDir] = process.argv;
if (outDir === undefined) throw new Error('the folder to write to is missing');
const modules: string[] = [];
const listsModules: Plugin = {
  name: 'lists-modules',
  generateBundle(_, bundle) {
    for (const output of Object.values(bundle)) {
      if (output.type !== 'chunk') continue;
      const rendered = Object.entries(output.modules).filter(([, one]) => one.renderedLength > 0);
      modules.push(...rendered.map(([id]) => id));
    }
  },
};
await build({
  configFile: join(import.meta.dirname, '../dashboard/vite.config.ts'),
  logLevel: 'warn',
  plugins: [listsModules],
  build: { outDir, emptyOutDir: true, reportCompressedSize: false },
});
process.stdout.write(JSON.stringify(modules));
