/** Builds the function app anew: `main` in package.json names its file. */
import { rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import manifest from '../package.json' with { type: 'json' };
import { bundle } from './bundle.ts';

const folder = dirname(join(import.meta.dirname, '..', manifest.main));
rmSync(folder, { recursive: true, force: true });
await bundle(folder);
