/** Builds the function app anew: the file that `main` in package.json names. */
import { rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import manifest from '../package.json' with { type: 'json' };
import { bundle } from './bundle.ts';

const main = join(import.meta.dirname, '..', manifest.main);
rmSync(dirname(main), { recursive: true, force: true });
await bundle(main, { withTelemetry: true });
