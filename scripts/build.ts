/** Builds the function app anew: the file that `main` in package.json names, and its dashboard. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import manifest from '../package.json' with { type: 'json' };
import { bundle } from './bundle.ts';
import { dashboardFiles } from './dashboard-files.ts';

const main = join(import.meta.dirname, '..', manifest.main);
rmSync(dirname(main), { recursive: true, force: true });
await bundle(main, { withTelemetry: true });
for (const [path, bytes] of dashboardFiles().files) {
  const file = join(dirname(main), 'dashboard', path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, bytes);
}
